"""
The account that a test plays: the gateway to SmartTrades in memory, whose facts are what the test says.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.errors import NotFound, UnreadableReply
from tradewarden.model.cancel import Answer, CancelAnswer
from tradewarden.model.smart_trade import CurrentPrice, Listing, Reading
from tradewarden.ruletests.trade_rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import SmartTrade, SmartTradeId, TradeId
    from tradewarden.ports import Reservation
    from tradewarden.ruletests.case import RuleTest, Subject
    from tradewarden.ruletests.clock import StillClock

SOME_PRICE = CurrentPrice(bid=Decimal(1), ask=Decimal(1), last=Decimal(1), day_change_pct=None, quote_volume=None)
"""
The price of another market of which a test tells other facts alone: without one, nothing of a market is known.
"""


class _NoBudget:
    def release(self) -> None:
        """
        There is nothing to give back: a test has no requests to count.
        """


class PlayedAccount:
    """
    Fulfils the port `SmartTradeGateway` from a test. A cancelled step is gone at once, as in a later read of the API.
    """

    def __init__(self, test: RuleTest, clock: StillClock) -> None:
        self._test = test
        self._clock = clock
        self._subjects: dict[SmartTradeId, Subject] = {subject.trade.id: subject for subject in test.subjects}
        self._cancelled: dict[SmartTradeId, set[TradeId]] = {subject.trade.id: set() for subject in test.subjects}
        self._index = 0
        self._requests = 0

    def move_to(self, index: int) -> None:
        """
        Go to the reading *index*.
        """
        self._index = index

    @property
    def requests_sent(self) -> int:
        """
        Count what the daemon would have asked for.
        """
        return self._requests

    async def reserve_cancel(self) -> Reservation:
        """
        Set nothing apart: no budget is played.
        """
        return _NoBudget()

    async def list_open(self) -> Listing:
        """
        Return all SmartTrades of the test as they are now.
        """
        self._requests += 1
        trades = tuple(self._now(subject) for subject in self._subjects.values())
        return Listing(smart_trades=trades, unreadable=(), asked_at=self._clock.now())

    async def read_market(self, pair: str, *, exchange: str) -> CurrentPrice:
        """
        Return the price of another market as it is now. Raises UnreadableReply if the test does not tell it.
        """
        self._requests += 1
        told = [series for series in self._test.markets if series.pair == pair]
        if not told:
            msg = f"the test does not tell of {pair} on {exchange}"
            raise UnreadableReply(msg)
        price = SOME_PRICE
        for series in told:
            price = series.put(price, series.at(self._index))
        return price

    async def read(self, smart_trade_id: SmartTradeId, *, reservation: Reservation | None = None) -> Reading:  # noqa: ARG002 (no budget is played)
        """
        Return a SmartTrade and its list of trades as they are now.
        """
        self._requests += 2
        subject = self._subjects.get(smart_trade_id)
        if subject is None:
            msg = f"SmartTrade {smart_trade_id} is not in the test."
            raise NotFound(msg, status=404, code="Not found")
        trade = self._now(subject)
        rows = rows_of(subject, trade, self._cancelled[smart_trade_id])
        return Reading(smart_trade=trade, trades=rows, asked_at=self._clock.now(), cache_evidence=None)

    async def cancel_step(
        self,
        smart_trade_id: SmartTradeId,
        trade_id: TradeId,
        *,
        last_check: Callable[[], Awaitable[str | None]],
        read_asked_at: Moment,
        connect_within: timedelta,  # noqa: ARG002 (nothing takes time)
        reservation: Reservation,  # noqa: ARG002 (no budget is played)
    ) -> CancelAnswer:
        """
        Take the step away.
        """
        reason = await last_check()
        if reason is not None:
            return CancelAnswer(answer=Answer.NOT_SENT, reason=reason)
        self._requests += 1
        self._cancelled[smart_trade_id].add(trade_id)
        return CancelAnswer(answer=Answer.ACCEPTED, window=self._clock.now().age_of(read_asked_at))

    async def validate(self) -> None:
        """
        Accept: there are no credentials.
        """

    def _now(self, subject: Subject) -> SmartTrade:
        """
        Return the SmartTrade as it is now. One whose last live step was cancelled is cancelled: so does 3Commas.
        """
        trade = subject.at(self._index, self._clock.now().wall)
        cancelled = self._cancelled[trade.id]
        if not cancelled:
            return trade
        left = tuple(step for step in trade.steps if step.id not in cancelled)
        is_over = all(step.status is not None and step.status.is_terminal for step in left)
        return replace(trade, steps=left, status="cancelled" if is_over else trade.status)
