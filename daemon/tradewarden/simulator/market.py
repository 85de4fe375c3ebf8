"""
Prices as a function of time: a quote, moves away from it, and the path between them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HUNDRED = Decimal(100)
DAY_CHANGE_UNIT = Decimal("0.001")
VOLUME_UNIT = Decimal("0.00001")
DEFAULT_PRICE_UNIT = Decimal("0.00001")
SIGNIFICANT_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """
    What 3Commas shows as the current price. ``None`` is shown as null; *day_change* is in percent.
    """

    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    day_change: Decimal | None = None
    volume: Decimal | None = None

    def followed(self, name: str) -> Decimal | None:
        """
        Return the price that *name* (bid, ask or last) means.
        """
        return {"bid": self.bid, "ask": self.ask}.get(name, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """
    Where the market is at *at_s* seconds. One of *last*, *change_pct* (from the start of the path) and *day_change*
    is enough: the other values follow from it, bid and ask with the spread of the start.
    """

    at_s: float = 0.0
    last: Decimal | None = None
    change_pct: Decimal | None = None
    day_change: Decimal | None = None
    bid: Decimal | None = None
    ask: Decimal | None = None


class PricePath:
    """
    The quotes of one SmartTrade from *start_s* on: a *base*, then *moves*, straight lines or steps between them.

    *volume_per_minute* is traded all the time, so that the market never looks frozen.
    """

    def __init__(
        self,
        base: Quote,
        *,
        start_s: float = 0.0,
        moves: Sequence[Move] = (),
        linear: bool = True,
        volume_per_minute: Decimal = Decimal(0),
        opening: Decimal | None = None,
    ) -> None:
        self.base = base
        self.opening = opening if opening is not None else opening_price(base)
        self._start_s = start_s
        self._linear = linear
        self._volume_per_minute = volume_per_minute
        self._unit = price_unit(base)
        points = [(move.at_s, self.moved(move)) for move in sorted(moves, key=lambda move: move.at_s)]
        self._points = [(start_s, base), *points]
        self._times = [at_s for at_s, _ in self._points]

    @property
    def times(self) -> tuple[float, ...]:
        """
        Return when the path turns.
        """
        return tuple(self._times[1:])

    def at(self, at_s: float) -> Quote:
        """
        Return the quote of that moment.
        """
        index = max(bisect_right(self._times, at_s) - 1, 0)
        from_s, quote = self._points[index]
        if self._linear and from_s < at_s and index + 1 < len(self._points):
            to_s, after = self._points[index + 1]
            quote = self._between(quote, after, (at_s - from_s) / (to_s - from_s))
        return replace(quote, volume=self._volume_at(at_s))

    def continued(self, at_s: float, quote: Quote) -> PricePath:
        """
        Return a path that stands still at *quote* from *at_s* on: somebody took the market in hand.
        """
        return PricePath(
            quote, start_s=at_s, linear=self._linear, volume_per_minute=self._volume_per_minute, opening=self.opening
        )

    def moved(self, move: Move) -> Quote:
        """
        Return the whole quote that *move* means.
        """
        last = self._last_after(move)
        day_change = move.day_change
        if day_change is None and last is not None and self.opening is not None:
            day_change = ((last / self.opening - 1) * HUNDRED).quantize(DAY_CHANGE_UNIT)
        factor = last / self.base.last if last is not None and self.base.last is not None else Decimal(1)
        return Quote(
            bid=move.bid if move.bid is not None else self._scaled(self.base.bid, factor),
            ask=move.ask if move.ask is not None else self._scaled(self.base.ask, factor),
            last=last,
            day_change=day_change,
            volume=self.base.volume,
        )

    def _last_after(self, move: Move) -> Decimal | None:
        if move.last is not None:
            return move.last
        if move.change_pct is not None:
            return self._scaled(self.base.last, 1 + move.change_pct / HUNDRED)
        if move.day_change is not None and self.opening is not None:
            return self._scaled(self.opening, 1 + move.day_change / HUNDRED)
        return self.base.last

    def _scaled(self, price: Decimal | None, factor: Decimal) -> Decimal | None:
        return None if price is None else (price * factor).quantize(self._unit)

    def _between(self, before: Quote, after: Quote, share: float) -> Quote:
        part = Decimal(str(round(share, 6)))
        return Quote(
            bid=_mixed(before.bid, after.bid, part, self._unit),
            ask=_mixed(before.ask, after.ask, part, self._unit),
            last=_mixed(before.last, after.last, part, self._unit),
            day_change=_mixed(before.day_change, after.day_change, part, DAY_CHANGE_UNIT),
        )

    def _volume_at(self, at_s: float) -> Decimal | None:
        if self.base.volume is None or not self._volume_per_minute:
            return self.base.volume
        minutes = Decimal(str(round(max(at_s - self._start_s, 0.0), 3))) / 60
        return self.base.volume + (self._volume_per_minute * minutes).quantize(VOLUME_UNIT)


def _mixed(before: Decimal | None, after: Decimal | None, part: Decimal, unit: Decimal) -> Decimal | None:
    if before is None or after is None:
        return before
    return (before + (after - before) * part).quantize(unit)


def opening_price(quote: Quote) -> Decimal | None:
    """
    Return the price from which the day change counts, ``None`` if *quote* does not say.
    """
    if quote.last is None or quote.day_change is None or quote.day_change <= -HUNDRED:
        return None
    return quote.last / (1 + quote.day_change / HUNDRED)


def price_unit(quote: Quote) -> Decimal:
    """
    Return the smallest price step: the finest decimal place that *quote* is written in, at least five digits.
    """
    prices = [price for price in (quote.bid, quote.ask, quote.last) if price is not None]
    places = [exponent for price in prices if isinstance(exponent := price.as_tuple().exponent, int)]
    places += [price.adjusted() - SIGNIFICANT_DIGITS + 1 for price in prices]
    return Decimal((0, (1,), min(places))) if places else DEFAULT_PRICE_UNIT
