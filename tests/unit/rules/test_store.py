"""
What claims leave the facts to be, together; and what can stand beside a number, by what stands on its other side.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tradewarden.rules.claims import cases_of
from tradewarden.rules.cuts import ALL, GREATEST, LEAST, compared, others, points, union
from tradewarden.rules.domains import Domains
from tradewarden.rules.satisfiability import is_never_true
from tradewarden.rules.store import Store, _reachable
from tradewarden.rules.tree import Comparator
from unit.rules.language import condition

if TYPE_CHECKING:
    from tradewarden.rules.cuts import Numbers

FREE = Domains()
BELOW, ABOVE = False, True  # on which side of its number a cut stands
ONE_TO_TWO = union([((Decimal(1), BELOW), (Decimal(2), ABOVE))])


@pytest.mark.parametrize(
    "text",
    [
        # A claim that is read later narrows what was read before.
        "profit < day_change and day_change < 3% and profit > 5%",
        "profit < day_change and min(profit, -day_change) > 5%",
        # Both sides are narrowed, and the parts of both.
        "5% < profit and 3% > profit",
        "5% < profit and not known(profit)",
        "day_change - 5% > profit and profit > day_change",
        "profit <= day_change - 5% and profit > day_change",
        "profit == day_change - 5% and profit > day_change",
        "profit == day_change + 5% and profit < day_change",
        # Within signs, sizes and lists.
        "-profit > 5% and profit > 3%",
        "abs(profit) < 1% and profit > 3%",
        "profit in [1%] and not known(profit)",
        "profit not in [1%] and profit == 1%",
        "profit > profit",
    ],
)
def test_claims_that_cannot_hold_together(text: str) -> None:
    assert is_never_true(condition(text).expression, FREE)


@pytest.mark.parametrize(
    "text",
    [
        "day_change < profit and day_change <= profit",
        "profit < day_change and profit <= day_change",
        "profit != day_change and profit < day_change",
        "profit != day_change and profit > day_change",
        "profit <= profit",
        "profit >= profit",
        "profit != day_change - 5% and profit > day_change",
        "profit != day_change + 5% and profit < day_change",
        "profit == day_change - 5% and profit < day_change",
        "profit in [1%, 2%] and profit > 1%",
        'pair in ["USDT_A", "USDT_B"]',
        "max(profit, day_change) in [1%, 5%] and profit == 5%",
        "max(profit, day_change) <= 5% and profit == 5%",
        "known(profit) and profit > 5%",
        "not known(last / entry_price) and last > 5",
    ],
)
def test_claims_that_can_hold_together(text: str) -> None:
    assert not is_never_true(condition(text).expression, FREE)


@pytest.mark.parametrize(
    "text",
    [
        (
            "day_change < lowest(profit, 1h) and profit < day_change and lowest(profit, 1h) < change(last, 5m)"
            " and change(last, 5m) < 3% and profit > 5%"
        ),
        "min(20 - last, last) > 10",
    ],
)
def test_what_takes_a_third_look_or_of_one_claim_a_second_is_not_found(text: str) -> None:
    """Never true, and not said to be: people do not write such, and each look costs time."""
    assert not is_never_true(condition(text).expression, FREE)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("-profit > 5%", {"profit": -6}),
        ("abs(profit) > 5%", {"profit": -6}),
        ("min(profit, day_change) > 5%", {"profit": 6, "day_change": 6}),
        ("max(profit, day_change) < -5%", {"profit": -6, "day_change": -6}),
        ("5% < profit", {"profit": 6}),
        ("profit in [3%, 7%]", {"profit": 3}),
    ],
)
def test_a_sample_is_of_what_the_claims_leave(text: str, values: dict[str, int]) -> None:
    [case] = cases_of(condition(text).expression, truth=True)

    assert Store(case, FREE).sample() == values


@pytest.mark.parametrize("comparator", list(Comparator))
def test_beside_nothing_stands_nothing(comparator: Comparator) -> None:
    assert _reachable(comparator, union([])).is_empty


def test_what_is_equal_is_one_of_them() -> None:
    assert _reachable(Comparator.EQUAL, ONE_TO_TWO) == ONE_TO_TWO


@pytest.mark.parametrize(
    ("comparator", "at_one", "at_two"),
    [
        (Comparator.LESS, True, False),
        (Comparator.AT_MOST, True, True),
        (Comparator.GREATER, False, True),
        (Comparator.AT_LEAST, True, True),
    ],
)
def test_the_end_counts_if_the_comparison_says_so(comparator: Comparator, at_one: bool, at_two: bool) -> None:
    spans = _reachable(comparator, ONE_TO_TWO).spans

    for number, expected in ((Decimal(1), at_one), (Decimal(2), at_two)):
        point = ((number, BELOW), (number, ABOVE))
        assert any(low <= point[0] and point[1] <= high for low, high in spans) is expected


@pytest.mark.parametrize(
    ("comparator", "expected"),
    [
        (Comparator.LESS, compared(Comparator.LESS, Decimal(9))),
        (Comparator.AT_MOST, compared(Comparator.AT_MOST, Decimal(9))),
        (Comparator.GREATER, compared(Comparator.GREATER, Decimal(5))),
        (Comparator.AT_LEAST, compared(Comparator.AT_LEAST, Decimal(5))),
        (Comparator.EQUAL, points([Decimal(5), Decimal(9)])),
        (Comparator.UNEQUAL, ALL),
    ],
)
def test_beside_one_of_several_the_outermost_count(comparator: Comparator, expected: Numbers) -> None:
    assert _reachable(comparator, points([Decimal(5), Decimal(9)])) == expected


def test_an_end_that_is_left_out_is_not_reached() -> None:
    inside = union([((Decimal(1), ABOVE), (Decimal(2), BELOW))])

    assert _reachable(Comparator.AT_MOST, inside) == union([(LEAST, (Decimal(2), BELOW))])
    assert _reachable(Comparator.AT_LEAST, inside) == union([((Decimal(1), ABOVE), GREATEST)])


def test_unlike_one_number_are_all_others_and_unlike_one_of_many_are_all() -> None:
    assert _reachable(Comparator.UNEQUAL, points([Decimal(5)])) == others([Decimal(5)])
    assert _reachable(Comparator.UNEQUAL, ONE_TO_TWO) == ALL
