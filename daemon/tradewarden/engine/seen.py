"""
A SmartTrade as its facts see it: with what is implausible or frozen about its price taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.plausibility import plausible_price

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tradewarden.model.smart_trade import CurrentPrice, SmartTrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """
    What facts are derived from: a SmartTrade, its plausible price, and the moment in the owner's time zone.
    """

    trade: SmartTrade
    price: CurrentPrice  # without what is implausible or frozen
    is_frozen: bool
    now: datetime


def see(trade: SmartTrade, *, now: datetime, timezone: ZoneInfo, is_frozen: bool) -> Seen:
    """
    Prepare a SmartTrade for its facts: what is implausible or frozen about its price becomes unknown.
    """
    return Seen(
        trade=trade,
        price=plausible_price(trade.price, is_frozen=is_frozen),
        is_frozen=is_frozen,
        now=now.astimezone(timezone),
    )
