"""
What a market price can be. A value outside of it is not a bad price, it is no price.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.model.memory import PriceWatch
from tradewarden.model.smart_trade import CurrentPrice, Side

if TYPE_CHECKING:
    from tradewarden.model.moment import Moment

DAY_CHANGE_AT_LEAST_PCT = Decimal(-100)
DAY_CHANGE_AT_MOST_PCT = Decimal(1000)
LAST_WITHIN = Decimal("0.1")  # of bid and of ask
_ZERO = Decimal(0)
NO_TIME = timedelta(0)


def positive(price: Decimal | None) -> Decimal | None:
    """
    Return the price if it is above zero; else it is unknown.
    """
    return price if price is not None and price > 0 else None


def plausible_day_change(percent: Decimal | None) -> Decimal | None:
    """
    Return the day change if a market can have it; else it is unknown.
    """
    if percent is None or not DAY_CHANGE_AT_LEAST_PCT <= percent <= DAY_CHANGE_AT_MOST_PCT:
        return None
    return percent


def last_fits(last: Decimal, other: Decimal) -> bool:
    """
    Tell whether the last price is within 10 % of a bid or ask.
    """
    return abs(last - other) <= other * LAST_WITHIN


def price_problems(price: CurrentPrice) -> list[str]:
    """
    Return what is wrong with a price, a short phrase each; nothing if it is plausible.
    """
    problems = quote_problems(price)
    if price.day_change_pct is None:
        problems.append("day change is unknown")
    elif plausible_day_change(price.day_change_pct) is None:
        problems.append(f"day change is {price.day_change_pct} %")
    return problems


def quote_problems(price: CurrentPrice) -> list[str]:
    """
    Return what is wrong with bid, ask and last.
    """
    problems = []
    named = {"bid": price.bid, "ask": price.ask, "last": price.last}
    for name, value in named.items():
        if value is None:
            problems.append(f"{name} is unknown")
        elif value <= 0:
            problems.append(f"{name} is {value}")
    bid, ask, last = price.bid, price.ask, price.last
    if problems or bid is None or ask is None or last is None:
        return problems
    if bid > ask:
        problems.append(f"bid {bid} is above ask {ask}")
    for name, other in (("bid", bid), ("ask", ask)):
        if not last_fits(last, other):
            problems.append(f"last {last} is more than 10 % off the {name} {other}")
    return problems


def is_plausible_quote(price: CurrentPrice) -> bool:
    """
    Tell whether `quote_problems` would find nothing, without writing anything down: it is asked of every SmartTrade.
    """
    bid, ask, last = price.bid, price.ask, price.last
    if bid is None or ask is None or last is None:
        return False
    return _ZERO < bid <= ask and last_fits(last, bid) and last_fits(last, ask)  # so near to a bid, last is above zero


def plausible_price(price: CurrentPrice, *, is_frozen: bool) -> CurrentPrice:
    """
    Return the price without what is implausible or frozen about it: that is unknown.
    """
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


def watch_price(watch: PriceWatch | None, price: CurrentPrice, now: Moment) -> PriceWatch:
    """
    Return since when the price has stood still: *watch* if bid, ask, last and volume are all unchanged, else from now.

    What is unknown proves no move: a value that is missing once does not make an old price look young.
    """
    if watch is None or _has_moved(watch.price, price):
        return PriceWatch(price=price, since=now)
    completed = _completed(watch.price, price)
    return watch if completed is watch.price else PriceWatch(price=completed, since=watch.since)


def is_frozen(watch: PriceWatch, now: Moment, frozen_after: timedelta | None) -> bool:
    """
    Tell whether a price has stood still for so long that nobody is watching the market any more.

    Of two clocks that differ the one that says longer is believed; if neither can tell, it has.
    """
    if frozen_after is None:
        return False
    if watch.since is now:  # as most prices in most cycles: it has just moved
        return frozen_after <= NO_TIME
    stood_still = now.at_most_since(watch.since)
    return stood_still is None or stood_still >= frozen_after


def _has_moved(before: CurrentPrice, after: CurrentPrice) -> bool:
    if before is after:
        return False
    return (
        _differ(before.last, after.last)
        or _differ(before.bid, after.bid)
        or _differ(before.ask, after.ask)
        or _differ(before.quote_volume, after.quote_volume)
    )


def _differ(before: Decimal | None, after: Decimal | None) -> bool:
    return before is not None and after is not None and before != after


def _completed(before: CurrentPrice, after: CurrentPrice) -> CurrentPrice:
    """
    Return *before* with what was unknown of it and is known now; *before* itself if that is nothing.
    """
    news = {
        name: getattr(after, name)
        for name in ("bid", "ask", "last", "quote_volume")
        if getattr(before, name) is None and getattr(after, name) is not None
    }
    return replace(before, **news) if news else before


def distance_pct(target: Decimal, from_price: Decimal, side: Side) -> Decimal:
    """
    Return how far *from_price* must still move in the trade's favour to reach *target*, in percent of it. Signed.
    """
    gap = target - from_price if side is Side.LONG else from_price - target
    return gap / from_price * 100


def smallest_distance_pct(target: Decimal | None, price: CurrentPrice, side: Side | None) -> Decimal | None:
    """
    Return the smallest of the signed distances from bid, ask and last; unknown if a price is, or is not above zero.
    """
    target = positive(target)
    if target is None or side is None:
        return None
    distances = []
    for value in (price.bid, price.ask, price.last):
        known = positive(value)
        if known is None:
            return None
        distances.append(distance_pct(target, known, side))
    return min(distances)
