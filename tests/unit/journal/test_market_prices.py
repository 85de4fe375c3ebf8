"""
The prices of markets as a text and back.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories import make_price
from tradewarden.journal.market_prices import prices_from_text, prices_to_text

NOTHING = make_price(bid=None, ask=None, last=None, day_change=None, quote_volume=None)


def test_they_come_back_to_the_last_digit() -> None:
    prices = {"USDT_BTC": make_price(last="61000.00", day_change="-1E-7"), "USDT_ETH": NOTHING}

    written = prices_to_text(prices)

    assert prices_from_text(written) == prices
    assert str(prices_from_text(written)["USDT_BTC"].last) == "61000.00"


def test_where_there_are_none_nothing_is_written() -> None:
    assert prices_to_text({}) is None
    assert prices_from_text(None) == {}


def test_a_market_takes_little_room() -> None:
    """A day of minutes with ten of them is less than a megabyte."""
    prices = {f"USDT_{number:05}": make_price() for number in range(10)}

    assert len(prices_to_text(prices) or "") * 1440 < 1_000_000


@pytest.mark.parametrize(
    "written",
    ["5", "[]", '{"m": 5}', '{"m": "12345"}', '{"m": [1, 2, 3, 4, 5]}', '{"m": [true, null, null, null, null]}'],
)
def test_what_is_no_price_is_refused(written: str) -> None:
    with pytest.raises(TypeError):
        prices_from_text(written)


@pytest.mark.parametrize("written", ['{"m": []}', '{"m": ["1", "2", "3", "4", "5", "6"]}', "{"])
def test_what_has_not_its_five_numbers_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|Expecting"):
        prices_from_text(written)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "sNaN"])
def test_what_is_no_number_is_refused(number: str) -> None:
    assert not Decimal(number).is_finite()
    with pytest.raises(ValueError, match="the price of a market is"):
        prices_from_text(f'{{"m": ["{number}", null, null, null, null]}}')
