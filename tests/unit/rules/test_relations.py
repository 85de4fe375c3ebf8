"""
What surely stands in an order, and what does not.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rules.cuts import ALL, NONE, Numbers, between
from tradewarden.rules.relations import ordered_facts, sides_of
from tradewarden.rules.terms import range_of
from tradewarden.rules.tree import Comparator, Comparison, Expression, Fact, walk
from unit.rules.language import condition

D = Decimal
AT_LEAST, AT_MOST = Comparator.AT_LEAST, Comparator.AT_MOST
BTC = 'market("USDT_BTC").last'


def _left_side(text: str) -> Expression:
    chain = condition(f"{text} == 0").expression
    assert isinstance(chain, Comparison)
    return chain.operands[0]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("last > lowest(last, 1h)", {("lowest(last, 1h)", "last")}),
        ("highest(last, 1h) > last", {("last", "highest(last, 1h)")}),
        ("lowest(last, 5m) < highest(last, 1h)", {("lowest(last, 5m)", "highest(last, 1h)")}),
        (f"{BTC} > lowest({BTC}, 1h)", {(f"lowest({BTC}, 1h)", BTC)}),
        # Two windows of one kind, and whatever is not of the same fact.
        ("lowest(last, 5m) < lowest(last, 1h)", set()),
        ("entry_price > lowest(last, 1h)", set()),
        (f"last > lowest({BTC}, 1h)", set()),
        ("lowest(last, 1h) < highest(live_steps, 1h)", set()),
        ("day_change > change(day_change, 1h)", set()),
        ("last < entry_price", set()),
    ],
)
def test_the_present_reading_is_in_every_window_of_its_fact(text: str, pairs: set[tuple[str, str]]) -> None:
    facts = [part for part in walk(condition(text).expression) if isinstance(part, Fact)]

    assert {(lower.name, higher.name) for lower, higher in ordered_facts(facts)} == pairs


@pytest.mark.parametrize(
    ("text", "last", "entry_price", "sides"),
    [
        # Whatever is not below zero is added: the sum is not below the other part.
        ("last + entry_price", ALL, between(D(0), D(5)), {(AT_LEAST, "last")}),
        ("last + entry_price", ALL, between(D(-5), D(0)), {(AT_MOST, "last")}),
        ("last + entry_price", ALL, between(D(0), D(0)), {(AT_LEAST, "last"), (AT_MOST, "last")}),
        ("last + entry_price", between(D(0), D(5)), ALL, {(AT_LEAST, "entry_price")}),
        ("last + entry_price", between(D(-5), D(0)), ALL, {(AT_MOST, "entry_price")}),
        ("last + entry_price", between(D(-5), D(5)), between(D(-5), D(5)), set()),
        ("last + entry_price", ALL, between(D(-5), D("0.5")), set()),
        ("last + entry_price", ALL, between(D("-0.5"), D(5)), set()),
        ("last + entry_price", ALL, NONE, set()),
        # Of a difference only the first part is told.
        ("last - entry_price", ALL, between(D(0), D(5)), {(AT_MOST, "last")}),
        ("last - entry_price", ALL, between(D(-5), D(0)), {(AT_LEAST, "last")}),
        ("last - entry_price", ALL, between(D(-5), D(5)), set()),
        ("last - entry_price", between(D(0), D(5)), ALL, set()),
        # What is below zero grows the other way: nothing is told of it.
        ("last * entry_price", between(D(0), D(9)), between(D(1), D(2)), {(AT_LEAST, "last")}),
        ("last * entry_price", between(D(0), D(9)), between(D(0), D(1)), {(AT_MOST, "last")}),
        ("last * entry_price", between(D(0), D(9)), between(D(-2), D(1)), {(AT_MOST, "last")}),
        ("last * entry_price", between(D(0), D(9)), between(D(1), D(1)), {(AT_LEAST, "last"), (AT_MOST, "last")}),
        ("last * entry_price", between(D(0), D(9)), between(D("0.5"), D(2)), set()),
        ("last * entry_price", between(D(-1), D(9)), between(D(1), D(2)), set()),
        ("last * entry_price", between(D(1), D(2)), between(D(0), D(9)), {(AT_LEAST, "entry_price")}),
        ("last * entry_price", between(D(0), D(1)), between(D(0), D(9)), {(AT_MOST, "entry_price")}),
        ("last * entry_price", between(D(1), D(2)), between(D(-1), D(9)), set()),
        ("last * entry_price", between(D(0), D(9)), NONE, set()),
        ("last * entry_price", NONE, between(D(0), D(9)), set()),
        # Divided by one or more it is not more, by less than one not less; by what is below zero nothing is told.
        ("last / entry_price", between(D(0), D(9)), between(D(1), D(2)), {(AT_MOST, "last")}),
        ("last / entry_price", between(D(0), D(9)), between(D("0.5"), D(1)), {(AT_LEAST, "last")}),
        ("last / entry_price", between(D(0), D(9)), between(D(0), D(1)), {(AT_LEAST, "last")}),
        ("last / entry_price", between(D(0), D(9)), between(D(-1), D(1)), set()),
        ("last / entry_price", between(D(-9), D(9)), between(D(1), D(2)), set()),
        ("last / entry_price", between(D(1), D(2)), between(D(0), D(9)), set()),
        ("last / entry_price", between(D(0), D(9)), NONE, set()),
        ("abs(last)", between(D(0), D(9)), ALL, set()),
    ],
)
def test_a_calculation_stands_beside_what_it_starts_from(
    text: str, last: Numbers, entry_price: Numbers, sides: set[tuple[Comparator, str]]
) -> None:
    ranges = {"last": last, "entry_price": entry_price}
    found = sides_of(_left_side(text), lambda part: range_of(part, lambda fact: ranges[fact.name]))

    assert {(side, part.name) for side, part in found if isinstance(part, Fact)} == sides
