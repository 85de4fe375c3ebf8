"""
When it reads, what it makes of reads that fail, and what it writes down.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import (
    FAR,
    NO_STOP_LOSS,
    NOON,
    SMART_TRADE,
    make_moment,
    make_question,
    make_reading,
    make_smart_trade,
    status,
    with_step,
    without_step,
)
from fakes import FakeClock
from port_fakes import FakeGateway, FakeJournal, FakeReservation, Heard
from tradewarden.errors import AccessDenied, PlanLimited, RateLimited, TransientError
from tradewarden.execution.settling import AT_START_UP, Settling
from tradewarden.model.cancel import Answer
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import Reading

STILL = make_reading()
GONE = make_reading(without_step(make_smart_trade(), FAR))
PENALTY = RateLimited("a pause", pause=timedelta(seconds=300), banned=False)


class Rig:
    """
    A Settling at the moment when the DELETE was answered, on a clock that moves only by its own sleeps.
    """

    def __init__(self, *readings: Reading | Exception, answer: Answer | None = Answer.ACCEPTED) -> None:
        self.clock = FakeClock(NOON + timedelta(seconds=1), boot=timedelta(hours=1, seconds=1))
        self.gateway = FakeGateway(readings=[*(self._asked_now(r) for r in readings)] or [STILL])
        self.journal = FakeJournal()
        self.heard = Heard()
        self.question = make_question(answer)
        self.settling = Settling(gateway=self.gateway, journal=self.journal, clock=self.clock, observer=self.heard)

    def _asked_now(self, reading: Reading | Exception) -> Reading | Exception:
        return reading if isinstance(reading, Exception) else replace(reading, asked_at=self.clock.now())

    @property
    def slept(self) -> list[float]:
        return [duration.total_seconds() for duration in self.clock.slept]

    @property
    def outcomes(self) -> list[Outcome]:
        return [verdict.outcome for _, verdict in self.journal.settled]


async def test_it_reads_until_the_step_is_gone_and_writes_that_down() -> None:
    rig = Rig(STILL, STILL, GONE)
    reservation = FakeReservation()

    verdict = await rig.settling.settle(rig.question, reservation=reservation)

    assert verdict is not None
    assert verdict.outcome is Outcome.CANCELLED
    assert rig.slept == [0.5, 0.5, 1]
    assert rig.gateway.asked == [f"read {SMART_TRADE} reserved"] * 3
    assert rig.outcomes == [Outcome.CANCELLED]
    assert rig.heard.events == ["cancel.settled"]


async def test_what_is_written_down_is_the_verdict_with_its_moment() -> None:
    rig = Rig(STILL, GONE)

    verdict = await rig.settling.settle(rig.question)

    assert rig.journal.settled == [(rig.question.intent_id, verdict)]
    assert rig.journal.moments == [("verdict", rig.clock.now())]
    assert rig.heard.told == [("cancel.settled", {"question": rig.question, "verdict": verdict})]


async def test_the_first_read_after_a_start_is_made_at_once() -> None:
    rig = Rig(STILL, GONE)

    verdict = await rig.settling.settle(rig.question, schedule=AT_START_UP)

    assert verdict is not None
    assert rig.slept == [0.5]
    assert rig.gateway.asked == [f"read {SMART_TRADE}"] * 2


async def test_a_read_whose_successor_is_due_is_left_out_and_one_that_is_due_is_made() -> None:
    rig = Rig()
    rig.gateway.on_read = lambda: rig.clock.advance(timedelta(seconds=1.5))

    await rig.settling.settle(rig.question)

    assert rig.slept == [0.5, 1.5, 3.5, 8.5, 18.5]  # at 0.5, at 2 without a wait, and on
    assert len(rig.gateway.asked) == 6


async def test_progress_is_kept_from_read_to_read() -> None:
    """
    A stop loss that is missing once may be a stale read, twice it is a breach.
    """
    missing = make_reading(make_smart_trade(stop_loss=NO_STOP_LOSS))
    rig = Rig(missing)

    verdict = await rig.settling.settle(rig.question)

    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.BREACH, "stop_loss_missing")
    assert len(rig.gateway.asked) == 2


async def test_after_forty_seconds_it_leaves_the_question_open() -> None:
    rig = Rig()

    assert await rig.settling.settle(rig.question) is None
    assert sum(rig.slept) == 40
    assert len(rig.gateway.asked) == 7
    assert rig.journal.settled == []


async def test_reads_that_take_long_are_not_made_up_for() -> None:
    rig = Rig()
    rig.gateway.on_read = lambda: rig.clock.advance(timedelta(seconds=11))

    await rig.settling.settle(rig.question)

    assert len(rig.gateway.asked) == 4  # at 0.5, then late at 11.5 for 10, at 22.5 for 20, and at 40
    assert rig.slept == [0.5, 6.5]


@pytest.mark.parametrize(
    "error", [TransientError("a 500"), replace(STILL, cache_evidence="Age: 3")], ids=["500", "cache"]
)
async def test_a_read_that_fails_is_no_news(error: Reading | Exception) -> None:
    rig = Rig(error, GONE)

    verdict = await rig.settling.settle(rig.question)

    assert verdict is not None
    assert rig.heard.events == ["settling.read_failed", "cancel.settled"]
    told = rig.heard.told[0][1]
    assert told["question"] is rig.question
    assert str(told["error"]) in {"a 500", f"SmartTrade {SMART_TRADE} came from a cache: Age: 3"}


@pytest.mark.parametrize("error", [PENALTY, PlanLimited("plan"), AccessDenied("401")], ids=["penalty", "plan", "401"])
async def test_without_access_it_stops_reading(error: Exception) -> None:
    rig = Rig(error)

    assert await rig.settling.settle(rig.question) is None
    assert len(rig.gateway.asked) == 1
    assert rig.heard.told == [("settling.stopped", {"question": rig.question, "error": error})]


async def test_not_applied_needs_two_reads_that_were_asked_for_a_minute_after_the_request() -> None:
    """
    A read that was asked for before and only came in after says nothing about the moment after.
    """
    rig = Rig(answer=Answer.UNKNOWN)
    asked = rig.clock.now()
    rig.gateway.readings = [replace(STILL, asked_at=asked)]
    rig.clock.advance(timedelta(seconds=70))

    assert await rig.settling.settle(rig.question, schedule=AT_START_UP) is None

    rig.gateway.readings = [replace(STILL, asked_at=make_moment(62))]
    verdict = await rig.settling.settle(rig.question, schedule=AT_START_UP)
    assert verdict is not None
    assert verdict.outcome is Outcome.NOT_APPLIED


async def test_a_wall_clock_that_was_set_settles_nothing_early() -> None:
    """
    Five seconds are five seconds, whatever the wall clock says: the DELETE may still be on its way.
    """
    rig = Rig(answer=Answer.UNKNOWN)
    asked = make_moment(6)
    rig.gateway.readings = [replace(STILL, asked_at=replace(asked, wall=asked.wall + timedelta(hours=1)))]

    assert await rig.settling.settle(rig.question) is None


async def test_after_a_restart_of_the_machine_the_wall_clock_tells_how_long_ago_it_was() -> None:
    rig = Rig(answer=Answer.UNKNOWN)
    rig.gateway.readings = [replace(STILL, asked_at=make_moment(62, boot_id="another"))]

    verdict = await rig.settling.settle(rig.question, schedule=AT_START_UP)

    assert verdict is not None
    assert verdict.outcome is Outcome.NOT_APPLIED


async def test_a_wall_clock_that_is_set_meanwhile_skips_no_read() -> None:
    rig = Rig()
    rig.gateway.on_read = lambda: rig.clock.step_wall(timedelta(hours=1))

    await rig.settling.settle(rig.question)

    assert (len(rig.gateway.asked), sum(rig.slept)) == (7, 40)


async def test_a_breach_is_told_as_one() -> None:
    rig = Rig(make_reading(make_smart_trade(status="cancelled")))

    await rig.settling.settle(rig.question)

    assert rig.outcomes == [Outcome.BREACH]
    assert rig.heard.events == ["cancel.breach"]


@pytest.mark.parametrize(
    ("reading", "outcome", "reads"),
    [
        (STILL, Outcome.REJECTED, 2),
        (GONE, Outcome.GONE, 1),
        (TransientError("a 500"), Outcome.REJECTED, 2),
        (AccessDenied("401"), Outcome.REJECTED, 2),
        (replace(GONE, cache_evidence="X-Cache: HIT"), Outcome.REJECTED, 2),
    ],
    ids=["there", "gone", "500", "401", "cache"],
)
async def test_a_rejection_is_read_twice_and_stands_without(
    reading: Reading | Exception, outcome: Outcome, reads: int
) -> None:
    rig = Rig(reading, answer=Answer.REJECTED)

    verdict = await rig.settling.settle(rig.question, reservation=FakeReservation())

    assert verdict is not None
    assert verdict.outcome is outcome
    assert rig.journal.settled == [(rig.question.intent_id, verdict)]
    assert rig.gateway.asked == [f"read {SMART_TRADE} reserved"] * reads
    assert (rig.slept, len(rig.gateway.asked)) == ([0.5, 1.5][:reads], reads)


async def test_a_rejection_of_a_step_that_is_just_going_is_gone() -> None:
    """
    Somebody else's cancel came first and took effect a second later: that consumes `repeat`, a rejection does not.
    """
    rig = Rig(STILL, GONE, answer=Answer.REJECTED)

    verdict = await rig.settling.settle(rig.question)

    assert verdict is not None
    assert verdict.outcome is Outcome.GONE


async def test_a_read_that_fails_after_a_rejection_is_told() -> None:
    error = TransientError("a 500")
    rig = Rig(error, STILL, answer=Answer.REJECTED)

    await rig.settling.settle(rig.question)

    assert rig.heard.told[0] == ("settling.read_failed", {"question": rig.question, "error": error})
    assert rig.heard.events == ["settling.read_failed", "cancel.settled"]


async def test_a_rejection_of_a_step_in_transition_stays_open() -> None:
    """
    Somebody's cancel is taking effect: whether the no consumes `repeat` is told by how that ends.
    """
    going = make_smart_trade()
    going = with_step(going, FAR, status=status("pending_cancellation"))
    rig = Rig(make_reading(going), answer=Answer.REJECTED)

    assert await rig.settling.settle(rig.question) is None
    assert rig.journal.settled == []


async def test_a_rejection_in_a_penalty_waits_for_its_read() -> None:
    rig = Rig(PENALTY, answer=Answer.REJECTED)

    assert await rig.settling.settle(rig.question) is None
    assert rig.journal.settled == []
    assert rig.heard.told == [("settling.stopped", {"question": rig.question, "error": PENALTY})]
