"""
Asks 3Commas for the markets that rules look at and that no SmartTrade of the listing knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.engine.market import missing_markets
from tradewarden.errors import ApiError, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import timedelta

    from tradewarden.model.memory import PriceWatch
    from tradewarden.model.smart_trade import CurrentPrice, Listing, SmartTradeId
    from tradewarden.ports import SmartTradeGateway


async def with_markets(
    listing: Listing,
    gateway: SmartTradeGateway,
    pairs: Collection[str],
    *,
    before: Mapping[SmartTradeId, PriceWatch],
    frozen_after: timedelta | None,
    on_unknown: Callable[[str], None],
) -> Listing:
    """
    Return *listing* with the prices of those *pairs* that it does not know, one request each.

    *before* is since when each price has stood still, up to the listing before. A market that is not to be had stays
    unknown, and *on_unknown* hears a sentence about it. Raises RateLimited alone: of a denial too only the rules that
    look there need to know, for the listing was not denied.
    """
    exchange = next((trade.exchange for trade in listing.smart_trades if trade.exchange is not None), None)
    if not pairs or exchange is None:
        return listing  # without an exchange nobody knows where to ask, and there is hardly anything to ask it for
    markets: dict[str, CurrentPrice] = {}
    for pair in missing_markets(pairs, listing, before, frozen_after=frozen_after):
        try:
            markets[pair] = await gateway.read_market(pair, exchange=exchange)
        except RateLimited:
            raise
        except ApiError as error:
            on_unknown(f"the market {pair} is unknown: {error}")
    return replace(listing, markets=markets) if markets else listing
