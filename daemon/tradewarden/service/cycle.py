"""
One cycle: settle what is open, read the listing, decide, act on each proposal, report.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.engine.decide import evaluate
from tradewarden.engine.gates import CycleTally, Deferred
from tradewarden.engine.surroundings import NO_WINDOWS
from tradewarden.engine.suspicion import judge_listing
from tradewarden.errors import AccessDenied, ApiError, JournalError, PlanLimited, RateLimited
from tradewarden.execution.guarded_cancel import CycleState, GuardedCancel
from tradewarden.execution.settling import Settling
from tradewarden.model.decision import CycleError, CycleReport, Deferral
from tradewarden.service.acting import Acting
from tradewarden.service.markets import with_markets
from tradewarden.service.progress import Progress
from tradewarden.service.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from tradewarden.engine.decide import Evaluation
    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing
    from tradewarden.ports import Clock, Journal, Observer, SmartTradeGateway
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.service.access import Access
    from tradewarden.service.settlings import Settlings

GRACE_S = 1.5  # so long a cycle waits for what it sent, so that its report tells the end in most cases


class CycleInterrupted(asyncio.CancelledError):
    """
    A cycle was cancelled; *report* tells how far it came.
    """

    def __init__(self, report: CycleReport) -> None:
        super().__init__()
        self.report = report


class Cycle:
    """
    Runs cycles one after the other; what it keeps between them is in the journal.

    What became of its DELETEs is looked after by *settlings*, beside it: other cycles may have begun by then.
    """

    def __init__(  # noqa: PLR0913 (everything that tests replace enters here)
        self,
        *,
        gateway: SmartTradeGateway,
        journal: Journal,
        clock: Clock,
        observer: Observer,
        settings: Settings,
        ruleset: RuleSet,
        settlings: Settlings,
        access: Access,
        hold_gap_of: Callable[[Rule], timedelta],
        new_cycle_id: Callable[[], str],
        plan: WindowPlan = NO_WINDOWS,
    ) -> None:
        self._gateway = gateway
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._settings = settings
        self._ruleset = ruleset
        self._settlings = settlings
        self._access = access
        self._hold_gap_of = hold_gap_of
        self._plan = plan
        self._new_cycle_id = new_cycle_id
        self._questions = Questions(
            settling=Settling(gateway=gateway, journal=journal, clock=clock, observer=observer),
            settlings=settlings,
            journal=journal,
            observer=observer,
        )
        guarded = GuardedCancel(
            gateway=gateway,
            journal=journal,
            clock=clock,
            observer=observer,
            settings=settings,
            ruleset=ruleset,
            hold_gap_of=hold_gap_of,
        )
        self._acting = Acting(
            guarded=guarded,
            questions=self._questions,
            access=access,
            journal=journal,
            clock=clock,
            observer=observer,
            settings=settings,
        )

    async def run(self, rules: Sequence[Rule] | None = None, *, is_alone: bool = True) -> CycleReport:
        """
        Run one cycle of the due *rules* (all enabled ones if not given).

        One that *is_alone* waits for what is open and for what it sent to settle: its report tells the end. Else
        that goes on beside the next cycles, and the log and the journal tell it.

        Never raises an ApiError or JournalError: the report's errors say what went wrong. Raises CycleInterrupted, with
        the report as far as it came, if it is cancelled.
        """
        started = self._clock.now()
        requests_before = self._gateway.requests_sent
        state = CycleState(
            cycle_id=self._new_cycle_id(), tally=CycleTally(), prices={}, errors=[], not_true=[], resets=[]
        )
        progress = Progress(state=state, is_alone=is_alone)
        self._observer.tell("cycle.started", cycle_id=state.cycle_id)
        try:
            await self._run(progress, self._ruleset.enabled if rules is None else rules)
        except RateLimited as error:
            state.errors.append(CycleError(error="penalty", message=str(error)))
        except (AccessDenied, PlanLimited) as error:
            state.errors.append(CycleError(error="access", message=str(error)))
            await self._stop_access(error, state)
        except ApiError as error:
            state.errors.append(CycleError(error="api", message=str(error)))
        except JournalError as error:
            state.errors.append(CycleError(error="journal", message=str(error)))
        except asyncio.CancelledError:
            await self._tell_what_was_sent(progress)
            report = await self._report(progress, started, self._gateway.requests_sent - requests_before)
            raise CycleInterrupted(report) from None
        finally:
            await self._acting.keep_rows(progress)
        report = await self._report(progress, started, self._gateway.requests_sent - requests_before)
        self._observer.tell("cycle.ended", report=report, took=self._clock.now().surely_since(started))
        return report

    async def _tell_what_was_sent(self, progress: Progress) -> None:
        """
        Put what an interrupted cycle has sent into its report: beside it, or in the next run, that is settled.
        """
        state = progress.state
        message = "interrupted by a stop signal: what was sent stands in the journal, and the next run settles it"
        state.errors.append(CycleError(error="interrupted", message=message))
        with contextlib.suppress(JournalError):
            await self._questions.look_after_interrupted(progress, is_settled_here=not progress.is_alone)

    async def _run(self, progress: Progress, rules: Sequence[Rule]) -> None:
        state = progress.state
        too_early = await self._access.regain(self._gateway)
        if too_early is not None:
            state.errors.append(CycleError(error="access", message=too_early))
            return
        await self._questions.take_up(progress)
        try:
            failure: ApiError | JournalError | None = await self._settled(progress) if progress.is_alone else None
            if failure is None:
                failure = await self._decide_and_act(progress, rules)
                if progress.is_alone:  # whatever went wrong, what was sent settles as far as it can
                    lost = await self._settled(progress)
                    failure = failure or lost
                else:
                    await self._settlings.wait_a_little(progress.settling, within_s=GRACE_S)
        except BaseException:
            if progress.is_alone:
                await self._settlings.stop(progress.settling)
            raise
        if failure is not None:
            raise failure

    async def _settled(self, progress: Progress) -> JournalError | None:
        """
        Wait for what is looked after in this cycle, and return what befell it.
        """
        await self._settlings.wait(progress.settling)
        return progress.lost

    async def _decide_and_act(self, progress: Progress, rules: Sequence[Rule]) -> ApiError | JournalError | None:
        """
        Read the listing, evaluate it, and handle the proposals; return what ended that early.
        """
        state = progress.state
        try:
            listing = await self._with_markets(await self._gateway.list_open(), state)
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
            await self._acting.act(progress, listing, evaluation)
        except (ApiError, JournalError) as failure:
            return failure
        return None

    async def _with_markets(self, listing: Listing, state: CycleState) -> Listing:
        """
        Ask for the markets that rules look at and no SmartTrade trades in. One that is not to be had is unknown.
        """
        if not self._plan.pairs:
            return listing

        def tell(message: str) -> None:
            state.errors.append(CycleError(error="market", message=message))

        return await with_markets(
            listing,
            self._gateway,
            self._plan.pairs,
            before=(await self._journal.load_memory(mode=self._settings.mode)).prices,
            frozen_after=self._settings.safety.frozen_after,
            on_unknown=tell,
        )

    async def _evaluate(self, progress: Progress, listing: Listing, rules: Sequence[Rule]) -> Evaluation:
        """
        Evaluate the listing and keep what was observed; a suspicious one changes no memory.
        """
        mode = self._settings.mode
        history = await self._journal.load_history(columns=self._plan.columns, reach=self._plan.reach)
        memory = replace(await self._journal.load_memory(mode=mode), history=history)
        reason, listing_memory = judge_listing(listing, memory.listing)
        evaluation = evaluate(
            listing, rules, memory, settings=self._settings, hold_gap_of=self._hold_gap_of, plan=self._plan
        )
        if reason is not None:
            progress.state.errors.append(CycleError(error="suspicious_reading", message=reason))
            await self._journal.save_memory(replace(memory, listing=listing_memory), mode=mode, resets=())
            evaluation = replace(evaluation, memory=replace(memory, listing=listing_memory), resets=())
            why = Deferred(reason=Deferral.SUSPICIOUS_READING, detail=reason)
            await self._acting.put_off_all(progress, evaluation.proposals, why)
            evaluation = replace(evaluation, proposals=(), holding=())
        else:
            evaluation = replace(evaluation, memory=replace(evaluation.memory, listing=listing_memory))
            if evaluation.memory.history is not memory.history:
                await self._journal.keep_sample(evaluation.sample, listing, history=evaluation.memory.history)
            # Last: what holds was observed only if all of the cycle was kept.
            await self._journal.save_memory(evaluation.memory, mode=mode, resets=evaluation.resets)
        progress.evaluation = evaluation
        progress.state.prices.update(evaluation.memory.prices)
        progress.state.surroundings = evaluation.surroundings
        return evaluation

    async def _stop_access(self, error: AccessDenied | PlanLimited, state: CycleState) -> None:
        try:
            await self._access.stop(str(error), is_denied=isinstance(error, AccessDenied))
        except JournalError as failure:
            state.errors.append(CycleError(error="journal", message=str(failure)))

    async def _report(self, progress: Progress, started: Moment, requests: int) -> CycleReport:
        try:
            armed = await self._journal.is_armed()
        except JournalError:
            armed = False  # without a journal nothing is sent
        return progress.report(started_at=started.wall, mode=self._settings.mode, armed=armed, requests=requests)
