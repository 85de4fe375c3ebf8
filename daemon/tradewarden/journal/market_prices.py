"""
The prices of the markets that rules look at, as a text and back: about sixty characters for each market of a cycle.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.journal.values import number_to_text
from tradewarden.model.smart_trade import CurrentPrice

if TYPE_CHECKING:
    from collections.abc import Mapping


def prices_to_text(prices: Mapping[str, CurrentPrice]) -> str | None:
    """
    Write the prices of markets by their pairs; ``None`` if there are none.
    """
    if not prices:
        return None
    numbers = {
        pair: [
            number_to_text(number)
            for number in (price.bid, price.ask, price.last, price.day_change_pct, price.quote_volume)
        ]
        for pair, price in prices.items()
    }
    return json.dumps(numbers, separators=(",", ":"))


def prices_from_text(written: str | None) -> dict[str, CurrentPrice]:
    """
    Read them. Raises ValueError, TypeError, ArithmeticError or RecursionError if they are none.
    """
    found = {} if written is None else json.loads(written)
    if not isinstance(found, dict):
        msg = f"the markets are {found!r}"
        raise TypeError(msg)
    return {pair: _price(numbers) for pair, numbers in found.items()}


def _price(numbers: object) -> CurrentPrice:
    if not isinstance(numbers, list):
        msg = f"the price of a market is {numbers!r}"
        raise TypeError(msg)
    bid, ask, last, day_change, quote_volume = map(_number, numbers)
    return CurrentPrice(bid=bid, ask=ask, last=last, day_change_pct=day_change, quote_volume=quote_volume)


def _number(written: object) -> Decimal | None:
    """
    JSON holds anything: what the daemon never wrote there must not travel on.
    """
    if written is None:
        return None
    if not isinstance(written, str):
        msg = f"the price of a market is {written!r}"
        raise TypeError(msg)
    number = Decimal(written)
    if not number.is_finite():
        msg = f"the price of a market is {written}"
        raise ValueError(msg)
    return number
