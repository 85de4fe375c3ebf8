"""
After a denial acting is tried again with growing pauses, which a mere validation does not shorten.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from factories import make_moment
from tradewarden.engine.access import FORGET_AFTER, LONGEST_PAUSE, AccessBackoff, stopped, time_left

MINUTE = timedelta(minutes=1)
NONE = timedelta(0)


def minutes_left(backoff: AccessBackoff | None, at: float = 0) -> float:
    return time_left(backoff, make_moment(at * 60)) / MINUTE


def test_without_a_loss_there_is_nothing_to_wait_for() -> None:
    assert time_left(None, make_moment()) == NONE


def test_the_first_pause_is_a_minute() -> None:
    backoff = stopped(None, make_moment())

    assert minutes_left(backoff) == 1
    assert minutes_left(backoff, 0.75) == 0.25
    assert minutes_left(backoff, 1) == 0
    assert minutes_left(backoff, 9) == 0


def test_pauses_double_up_to_half_an_hour() -> None:
    backoff, now, pauses = None, 0.0, []
    for _ in range(9):
        backoff = stopped(backoff, make_moment(now * 60))
        pauses.append(minutes_left(backoff, now))
        now += pauses[-1]

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30, 30]


def test_access_that_is_lost_again_after_it_was_regained_does_not_start_from_the_beginning() -> None:
    """
    The plan gate on writes only: reads and the validation succeed, the next DELETE is refused.
    """
    first = stopped(None, make_moment())

    again = stopped(first, make_moment(5 * 60))

    assert minutes_left(again, 5) == 2


def test_a_second_denial_within_a_pause_is_the_same_loss() -> None:
    """
    A refused DELETE and a read beside it, or a read in every cycle, do not put off the next try for ever.
    """
    first = stopped(None, make_moment())

    assert stopped(first, make_moment(59)) == first


def test_a_day_without_a_loss_is_forgiven() -> None:
    level_six = AccessBackoff(level=6, last_loss=make_moment())
    day = FORGET_AFTER.total_seconds()

    assert stopped(level_six, make_moment(day - 1)).level == 6
    assert stopped(level_six, make_moment(day)) == AccessBackoff(level=1, last_loss=make_moment(day))


def test_a_step_of_the_wall_clock_changes_no_pause() -> None:
    backoff = stopped(None, make_moment())
    later = make_moment(30)

    for step in (timedelta(days=-2), timedelta(days=2)):
        assert time_left(backoff, replace(later, wall=later.wall + step)) == MINUTE / 2


@given(st.lists(st.floats(min_value=0, max_value=3 * 86_400), max_size=30))
def test_no_pause_is_shorter_than_a_minute_or_longer_than_half_an_hour(gaps: list[float]) -> None:
    backoff, at = None, 0.0
    for gap in gaps:
        at += gap
        before = time_left(backoff, make_moment(at))
        backoff = stopped(backoff, make_moment(at))
        after = time_left(backoff, make_moment(at))

        assert NONE < after <= LONGEST_PAUSE
        assert after == before or (before == NONE and after >= MINUTE)
