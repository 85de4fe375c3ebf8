"""
Windows over readings as one would keep them by hand: a list of prices for each SmartTrade, and nothing said of gaps.

Written for speed alone. It is no smaller than the prices themselves, some hundred megabytes, and survives no restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from tradewarden.model.history import History
    from tradewarden.model.smart_trade import SmartTradeId

Lists = dict["SmartTradeId", list["Decimal"]]
MINUTES_OF_CHANGE, MINUTES_HELD = 15, 60


def lists_of(history: History, column: str) -> Lists:
    """
    Unpack a column of a history.
    """
    lists: Lists = {}
    for sample in history.samples:
        for subject, value in sample.values(column).items():
            lists.setdefault(subject, []).append(value)
    return lists


def ask(last: Lists, profit: Lists, held: Lists, rows: Sequence[Mapping[str, Decimal]]) -> int:
    """
    Ask the four questions of `day_of_minutes` of each SmartTrade, one of *rows*, and count what is true.
    """
    true = 0
    for subject, row in zip(last, rows, strict=True):
        prices = last[subject]
        price = row["last"]
        true += price < min(*prices, price)
        true += row["profit"] < max(*profit[subject], row["profit"]) - 50
        start = prices[-MINUTES_OF_CHANGE]
        true += (price - start) / start * 100 < -90
        true += price < 0 and row["day_change"] < -5 and min(held[subject][-MINUTES_HELD:]) == 1
    return true
