"""
One cycle: settle what is open, read the listing, decide, act on each proposal, report.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tradewarden.engine.decide import evaluate, without_holds
from tradewarden.engine.gates import CycleTally, Deferred, exceeds_share, is_spent
from tradewarden.engine.suspicion import judge_listing
from tradewarden.errors import AccessDenied, ApiError, JournalError, PlanLimited, RateLimited
from tradewarden.execution.guarded_cancel import CycleState, GuardedCancel, Sent
from tradewarden.execution.settling import Settling
from tradewarden.model.cancel import Answer, Refusal
from tradewarden.model.decision import CycleError, CycleReport, Deferral, Outcome, OutcomeRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from tradewarden.engine.decide import Evaluation
    from tradewarden.engine.proposal import Proposal
    from tradewarden.model.cancel import OpenQuestion, Verdict
    from tradewarden.model.memory import Ledger
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing
    from tradewarden.ports import Clock, Journal, Observer, SmartTradeGateway
    from tradewarden.rules.ruleset import Rule, RuleSet

FORBIDDEN_IN_A_ROW = 3  # 403 on so many different SmartTrades: the key may not write at all


class CycleInterrupted(asyncio.CancelledError):
    """
    A cycle was cancelled; *report* tells how far it came.
    """

    def __init__(self, report: CycleReport) -> None:
        super().__init__()
        self.report = report


@dataclass(slots=True)
class _Progress:
    """
    What a cycle has gathered so far; a report can be made of it at any moment.
    """

    state: CycleState
    read: int = 0
    rows: list[OutcomeRow | Sent] = field(default_factory=list)
    evaluation: Evaluation | None = None


class Cycle:
    """
    Runs cycles one after the other; what it keeps between them is in the journal.
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
        new_cycle_id: Callable[[], str],
    ) -> None:
        self._gateway = gateway
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._settings = settings
        self._ruleset = ruleset
        self._hold_gap_of = hold_gap_of
        self._new_cycle_id = new_cycle_id
        self._settling = Settling(gateway=gateway, journal=journal, clock=clock, observer=observer)
        self._guarded = GuardedCancel(
            gateway=gateway,
            journal=journal,
            clock=clock,
            observer=observer,
            settings=settings,
            ruleset=ruleset,
            hold_gap_of=hold_gap_of,
        )

    async def run(self, rules: Sequence[Rule] | None = None) -> CycleReport:
        """
        Run one cycle of the due *rules* (all enabled ones if not given) and wait for what it sent to settle.

        Never raises an ApiError or JournalError: the report's errors say what went wrong. Raises CycleInterrupted, with
        the report as far as it came, if it is cancelled.
        """
        started = self._clock.now()
        requests_before = self._gateway.requests_sent
        state = CycleState(
            cycle_id=self._new_cycle_id(), tally=CycleTally(), prices={}, errors=[], not_true=[], resets=[]
        )
        progress = _Progress(state=state)
        self._observer.tell("cycle.started", cycle_id=state.cycle_id)
        try:
            await self._run(progress, self._ruleset.enabled if rules is None else rules)
        except RateLimited as error:
            state.errors.append(CycleError(error="penalty", message=str(error)))
        except (AccessDenied, PlanLimited) as error:
            state.errors.append(CycleError(error="access", message=str(error)))
            await self._stop_access(str(error), state)
        except ApiError as error:
            state.errors.append(CycleError(error="api", message=str(error)))
        except JournalError as error:
            state.errors.append(CycleError(error="journal", message=str(error)))
        except asyncio.CancelledError:
            await self._tell_what_was_sent(progress)
            report = await self._report(progress, started, self._gateway.requests_sent - requests_before)
            raise CycleInterrupted(report) from None
        report = await self._report(progress, started, self._gateway.requests_sent - requests_before)
        self._observer.tell("cycle.ended", report=report, took=self._clock.now().surely_since(started))
        return report

    async def _tell_what_was_sent(self, progress: _Progress) -> None:
        """
        Put what an interrupted cycle has sent into its report: the next run settles it.
        """
        state = progress.state
        message = "interrupted by a stop signal: what was sent stands in the journal, and the next run settles it"
        state.errors.append(CycleError(error="interrupted", message=message))
        with contextlib.suppress(JournalError):
            told = {row.question.intent_id for row in progress.rows if isinstance(row, Sent)}
            for question in await self._journal.open_questions():
                if question.intent.cycle_id == state.cycle_id and question.intent_id not in told:
                    progress.rows.append(_row_of_question(question, None))

    async def _run(self, progress: _Progress, rules: Sequence[Rule]) -> None:
        state = progress.state
        await self._regain_access()
        for question, verdict in await self._settling.settle_what_is_open():
            progress.rows.append(_row_of_question(question, verdict))
        listing = await self._gateway.list_open()
        state.listed_at, progress.read = listing.asked_at, len(listing.smart_trades)
        for unreadable in listing.unreadable:
            error = CycleError(
                error="unreadable_smart_trade", message=unreadable.reason, smart_trade_id=unreadable.smart_trade_id
            )
            state.errors.append(error)
        evaluation = await self._evaluate(progress, listing, rules)
        self._observer.tell("cycle.evaluated", listing=listing, evaluation=evaluation, cycle_id=state.cycle_id)
        for (rule, smart_trade_id), why in evaluation.unchosen:
            self._observer.tell("rule.chose_nothing", rule=rule, smart_trade_id=smart_trade_id, why=why)
        failure: ApiError | JournalError | None = None
        try:
            async with asyncio.TaskGroup() as settlings:
                try:
                    await self._act(progress, listing, evaluation, settlings)
                except (ApiError, JournalError) as error:
                    failure = error  # what was sent still settles, as far as it can
        except* JournalError as group:
            failure = failure or JournalError(str(group.exceptions[0]))
        if failure is not None:
            raise failure

    async def _evaluate(self, progress: _Progress, listing: Listing, rules: Sequence[Rule]) -> Evaluation:
        """
        Evaluate the listing and keep what was observed; a suspicious one changes no memory.
        """
        mode = self._settings.mode
        memory = await self._journal.load_memory(mode=mode)
        reason, listing_memory = judge_listing(listing, memory.listing)
        evaluation = evaluate(listing, rules, memory, settings=self._settings, hold_gap_of=self._hold_gap_of)
        if reason is not None:
            progress.state.errors.append(CycleError(error="suspicious_reading", message=reason))
            await self._journal.save_memory(replace(memory, listing=listing_memory), mode=mode, resets=())
            evaluation = replace(evaluation, memory=replace(memory, listing=listing_memory), resets=())
            for proposal in await self._not_spent(evaluation.proposals):
                row = proposal.row(Outcome.DEFERRED, Deferral.SUSPICIOUS_READING, detail=reason)
                await self._record(progress, row)
            evaluation = replace(evaluation, proposals=(), holding=())
        else:
            evaluation = replace(evaluation, memory=replace(evaluation.memory, listing=listing_memory))
            await self._journal.save_memory(evaluation.memory, mode=mode, resets=evaluation.resets)
        progress.evaluation = evaluation
        progress.state.prices.update(evaluation.memory.prices)
        return evaluation

    async def _act(
        self, progress: _Progress, listing: Listing, evaluation: Evaluation, settlings: asyncio.TaskGroup
    ) -> None:
        """
        Handle the proposals one after the other; what is sent settles beside.
        """
        wanted = await self._not_spent(evaluation.proposals)
        allows = self._settings.api.allows
        open_count = sum(trade.is_open and allows(trade.account_id) for trade in listing.smart_trades)
        abort = exceeds_share(wanted, open_count, self._settings.limits.abort_above_pct)
        if abort is not None:
            await self._put_off(progress, wanted, abort)
            return
        for index, proposal in enumerate(wanted):
            try:
                result = await self._guarded.handle(proposal, progress.state)
            except (RateLimited, PlanLimited, AccessDenied) as error:
                await self._put_off(progress, wanted[index:], Deferred(reason=Deferral.BACKOFF, detail=str(error)))
                raise
            await self._remember_second_read(progress)
            if isinstance(result, Sent):
                settlings.create_task(self._settle(progress, len(progress.rows), result))
                progress.rows.append(result)
                if result.lost is not None:
                    raise result.lost
                stop = await self._reason_to_stop(result, progress.state)
                if stop is not None:
                    await self._put_off(progress, wanted[index + 1 :], stop)
                    return
            elif result is not None:
                await self._record(progress, result)

    async def _not_spent(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """
        Return those that `repeat` allows, in the order in which they are handled.
        """
        ledger, now = await self._journal.ledger(mode=self._settings.mode), self._clock.now().wall
        return [proposal for proposal in in_fair_order(proposals, ledger) if not is_spent(proposal, ledger, now)]

    async def _put_off(self, progress: _Progress, proposals: Sequence[Proposal], why: Deferred) -> None:
        for proposal in proposals:
            await self._record(progress, proposal.row(Outcome.DEFERRED, why.reason, detail=why.detail))

    async def _settle(self, progress: _Progress, index: int, sent: Sent) -> None:
        try:
            verdict = await self._settling.settle(sent.question, reservation=sent.reservation)
        finally:
            sent.reservation.release()
        if verdict is None:
            outcome = Outcome.REJECTED if sent.answer.answer is Answer.REJECTED else Outcome.UNKNOWN
            progress.rows[index] = replace(sent.row, outcome=outcome)
            return
        progress.rows[index] = replace(sent.row, outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail)

    async def _reason_to_stop(self, sent: Sent, state: CycleState) -> Deferred | None:
        """
        React to a refusal that is about the account, not about the step; tell why the others must wait.
        """
        answer = sent.answer
        detail = answer.detail or str(answer.reason)
        match answer.refusal:
            case Refusal.PENALTY:
                state.errors.append(CycleError(error="penalty", message=detail))
            case Refusal.ACCESS | Refusal.PLAN:
                state.errors.append(CycleError(error="access", message=detail))
                await self._journal.stop_access(detail)
                self._observer.tell("access.stopped", reason=detail)
            case Refusal.FORBIDDEN:
                await self._count_forbidden(state)
                return None  # the gates know whether it is disarmed now
            case _:
                return None
        return Deferred(reason=Deferral.BACKOFF, detail=detail)

    async def _count_forbidden(self, state: CycleState) -> None:
        """
        Disarm after three 403 in a row on different SmartTrades.
        """
        forbidden = await self._journal.forbidden_in_a_row()
        if len(forbidden) < FORBIDDEN_IN_A_ROW:
            return
        reason = f"3Commas forbade the cancel on {len(forbidden)} SmartTrades in a row: may this API key write?"
        await self._journal.disarm(reason=reason)
        state.errors.append(CycleError(error="access", message=reason))
        self._observer.tell("access.stopped", reason=reason)

    async def _record(self, progress: _Progress, row: OutcomeRow) -> None:
        progress.rows.append(row)
        await self._journal.record_outcome(
            row, cycle_id=progress.state.cycle_id, mode=self._settings.mode, at=self._clock.now()
        )
        self._observer.tell("proposal.outcome", row=row)

    async def _regain_access(self) -> None:
        """
        Before acting again after a 401 or the like: the credentials must be valid.
        """
        if await self._journal.access_stopped() is None:
            return
        await self._gateway.validate()
        await self._journal.stop_access(None)
        self._observer.tell("access.regained")

    async def _stop_access(self, reason: str, state: CycleState) -> None:
        self._observer.tell("access.stopped", reason=reason)
        try:
            await self._journal.stop_access(reason)
        except JournalError as error:
            state.errors.append(CycleError(error="journal", message=str(error)))

    async def _remember_second_read(self, progress: _Progress) -> None:
        """
        A second read that showed a condition to be not true is an observation: its hold resets, at once.
        """
        state, evaluation = progress.state, progress.evaluation
        if state.not_true and evaluation is not None:
            memory = without_holds(evaluation.memory, state.not_true)
            progress.evaluation = replace(evaluation, memory=memory)
            await self._journal.save_memory(memory, mode=self._settings.mode, resets=state.resets)
            state.not_true, state.resets = [], []

    async def _report(self, progress: _Progress, started: Moment, requests: int) -> CycleReport:
        try:
            armed = await self._journal.is_armed()
        except JournalError:
            armed = False  # without a journal nothing is sent
        evaluation = progress.evaluation
        return CycleReport(
            cycle_id=progress.state.cycle_id,
            started_at=started.wall,
            mode=self._settings.mode,
            armed=armed,
            smart_trades_read=progress.read,
            requests=requests,
            outcomes=tuple(row.row if isinstance(row, Sent) else row for row in progress.rows),
            holding=() if evaluation is None else evaluation.holding,
            errors=tuple(progress.state.errors),
        )


def in_fair_order(proposals: Sequence[Proposal], ledger: Ledger) -> list[Proposal]:
    """
    Put those that were denied or deferred last time after the others, so that these never starve.
    """
    return sorted(proposals, key=lambda p: (p.rule.name, p.smart_trade.id) in ledger.put_off)


def _row_of_question(question: OpenQuestion, verdict: Verdict | None) -> OutcomeRow:
    if verdict is None:
        return question.intent.row(
            outcome=Outcome.REJECTED if question.answer is Answer.REJECTED else Outcome.UNKNOWN,
            reason=question.reason,
            detail="its fate is not known yet: it is looked for in every cycle",
            window=question.window,
        )
    return question.intent.row(
        outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail, window=question.window
    )
