"""
Parts 8 and 9 of the protocol: what became of a DELETE is settled by reading, now or after a restart.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.settle import Progress, judge, judge_rejected
from tradewarden.errors import AccessDenied, ApiError, PlanLimited, RateLimited, UnreadableReply
from tradewarden.model.cancel import Answer
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.model.cancel import OpenQuestion, Verdict
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import Reading
    from tradewarden.ports import Clock, Journal, Observer, Reservation, SmartTradeGateway

AFTER_A_DELETE = tuple(timedelta(seconds=s) for s in (0.5, 1, 2, 5, 10, 20, 40))  # from the end of the request
AFTER_A_REFUSAL = tuple(timedelta(seconds=s) for s in (0.5, 2))
AT_START_UP = tuple(timedelta(seconds=s) for s in (0, 0.5))  # two reads: some verdicts need two

NO_TIME = timedelta(0)


class Settling:
    """
    Reads until an open question has its outcome, and commits that.
    """

    def __init__(self, *, gateway: SmartTradeGateway, journal: Journal, clock: Clock, observer: Observer) -> None:
        self._gateway = gateway
        self._journal = journal
        self._clock = clock
        self._observer = observer

    async def settle(
        self,
        question: OpenQuestion,
        *,
        schedule: Sequence[timedelta] = AFTER_A_DELETE,
        reservation: Reservation | None = None,
    ) -> Verdict | None:
        """
        Read on *schedule* until the question is settled; ``None`` leaves it open for the next cycle.

        Raises JournalError. A penalty or a lost access ends the reading: the question stays open.
        """
        if question.answer is Answer.REJECTED:
            return await self._settle_rejected(question, reservation)
        progress = Progress()
        began = self._clock.now()
        for due, following in zip(schedule, (*schedule[1:], None), strict=True):
            if not await self._wait_until(due, following, began):
                continue
            try:
                reading = await self._read(question, reservation)
            except (RateLimited, PlanLimited, AccessDenied) as error:
                self._observer.tell("settling.stopped", question=question, error=error)
                return None
            except ApiError as error:
                self._observer.tell("settling.read_failed", question=question, error=error)
                continue
            elapsed = reading.asked_at.surely_since(question.asked_at)
            verdict, progress = judge(question, reading, progress, elapsed=elapsed)
            if verdict is not None:
                return await self._conclude(question, verdict)
        return None

    async def _wait_until(self, due: timedelta, following: timedelta | None, began: Moment) -> bool:
        """
        Wait for a read that is *due* so long after *began*; ``False`` if the one after it is due already.
        """
        passed = self._clock.now().since(began) or NO_TIME
        if following is not None and passed >= following:
            return False
        if due > passed:
            await self._clock.sleep(due - passed)
        return True

    async def _read(self, question: OpenQuestion, reservation: Reservation | None) -> Reading:
        """
        Read both bodies. What comes from a cache is no news: it counts as a read that failed.
        """
        reading = await self._gateway.read(question.intent.smart_trade_id, reservation=reservation)
        if reading.cache_evidence is not None:
            msg = f"SmartTrade {question.intent.smart_trade_id} came from a cache: {reading.cache_evidence}"
            raise UnreadableReply(msg)
        return reading

    async def _settle_rejected(self, question: OpenQuestion, reservation: Reservation | None) -> Verdict | None:
        """
        A definite no: reads tell whether the step is there. Without any the no stands; in a penalty it must wait, and
        so it does while the step is in transition.

        Two reads, since a cancel that somebody else asked for a moment earlier takes effect only later.
        """
        verdict = judge_rejected(question, None)
        waited = NO_TIME
        for due in AFTER_A_REFUSAL:
            await self._clock.sleep(due - waited)
            waited = due
            try:
                reading = await self._read(question, reservation)
            except RateLimited as error:
                self._observer.tell("settling.stopped", question=question, error=error)
                return None
            except ApiError as error:
                self._observer.tell("settling.read_failed", question=question, error=error)
                continue
            verdict = judge_rejected(question, reading)
            if verdict is not None and verdict.outcome is not Outcome.REJECTED:
                break
        return None if verdict is None else await self._conclude(question, verdict)

    async def _conclude(self, question: OpenQuestion, verdict: Verdict) -> Verdict:
        await self._journal.settle(question.intent_id, verdict, at=self._clock.now())
        event = "cancel.breach" if verdict.outcome is Outcome.BREACH else "cancel.settled"
        self._observer.tell(event, question=question, verdict=verdict)
        return verdict
