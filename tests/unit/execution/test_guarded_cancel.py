"""
The protocol of one cancel, part by part: what stops it where, and what is on disk by then.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from factories import (
    FAR,
    NEAR,
    NO_STOP_LOSS,
    NOON,
    SMART_TRADE,
    make_attempt,
    make_moment,
    make_price,
    make_proposal,
    make_reading,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    make_step,
    with_prices,
)
from fakes import FakeClock
from port_fakes import FakeGateway, FakeJournal, Heard
from tradewarden.engine.gates import CycleTally
from tradewarden.engine.remaining import fingerprint
from tradewarden.errors import (
    AccessDenied,
    BudgetExhausted,
    DuplicateIntent,
    JournalError,
    NotPermitted,
    PlanLimited,
    RateLimited,
    TransientError,
)
from tradewarden.execution.guarded_cancel import CycleState, GuardedCancel, Sent
from tradewarden.model.cancel import Answer, CancelAnswer, Refusal
from tradewarden.model.decision import Outcome, OutcomeRow
from tradewarden.model.memory import Ledger, PriceWatch
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from tradewarden.engine.proposal import Proposal
    from tradewarden.rules.ruleset import Rule


class Rig:
    """
    A GuardedCancel over ports in memory, at noon, live.
    """

    def __init__(self, *, rule: Rule | None = None, mode: Mode = Mode.LIVE, **safety: object) -> None:
        self.rule = rule or make_rule()
        self.clock = FakeClock(NOON)
        self.gateway = FakeGateway()
        self.journal = FakeJournal()
        self.heard = Heard()
        self.state = CycleState(
            cycle_id="cycle-1",
            tally=CycleTally(),
            prices={},
            errors=[],
            not_true=[],
            resets=[],
            listed_at=self.clock.now(),
        )
        self.guarded = GuardedCancel(
            gateway=self.gateway,
            journal=self.journal,
            clock=self.clock,
            observer=self.heard,
            settings=make_settings(mode=mode, **safety),
            ruleset=make_ruleset(self.rule),
            hold_gap_of=lambda rule: timedelta(minutes=5 if rule is self.rule else 1),
        )

    async def handle(self, proposal: Proposal | None = None) -> OutcomeRow | Sent | None:
        return await self.guarded.handle(proposal or make_proposal(rule=self.rule), self.state)

    async def row(self, proposal: Proposal | None = None) -> OutcomeRow:
        result = await self.handle(proposal)
        assert isinstance(result, OutcomeRow)
        return result

    async def sent(self) -> Sent:
        result = await self.handle()
        assert isinstance(result, Sent)
        return result


async def test_all_well_one_delete_goes_out_with_its_intent_and_answer_on_disk() -> None:
    rig = Rig()

    sent = await rig.sent()

    reads = f"read {SMART_TRADE} reserved"
    assert rig.gateway.asked == [reads, f"delete {SMART_TRADE} {FAR} within 15.0"]
    (intent,) = rig.journal.intents
    assert (intent.smart_trade_id, intent.trade_id, intent.rule, intent.cycle_id) == (
        SMART_TRADE,
        FAR,
        rig.rule.name,
        "cycle-1",
    )
    assert intent.trace.endswith(": true")
    assert len(intent.invariants) == 15
    assert len(intent.steps) == 2
    assert intent.stop_loss_was_live
    assert str(intent.share_without_target_pct) == "65.0"
    assert (sent.question.intent_id, sent.question.answer, sent.question.asked_at) == (
        1,
        Answer.ACCEPTED,
        rig.clock.now(),
    )
    assert sent.row.outcome is Outcome.UNKNOWN
    assert sent.lost is None
    assert rig.journal.answered == [(1, Answer.ACCEPTED, None)]
    assert rig.heard.events == ["cancel.judged", "cancel.intended", "cancel.answered"]
    assert (rig.state.tally.cancels, rig.state.tally.touched) == (1, {SMART_TRADE})


async def test_the_intent_tells_what_was_about_to_happen_and_why() -> None:
    """
    Settling, `repeat` and the owner know of a cancel what its intent says; it speaks of the second read.
    """
    rig = Rig(require_stop_loss=False)
    second = make_smart_trade(
        steps=(make_step(1, price="0.3", share_pct=Decimal(20)), make_step(2)), stop_loss=NO_STOP_LOSS
    )
    rig.gateway.readings = [make_reading(second)]
    proposal = make_proposal(second, rule=rig.rule)

    await rig.guarded.handle(proposal, rig.state)

    (intent,) = rig.journal.intents
    assert (intent.account_id, intent.pair, intent.step) == (second.account_id, "USDT_DOGE", proposal.summary)
    assert intent.steps == tuple(fingerprint(step) for step in second.steps)
    assert str(intent.share_without_target_pct) == "80"
    assert not intent.stop_loss_was_live
    assert (intent.generation, intent.at) == ("generation-1", rig.clock.now())
    assert intent.trace == "day_change -6 % < -5 %: true"


async def test_a_stop_loss_that_was_gone_on_the_second_read_is_not_missed_later() -> None:
    """
    Where none is required: settling calls it a breach if one is missing that was there when the DELETE went out.
    """
    rig = Rig(require_stop_loss=False)
    second = make_smart_trade(stop_loss=NO_STOP_LOSS)
    rig.gateway.readings = [make_reading(second)]

    await rig.handle()

    (intent,) = rig.journal.intents
    assert not intent.stop_loss_was_live


async def test_the_intent_is_on_disk_before_the_delete_and_the_answer_right_after() -> None:
    rig = Rig()
    seen: list[tuple[int, int]] = []

    class Watching(FakeGateway):
        async def cancel_step(self, *args: Any, **named: Any) -> CancelAnswer:
            seen.append((len(rig.journal.intents), len(rig.journal.answered)))
            return await super().cancel_step(*args, **named)

    rig.gateway = rig.guarded._gateway = Watching()
    rig.heard.cues["cancel.answered"] = lambda: seen.append((len(rig.journal.intents), len(rig.journal.answered)))

    await rig.sent()

    assert seen == [(1, 0), (1, 1)]


async def test_connecting_may_not_outlast_the_freshness_of_the_second_read() -> None:
    rig = Rig()
    asked_at = make_moment(-5)
    rig.gateway.readings = [make_reading(asked_at=asked_at)]

    await rig.sent()

    assert rig.gateway.asked[-1] == f"delete {SMART_TRADE} {FAR} within 10.0"
    assert rig.gateway.read_asked_at == [asked_at]


async def test_what_was_answered_is_on_disk_in_full() -> None:
    rig = Rig()
    answer = CancelAnswer(answer=Answer.UNKNOWN, reason="timeout", detail="no answer", window=timedelta(seconds=2))
    rig.gateway.answers = [answer]

    sent = await rig.sent()

    assert rig.journal.heard == [("timeout", timedelta(seconds=2))]
    assert rig.journal.moments == [("answer", rig.clock.now())]
    assert sent.answer is answer
    assert sent.question.intent is rig.journal.intents[0]
    assert (sent.question.reason, len(sent.row.invariants)) == ("timeout", 15)


async def test_an_answer_without_words_leaves_none_in_the_row() -> None:
    assert (await Rig().sent()).row.detail is None


async def test_a_question_is_as_old_as_the_end_of_its_request() -> None:
    """
    Settling counts from there: a request that took seconds is not older than its answer.
    """

    class Slow(FakeGateway):
        async def cancel_step(self, *args: Any, **named: Any) -> CancelAnswer:
            answer = await super().cancel_step(*args, **named)
            rig.clock.advance(timedelta(seconds=7))
            return answer

    rig = Rig()
    rig.gateway = rig.guarded._gateway = Slow()

    sent = await rig.sent()

    assert sent.question.asked_at == make_moment(7)
    assert rig.journal.moments == [("answer", make_moment(7))]


@pytest.mark.parametrize("mode", Mode)
async def test_the_past_is_that_of_the_mode_and_of_this_smart_trade(mode: Mode) -> None:
    """
    A dry run has a ledger of its own.
    """
    rig = Rig(mode=mode)

    await rig.handle()

    assert rig.journal.ledgers == [(mode, {SMART_TRADE})]


async def test_a_step_that_was_sent_a_delete_before_does_not_remain() -> None:
    rig = Rig()
    rig.journal.past = Ledger(armed=True, sent_steps=frozenset({NEAR}))

    row = await rig.row()

    assert (row.outcome, row.reason, rig.gateway.asked) == (Outcome.DENIED, "steps-remain", [])
    assert row.detail == "0 live steps left of 2, 1 to keep"
    assert row.invariants


async def test_what_was_judged_intended_and_answered_is_told_with_its_evidence() -> None:
    rig = Rig()
    proposal = make_proposal(rule=rig.rule)

    sent = await rig.guarded.handle(proposal, rig.state)

    assert isinstance(sent, Sent)
    judged, intended, answered = (data for _, data in rig.heard.told)
    assert judged == {
        "proposal": proposal,
        "checks": rig.journal.intents[0].invariants,
        "trace": rig.journal.intents[0].trace,
    }
    assert intended == {"proposal": proposal, "intent_id": 1}
    assert answered == {"proposal": proposal, "answer": sent.answer}


async def test_a_hold_of_another_boot_does_not_go_on() -> None:
    """
    Nobody can tell how long the machine was away between the two reads.
    """
    rig = Rig(rule=make_rule(hold=timedelta(seconds=60)))
    rig.state.listed_at = make_moment(boot_id="another")

    assert (await rig.row()).reason == "condition-holds"


async def test_the_reservation_of_what_was_sent_is_kept_for_its_settling() -> None:
    rig = Rig()

    sent = await rig.sent()

    assert sent.reservation is rig.gateway.reservation
    assert rig.gateway.reservation.released == 0


async def test_a_spent_repeat_has_no_row_and_no_request() -> None:
    rig = Rig()
    rig.journal.past = Ledger(armed=True, attempts=(make_attempt(),))

    assert await rig.handle() is None
    assert rig.gateway.asked == []


async def test_a_gate_defers_without_a_request() -> None:
    rig = Rig()
    rig.journal.past = Ledger(armed=False)

    row = await rig.row()

    assert (row.outcome, row.reason, rig.gateway.asked) == (Outcome.DEFERRED, "disarmed", [])
    assert row.detail == "TradeWarden is disarmed"


async def test_what_the_first_read_can_fail_is_denied_without_a_request() -> None:
    rig = Rig()

    row = await rig.row(make_proposal(with_prices("0.3", "0.4", stop_loss=make_smart_trade().stop_loss, editable=None)))

    assert (row.outcome, row.reason, rig.gateway.asked) == (Outcome.DENIED, "smart-trade-open", [])


async def test_a_frozen_price_is_denied_without_a_request() -> None:
    rig = Rig()
    rig.state.prices[SMART_TRADE] = PriceWatch(price=make_price(), since=make_moment(-1800))

    row = await rig.row()

    assert (row.reason, rig.gateway.asked) == ("data-plausible", [])


async def test_no_budget_is_a_deferral() -> None:
    rig = Rig()
    rig.gateway.no_budget = BudgetExhausted("too small")

    row = await rig.row()

    assert (row.outcome, row.reason, row.detail) == (Outcome.DEFERRED, "budget", "too small")


async def test_a_second_read_that_fails_is_a_deferral_and_an_error() -> None:
    rig = Rig()
    rig.gateway.readings = [TransientError("a 500")]

    row = await rig.row()

    assert (row.outcome, row.reason) == (Outcome.DEFERRED, "suspicious_reading")
    assert row.detail == "a 500"
    assert [(error.error, error.message, error.smart_trade_id) for error in rig.state.errors] == [
        ("second_read", "a 500", SMART_TRADE)
    ]
    assert rig.gateway.reservation.released == 1


@pytest.mark.parametrize(
    "error",
    [RateLimited("a pause", pause=timedelta(300), banned=False), PlanLimited("plan"), AccessDenied("401")],
    ids=["penalty", "plan", "401"],
)
async def test_what_is_about_the_account_ends_the_cycle(error: Exception) -> None:
    rig = Rig()
    rig.gateway.readings = [error]

    with pytest.raises(type(error)):
        await rig.handle()

    assert rig.gateway.reservation.released == 1


@pytest.mark.parametrize(("late_s", "reads"), [(14.999, 1), (15, 2)])
async def test_a_second_read_that_is_too_old_is_read_once_more(late_s: float, reads: int) -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(asked_at=make_moment(-late_s)), make_reading()]

    await rig.sent()

    assert rig.gateway.asked[:-1] == [f"read {SMART_TRADE} reserved"] * reads


async def test_a_second_read_of_unknown_age_is_read_once_more_and_then_denied() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(asked_at=make_moment(boot_id="another"))]

    row = await rig.row()

    assert (row.reason, len(rig.gateway.asked)) == ("read-is-fresh", 2)


@pytest.mark.parametrize(("day_change", "resets"), [("-4", 1), (None, 0)], ids=["definitely false", "unknown"])
async def test_a_condition_that_is_not_true_any_more_is_denied_and_remembered(
    day_change: str | None, resets: int
) -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(make_smart_trade(price=make_price(day_change=day_change)))]

    row = await rig.row()

    assert (row.outcome, row.reason) == (Outcome.DENIED, "condition-holds")
    assert rig.state.not_true == [(rig.rule.name, SMART_TRADE)]
    assert rig.state.resets == [(rig.rule.name, SMART_TRADE)] * resets
    assert rig.journal.intents == []


async def test_a_match_that_no_longer_fits_is_denied() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading(make_smart_trade(price=make_price(), note=None))]
    rule = replace(rig.rule, except_=replace(rig.rule.match, patterns={}))

    row = await rig.row(make_proposal(rule=rule))

    assert row.reason == "still-chosen"
    assert "no longer fits" in next(check.detail for check in row.invariants if check.name == "still-chosen")


@pytest.mark.parametrize(
    ("hold_s", "gap_s", "goes_on"), [(60, 300, True), (60, 301, False), (0, 301, True)], ids=["near", "far", "no hold"]
)
async def test_a_hold_goes_on_only_over_reads_that_are_near(hold_s: int, gap_s: int, *, goes_on: bool) -> None:
    rig = Rig(rule=make_rule(hold=timedelta(seconds=hold_s)))
    rig.state.listed_at = make_moment(-gap_s)

    result = await rig.handle()

    assert isinstance(result, Sent) is goes_on
    assert bool(rig.state.not_true) is not goes_on
    assert rig.state.resets == []


async def test_without_a_listing_to_compare_with_only_the_second_read_counts() -> None:
    rig = Rig(rule=make_rule(hold=timedelta(seconds=60)))
    rig.state = CycleState(cycle_id="cycle-1", tally=CycleTally(), prices={}, errors=[], not_true=[], resets=[])

    await rig.sent()


@pytest.mark.parametrize("mode", Mode)
async def test_cancels_of_a_cycle_are_counted_on(mode: Mode) -> None:
    """
    The limit of a cycle is of all its cancels, not of the last.
    """
    rig = Rig(mode=mode)
    rig.state.tally.cancels = 3

    await rig.handle()

    assert rig.state.tally.cancels == 4


async def test_a_dry_run_ends_before_the_intent() -> None:
    rig = Rig(mode=Mode.DRY_RUN)

    row = await rig.row()

    assert (row.outcome, row.reason, len(row.invariants)) == (Outcome.WOULD_CANCEL, None, 15)
    assert (rig.journal.intents, rig.gateway.reservation.released) == ([], 1)
    assert (rig.state.tally.cancels, rig.state.tally.touched) == (1, {SMART_TRADE})


@pytest.mark.parametrize(
    ("error", "reason"),
    [(NotPermitted("disarmed"), "disarmed"), (DuplicateIntent("one is open"), "open_question")],
    ids=["not permitted", "duplicate"],
)
async def test_an_intent_that_is_refused_is_a_deferral(error: Exception, reason: str) -> None:
    rig = Rig()
    rig.journal.failures["record_intent"] = error

    row = await rig.row()

    assert (row.outcome, row.reason, row.detail) == (Outcome.DEFERRED, reason, str(error))
    assert len(row.invariants) == 15
    assert not any(line.startswith("delete") for line in rig.gateway.asked)
    assert rig.state.tally.touched == set()


async def test_an_intent_that_cannot_be_written_sends_nothing() -> None:
    rig = Rig()
    rig.journal.failures["record_intent"] = JournalError("the disk is full")

    with pytest.raises(JournalError):
        await rig.handle()

    assert not any(line.startswith("delete") for line in rig.gateway.asked)
    assert rig.gateway.reservation.released == 1


async def test_disarmed_at_the_last_check_nothing_is_sent() -> None:
    rig = Rig()
    rig.journal.armed = False

    row = await rig.row()

    assert (row.outcome, row.reason, row.detail) == (Outcome.NOT_SENT, "disarmed", "nothing was sent")
    ((intent_id, verdict),) = rig.journal.settled
    assert (intent_id, verdict.outcome, verdict.reason, verdict.detail) == (
        1,
        Outcome.NOT_SENT,
        "disarmed",
        "nothing was sent",
    )
    assert rig.journal.moments == [("answer", rig.clock.now()), ("verdict", rig.clock.now())]
    assert len(row.invariants) == 15
    assert rig.gateway.reservation.released == 1
    assert rig.heard.events == ["cancel.judged", "cancel.intended", "cancel.answered"]
    assert (rig.state.tally.cancels, rig.state.tally.touched) == (0, {SMART_TRADE})


async def test_stale_after_the_intent_nothing_is_sent() -> None:
    rig = Rig()
    rig.heard.cues["cancel.intended"] = lambda: rig.clock.advance(timedelta(seconds=15))

    row = await rig.row()

    assert (row.outcome, row.reason) == (Outcome.NOT_SENT, "stale")
    assert row.detail == "writing the intent took too long"
    assert len(rig.gateway.asked) == 1


async def test_a_connection_is_not_even_begun_when_nothing_may_be_sent() -> None:
    class Untouched(FakeGateway):
        async def cancel_step(self, *_: object, **__: object) -> CancelAnswer:
            raise AssertionError("asked to cancel with a stale read")

    rig = Rig()
    rig.guarded._gateway = Untouched()
    rig.heard.cues["cancel.intended"] = lambda: rig.clock.advance(timedelta(seconds=15))

    assert (await rig.row()).reason == "stale"


@pytest.mark.parametrize("reason", [None, "timeout"])
async def test_an_answer_that_came_late_is_an_answer(reason: str | None) -> None:
    """
    The DELETE was out in time; how long its answer took makes nothing of it stale.
    """

    class Slow(FakeGateway):
        async def cancel_step(self, *args: Any, **named: Any) -> CancelAnswer:
            answer = await super().cancel_step(*args, **named)
            rig.clock.advance(timedelta(seconds=20))
            return replace(answer, reason=reason)

    rig = Rig()
    rig.gateway = rig.guarded._gateway = Slow()

    assert (await rig.sent()).question.reason == reason


async def test_how_it_was_refused_is_on_disk() -> None:
    """
    Three refusals of a kind in a row, on different SmartTrades, stop the account, over restarts too.
    """
    rig = Rig()
    rig.gateway.answers = [CancelAnswer(answer=Answer.REJECTED, reason="forbidden", refusal=Refusal.FORBIDDEN)]

    await rig.sent()

    assert rig.journal.answered == [(1, Answer.REJECTED, Refusal.FORBIDDEN)]


async def test_stale_at_the_last_check_nothing_is_sent() -> None:
    """
    Asking the kill switch may take its time, too.
    """

    class Slow(FakeJournal):
        async def is_armed(self) -> bool:
            rig.clock.advance(timedelta(seconds=15))
            return True

    rig = Rig()
    slow = Slow()
    rig.guarded._journal = slow

    row = await rig.row()

    assert (row.outcome, row.reason) == (Outcome.NOT_SENT, "stale")


@pytest.mark.parametrize(
    ("seconds", "reason", "detail"),
    [(1, "no_connection", "no connection"), (15, "stale", "the second read grew too old: no connection")],
)
async def test_a_connection_that_outlasted_the_read_is_stale(seconds: int, reason: str, detail: str) -> None:
    """
    A process that was stopped while it connected must not blame the network.
    """

    class Stopped(FakeGateway):
        async def cancel_step(self, *_: object, **__: object) -> CancelAnswer:
            rig.clock.advance(timedelta(seconds=seconds))
            return CancelAnswer(answer=Answer.NOT_SENT, reason="no_connection", detail="no connection")

    rig = Rig()
    rig.guarded._gateway = Stopped()

    row = await rig.row()

    assert (row.outcome, row.reason, row.detail) == (Outcome.NOT_SENT, reason, detail)


async def test_a_clock_that_cannot_be_trusted_is_stale() -> None:
    rig = Rig()
    rig.heard.cues["cancel.intended"] = lambda: rig.clock.step_wall(timedelta(hours=-1))

    assert (await rig.row()).reason == "stale"


async def test_the_answer_stands_in_the_row_until_it_is_settled() -> None:
    rig = Rig()
    rig.gateway.answers = [
        CancelAnswer(answer=Answer.UNKNOWN, reason="timeout", detail="no answer", window=timedelta(seconds=1))
    ]

    sent = await rig.sent()

    assert (sent.row.outcome, sent.row.reason, sent.row.detail) == (Outcome.UNKNOWN, "timeout", "no answer")
    assert sent.row.window == sent.question.window == timedelta(seconds=1)


async def test_an_answer_that_cannot_be_written_is_still_looked_after() -> None:
    rig = Rig()
    rig.journal.failures["record_answer"] = JournalError("the disk is full")

    sent = await rig.sent()

    assert sent.lost is rig.journal.failures["record_answer"]
    assert sent.question.answer is Answer.ACCEPTED


async def test_a_not_sent_that_cannot_be_written_is_an_error() -> None:
    rig = Rig()
    rig.journal.armed = False
    rig.journal.failures["record_answer"] = JournalError("the disk is full")

    with pytest.raises(JournalError):
        await rig.handle()

    assert rig.journal.settled == []


async def test_a_stop_signal_waits_for_the_answer_on_disk() -> None:
    rig = Rig()
    handling = asyncio.ensure_future(rig.handle())
    rig.heard.cues["cancel.intended"] = handling.cancel

    with pytest.raises(asyncio.CancelledError):
        await handling

    assert rig.journal.answered == [(1, Answer.ACCEPTED, None)]
    assert rig.gateway.reservation.released == 1
