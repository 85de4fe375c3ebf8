"""
Values as people read them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.literals import has_ordered_units, plain, read_duration, show
from tradewarden.rules.schema import FactValue, Kind


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, Kind.PERCENT, "unknown"),
        (True, Kind.BOOL, "true"),
        (False, Kind.BOOL, "false"),
        ("USDT_DOGE", Kind.TEXT, '"USDT_DOGE"'),
        (Decimal("-6.10"), Kind.PERCENT, "-6.10 %"),
        (Decimal("0.0975"), Kind.NUMBER, "0.0975"),
        (Decimal("1E+3"), Kind.NUMBER, "1000"),
        (Decimal("1E-8"), Kind.NUMBER, "0.00000001"),
        (Decimal("1E+40"), Kind.NUMBER, "1E+40"),
        (Decimal("1E+40"), Kind.DURATION, "1E+40 s"),
        (Decimal(0), Kind.DURATION, "0s"),
        (Decimal(90), Kind.DURATION, "1m30s"),
        (Decimal("-5400.5"), Kind.DURATION, "-1h30m0.5s"),
        (Decimal(8 * 86400 + 3600), Kind.DURATION, "8d1h"),
    ],
)
def test_a_value_is_shown_with_its_unit(value: FactValue, kind: Kind, shown: str) -> None:
    assert show(value, kind) == shown


@given(st.integers(0, 10**12))
def test_a_shown_duration_can_be_read_again(seconds: int) -> None:
    shown = show(Decimal(seconds), Kind.DURATION)

    assert read_duration(shown) == seconds
    assert has_ordered_units(shown)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_shown_number_is_the_same_number(number: Decimal) -> None:
    assert Decimal(plain(number)) == number
