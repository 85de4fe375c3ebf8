"""
The journal of a test, in memory: the same ledger as the one on disk, for as long as the test lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.past import Past
from tradewarden.errors import DuplicateIntent, JournalError, NotPermitted
from tradewarden.model.cancel import Answer, Attempt, CancelIntent, OpenQuestion, Refusal
from tradewarden.model.decision import Outcome
from tradewarden.model.history import History
from tradewarden.model.memory import Ledger, Memory, SetAside
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tradewarden.model.cancel import Verdict
    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.history import Sample
    from tradewarden.model.memory import HoldKey, Penalty
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import Listing, SmartTradeId
    from tradewarden.ports import Clock

COUNTED = frozenset({Outcome.DENIED, Outcome.DEFERRED})
NOT_CONSUMING = frozenset({Outcome.REJECTED, Outcome.NOT_APPLIED, Outcome.NOT_SENT})
SET_ASIDE_FOR = timedelta(hours=24)


@dataclass(slots=True, kw_only=True)
class Entry:
    """
    A row as `tradewarden journal` would show it: the first of those that repeat unchanged, and how many there were.
    """

    at: Moment
    row: OutcomeRow
    mode: Mode
    cycle_id: str
    intent_id: int | None = None
    count: int = 1


@dataclass(slots=True, kw_only=True)
class _Attempted:
    """
    An intent, or what would have been one, with its number in the order of all.
    """

    number: int
    mode: Mode
    attempt: Attempt
    intent: CancelIntent | None = None
    answer: Answer | None = None
    reason: str | None = None
    asked_at: Moment | None = None
    window: timedelta | None = None

    @property
    def key(self) -> HoldKey:
        return self.attempt.rule, self.attempt.smart_trade_id


class MemoryJournal:
    """
    Fulfils the port `Journal`. *entries* are what it tells, oldest first; open intents are not among them.
    """

    def __init__(self, clock: Clock) -> None:
        self.entries: list[Entry] = []
        self._clock = clock
        self._armed = True
        self._running: tuple[Mode, str] | None = None
        self._memory = Memory()
        self._history = History()
        self._attempted: list[_Attempted] = []
        self._latest: dict[HoldKey, Entry] = {}
        self._resets: dict[tuple[Mode, HoldKey], int] = {}
        self._set_aside: dict[SmartTradeId, SetAside] = {}
        self._penalty: Penalty | None = None
        self._stopped: str | None = None

    async def begin(self, *, mode: Mode, generation: str) -> None:
        """
        Say what runs from now on: an intent is only accepted for this mode and generation.
        """
        self._running = (mode, generation)

    async def is_armed(self) -> bool:
        """
        Tell whether the kill switch is off.
        """
        return self._armed

    async def disarm(self, *, reason: str, event: str = "disarmed") -> None:  # noqa: ARG002 (the port's)
        """
        Disarm for the rest of the test.
        """
        self._armed = False

    async def ledger(self, *, mode: Mode, smart_trades: Collection[SmartTradeId] | None = None) -> Ledger:  # noqa: ARG002 (the port's)
        """
        Return the past of all SmartTrades, of the ledger of that mode.
        """
        attempted = [one for one in self._attempted if one.mode is mode]
        consumed: dict[HoldKey, int] = {}
        for one in attempted:
            if one.attempt.outcome not in NOT_CONSUMING:
                consumed[one.key] = one.number
        resets = {key: after for (of_mode, key), after in self._resets.items() if of_mode is mode}
        waiting = self._waiting()
        now = self._clock.now().wall
        return Ledger(
            armed=self._armed,
            attempts=Past(one.attempt for one in reversed(attempted)),
            reset_since=frozenset(key for key, after in resets.items() if after >= consumed.get(key, 0)),
            put_off=frozenset(waiting),
            waiting=waiting,
            set_aside={key: aside for key, aside in self._set_aside.items() if aside.until > now},
            sent_steps=frozenset(
                one.attempt.trade_id
                for one in self._attempted
                if one.intent is not None and one.attempt.outcome is not Outcome.NOT_SENT
            ),
        )

    async def load_memory(self, *, mode: Mode) -> Memory:  # noqa: ARG002 (what was observed is of no mode)
        """
        Return what was observed so far.
        """
        return self._memory

    async def save_memory(self, memory: Memory, *, mode: Mode, resets: Sequence[HoldKey]) -> None:
        """
        Keep *memory*, and note that the conditions in *resets* were definitely false after their last attempt.
        """
        self._memory = memory
        for key in resets:
            numbers = [one.number for one in self._attempted if one.mode is mode and one.key == key]
            if numbers:
                self._resets[mode, key] = max(numbers)

    async def load_history(self, *, columns: Collection[str], reach: timedelta) -> History:  # noqa: ARG002 (the port's)
        """
        Return the readings of the test, as far back as its windows reach.
        """
        return self._history

    async def keep_sample(self, sample: Sample | None, listing: Listing, *, history: History) -> None:  # noqa: ARG002 (the port's)
        """
        Keep *history*, the past with what was seen last.
        """
        self._history = history

    async def record_intent(self, intent: CancelIntent) -> int:
        """
        Keep the intent and return its id. Raises NotPermitted or DuplicateIntent.
        """
        if not self._armed or self._running != (Mode.LIVE, intent.generation):
            raise NotPermitted("The test is disarmed, not live, or plays another rules file.")
        for one in self._attempted:
            if one.intent is None or one.attempt.smart_trade_id != intent.smart_trade_id:
                continue
            had_its_delete = one.attempt.trade_id == intent.trade_id and one.attempt.outcome not in NOT_CONSUMING
            if one.attempt.outcome is None or had_its_delete:
                msg = f"A cancel of step {intent.trade_id} is refused: one is not settled, or it had its DELETE."
                raise DuplicateIntent(msg)
        target = next((step for step in intent.steps if step.id == intent.trade_id), None)
        attempt = Attempt(
            rule=intent.rule,
            smart_trade_id=intent.smart_trade_id,
            trade_id=intent.trade_id,
            at=intent.at.wall,
            outcome=None,
            fingerprint=target,
        )
        number = len(self._attempted) + 1
        self._attempted.append(
            _Attempted(number=number, mode=Mode.LIVE, attempt=attempt, intent=intent, asked_at=intent.at)
        )
        return number

    async def record_answer(
        self,
        intent_id: int,
        *,
        answer: Answer,
        reason: str | None,
        at: Moment,
        window: timedelta | None,
        refusal: Refusal | None = None,  # noqa: ARG002 (a test refuses nothing)
    ) -> None:
        """
        Keep what came back from the DELETE.
        """
        one = self._open(intent_id)
        one.answer, one.reason, one.asked_at, one.window = answer, reason, at, window

    async def settle(self, intent_id: int, verdict: Verdict, *, at: Moment) -> None:
        """
        Keep the final outcome of an intent; a breach disarms.
        """
        one = self._open(intent_id)
        intent = one.intent
        if intent is None:  # pragma: no cover (`_open` finds intents only)
            return
        one.attempt = Attempt(
            rule=intent.rule,
            smart_trade_id=intent.smart_trade_id,
            trade_id=intent.trade_id,
            at=one.attempt.at,
            outcome=verdict.outcome,
            fingerprint=one.attempt.fingerprint,
        )
        row = intent.row(outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail, window=one.window)
        self._append(Entry(at=at, row=row, mode=Mode.LIVE, cycle_id=intent.cycle_id, intent_id=intent_id))
        if verdict.set_aside:
            until = at.wall + SET_ASIDE_FOR
            self._set_aside[intent.smart_trade_id] = SetAside(until=until, reason=verdict.detail)
        if verdict.outcome is Outcome.BREACH:
            self._armed = False

    async def open_questions(self) -> Sequence[OpenQuestion]:
        """
        Return the intents without a final outcome, oldest first.
        """
        return [
            OpenQuestion(
                intent_id=one.number,
                intent=one.intent,
                answer=one.answer,
                reason=one.reason,
                asked_at=one.asked_at or one.intent.at,
                window=one.window,
            )
            for one in self._attempted
            if one.intent is not None and one.attempt.outcome is None
        ]

    async def record_outcome(self, row: OutcomeRow, *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Keep a denial, a deferral or a would-cancel; one that repeats unchanged is counted.
        """
        key = (row.rule, row.smart_trade_id)
        before = self._latest.get(key)
        if before is not None and _tells(before, row, cycle_id):
            return
        if row.outcome in COUNTED and before is not None and _repeats(before, row, mode):
            before.count += 1
            before.cycle_id = cycle_id
            return
        self._append(Entry(at=at, row=row, mode=mode, cycle_id=cycle_id))
        if row.outcome is Outcome.WOULD_CANCEL:
            attempt = Attempt(
                rule=row.rule,
                smart_trade_id=row.smart_trade_id,
                trade_id=row.trade_id,
                at=at.wall,
                outcome=row.outcome,
                fingerprint=None,
            )
            self._attempted.append(_Attempted(number=len(self._attempted) + 1, mode=mode, attempt=attempt))

    async def record_outcomes(self, rows: Sequence[OutcomeRow], *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Do so for many rows.
        """
        for row in rows:
            await self.record_outcome(row, cycle_id=cycle_id, mode=mode, at=at)

    async def penalty(self) -> Penalty | None:
        """
        Return the penalty that was kept last.
        """
        return self._penalty

    async def record_penalty(self, penalty: Penalty) -> None:
        """
        Keep a penalty.
        """
        self._penalty = penalty

    async def forbidden_in_a_row(self) -> frozenset[SmartTradeId]:
        """
        Return none: a test answers no cancel with 403.
        """
        return frozenset()

    async def access_stopped(self) -> str | None:
        """
        Return why acting was stopped, ``None`` if it was not.
        """
        return self._stopped

    async def stop_access(self, reason: str | None) -> None:
        """
        Stop acting; ``None`` lifts it.
        """
        self._stopped = reason

    def _append(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._latest[entry.row.rule, entry.row.smart_trade_id] = entry

    def _waiting(self) -> tuple[HoldKey, ...]:
        """
        Return what was denied or deferred last time: what was deferred first, each by how long it has waited.
        """
        order = {id(entry): place for place, entry in enumerate(self.entries)}
        found = [(key, entry) for key, entry in self._latest.items() if entry.row.outcome in COUNTED]
        found.sort(key=lambda item: (item[1].row.outcome is Outcome.DENIED, order[id(item[1])]))
        return tuple(key for key, _ in found)

    def _open(self, intent_id: int) -> _Attempted:
        one = self._attempted[intent_id - 1] if 0 < intent_id <= len(self._attempted) else None
        if one is None or one.intent is None or one.attempt.outcome is not None:
            msg = f"Intent {intent_id} is not open: it is settled already, or was never recorded."
            raise JournalError(msg)
        return one


def _tells(before: Entry, row: OutcomeRow, cycle_id: str) -> bool:
    told = (before.cycle_id, before.row.trade_id, before.row.outcome)
    return before.intent_id is not None and told == (cycle_id, row.trade_id, row.outcome)


def _repeats(before: Entry, row: OutcomeRow, mode: Mode) -> bool:
    fate = (before.mode, before.row.trade_id, before.row.outcome, before.row.reason)
    return fate == (mode, row.trade_id, row.outcome, row.reason)
