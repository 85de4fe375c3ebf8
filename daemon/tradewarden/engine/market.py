"""
Facts of a market by its pair: read off any SmartTrade that trades there, else asked of 3Commas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.engine.plausibility import is_frozen, plausible_price, watch_price

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import timedelta
    from decimal import Decimal

    from tradewarden.model.memory import PriceWatch
    from tradewarden.model.smart_trade import CurrentPrice, Listing, SmartTradeId


def spread_pct(price: CurrentPrice) -> Decimal | None:
    """
    Return the gap between ask and bid, in percent of the ask.
    """
    bid, ask = price.bid, price.ask
    return None if bid is None or ask is None else (ask - bid) / ask * 100


MARKET_FACTS: Mapping[str, Callable[[CurrentPrice], Decimal | None]] = {
    "day_change": lambda price: price.day_change_pct,
    "bid": lambda price: price.bid,
    "ask": lambda price: price.ask,
    "last": lambda price: price.last,
    "spread": spread_pct,
    "quote_volume": lambda price: price.quote_volume,
}
"""
The facts that every market has, by name, and how each is read off its price.
"""


def market_prices(
    pairs: Collection[str],
    listing: Listing,
    watches: Mapping[SmartTradeId, PriceWatch],
    *,
    frozen_after: timedelta | None,
) -> dict[str, CurrentPrice]:
    """
    Return the plausible prices of *pairs*: the first SmartTrade of the listing whose price is wholly known tells, else
    one that knows its price in part, else what 3Commas was asked for. A pair of which nothing is known is left out.
    """
    found: dict[str, CurrentPrice] = {}
    for pair in pairs:
        candidates = [
            plausible_price(trade.price, is_frozen=is_frozen(watches[trade.id], listing.asked_at, frozen_after))
            for trade in listing.smart_trades
            if trade.pair == pair and trade.id in watches
        ]
        if pair in listing.markets:
            candidates.append(plausible_price(listing.markets[pair], is_frozen=False))
        known = [price for price in candidates if price.last is not None]
        if known:
            found[pair] = next((price for price in known if price.day_change_pct is not None), known[0])
    return found


def missing_markets(
    pairs: Collection[str],
    listing: Listing,
    before: Mapping[SmartTradeId, PriceWatch],
    *,
    frozen_after: timedelta | None,
) -> tuple[str, ...]:
    """
    Return those of *pairs* of which no SmartTrade of the listing knows a plausible price that moves: 3Commas has to be
    asked. *before* is since when each price has stood still, up to the listing before.
    """
    watches = {
        trade.id: watch_price(before.get(trade.id), trade.price, listing.asked_at)
        for trade in listing.smart_trades
        if trade.pair in pairs
    }
    known = market_prices(pairs, listing, watches, frozen_after=frozen_after)
    return tuple(sorted(set(pairs) - known.keys()))
