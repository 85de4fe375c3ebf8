"""
The SmartTrade as it was read: an absent, null or unreadable value is ``None``, and ``None`` means *unknown*, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from tradewarden.model.status import SMART_TRADE_OPEN, TradeStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from tradewarden.model.moment import Moment

AccountId = NewType("AccountId", int)
SmartTradeId = NewType("SmartTradeId", int)
TradeId = NewType("TradeId", int)


class Side(StrEnum):
    """
    Long gains when the price rises, short when it falls. (The API's ``position.type``: buy is long, sell is short.)
    """

    LONG = "long"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeProfitStep:
    """
    One partial exit. Its *id* is the trade id that a DELETE names; *position* counts from 1, nearest first.
    """

    id: TradeId
    position: int | None
    status: TradeStatus | None
    price: Decimal | None
    share_pct: Decimal | None  # the API's `volume`: percent of the position
    quantity: Decimal | None  # the API's `units.value`; null while idle
    order_type: str | None
    trailing: bool | None
    cancelable: bool | None  # the API's `data.cancelable`: necessary, never sufficient (api-facts 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLoss:
    """
    The stop loss as the SmartTrade tells it. It has no id here: that is only in the list of trades (api-facts 2).
    """

    enabled: bool | None
    status: TradeStatus | None
    trigger_price: Decimal | None
    breakeven: bool | None

    @property
    def is_live(self) -> bool | None:
        """
        Tell whether it is enabled with a live status; ``None`` if that cannot be read.
        """
        if self.enabled is False:
            return False
        if self.enabled is None or self.status is None:
            return None
        return self.status.is_live


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPrice:
    """
    The market as 3Commas saw it when the SmartTrade was read.
    """

    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    day_change_pct: Decimal | None  # its window is undocumented
    quote_volume: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartTrade:
    """
    A position with its exits, as read. *quantity* and *notional* are the API's ``units`` and ``total``.
    """

    id: SmartTradeId
    account_id: AccountId
    exchange: str | None  # the API's `account.type`
    pair: str
    side: Side | None
    kind: str | None  # the API's `data.type`
    status: str | None
    position_status: TradeStatus | None
    editable: bool | None
    is_position_not_filled: bool | None
    steps: tuple[TakeProfitStep, ...]
    stop_loss: StopLoss
    other_exits: tuple[TradeStatus | None, ...]  # reduce-funds steps and a market close
    price: CurrentPrice
    leverage: Decimal | None
    entry_price: Decimal | None
    quantity: Decimal | None
    notional: Decimal | None
    profit_pct: Decimal | None
    profit_usd: Decimal | None
    roe_pct: Decimal | None
    note: str | None
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def is_open(self) -> bool:
        """
        Tell whether its targets are armed. Every other status, known or not, is left alone.
        """
        return self.status == SMART_TRADE_OPEN

    @property
    def quote(self) -> str:
        """
        Return the first part of the pair: 3Commas writes ``QUOTE_BASE``.
        """
        return self.pair.partition("_")[0]

    def step(self, trade_id: TradeId) -> TakeProfitStep | None:
        """
        Return the step of that id; ``None`` if there is none, or more than one.
        """
        found = [step for step in self.steps if step.id == trade_id]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """
    One row of a SmartTrade's list of trades: an order leg of *purpose* position, take_profit, stop_loss, ...
    """

    id: TradeId
    purpose: str | None
    status: TradeStatus | None
    cancelable: bool | None  # true on the stop loss too: nothing in the API protects it (api-facts 2)
    realised_quantity: Decimal | None  # the API's `realised_amount`
    realised_pct: Decimal | None  # the API's `realised_percentage`


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    Both bodies of one SmartTrade, read together. *asked_at* is when the first of the two requests was sent.
    """

    smart_trade: SmartTrade
    trades: tuple[Trade, ...]
    asked_at: Moment
    cache_evidence: str | None  # the reply header that betrays a cache, if there was one

    def rows_of(self, trade_id: TradeId) -> tuple[Trade, ...]:
        """
        Return the rows of that id in the list of trades.
        """
        return tuple(trade for trade in self.trades if trade.id == trade_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """
    A SmartTrade of the listing that could not be read: set aside and reported, never guessed.
    """

    smart_trade_id: SmartTradeId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """
    All open SmartTrades of one moment, complete or not at all. *asked_at* is when the first page was asked for.

    *markets* are the prices of pairs that a rule asks for and no SmartTrade trades, asked of 3Commas besides. Read back
    from the journal, they are those of all pairs that a rule asked for.
    """

    smart_trades: tuple[SmartTrade, ...]
    unreadable: tuple[Unreadable, ...]
    asked_at: Moment
    markets: Mapping[str, CurrentPrice] = field(default_factory=dict)
