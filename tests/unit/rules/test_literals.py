"""
Values as people read them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.literals import calendar_hint, has_ordered_units, plain, read_duration, read_percentage, show
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


@pytest.mark.parametrize(("text", "points"), [("5%", "5"), ("5 %", "5"), ("0.050%", "0.050")])
def test_a_percentage_is_read_as_points(text: str, points: str) -> None:
    assert str(read_percentage(text)) == points


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1w", "604800"),
        ("1d", "86400"),
        ("1h", "3600"),
        ("1m", "60"),
        ("1s", "1"),
        ("1w1d1h1m1s", "694861"),
        ("0.5m", "30.0"),
        ("123456789012345678901234567890w", "74666665994666666599466666659872000"),
    ],
)
def test_a_duration_is_read_exactly(text: str, seconds: str) -> None:
    assert str(read_duration(text)) == seconds


@pytest.mark.parametrize(("text", "ordered"), [("1w2d3h4m5s", True), ("1h5s", True), ("5s1h", False), ("1h1h", False)])
def test_the_units_of_a_duration_come_once_and_in_order(text: str, *, ordered: bool) -> None:
    assert has_ordered_units(text) is ordered


@pytest.mark.parametrize(
    ("amount", "unit", "hint"),
    [
        ("1", "mo", "there is no unit month: write 30d"),
        ("2", "Months", "there is no unit month: write 60d"),
        ("1.5", "y", "there is no unit year: write 547.5d"),
        ("10", "YEARS", "there is no unit year: write 3650d"),
        ("12345678901234567890123456789", "mo", "there is no unit month: write 370370367037037036703703703670d"),
        ("1", "q", None),
    ],
)
def test_months_and_years_are_written_in_days(amount: str, unit: str, hint: str | None) -> None:
    assert calendar_hint(amount, unit) == hint


def test_an_owners_text_is_shown_on_one_line_of_bounded_length() -> None:
    assert show("a\nb\x1b", Kind.TEXT) == '"a b "'
    assert show("a" * 80, Kind.TEXT) == f'"{"a" * 80}"'
    assert show("a" * 81, Kind.TEXT) == f'"{"a" * 80}…"'


def test_what_is_absurdly_large_or_small_is_shown_with_an_exponent() -> None:
    assert plain(Decimal("1E+29")) == "1" + "0" * 29
    assert plain(Decimal("1E+30")) == "1E+30"
    assert plain(Decimal("1E-29")) == "0." + "0" * 28 + "1"
    assert plain(Decimal("1E-30")) == "1E-30"
    assert show(Decimal("8.64E+29"), Kind.DURATION) == "1" + "0" * 25 + "d"
    assert show(Decimal("1E+30"), Kind.DURATION) == "1E+30 s"
