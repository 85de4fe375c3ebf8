"""
How long every request stops after a 429 or 418, and that no penalty ends early.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from factories import make_moment
from tradewarden.engine.penalty import next_penalty, taken_up, time_left
from tradewarden.model.memory import Penalty

MINUTE = timedelta(minutes=1)
DAYS = timedelta(days=3)
NOW = make_moment()


def penalty(seconds_ago: float = 0, *, pause: timedelta = 5 * MINUTE, bans: int = 0) -> Penalty:
    return Penalty(began=make_moment(-seconds_ago), pause=pause, bans=bans, reason="429")


@pytest.mark.parametrize(
    ("previous", "banned", "retry_after", "pause", "bans"),
    [
        pytest.param(None, False, None, 5 * MINUTE, 0, id="the first 429"),
        pytest.param(None, False, 10 * MINUTE, 10 * MINUTE, 0, id="they ask for more"),
        pytest.param(None, False, MINUTE, 5 * MINUTE, 0, id="they ask for less"),
        pytest.param(None, False, timedelta(days=9), DAYS, 0, id="they ask for too much"),
        pytest.param(None, False, -MINUTE, 5 * MINUTE, 0, id="they ask for nonsense"),
        pytest.param(None, True, None, 2 * MINUTE, 1, id="the first ban"),
        pytest.param(penalty(600, pause=2 * MINUTE, bans=1), True, None, 4 * MINUTE, 2, id="the second ban"),
        pytest.param(penalty(9000, pause=2 * MINUTE, bans=5), True, None, 64 * MINUTE, 6, id="the sixth ban"),
        pytest.param(penalty(90000, pause=DAYS / 3, bans=99), True, None, DAYS, 100, id="never more than three days"),
        pytest.param(
            penalty(2 * 60 + 3 * 86400 - 1, pause=2 * MINUTE, bans=1), True, None, 4 * MINUTE, 2, id="just remembered"
        ),
        pytest.param(penalty(2 * 60 + 3 * 86400, pause=2 * MINUTE, bans=1), True, None, 2 * MINUTE, 1, id="long ago"),
        pytest.param(
            penalty(600, pause=2 * MINUTE, bans=1), False, None, 5 * MINUTE, 1, id="a 429 does not forget the bans"
        ),
        pytest.param(penalty(9**7, bans=1), False, None, 5 * MINUTE, 0, id="a 429 long after"),
        pytest.param(penalty(60), True, None, 4 * MINUTE, 1, id="a ban does not shorten a 429"),
        pytest.param(penalty(60, pause=DAYS, bans=9), False, None, DAYS - MINUTE, 9, id="a 429 does not shorten a ban"),
        pytest.param(penalty(60, pause=DAYS, bans=9), True, MINUTE, DAYS - MINUTE, 10, id="a ban in a ban"),
    ],
)
def test_the_next_penalty(
    previous: Penalty | None,
    banned: bool,
    retry_after: timedelta | None,
    pause: timedelta,
    bans: int,
) -> None:
    found = next_penalty(previous, banned=banned, retry_after=retry_after, reason="418", now=NOW)

    assert found == Penalty(began=NOW, pause=pause, bans=bans, reason="418")


@pytest.mark.parametrize(
    ("running", "left"),
    [
        pytest.param(None, timedelta(0), id="none"),
        pytest.param(penalty(), 5 * MINUTE, id="just begun"),
        pytest.param(penalty(60), 4 * MINUTE, id="one minute in"),
        pytest.param(penalty(300), timedelta(0), id="over"),
        pytest.param(penalty(9000), timedelta(0), id="long over"),
    ],
)
def test_how_long_a_penalty_still_runs(running: Penalty | None, left: timedelta) -> None:
    assert time_left(running, NOW) == left


@pytest.mark.parametrize("days", [-1, 1])
def test_a_step_of_the_wall_clock_neither_ends_nor_lengthens_a_penalty(days: int) -> None:
    assert time_left(penalty(60), replace(NOW, wall=NOW.wall + timedelta(days=days))) == 4 * MINUTE


def test_after_a_boot_the_wall_clock_counts() -> None:
    assert time_left(penalty(60), replace(NOW, boot_id="boot-2", boot=timedelta(0))) == 4 * MINUTE


@pytest.mark.parametrize(
    "journaled", [pytest.param(None, id="none"), pytest.param(penalty(300), id="one that has run out")]
)
def test_nothing_is_taken_up_where_nothing_runs(journaled: Penalty | None) -> None:
    assert taken_up(journaled, NOW) is None


def test_a_penalty_of_before_a_boot_is_taken_up_on_this_boot_s_clock() -> None:
    """
    A machine without a battery may start in the past: what is left of the penalty runs from now on, whatever the wall
    clock says, and not until that has caught up.
    """
    in_the_past = replace(NOW, wall=NOW.wall - timedelta(days=9), boot_id="boot-2")

    taken = taken_up(penalty(60, bans=3), in_the_past)

    assert taken == Penalty(began=in_the_past, pause=5 * MINUTE, bans=3, reason="429")
    later = replace(in_the_past, wall=NOW.wall - timedelta(days=20), boot=in_the_past.boot + 5 * MINUTE)
    assert time_left(taken, later) == timedelta(0)


def test_what_is_taken_up_ends_when_the_journaled_one_does() -> None:
    taken = taken_up(penalty(60), NOW)

    assert taken is not None
    assert time_left(taken, NOW) == 4 * MINUTE
    assert time_left(taken, make_moment(4 * 60)) == timedelta(0)
