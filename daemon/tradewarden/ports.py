"""
How the core reaches the world: protocols that adapters fulfil and tests replace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import timedelta

    from tradewarden.model.cancel import Answer, CancelAnswer, CancelIntent, OpenQuestion, Refusal, Verdict
    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.history import History, Sample
    from tradewarden.model.memory import Ledger, Memory, Penalty
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import CurrentPrice, Listing, Reading, SmartTradeId, TradeId


class Clock(Protocol):
    """
    The only source of time.
    """

    def now(self) -> Moment:
        """
        Return this moment on both clocks.
        """
        ...

    async def sleep(self, duration: timedelta) -> None:
        """
        Wait.
        """
        ...


class Reservation(Protocol):
    """
    Requests set apart in the budget so that a guarded cancel is never cut in half.
    """

    def release(self) -> None:
        """
        Give back what was not used. May be called twice.
        """
        ...


class RequestTally(Protocol):
    """
    Keeps how many requests went out in a minute (counted since the epoch), so that a restart does not begin it anew.
    """

    def sent_in(self, minute: int) -> int:
        """
        Return how many are known to have gone out in *minute*.
        """
        ...

    def note(self, minute: int, count: int) -> None:
        """
        Keep that *count* have gone out in *minute*.
        """
        ...


class SmartTradeGateway(Protocol):
    """
    The 3Commas API as the protocol needs it. Every method may raise an ApiError but `cancel_step`.
    """

    @property
    def requests_sent(self) -> int:
        """
        Count the requests that went out so far.
        """
        ...

    async def reserve_cancel(self) -> Reservation:
        """
        Set six requests apart for a guarded cancel, waiting for the next minute if need be.

        Raises BudgetExhausted if they never fit.
        """
        ...

    async def list_open(self) -> Listing:
        """
        Read all open SmartTrades, page by page: complete, or an error.
        """
        ...

    async def read_market(self, pair: str, *, exchange: str) -> CurrentPrice:
        """
        Read the price of a *pair* on an *exchange*: bid, ask and last; the day change is not to be had there.
        """
        ...

    async def read(self, smart_trade_id: SmartTradeId, *, reservation: Reservation | None = None) -> Reading:
        """
        Read one SmartTrade and its list of trades, both at once, past every cache.
        """
        ...

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
        Send the one DELETE, once. Never raises an ApiError: what is not known is an answer too.

        *last_check* runs when the connection stands and before the first byte; a reason that it returns stops the
        request (answer *not sent*). Connecting may take no longer than *connect_within*.
        """
        ...

    async def validate(self) -> None:
        """
        Ask whether the credentials are valid. Raises AccessDenied if not.
        """
        ...


class Journal(Protocol):
    """
    The append-only record and the memory that survives a restart. Every method may raise JournalError.
    """

    async def begin(self, *, mode: Mode, generation: str) -> None:
        """
        Say what this daemon runs from now on: an intent is only accepted for this mode and generation.
        """
        ...

    async def is_armed(self) -> bool:
        """
        Tell whether the kill switch is off. A new journal is armed.
        """
        ...

    async def disarm(self, *, reason: str, event: str = "disarmed") -> None:
        """
        Disarm durably. *event* is ``disarmed`` or ``breach``.
        """
        ...

    async def ledger(self, *, mode: Mode, smart_trades: Collection[SmartTradeId] | None = None) -> Ledger:
        """
        Return what gates, limits and `repeat` need to know of the past, of the ledger of that mode.

        With *smart_trades* it is sure to tell the past of these alone, and takes no longer with every year.
        """
        ...

    async def load_memory(self, *, mode: Mode) -> Memory:
        """
        Return what was observed so far: holds, frozen prices.
        """
        ...

    async def save_memory(self, memory: Memory, *, mode: Mode, resets: Sequence[tuple[str, SmartTradeId]]) -> None:
        """
        Keep *memory*, and note that the conditions in *resets* were definitely false (for ``repeat: on-reset``).
        """
        ...

    async def load_history(self, *, columns: Collection[str], reach: timedelta) -> History:
        """
        Return those *columns* of the readings of the last *reach*, as far as they were recorded.
        """
        ...

    async def keep_sample(self, sample: Sample | None, listing: Listing, *, history: History) -> None:
        """
        Record what a cycle saw; *history* is the past with it, as far as windows are asked of it.

        Without a *sample* (it came too soon to be worth one) that past is only remembered.
        """
        ...

    async def record_intent(self, intent: CancelIntent) -> int:
        """
        Commit the intent to disk and return its id.

        Raises NotPermitted if disarmed, not live or of an older generation, in the same transaction; DuplicateIntent
        if a unique index forbids it.
        """
        ...

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
        ...

    async def settle(self, intent_id: int, verdict: Verdict, *, at: Moment) -> None:
        """
        Commit the final outcome of an intent; a breach disarms in the same transaction.
        """
        ...

    async def open_questions(self) -> Sequence[OpenQuestion]:
        """
        Return the intents without a final outcome, oldest first.
        """
        ...

    async def record_outcome(self, row: OutcomeRow, *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Record a denial, a deferral or a would-cancel; one that repeats unchanged is counted, not written again.
        """
        ...

    async def record_outcomes(self, rows: Sequence[OutcomeRow], *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Do so for many rows in one transaction: all of them or none.
        """
        ...

    async def penalty(self) -> Penalty | None:
        """
        Return the penalty that was journaled last.
        """
        ...

    async def record_penalty(self, penalty: Penalty) -> None:
        """
        Keep a penalty, so that a restart does not forget it.
        """
        ...

    async def forbidden_in_a_row(self) -> frozenset[SmartTradeId]:
        """
        Return the SmartTrades whose cancel was answered with 403, back to the last DELETE that was not.
        """
        ...

    async def access_stopped(self) -> str | None:
        """
        Return why acting for the account was stopped (401, subscription plan), ``None`` if it was not.
        """
        ...

    async def stop_access(self, reason: str | None) -> None:
        """
        Stop acting for the account, durably; ``None`` lifts it.
        """
        ...


class Observer(Protocol):
    """
    Hears what happens, for the log, the demo's story and, later, notifications.
    """

    def tell(self, event: str, **data: object) -> None:
        """
        Hear *event*, a constant dotted name, with its data.
        """
        ...


class Supervisor(Protocol):
    """
    Whoever started the daemon and watches over it: systemd, or nobody. No method raises: to tell it is a courtesy.
    """

    @property
    def watchdog_period(self) -> timedelta | None:
        """
        Return how often it must hear `alive` lest it ends the daemon; ``None`` if it does not watch.
        """
        ...

    def ready(self, status: str) -> None:
        """
        Say that the start, or a reload, is over. *status* is a line for people.
        """
        ...

    def status(self, status: str) -> None:
        """
        Say in a line how it goes.
        """
        ...

    def alive(self) -> None:
        """
        Feed the watchdog.
        """
        ...

    def reloading(self) -> None:
        """
        Say that a reload begins; `ready` ends it.
        """
        ...

    def stopping(self, status: str) -> None:
        """
        Say that the daemon is about to end, and how long it needs, if more than usual.
        """
        ...
