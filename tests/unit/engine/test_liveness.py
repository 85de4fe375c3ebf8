"""
Tests for tradewarden.engine.liveness.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import START
from status_samples import BEGAN, make_cycle, make_known, make_status
from tradewarden.engine.findings import Ill, Note, Problem, Worth
from tradewarden.engine.liveness import PATIENCE, RENEWED_WITHIN, judge_life

if TYPE_CHECKING:
    from tradewarden.engine.findings import Known

SECOND = timedelta(seconds=1)
NIGHT = timedelta(hours=12)


def words(known: Known) -> list[Ill | Worth]:
    return [found.problem if isinstance(found, Problem) else found.note for found in judge_life(known)]


def test_a_daemon_that_waits_for_its_next_cycle_is_well() -> None:
    assert words(make_known()) == []


def test_a_daemon_whose_schedule_is_closed_for_the_night_is_well() -> None:
    """Its record is fresh, and the next cycle is where it should be."""
    status = make_status(last_cycle=make_cycle(started_at=START - NIGHT), next_cycle_at=START + NIGHT)

    assert words(make_known(record=status)) == []


def test_whether_it_lives_may_not_be_known() -> None:
    assert words(make_known(is_alive=None)) == []


class TestNotRunning:
    def test_one_that_never_ran(self) -> None:
        (found,) = judge_life(make_known(is_alive=False, record=None))

        message = "no daemon is running on this state folder"
        assert found == Problem(problem=Ill.NOT_RUNNING, message=message)

    def test_one_that_was_stopped(self) -> None:
        (found,) = judge_life(make_known(is_alive=False, record=make_status(stopped_at=START - NIGHT)))

        assert isinstance(found, Problem)
        assert found.message.endswith("the last one was stopped")
        assert found.since == START - NIGHT

    def test_one_that_was_killed(self) -> None:
        """Since its last word: when it ended, nobody knows."""
        (found,) = judge_life(make_known(is_alive=False))

        assert isinstance(found, Problem)
        assert found.message.endswith("(process 4711) ended without a word, killed or by a power cut")
        assert found.since == START - 5 * SECOND

    def test_one_that_has_said_its_last_word_but_still_lives(self) -> None:
        (found,) = judge_life(make_known(record=make_status(stopped_at=START)))

        assert isinstance(found, Problem)
        assert (found.problem, found.since) == (Ill.STOPPING, START)


class TestWithoutRecord:
    @pytest.mark.parametrize("age", [timedelta(0), PATIENCE - SECOND, SECOND - PATIENCE])
    def test_one_that_has_just_begun_is_starting(self, age: timedelta) -> None:
        """The record of the one before it does not count."""
        known = make_known(pid=1, since=START - age)

        (found,) = judge_life(known)

        assert known.current is None
        assert isinstance(found, Note)
        assert found.note is Worth.STARTING
        assert found.message.startswith("process 1 is starting")

    @pytest.mark.parametrize("since", [START - PATIENCE, START + PATIENCE, None])
    def test_one_that_never_tells_of_itself_is_not_well(self, since: object) -> None:
        (found,) = judge_life(make_known(record=None, since=since))

        assert isinstance(found, Problem)
        assert (found.problem, found.since) == (Ill.NO_RECORD, since)

    def test_a_holder_without_a_name(self) -> None:
        (found,) = judge_life(make_known(pid=None, since=None))

        assert found.message.startswith("the process that holds the state folder has left no status record")

    def test_a_damaged_record_is_told_once(self) -> None:
        damaged = Problem(problem=Ill.NO_RECORD, message="it is damaged")

        assert words(make_known(record=None, obstacles=(damaged,))) == []
        other = Problem(problem=Ill.JOURNAL, message="it is damaged")
        assert words(make_known(record=None, obstacles=(other,))) == [Ill.NO_RECORD]


class TestHanging:
    @pytest.mark.parametrize(
        ("age", "found"),
        [
            (RENEWED_WITHIN, []),
            (RENEWED_WITHIN + SECOND, [Ill.HANGING]),
            (-RENEWED_WITHIN, []),
            (-RENEWED_WITHIN - SECOND, [Ill.HANGING]),
        ],
        ids=["patient", "silent", "clock-set-back-a-little", "clock-set-back"],
    )
    def test_a_loop_that_does_not_go_round(self, age: timedelta, found: list[Ill]) -> None:
        """A running one renews its record, also after the clock was set back."""
        status = make_status(written_at=START - age, next_cycle_at=START + NIGHT)

        assert words(make_known(record=status)) == found

    def test_it_hangs_since_its_last_word_and_not_since_the_future(self) -> None:
        for age, since in ((NIGHT, START - NIGHT), (-NIGHT, START)):
            (found,) = judge_life(make_known(record=make_status(written_at=START - age)))

            assert found.since == since

    @pytest.mark.parametrize(("late", "found"), [(PATIENCE, []), (PATIENCE + SECOND, [Ill.HANGING])])
    def test_a_cycle_that_does_not_begin(self, late: timedelta, found: list[Ill]) -> None:
        assert words(make_known(record=make_status(next_cycle_at=START - late))) == found

    @pytest.mark.parametrize(("took", "found"), [(PATIENCE, []), (PATIENCE + SECOND, [Ill.HANGING])])
    def test_a_cycle_that_does_not_end(self, took: timedelta, found: list[Ill]) -> None:
        status = make_status(cycle_began_at=START - took, next_cycle_at=None)

        assert words(make_known(record=status)) == found

    @pytest.mark.parametrize(
        ("changes", "since"),
        [
            ({"next_cycle_at": START - NIGHT}, START - NIGHT),
            ({"cycle_began_at": START - NIGHT, "next_cycle_at": None}, START - NIGHT),
        ],
    )
    def test_it_is_told_since_when(self, changes: dict[str, object], since: object) -> None:
        (found,) = judge_life(make_known(record=make_status(**changes)))

        assert found.since == since

    @pytest.mark.parametrize("changes", [{"cycle_began_at": True, "next_cycle_at": None}, {"next_cycle_at": True}])
    def test_long_cycles_are_waited_for_three_times_as_long(self, changes: dict[str, object]) -> None:
        """10,000 SmartTrades take their time."""
        long = make_cycle(took=timedelta(minutes=10))
        for age, found in ((timedelta(minutes=30), []), (timedelta(minutes=30, seconds=1), [Ill.HANGING])):
            ages = {name: value and START - age for name, value in changes.items()}
            assert words(make_known(record=make_status(last_cycle=long, **ages))) == found


class TestNoNextCycle:
    @pytest.mark.parametrize(("age", "found"), [(PATIENCE, []), (PATIENCE + SECOND, [Ill.NO_NEXT_CYCLE])])
    def test_a_daemon_with_nothing_ahead_is_not_well(self, age: timedelta, found: list[Ill]) -> None:
        status = make_status(last_cycle=make_cycle(started_at=START - age), next_cycle_at=None)

        assert words(make_known(record=status)) == found

    def test_a_schedule_that_never_comes_due(self) -> None:
        found, starting = judge_life(make_known(record=make_status(last_cycle=None, next_cycle_at=None)))

        assert isinstance(found, Problem)
        assert (found.problem, found.since) == (Ill.NO_NEXT_CYCLE, BEGAN)
        assert isinstance(starting, Note)


def test_before_its_first_cycle_it_is_starting() -> None:
    assert words(make_known(record=make_status(last_cycle=None, started_at=START))) == [Worth.STARTING]
    status = make_status(last_cycle=None, started_at=START, next_cycle_at=None)
    assert words(make_known(record=status)) == [Worth.STARTING]
