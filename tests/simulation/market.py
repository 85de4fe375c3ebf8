"""
The market of a simulation: a few pairs whose prices walk, fall for hours at times, and jump now and then.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.market import Move, PricePath

if TYPE_CHECKING:
    from random import Random

    from tradewarden.simulator.market import Quote

NAMES = ("USDT_DOGE", "USDT_BTC", "USDC_ETH", "BTC_XRP")
LOWEST, HIGHEST = -16.0, 9.0  # percent of the day
FASTEST_PER_MINUTE = 0.15  # percent: within one second read nothing gets near that was not
JUMPS_A_DAY = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """
    A pair and its path: the moments in seconds since the beginning, and the day change at each.
    """

    name: str
    opening: Decimal
    times: tuple[float, ...]
    changes: tuple[float, ...]

    def change_at(self, at_s: float) -> float:
        """
        Return the day change of a moment, in percent.
        """
        index = bisect_right(self.times, at_s) - 1
        if index + 1 >= len(self.times):
            return self.changes[-1]
        from_s, to_s = self.times[index], self.times[index + 1]
        share = (at_s - from_s) / (to_s - from_s)
        return self.changes[index] + (self.changes[index + 1] - self.changes[index]) * share

    def price_at(self, at_s: float) -> Decimal:
        """
        Return the price of a moment.
        """
        return self.price_of(self.change_at(at_s))

    def price_of(self, change: float) -> Decimal:
        """
        Return the price at a day change.
        """
        return (self.opening * (1 + Decimal(str(round(change, 3))) / 100)).quantize(self.opening / 100000)

    def moves_from(self, at_s: float) -> list[Move]:
        """
        Return the rest of the path, its times counted from *at_s*.
        """
        return [
            Move(at_s=time - at_s, last=self.price_of(change))
            for time, change in zip(self.times, self.changes, strict=True)
            if time > at_s
        ]


def pairs_of(days: float, chance: Random) -> list[Pair]:
    """
    Return one to four pairs with their paths for so many days.
    """
    openings = (Decimal("0.12345"), Decimal("64321.5"), Decimal("2345.67"), Decimal("0.00001234"))
    chosen = sorted(chance.sample(range(len(NAMES)), chance.randint(1, len(NAMES))))
    return [_pair(NAMES[index], openings[index], days, chance) for index in chosen]


def _pair(name: str, opening: Decimal, days: float, chance: Random) -> Pair:
    times, changes = [0.0], [chance.uniform(-6, 3)]
    drift = 0.0
    while times[-1] < days * 86400 + 3600:
        if chance.random() < JUMPS_A_DAY / 72:
            _append(times, changes, 2.0, changes[-1] + chance.choice((-9.0, -6.0, 6.0)))
        if chance.random() < 0.1:
            drift = chance.choice((-1.5, 0.0, 0.0, 1.2))
        minutes = chance.uniform(5, 35)
        walk = chance.gauss(drift, 1.0)
        most = FASTEST_PER_MINUTE * minutes
        _append(times, changes, minutes * 60, changes[-1] + max(-most, min(most, walk)))
    return Pair(name=name, opening=opening, times=tuple(times), changes=tuple(changes))


def _append(times: list[float], changes: list[float], seconds: float, change: float) -> None:
    times.append(round(times[-1] + seconds, 3))
    changes.append(round(max(LOWEST, min(HIGHEST, change)), 3))


class RememberedPath(PricePath):
    """
    A path that remembers its last quote, since every body and every look of the market asks for the same moment; and
    from which the price may leap for some seconds.
    """

    def __init__(self, path: PricePath) -> None:
        vars(self).update(vars(path))
        self._last: tuple[float, Quote] | None = None
        self._factor = Decimal(1)
        self._leaps_until_s = 0.0

    def leap(self, factor: Decimal, *, until_s: float) -> None:
        """
        Stand at *factor* times the price until *until_s*.
        """
        self._factor, self._leaps_until_s, self._last = factor, until_s, None

    def at(self, at_s: float) -> Quote:
        """
        Return the quote of that moment.
        """
        if self._last is None or self._last[0] != at_s:
            quote = super().at(at_s)
            self._last = at_s, self._leapt(quote) if at_s < self._leaps_until_s else quote
        return self._last[1]

    def _leapt(self, quote: Quote) -> Quote:
        bid, ask, last = (
            None if price is None else (price * self._factor).quantize(price)
            for price in (quote.bid, quote.ask, quote.last)
        )
        change = quote.day_change
        if last is not None and self.opening is not None:
            change = ((last / self.opening - 1) * 100).quantize(Decimal("0.001"))
        return replace(quote, bid=bid, ask=ask, last=last, day_change=change)
