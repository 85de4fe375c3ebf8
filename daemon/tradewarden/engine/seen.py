"""
A SmartTrade as its facts see it: with what is implausible or frozen about its price taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.plausibility import is_plausible_quote, plausible_day_change
from tradewarden.model.smart_trade import CurrentPrice

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tradewarden.model.smart_trade import SmartTrade


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
        price=_plausible_price(trade.price, is_frozen=is_frozen),
        is_frozen=is_frozen,
        now=now.astimezone(timezone),
    )


def _plausible_price(price: CurrentPrice, *, is_frozen: bool) -> CurrentPrice:
    if is_frozen:
        return CurrentPrice(bid=None, ask=None, last=None, day_change_pct=None, quote_volume=None)
    # Bid, ask and last vouch for one another: with one missing, the others could be anything.
    trusted = is_plausible_quote(price)
    volume = price.quote_volume
    is_volume = volume is not None and volume >= 0
    if trusted and is_volume and plausible_day_change(price.day_change_pct) is not None:
        return price
    return CurrentPrice(
        bid=price.bid if trusted else None,
        ask=price.ask if trusted else None,
        last=price.last if trusted else None,
        day_change_pct=plausible_day_change(price.day_change_pct),
        quote_volume=volume if is_volume else None,
    )
