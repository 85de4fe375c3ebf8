"""
What the language says of values that do not go together: the marked part, the message, the hint.
"""

from __future__ import annotations

import pytest

from unit.rules.language import marked

PERCENT_SIGN = "a percentage is written as 3Commas shows it: 5% is five of a hundred"
UNITS = "the units are s, m, h, d and w, and 1h30m works too"
PRODUCTS = "a number can multiply or divide anything but a text; 50% of something is `* 0.5`"
CALCULABLE = "only numbers, percentages and durations can be calculated with"


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("day_change < -0.05", "-0.05", "day_change is a percentage, write -0.05% or -5%"),
        ("day_change < -5", "-5", "day_change is a percentage, write -5%"),
        ("0.5 < day_change", "0.5", "day_change is a percentage, write 0.5% or 50%"),
        ("day_change > 0", "0", "day_change is a percentage, write 0%"),
        ("day_change > -1", "-1", "day_change is a percentage, write -1%"),
        ("day_change > 0.00000001", "0.00000001", "day_change is a percentage, write 0.00000001% or 0.000001%"),
        ("-10% < profit < 0", "0", "profit is a percentage, write 0%"),
        ("profit in [1%, 0.02]", "0.02", "profit is a percentage, write 0.02% or 2%"),
        ("abs(profit) > 3", "3", "abs(profit) is a percentage, write 3%"),
        ("profit + 5 > 1%", "5", "profit is a percentage, write 5%"),
        ("max(profit, 5) > 1%", "5", "profit is a percentage, write 5%"),
    ],
)
def test_a_percentage_wants_its_sign(text: str, part: str, message: str) -> None:
    """
    A share (-0.05) and percent points (-5) look alike: the owner is asked which of the two was meant.
    """
    assert marked(text) == [(part, message, PERCENT_SIGN)]


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("age > 2", "2", "age is a duration, write 2h (or 2m, 2d)"),
        ("1.5 < age", "1.5", "age is a duration, write 1.5h (or 1.5m, 1.5d)"),
        ("age - 30 > 1h", "30", "age is a duration, write 30h (or 30m, 30d)"),
    ],
)
def test_a_duration_wants_its_unit(text: str, part: str, message: str) -> None:
    assert marked(text) == [(part, message, UNITS)]


@pytest.mark.parametrize(
    ("text", "part", "message", "hint"),
    [
        ("live_steps >= 9h", "9h", "live_steps is a number, write 9", "only a duration has such a unit"),
        ("2d > live_steps", "2d", "live_steps is a number, write 2", "only a duration has such a unit"),
        (
            "last > 1h30m",
            "last > 1h30m",
            "last is a number and 1h30m is a duration: they cannot be compared",
            None,
        ),
        (
            "stop_loss == 1",
            "stop_loss == 1",
            "stop_loss is true or false and 1 is a number: they cannot be compared",
            "write `stop_loss` by itself, or `not stop_loss`",
        ),
        (
            "5% > known(profit)",
            "5% > known(profit)",
            "5% is a percentage and known(profit) is true or false: they cannot be compared",
            "write `known(profit)` by itself, or `not known(profit)`",
        ),
        ("pair == 5", "5", 'pair is a text, write "5"', "a text stands in quotes"),
        ("pair == 5%", "5%", 'pair is a text, write "5%"', "a text stands in quotes"),
        ("pair == true", "true", 'pair is a text, write "true"', "a text stands in quotes"),
        ('last > "5"', '"5"', 'last is a number, "5" is a text', "only a text stands in quotes"),
        ('stop_loss == "yes"', '"yes"', 'stop_loss is true or false, "yes" is a text', "only a text stands in quotes"),
    ],
)
def test_quotes_are_for_texts(text: str, part: str, message: str, hint: str) -> None:
    assert marked(text) == [(part, message, hint)]


@pytest.mark.parametrize(
    ("text", "part", "message", "hint"),
    [
        (
            "last < entry_price * 95%",
            "last < entry_price * 95%",
            "last is a number and entry_price * 95% is a percentage: they cannot be compared",
            "to take 95 % of a price write `entry_price * 0.95`",
        ),
        (
            "last < 50% * (entry_price + 1)",
            "last < 50% * (entry_price + 1)",
            "last is a number and 50% * (entry_price + 1) is a percentage: they cannot be compared",
            "to take 50 % of a price write `(entry_price + 1) * 0.5`",
        ),
        (
            "-(entry_price * 95%) > last",
            "-(entry_price * 95%) > last",
            "-(entry_price * 95%) is a percentage and last is a number: they cannot be compared",
            "to take 95 % of a price write `entry_price * 0.95`",
        ),
        (
            "last > 5%",
            "last > 5%",
            "last is a number and 5% is a percentage: they cannot be compared",
            "to take 5 % of a price write `last * 0.05`",
        ),
        (
            "last in [5%]",
            "5%",
            "last is a number and 5% is a percentage: they cannot be compared",
            "to take 5 % of a price write `last * 0.05`",
        ),
        (
            "last > entry_price - 5%",
            "entry_price - 5%",
            "entry_price is a number, 5% is a percentage",
            "for 5 % below it write `entry_price * 0.95`",
        ),
        (
            "last > (entry_price + last) + 2.5 %",
            "(entry_price + last) + 2.5 %",
            "entry_price + last is a number, 2.5 % is a percentage",
            "for 2.5 % above it write `(entry_price + last) * 1.025`",
        ),
        (
            "last > day_change * 2",
            "last > day_change * 2",
            "last is a number and day_change * 2 is a percentage: they cannot be compared",
            None,
        ),
    ],
)
def test_a_share_of_a_price_is_a_plain_number(text: str, part: str, message: str, hint: str | None) -> None:
    """
    Whoever takes 95 % of a price is told the number to write.
    """
    assert marked(text) == [(part, message, hint)]


@pytest.mark.parametrize(
    ("text", "part", "message", "hint"),
    [
        (
            "age > day_change",
            "age > day_change",
            "age is a duration and day_change is a percentage: they cannot be compared",
            None,
        ),
        (
            "5 < 3%",
            "5 < 3%",
            "5 is a number and 3% is a percentage: they cannot be compared",
            "write 5%",
        ),
        (
            "stop_loss == 5",
            "stop_loss == 5",
            "stop_loss is true or false and 5 is a number: they cannot be compared",
            "write `stop_loss` by itself, or `not stop_loss`",
        ),
        (
            "age + day_change > 1h",
            "age + day_change",
            "age is a duration and day_change is a percentage: they cannot be added",
            None,
        ),
        (
            "5% - last > 1%",
            "5% - last",
            "5% is a percentage and last is a number: they cannot be subtracted",
            "to take 5 % of a price write `last * 0.05`",
        ),
        (
            "1 - 5% > 1",
            "1 - 5%",
            "1 is a number and 5% is a percentage: they cannot be subtracted",
            None,
        ),
        (
            "last - profit > 1",
            "last - profit",
            "last is a number and profit is a percentage: they cannot be subtracted",
            None,
        ),
        (
            "min(age, profit) > 1h",
            "age, profit",
            "age is a duration and profit is a percentage: they cannot be used in one `min`",
            None,
        ),
        ("day_change * profit > 1%", "day_change * profit", "a percentage * a percentage has no meaning", PRODUCTS),
        ("age * 50% > 1h", "age * 50%", "a duration * a percentage has no meaning", PRODUCTS),
        ("last / day_change > 1", "last / day_change", "a number / a percentage has no meaning", PRODUCTS),
        ("age / profit > 1", "age / profit", "a duration / a percentage has no meaning", PRODUCTS),
        ("age * age > 1h", "age * age", "a duration * a duration has no meaning", PRODUCTS),
        ("pair + side == 'x'", "pair + side", "a text + a text has no meaning", CALCULABLE),
        ("last + pair > 1", "last + pair", "a number + a text has no meaning", CALCULABLE),
        ("stop_loss * 2 > 1", "stop_loss * 2", "true or false * a number has no meaning", CALCULABLE),
    ],
)
def test_units_that_do_not_go_together(text: str, part: str, message: str, hint: str | None) -> None:
    assert marked(text) == [(part, message, hint)]


@pytest.mark.parametrize(
    "text",
    [
        "last * 2 > last / 2",
        "last * profit > profit / 2",
        "profit * last > profit",
        "profit / day_change > 1",
        "age * 2 > 1h",
        "2 * age > age / 2",
        "age / idle_for > 1",
        "profit + day_change - 1% > 1%",
        "age + idle_for - 1m > 1h",
        "min(profit, 1%, day_change) > max(1%, -1%)",
        "-age < abs(idle_for)",
    ],
)
def test_units_that_go_together(text: str) -> None:
    assert marked(text) == []


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("live_steps > 50%", "live_steps is a plain number: write it without %"),
        ("live_steps * 2 > 50%", "live_steps * 2 is a plain number: write it without %"),
        ("live_steps - 1% > 2", "live_steps is a plain number: write it without %"),
        ("last / entry_price < 95%", "last / entry_price is a plain number: 95 % of one is 0.95"),
        ("last * entry_price < 95%", "last * entry_price is a plain number: 95 % of one is 0.95"),
        ("last / 2 < 5%", "to take 5 % of a price write `(last / 2) * 0.05`"),
        ("2 * last < 5%", "to take 5 % of a price write `(2 * last) * 0.05`"),
        ("abs(last) < 5%", "to take 5 % of a price write `abs(last) * 0.05`"),
        ("0.05 < 5%", "write 0.05% or 5%"),
        ("profit < 0% < 5", "write 5%"),
    ],
)
def test_a_share_is_suggested_of_prices_alone(text: str, hint: str) -> None:
    assert [found for _, _, found in marked(text)] == [hint]
