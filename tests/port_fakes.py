"""
The gateway, the journal and the observer as values in memory: a test says what they answer and sees what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from factories import make_listing, make_reading
from tradewarden.errors import UnreadableReply
from tradewarden.model.cancel import Answer, CancelAnswer
from tradewarden.model.memory import Ledger, Memory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import timedelta

    from tradewarden.model.cancel import CancelIntent, OpenQuestion, Refusal, Verdict
    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.history import History, Sample
    from tradewarden.model.memory import HoldKey, Penalty
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import CurrentPrice, Listing, Reading, SmartTradeId, TradeId
    from tradewarden.ports import Reservation

T = TypeVar("T")


@dataclass(slots=True)
class FakeReservation:
    """
    Counts how often it was released.
    """

    released: int = 0

    def release(self) -> None:
        """
        Give it back.
        """
        self.released += 1


@dataclass(slots=True)
class FakeGateway:
    """
    Answers with what it holds, in turn; the last stays. An exception among them is raised.
    """

    listings: list[Listing | Exception] = field(default_factory=lambda: [make_listing()])
    readings: list[Reading | Exception] = field(default_factory=lambda: [make_reading()])
    answers: list[CancelAnswer | Exception] = field(default_factory=lambda: [CancelAnswer(answer=Answer.ACCEPTED)])
    markets: dict[str, CurrentPrice] = field(default_factory=dict)
    no_market: Exception | None = None
    no_budget: Exception | None = None
    invalid: Exception | None = None
    on_read: Callable[[], None] | None = None
    reservation: FakeReservation = field(default_factory=FakeReservation)
    asked: list[str] = field(default_factory=list)
    read_asked_at: list[Moment] = field(default_factory=list)  # as each DELETE was told

    @property
    def requests_sent(self) -> int:
        """
        Count what was asked.
        """
        return len(self.asked)

    async def reserve_cancel(self) -> Reservation:
        """
        Hand out the reservation.
        """
        if self.no_budget is not None:
            raise self.no_budget
        return self.reservation

    async def list_open(self) -> Listing:
        """
        Answer with the next listing.
        """
        self.asked.append("list")
        return _next(self.listings)

    async def read_market(self, pair: str, *, exchange: str) -> CurrentPrice:
        """
        Answer with the price of the pair. Raises *no_market*, or UnreadableReply if it is not among *markets*.
        """
        self.asked.append(f"market {pair} {exchange}")
        if self.no_market is not None:
            raise self.no_market
        if pair not in self.markets:
            msg = f"there is no {pair}"
            raise UnreadableReply(msg)
        return self.markets[pair]

    async def read(self, smart_trade_id: SmartTradeId, *, reservation: Reservation | None = None) -> Reading:
        """
        Answer with the next reading.
        """
        self.asked.append(f"read {smart_trade_id}{'' if reservation is None else ' reserved'}")
        if self.on_read is not None:
            self.on_read()
        return _next(self.readings)

    async def cancel_step(
        self,
        smart_trade_id: SmartTradeId,
        trade_id: TradeId,
        *,
        last_check: Callable[[], Awaitable[str | None]],
        read_asked_at: Moment,
        connect_within: timedelta,
        reservation: Reservation,
    ) -> CancelAnswer:
        """
        Run the last check, and answer with the next answer.
        """
        assert reservation is self.reservation
        reason = await last_check()
        if reason is not None:
            return CancelAnswer(answer=Answer.NOT_SENT, reason=reason)
        self.asked.append(f"delete {smart_trade_id} {trade_id} within {connect_within.total_seconds()}")
        self.read_asked_at.append(read_asked_at)
        return _next(self.answers)

    async def validate(self) -> None:
        """
        Say that the key is valid, or not.
        """
        self.asked.append("validate")
        if self.invalid is not None:
            raise self.invalid


def _next(answers: list[T | Exception]) -> T:
    answer = answers[0] if len(answers) == 1 else answers.pop(0)
    if isinstance(answer, Exception):
        raise answer
    return answer


@dataclass(slots=True)
class FakeJournal:
    """
    Keeps what it is told. An exception in *failures* is raised by the method of that name.
    """

    armed: bool = True
    past: Ledger = field(default_factory=lambda: Ledger(armed=True))
    memory: Memory = field(default_factory=Memory)
    questions: list[OpenQuestion] = field(default_factory=list)
    forbidden: frozenset[SmartTradeId] = frozenset()
    stopped: str | None = None
    failures: dict[str, Exception] = field(default_factory=dict)
    intents: list[CancelIntent] = field(default_factory=list)
    answered: list[tuple[int, Answer, Refusal | None]] = field(default_factory=list)
    settled: list[tuple[int, Verdict]] = field(default_factory=list)
    ledgers: list[tuple[Mode, Collection[SmartTradeId] | None]] = field(default_factory=list)  # as they were asked for
    moments: list[tuple[str, Moment]] = field(default_factory=list)  # of each answer and verdict
    heard: list[tuple[str | None, timedelta | None]] = field(default_factory=list)  # reason and window of each answer
    outcomes: list[OutcomeRow] = field(default_factory=list)
    saved: list[tuple[Memory, tuple[HoldKey, ...]]] = field(default_factory=list)
    disarmings: list[str] = field(default_factory=list)
    samples: list[tuple[Sample, Listing]] = field(default_factory=list)
    looked_back: list[tuple[frozenset[str], timedelta]] = field(default_factory=list)

    def _may_fail(self, method: str) -> None:
        if method in self.failures:
            raise self.failures[method]

    async def begin(self, *, mode: Mode, generation: str) -> None:
        """
        Do nothing.
        """

    async def is_armed(self) -> bool:
        """
        Tell.
        """
        self._may_fail("is_armed")
        return self.armed

    async def disarm(self, *, reason: str, event: str = "disarmed") -> None:
        """
        Disarm.
        """
        self._may_fail("disarm")
        self.armed = False
        self.past = Ledger(armed=False)
        self.disarmings.append(f"{event}: {reason}")

    async def ledger(self, *, mode: Mode, smart_trades: Collection[SmartTradeId] | None = None) -> Ledger:
        """
        Return the past, whomever it is about.
        """
        self._may_fail("ledger")
        self.ledgers.append((mode, smart_trades))
        return self.past

    async def load_memory(self, *, mode: Mode) -> Memory:
        """
        Return the memory.
        """
        assert mode is not None
        return self.memory

    async def save_memory(self, memory: Memory, *, mode: Mode, resets: Sequence[HoldKey]) -> None:
        """
        Keep the memory.
        """
        self._may_fail("save_memory")
        assert mode is not None
        self.memory = memory
        self.saved.append((memory, tuple(resets)))

    async def load_history(self, *, columns: Collection[str], reach: timedelta) -> History:
        """
        Return what is remembered, whatever is asked for.
        """
        self._may_fail("load_history")
        self.looked_back.append((frozenset(columns), reach))
        return self.memory.history

    async def keep_sample(self, sample: Sample | None, listing: Listing, *, history: History) -> None:
        """
        Keep a sample; the memory was saved with its history.
        """
        self._may_fail("keep_sample")
        assert history.newest is not None
        if sample is not None:
            self.samples.append((sample, listing))

    async def record_intent(self, intent: CancelIntent) -> int:
        """
        Keep an intent.
        """
        self._may_fail("record_intent")
        self.intents.append(intent)
        return len(self.intents)

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
        Keep an answer.
        """
        self._may_fail("record_answer")
        self.heard.append((reason, window))
        self.moments.append(("answer", at))
        self.answered.append((intent_id, answer, refusal))

    async def settle(self, intent_id: int, verdict: Verdict, *, at: Moment) -> None:
        """
        Keep a verdict.
        """
        self._may_fail("settle")
        self.moments.append(("verdict", at))
        self.settled.append((intent_id, verdict))

    async def open_questions(self) -> Sequence[OpenQuestion]:
        """
        Return the questions.
        """
        return self.questions

    async def record_outcome(self, row: OutcomeRow, *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Keep a row.
        """
        self._may_fail("record_outcome")
        assert (cycle_id, mode, at) is not None
        self.outcomes.append(row)

    async def record_outcomes(self, rows: Sequence[OutcomeRow], *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Keep many rows.
        """
        for row in rows:
            await self.record_outcome(row, cycle_id=cycle_id, mode=mode, at=at)

    async def penalty(self) -> Penalty | None:
        """
        Know of none.
        """
        return None

    async def record_penalty(self, penalty: Penalty) -> None:
        """
        Do nothing.
        """

    async def forbidden_in_a_row(self) -> frozenset[SmartTradeId]:
        """
        Return them.
        """
        return self.forbidden

    async def access_stopped(self) -> str | None:
        """
        Tell.
        """
        return self.stopped

    async def stop_access(self, reason: str | None) -> None:
        """
        Stop or lift.
        """
        self._may_fail("stop_access")
        self.stopped = reason


@dataclass(slots=True)
class Heard:
    """
    Keeps what it was told; *cues* run when their event is.
    """

    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    cues: dict[str, Callable[[], object]] = field(default_factory=dict)

    def tell(self, event: str, **data: object) -> None:
        """
        Hear *event*.
        """
        self.told.append((event, data))
        self.cues.get(event, lambda: None)()

    @property
    def events(self) -> list[str]:
        """
        Return the names.
        """
        return [event for event, _ in self.told]
