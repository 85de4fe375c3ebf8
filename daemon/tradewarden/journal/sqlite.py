"""
The journal as the daemon and the commands use it: every method is one job in the journal's thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from tradewarden.journal import control, intents, log, samples
from tradewarden.journal.database import Database
from tradewarden.journal.folder import journal_file
from tradewarden.journal.ledger import LedgerReader
from tradewarden.journal.migrations import migrate, shipped_migrations
from tradewarden.journal.observed import ObservedMemory
from tradewarden.journal.standing import read_standing
from tradewarden.journal.values import instant_to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path
    from types import TracebackType

    from tradewarden.journal.rows import JournalRow
    from tradewarden.journal.samples import RecordedSpan
    from tradewarden.model.cancel import Answer, CancelIntent, OpenQuestion, Refusal, Verdict
    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.history import History, Sample
    from tradewarden.model.memory import Ledger, Memory, Penalty
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import Listing, SmartTradeId
    from tradewarden.model.standing import Standing
    from tradewarden.ports import Clock


class SqliteJournal:
    """
    Fulfils the port `Journal`, and the commands' needs beside it. Works beside another process on the same folder.
    """

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._observed = ObservedMemory()
        self._ledger = LedgerReader()
        self._samples = samples.SampleStore()

    @classmethod
    async def open(cls, folder: Path, *, clock: Clock, create: bool = False) -> Self:
        """
        Open the journal of a state folder; *create* makes the folder and the file where they are missing.

        Raises StateError if they are missing, cannot be used or are of a newer version; JournalError if damaged.
        """
        path = journal_file(folder, create=create)
        database = Database(path)
        now = instant_to_text(clock.now().wall)
        try:
            await database.open()
            await database.run(migrate, shipped_migrations(), file=str(path), now=now)
        except BaseException:
            await database.aclose()
            raise
        return cls(database, clock=clock)

    async def aclose(self) -> None:
        """
        Close it, after everything that was asked before. May be called twice.
        """
        await self._database.aclose()

    async def __aenter__(self) -> Self:
        """
        Return the open journal.
        """
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        Close it.
        """
        await self.aclose()

    async def begin(self, *, mode: Mode, generation: str) -> None:
        """
        Say what this daemon runs from now on: an intent is only accepted for this mode and generation.
        """
        await self._database.run(control.begin, mode=mode, generation=generation, now=self._now())

    async def is_armed(self) -> bool:
        """
        Tell whether the kill switch is off, also when another process has just thrown it.
        """
        return await self._database.run(control.is_armed)

    async def arm(self, *, reason: str) -> None:
        """
        Arm; lifts SmartTrades set aside, a stopped account and back-offs too.
        """
        await self._database.run(control.arm, reason=reason, now=self._now())

    async def disarm(self, *, reason: str, event: str = "disarmed") -> None:
        """
        Disarm durably. *event* is ``disarmed`` or ``breach``.
        """
        await self._database.run(control.disarm, reason=reason, event=event, now=self._now())

    async def ledger(self, *, mode: Mode, smart_trades: Collection[SmartTradeId] | None = None) -> Ledger:
        """
        Return what gates, limits and `repeat` need to know of the past, of the ledger of that mode.

        With *smart_trades* it is sure to tell the past of these alone, and takes no longer with every year.
        """
        return await self._database.run(self._ledger.read, mode=mode, now=self._now(), smart_trades=smart_trades)

    async def load_memory(self, *, mode: Mode) -> Memory:  # noqa: ARG002 (the port's; what was observed is of no mode)
        """
        Return what was observed so far, in whichever mode.
        """
        return await self._database.run(self._observed.load)

    async def save_memory(self, memory: Memory, *, mode: Mode, resets: Sequence[tuple[str, SmartTradeId]]) -> None:
        """
        Keep *memory*, and note in the ledger of *mode* that the conditions in *resets* were definitely false.
        """
        await self._database.run(self._observed.save, memory, mode=mode, resets=resets)

    async def load_history(self, *, columns: Collection[str], reach: timedelta) -> History:
        """
        Return those *columns* of the readings of the last *reach*, as far as they were recorded.
        """
        return await self._database.run(self._samples.load, columns=columns, reach=reach, now=self._now())

    async def recorded_at(self, moment: datetime) -> datetime | None:
        """
        Return when the last cycle at *moment* or before was recorded; ``None`` if none is kept.
        """
        return await self._database.run(samples.recorded_at, moment)

    async def history_before(self, moment: datetime, *, columns: Collection[str], reach: timedelta) -> History:
        """
        Return those *columns* of the readings of the time *reach* before *moment*, as far as they are still kept.
        """
        return await self._database.run(samples.history_before, moment, columns=columns, reach=reach)

    async def keep_sample(self, sample: Sample | None, listing: Listing, *, history: History) -> None:
        """
        Record what a cycle saw; *history* is the past with it, as far as windows are asked of it.

        Without a *sample* (it came too soon to be worth one) that past is only remembered.
        """
        await self._database.run(self._samples.keep, sample, listing, history=history, now=self._now())

    async def recorded_span(self) -> RecordedSpan | None:
        """
        Return from when to when cycles are recorded; ``None`` if none is.
        """
        return await self._database.run(samples.recorded_span)

    async def recorded_listings(
        self, *, since: datetime, until: datetime, smart_trade_id: SmartTradeId | None = None
    ) -> list[tuple[Listing, Sample]]:
        """
        Return the cycles from *since* to *until* as they were seen, oldest first: all SmartTrades, or one.
        """
        return await self._database.run(
            samples.recorded_listings, since=since, until=until, smart_trade_id=smart_trade_id
        )

    async def record_intent(self, intent: CancelIntent) -> int:
        """
        Commit the intent to disk and return its id. Raises NotPermitted or DuplicateIntent.
        """
        return await self._database.run(intents.record, intent)

    async def record_answer(
        self,
        intent_id: int,
        *,
        answer: Answer,
        reason: str | None,
        at: Moment,
        window: timedelta | None,
        refusal: Refusal | None = None,
    ) -> None:
        """
        Commit what came back from the DELETE.
        """
        await self._database.run(
            intents.record_answer, intent_id, answer=answer, reason=reason, refusal=refusal, at=at, window=window
        )

    async def settle(self, intent_id: int, verdict: Verdict, *, at: Moment) -> None:
        """
        Commit the final outcome of an intent; a breach disarms in the same transaction.
        """
        await self._database.run(intents.settle, intent_id, verdict, at=at)

    async def open_questions(self) -> Sequence[OpenQuestion]:
        """
        Return the intents without a final outcome, oldest first.
        """
        return await self._database.run(intents.open_questions)

    async def record_outcome(self, row: OutcomeRow, *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Record an outcome without an intent; a denial or deferral that repeats unchanged is counted.
        """
        await self.record_outcomes([row], cycle_id=cycle_id, mode=mode, at=at)

    async def record_outcomes(self, rows: Sequence[OutcomeRow], *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Record many outcomes without an intent in one transaction: the standing denials of a thousand SmartTrades.
        """
        await self._database.run(log.record_outcomes, rows, cycle_id=cycle_id, mode=mode, at=at.wall)

    async def rows(
        self,
        *,
        since: datetime | None = None,
        smart_trade_id: SmartTradeId | None = None,
        limit: int | None = None,
    ) -> list[JournalRow]:
        """
        Return what the journal tells, newest first; an open intent has the outcome *unknown*.
        """
        return await self._database.run(log.read_rows, since=since, smart_trade_id=smart_trade_id, limit=limit)

    async def penalty(self) -> Penalty | None:
        """
        Return the penalty that was journaled last.
        """
        return await self._database.run(control.penalty)

    async def record_penalty(self, penalty: Penalty) -> None:
        """
        Keep a penalty, so that a restart does not forget it.
        """
        await self._database.run(control.record_penalty, penalty)

    async def forbidden_in_a_row(self) -> frozenset[SmartTradeId]:
        """
        Return the SmartTrades whose cancel was answered with 403, back to the last DELETE that was not, or to `arm`.
        """
        return await self._database.run(intents.forbidden_in_a_row)

    async def access_stopped(self) -> str | None:
        """
        Return why acting for the account was stopped, ``None`` if it was not.
        """
        return await self._database.run(control.access_stopped)

    async def stop_access(self, reason: str | None) -> None:
        """
        Stop acting for the account, durably; ``None`` lifts it.
        """
        await self._database.run(control.stop_access, reason=reason, now=self._now())

    async def standing(self) -> Standing:
        """
        Return how things stand: the kill switch, what holds the daemon back, what is not settled. For `status`.
        """
        return await self._database.run(read_standing)

    def _now(self) -> datetime:
        return self._clock.now().wall
