"""
What the language consists of besides facts, for the documentation. A test holds every example valid.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """
    One element of the language: how it is written, what it means, and a condition that uses it.
    """

    symbol: str
    meaning: str
    example: str


OPERATORS = (
    Entry("< <= > >=", "compare two values of the same unit", "day_change < -5%"),
    Entry("== !=", "equal, not equal", 'side == "long"'),
    Entry("a < x < b", "a chain: every link must hold", "-10% < profit < 0%"),
    Entry("in [...]", "is one of a list; `not in`: is none of it", 'pair in ["USDT_BTC", "USDT_ETH"]'),
    Entry("like", "matches a text with * (anything) and ? (one character); `not like`", 'pair like "USDT_*"'),
    Entry("and or not", "join conditions; `not` binds tightest, `or` loosest", "stop_loss and not day_change > 0%"),
    Entry("+ - * /", "calculate; what is divided by zero is unknown", "last < entry_price * 0.95"),
)
FUNCTIONS = (
    Entry("abs(x)", "without its sign", "abs(profit) > 3%"),
    Entry("min(a, b, ...)", "the smallest; unknown if one is unknown", "min(profit, day_change) < -5%"),
    Entry("max(a, b, ...)", "the largest; unknown if one is unknown", "max(profit, day_change) < -5%"),
    Entry(
        "change(x, 15m)",
        "how far x has moved since then: a price in percent, a percentage in points",
        "change(last, 15m) < -3%",
    ),
    Entry("lowest(x, 1h)", "the lowest reading since then, the present one included", "last <= lowest(last, 1h)"),
    Entry("highest(x, 1d)", "the highest reading since then", "profit < highest(profit, 1d) - 5%"),
    Entry("held(c, 10m)", "whether c was true in all readings since then", "held(day_change < -5%, 10m)"),
    Entry(
        'market("P").x',
        "a fact of another market: day_change, bid, ask, last, spread or quote_volume",
        'market("USDT_BTC").day_change < -5%',
    ),
    Entry("known(x)", "whether x has a value: true or false, never unknown", "known(entry_price)"),
)
UNITS = (
    Entry("0.0975", "a plain number: a price, a count", "last > 0.0975"),
    Entry("-5%", "a percentage, as 3Commas shows it", "day_change < -5%"),
    Entry("90s 2m 2h 1d 1w", "a duration; 1h30m works too", "age > 1h30m"),
    Entry('"text"', "a text, in double or single quotes", 'pair == "USDT_DOGE"'),
    Entry("true false", "a yes or no; a bare fact is a condition too", "stop_loss == true"),
)
