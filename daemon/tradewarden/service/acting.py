"""
What a cycle does about its proposals: one after the other, each through the protocol, and each told and recorded.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.decide import without_holds
from tradewarden.engine.fairness import in_fair_order
from tradewarden.engine.gates import Deferred, exceeds_share, is_spent
from tradewarden.errors import AccessDenied, JournalError, PlanLimited, RateLimited
from tradewarden.execution.guarded_cancel import GuardedCancel, Sent
from tradewarden.model.cancel import Answer, Refusal
from tradewarden.model.decision import CycleError, Deferral, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.engine.decide import Evaluation
    from tradewarden.engine.proposal import Proposal
    from tradewarden.execution.guarded_cancel import CycleState
    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing
    from tradewarden.ports import Clock, Journal, Observer
    from tradewarden.service.access import Access
    from tradewarden.service.progress import Progress
    from tradewarden.service.questions import Questions

LONGEST = timedelta(minutes=2)  # so long a cycle takes up proposals: the rest has a fresher first read in the next one
FORBIDDEN_IN_A_ROW = 3  # 403 on so many different SmartTrades: the key may not write at all


class Acting:
    """
    Handles the proposals of one cycle after the other.
    """

    def __init__(
        self,
        *,
        guarded: GuardedCancel,
        questions: Questions,
        access: Access,
        journal: Journal,
        clock: Clock,
        observer: Observer,
        settings: Settings,
    ) -> None:
        self._guarded = guarded
        self._questions = questions
        self._access = access
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._settings = settings

    async def act(self, progress: Progress, listing: Listing, evaluation: Evaluation) -> None:
        """
        Handle the proposals one after the other; what is sent settles beside.
        """
        wanted = await self._not_spent(evaluation.proposals)
        allows = self._settings.api.allows
        open_count = sum(trade.is_open and allows(trade.account_id) for trade in listing.smart_trades)
        abort = exceeds_share(wanted, open_count, self._settings.limits.abort_above_pct)
        if abort is not None:
            self._put_off(progress, wanted, abort)
            return
        for index, proposal in enumerate(wanted):
            if not progress.is_alone and self._clock.now().surely_since(listing.asked_at) > LONGEST:
                detail = f"this cycle has taken {LONGEST.seconds // 60} minutes already: the next one goes on"
                self._put_off(progress, wanted[index:], Deferred(reason=Deferral.BUDGET, detail=detail))
                return
            try:
                result = await self._guarded.handle(proposal, progress.state)
            except (RateLimited, PlanLimited, AccessDenied) as error:
                self._put_off(progress, wanted[index:], Deferred(reason=Deferral.BACKOFF, detail=str(error)))
                raise
            await self._remember_second_read(progress)
            if isinstance(result, Sent):
                self._questions.look_after_sent(progress, result)
                if result.answer.answer is Answer.ACCEPTED:
                    self._access.accept()
                if result.lost is not None:
                    raise result.lost
                stop = await self._reason_to_stop(result, progress.state)
                if stop is not None:
                    self._put_off(progress, wanted[index + 1 :], stop)
                    return
            elif result is not None:
                self._record(progress, result)
                if result.outcome is Outcome.WOULD_CANCEL:  # the limits count it, for the next proposal already
                    await self.keep_rows(progress)

    async def put_off_all(self, progress: Progress, proposals: Sequence[Proposal], why: Deferred) -> None:
        """
        Defer all *proposals* but those that `repeat` forbids anyway.
        """
        self._put_off(progress, await self._not_spent(proposals), why)

    async def _not_spent(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """
        Return those that `repeat` allows, in the order in which they are handled.
        """
        if not proposals:
            return []
        concerned = {proposal.smart_trade.id for proposal in proposals}
        ledger = await self._journal.ledger(mode=self._settings.mode, smart_trades=concerned)
        now = self._clock.now().wall
        return [proposal for proposal in in_fair_order(proposals, ledger) if not is_spent(proposal, ledger, now)]

    def _put_off(self, progress: Progress, proposals: Sequence[Proposal], why: Deferred) -> None:
        for proposal in proposals:
            self._record(progress, proposal.row(Outcome.DEFERRED, why.reason, detail=why.detail))

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
                await self._access.stop(detail)
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
        state.errors.append(CycleError(error="forbidden", message=reason))
        self._observer.tell("access.stopped", reason=reason)

    def _record(self, progress: Progress, row: OutcomeRow) -> None:
        progress.rows.append(row)
        progress.unrecorded.append(row)
        self._observer.tell("proposal.outcome", row=row)

    async def keep_rows(self, progress: Progress) -> None:
        """
        Write the denials and deferrals of the cycle in one go: there may be hundreds, the same in every cycle.
        """
        rows, progress.unrecorded = progress.unrecorded, []
        if not rows:
            return
        try:
            await self._journal.record_outcomes(
                rows, cycle_id=progress.state.cycle_id, mode=self._settings.mode, at=self._clock.now()
            )
        except JournalError as error:
            if not any(one.error == "journal" for one in progress.state.errors):
                progress.state.errors.append(CycleError(error="journal", message=str(error)))

    async def _remember_second_read(self, progress: Progress) -> None:
        """
        A second read that showed a condition to be not true is an observation: its hold resets, at once.
        """
        state, evaluation = progress.state, progress.evaluation
        if state.not_true and evaluation is not None:
            memory = without_holds(evaluation.memory, state.not_true)
            progress.evaluation = replace(evaluation, memory=memory)
            await self._journal.save_memory(memory, mode=self._settings.mode, resets=state.resets)
            state.not_true, state.resets = [], []
