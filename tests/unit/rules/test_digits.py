"""
Numbers as people are shown them: short, and never on the wrong side of what they are compared with.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.digits import FEWEST_DIGITS, digits_apart, is_long, readable
from tradewarden.rules.schema import Kind

THIRD = Decimal(1) / 3


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (THIRD, Kind.NUMBER, "about 0.333333"),
        (-THIRD / 10_000, Kind.NUMBER, "about -0.0000333333"),
        (Decimal(200) / 3, Kind.PERCENT, "about 66.6667 %"),
        (Decimal(1_000_000_000) / 3, Kind.NUMBER, "about 333333333"),  # all digits before the point
        (Decimal(10_000_000) / 3, Kind.DURATION, "about 38d13h55m33s"),
        (Decimal(100) / 3, Kind.DURATION, "about 33.3333s"),
        (Decimal("0.1000000000000000000000000001"), Kind.NUMBER, "about 0.1"),  # without zeros at the end
        (Decimal("99.99999999999999999999999999"), Kind.PERCENT, "about 100 %"),
        (Decimal("9.999999999999999999999999999E+999999"), Kind.NUMBER, "about 1E+1000000"),
        (Decimal("123456789.12345678"), Kind.NUMBER, "123456789.12345678"),  # as 3Commas sent it
        (Decimal("0.3000"), Kind.NUMBER, "0.3"),
        (Decimal(60000), Kind.NUMBER, "60000"),
        (Decimal("0.00"), Kind.PERCENT, "0 %"),
        (Decimal("7200.0"), Kind.DURATION, "2h"),
        (Decimal("1.5000000000000000000000000"), Kind.NUMBER, "1.5"),
        (None, Kind.NUMBER, "unknown"),
        ("USDT_DOGE", Kind.TEXT, '"USDT_DOGE"'),
        (True, Kind.BOOL, "true"),
    ],
    ids=str,
)
def test_what_is_shown(value: Decimal | str | bool | None, kind: Kind, text: str) -> None:
    assert readable(value, kind) == text


@pytest.mark.parametrize(
    ("left", "right", "digits"),
    [
        ("-5.123456789012345678901234567", "-5", 6),
        ("-5.000000123456789012345678901", "-5", 8),
        ("-5.000000000000000000000000001", "-5", 28),
        ("-5.0000001", "-5", 6),  # short enough to be shown as it is
        ("0.3333333333333333333333333333", "0.3333333333333333333333333333", 6),
        ("0.3333333333333333333333333333", "0.3333333333333333333333333334", 28),
        ("0.3333333333333333333333333333", "0.3333333333444444444444444444", 11),
        ("-16.66666666666666666666666667", "-16.666668", 8),  # with six or seven it would stand below
        ("33.33333333333333333333333333", "33.3333333333", 13),
    ],
)
def test_so_many_digits_tell_two_apart(left: str, right: str, digits: int) -> None:
    assert digits_apart([(Decimal(left), Decimal(right))]) == digits
    assert digits_apart([(Decimal(1), Decimal(2)), (Decimal(right), Decimal(left))]) == digits


def test_what_is_no_number_needs_no_digits() -> None:
    assert digits_apart([("a", "b"), (None, THIRD), (THIRD, None), (True, False)]) == FEWEST_DIGITS


calculated = st.builds(
    lambda part, whole, beside: Decimal(part) / whole + Decimal(beside).scaleb(-20),
    st.integers(-1000, 1000),
    st.integers(1, 1000),
    st.integers(-1000, 1000),
)


@given(calculated, calculated | st.decimals(-10, 10, places=2) | st.decimals(-10, 10, places=8))
def test_the_order_of_two_numbers_shows(left: Decimal, right: Decimal) -> None:
    digits = digits_apart([(left, right)])

    told = [Decimal(readable(value, Kind.NUMBER, digits).removeprefix("about ")) for value in (left, right)]

    assert (told[0] < told[1], told[0] > told[1]) == (left < right, left > right)


@given(calculated)
def test_it_is_near_enough(value: Decimal) -> None:
    """By less than one part in a hundred thousand."""
    told = Decimal(readable(value, Kind.NUMBER).removeprefix("about "))

    assert abs(told - value) <= abs(value) * Decimal("0.00001")
    assert not is_long(told)
