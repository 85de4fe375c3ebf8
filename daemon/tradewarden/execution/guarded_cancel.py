"""
The safety protocol of one cancel, in numbered parts. This is the only place from which a DELETE is asked for.

 1. Local gates, and the invariants that the first read can already fail.
 2. Second read: both bodies, fresh.
 3. Decide again, on the second read alone.
 4. Every invariant, all recorded.
 5. Intent on disk, in one transaction with: armed, live, this generation of the rules file.
 6. One DELETE; the last check runs when the connection stands and before the first byte.
 7. Its answer, to disk at once.
 8. Settling by reads, beside the next proposals: see `settling.py`.
 9. Start-up settles what a crash left open: see `settling.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.gates import Deferred, Spent, gate
from tradewarden.engine.invariants import first_failure
from tradewarden.engine.judgement import Bench, hold_survives, judge_first_read, judge_second_read
from tradewarden.engine.remaining import fingerprint
from tradewarden.engine.surroundings import NO_SURROUNDINGS
from tradewarden.errors import (
    AccessDenied,
    ApiError,
    BudgetExhausted,
    DuplicateIntent,
    JournalError,
    NotPermitted,
    PlanLimited,
    RateLimited,
)
from tradewarden.execution.shield import uninterrupted
from tradewarden.model.cancel import Answer, CancelAnswer, CancelIntent, OpenQuestion, Verdict
from tradewarden.model.decision import CycleError, Deferral, Outcome
from tradewarden.model.settings import Mode
from tradewarden.model.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.engine.gates import CycleTally
    from tradewarden.engine.judgement import Judgement
    from tradewarden.engine.proposal import Proposal
    from tradewarden.engine.surroundings import Surroundings
    from tradewarden.model.decision import Check, OutcomeRow
    from tradewarden.model.memory import HoldKey, Ledger, PriceWatch
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Reading, SmartTradeId
    from tradewarden.ports import Clock, Journal, Observer, Reservation, SmartTradeGateway
    from tradewarden.rules.ruleset import Rule, RuleSet

READ_ATTEMPTS = 2  # a second read that came in too late is read once more
NO_TIME = timedelta(0)


@dataclass(slots=True)
class CycleState:
    """
    What the cancels of one cycle share.
    """

    cycle_id: str
    tally: CycleTally
    prices: dict[SmartTradeId, PriceWatch]
    errors: list[CycleError]
    not_true: list[HoldKey]  # conditions that a second read showed to be not true: their holds reset
    resets: list[HoldKey]  # those among them that are definitely false
    surroundings: Surroundings = NO_SURROUNDINGS  # windows and markets, as the listing's cycle saw them
    listed_at: Moment | None = None  # when the listing, the first read, was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """
    A DELETE whose question is open: to be settled beside the next proposals.
    """

    row: OutcomeRow  # as it stands now: unknown
    question: OpenQuestion
    answer: CancelAnswer
    reservation: Reservation
    lost: JournalError | None = None  # the answer could not be written: settle it, and send nothing more


class GuardedCancel:
    """
    Takes a proposal through the protocol.
    """

    def __init__(
        self,
        *,
        gateway: SmartTradeGateway,
        journal: Journal,
        clock: Clock,
        observer: Observer,
        settings: Settings,
        ruleset: RuleSet,
        hold_gap_of: Callable[[Rule], timedelta],
    ) -> None:
        self._gateway = gateway
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._settings = settings
        self._ruleset = ruleset
        self._hold_gap_of = hold_gap_of

    async def handle(self, proposal: Proposal, state: CycleState) -> OutcomeRow | Sent | None:
        """
        Take one proposal as far as it goes: a row, a DELETE to be settled, or ``None`` where `repeat` is spent.

        Raises RateLimited, PlanLimited, AccessDenied and JournalError: they end the cycle.
        """
        of_this = {proposal.smart_trade.id}
        ledger = await self._journal.ledger(mode=self._settings.mode, smart_trades=of_this)
        stopped = self._pass_gates(proposal, ledger, state)  # part 1
        if isinstance(stopped, Spent):
            return None
        if stopped is not None:
            return stopped
        try:
            reservation = await self._gateway.reserve_cancel()
        except BudgetExhausted as error:
            return proposal.row(Outcome.DEFERRED, Deferral.BUDGET, detail=str(error))
        keep_reservation = False
        try:
            result = await self._read_and_act(proposal, ledger, state, reservation)
            keep_reservation = isinstance(result, Sent)
            return result
        finally:
            if not keep_reservation:
                reservation.release()

    def _pass_gates(self, proposal: Proposal, ledger: Ledger, state: CycleState) -> OutcomeRow | Spent | None:
        """
        Part 1: what the past and the first read say, without a request.
        """
        gated = gate(proposal, ledger, state.tally, limits=self._settings.limits, now=self._clock.now().wall)
        if isinstance(gated, Spent):
            return gated
        if isinstance(gated, Deferred):
            return proposal.row(Outcome.DEFERRED, gated.reason, detail=gated.detail)
        return _denial(proposal, judge_first_read(proposal, self._bench(proposal, ledger, state)))

    def _bench(self, proposal: Proposal, ledger: Ledger, state: CycleState) -> Bench:
        return Bench(
            settings=self._settings,
            ruleset=self._ruleset,
            sent_steps=ledger.sent_steps,
            watch=state.prices.get(proposal.smart_trade.id),
            now=self._clock.now(),
            surroundings=state.surroundings,
        )

    async def _read_and_act(
        self, proposal: Proposal, ledger: Ledger, state: CycleState, reservation: Reservation
    ) -> OutcomeRow | Sent:
        """
        Parts 2 to 7.
        """
        try:
            reading = await self._second_read(proposal, reservation)  # part 2
        except (RateLimited, PlanLimited, AccessDenied):
            raise
        except ApiError as error:
            trade_id = proposal.smart_trade.id
            state.errors.append(CycleError(error="second_read", message=str(error), smart_trade_id=trade_id))
            return proposal.row(Outcome.DEFERRED, Deferral.SUSPICIOUS_READING, detail=str(error))
        judgement = self._judge(proposal, reading, ledger, state)  # parts 3 and 4
        self._observer.tell("cancel.judged", proposal=proposal, checks=judgement.checks, trace=judgement.trace)
        denial = _denial(proposal, judgement.checks)
        if denial is not None:
            return denial
        if self._settings.mode is not Mode.LIVE:
            state.tally.cancels += 1
            state.tally.touched.add(proposal.smart_trade.id)
            return proposal.row(Outcome.WOULD_CANCEL, None, invariants=judgement.checks)
        return await uninterrupted(self._send(proposal, reading, judgement, state, reservation))

    async def _second_read(self, proposal: Proposal, reservation: Reservation) -> Reading:
        """
        Part 2: read both bodies; once more if they came in too late.
        """
        reading = await self._gateway.read(proposal.smart_trade.id, reservation=reservation)
        for _ in range(READ_ATTEMPTS - 1):
            age = self._clock.now().age_of(reading.asked_at)
            if age is not None and age < self._settings.safety.max_read_age:
                break
            reading = await self._gateway.read(proposal.smart_trade.id, reservation=reservation)
        return reading

    def _judge(self, proposal: Proposal, reading: Reading, ledger: Ledger, state: CycleState) -> Judgement:
        """
        Parts 3 and 4, and what they mean for the rule's hold.
        """
        judgement = judge_second_read(
            proposal,
            reading,
            self._bench(proposal, ledger, state),
            hold_goes_on=self._hold_goes_on(proposal.rule, reading, state),
        )
        key = (proposal.rule.name, proposal.smart_trade.id)
        if judgement.condition is not Truth.TRUE:
            state.not_true.append(key)
        if judgement.condition is Truth.FALSE:
            state.resets.append(key)
        return judgement

    def _hold_goes_on(self, rule: Rule, reading: Reading, state: CycleState) -> bool:
        gap = self._hold_gap_of(rule)
        return hold_survives(rule, listed_at=state.listed_at, read_at=reading.asked_at, gap=gap)

    async def _send(
        self, proposal: Proposal, reading: Reading, judgement: Judgement, state: CycleState, reservation: Reservation
    ) -> OutcomeRow | Sent:
        """
        Parts 5 to 7. From here to the answer on disk nothing interrupts, a stop signal included.
        """
        intent = self._intent(proposal, reading, judgement, state)
        try:
            intent_id = await self._journal.record_intent(intent)  # part 5
        except NotPermitted as error:
            return proposal.row(Outcome.DEFERRED, Deferral.DISARMED, detail=str(error), invariants=judgement.checks)
        except DuplicateIntent as error:
            return proposal.row(
                Outcome.DEFERRED, Deferral.OPEN_QUESTION, detail=str(error), invariants=judgement.checks
            )
        state.tally.touched.add(proposal.smart_trade.id)
        self._observer.tell("cancel.intended", proposal=proposal, intent_id=intent_id)
        answer = await self._delete(proposal, reading, reservation)  # part 6
        ended_at = self._clock.now()
        lost = await self._record_answer(intent_id, answer, ended_at)  # part 7
        self._observer.tell("cancel.answered", proposal=proposal, answer=answer)
        if answer.answer is Answer.NOT_SENT:
            if lost is not None:
                raise lost
            verdict = Verdict(
                outcome=Outcome.NOT_SENT, reason=answer.reason, detail=answer.detail or "nothing was sent"
            )
            await self._journal.settle(intent_id, verdict, at=ended_at)
            return proposal.row(Outcome.NOT_SENT, answer.reason, detail=verdict.detail, invariants=judgement.checks)
        state.tally.cancels += 1
        question = OpenQuestion(
            intent_id=intent_id,
            intent=intent,
            answer=answer.answer,
            reason=answer.reason,
            asked_at=ended_at,
            window=answer.window,
        )
        row = proposal.row(
            Outcome.UNKNOWN,
            answer.reason,
            detail=answer.detail or None,
            invariants=judgement.checks,
            window=answer.window,
        )
        return Sent(row=row, question=question, answer=answer, reservation=reservation, lost=lost)

    async def _record_answer(self, intent_id: int, answer: CancelAnswer, at: Moment) -> JournalError | None:
        """
        Part 7: return what went wrong. The DELETE is out, so whatever the journal says, its fate must be looked after.
        """
        try:
            await self._journal.record_answer(
                intent_id,
                answer=answer.answer,
                reason=answer.reason,
                refusal=answer.refusal,
                at=at,
                window=answer.window,
            )
        except JournalError as error:
            return error
        return None

    def _intent(self, proposal: Proposal, reading: Reading, judgement: Judgement, state: CycleState) -> CancelIntent:
        second = replace(proposal, smart_trade=reading.smart_trade)
        return CancelIntent(
            cycle_id=state.cycle_id,
            rule=proposal.rule.name,
            account_id=proposal.smart_trade.account_id,
            smart_trade_id=proposal.smart_trade.id,
            trade_id=proposal.step.id,
            pair=proposal.smart_trade.pair,
            step=proposal.summary,
            share_without_target_pct=second.share_without_target_pct,
            invariants=judgement.checks,
            steps=tuple(fingerprint(step) for step in reading.smart_trade.steps),
            stop_loss_was_live=reading.smart_trade.stop_loss.is_live is True,
            trace=judgement.trace,
            generation=self._ruleset.generation,
            at=self._clock.now(),
        )

    async def _delete(self, proposal: Proposal, reading: Reading, reservation: Reservation) -> CancelAnswer:
        """
        Part 6: the one DELETE, with the last check before its first byte.
        """

        async def last_check() -> str | None:
            if not await self._journal.is_armed():
                return "disarmed"
            return None if self._freshness_left(reading.asked_at) > NO_TIME else "stale"

        connect_within = self._freshness_left(reading.asked_at)
        if connect_within <= NO_TIME:
            return CancelAnswer(answer=Answer.NOT_SENT, reason="stale", detail="writing the intent took too long")
        answer = await self._gateway.cancel_step(
            proposal.smart_trade.id,
            proposal.step.id,
            last_check=last_check,
            read_asked_at=reading.asked_at,
            connect_within=connect_within,
            reservation=reservation,
        )
        if answer.reason == "no_connection" and self._freshness_left(reading.asked_at) <= NO_TIME:
            return replace(answer, reason="stale", detail=f"the second read grew too old: {answer.detail}")
        return answer

    def _freshness_left(self, asked_at: Moment) -> timedelta:
        age = self._clock.now().age_of(asked_at)
        return NO_TIME if age is None else self._settings.safety.max_read_age - age


def _denial(proposal: Proposal, checks: tuple[Check, ...]) -> OutcomeRow | None:
    failed = first_failure(checks)
    if failed is None:
        return None
    return proposal.row(Outcome.DENIED, failed.name, detail=failed.detail, invariants=checks)
