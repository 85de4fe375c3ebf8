"""
What an expression can come to, and which expressions are the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from tradewarden.rules.cuts import ALL, NONE, Numbers, between, compared, points
from tradewarden.rules.schema import Kind
from tradewarden.rules.terms import absolute, key_of, of_either_sign, range_of
from tradewarden.rules.tree import Comparator, Comparison
from unit.rules.language import compiled, condition, known_facts, values

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression, Fact

D = Decimal
BOUNDS = {"last": between(D(2), D(4)), "entry_price": between(D(-3), D(5)), "live_steps": NONE}


def known(fact: Fact) -> Numbers:
    return BOUNDS.get(fact.name, ALL)


def value(text: str) -> Expression:
    """
    Return the tree of a numeric expression.
    """
    chain = condition(f"{text} == 0").expression
    assert isinstance(chain, Comparison)
    return chain.operands[0]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("last", 2, 4),
        ("-last", -4, -2),
        ("last + 1", 3, 5),
        ("last + entry_price", -1, 9),
        ("last - entry_price", -3, 7),
        ("last * entry_price", -12, 20),
        ("entry_price / last", "-1.5", "2.5"),
        ("8 / last", 2, 4),
        ("abs(entry_price)", 0, 5),
        ("abs(-last)", 2, 4),
        ("min(last, entry_price)", -3, 4),
        ("max(last, entry_price)", 2, 5),
        ("3", 3, 3),
    ],
)
def test_a_range_from_end_to_end(text: str, low: str | int, high: str | int) -> None:
    assert range_of(value(text), known) == between(D(low), D(high))


@pytest.mark.parametrize("text", ["1 / entry_price", "last / 0", "1 / (last - 2)", "1 / (4 - last)"])
def test_what_may_divide_by_zero_may_be_anything(text: str) -> None:
    assert range_of(value(text), known) == ALL


@pytest.mark.parametrize(
    ("divisor", "quotient"),
    [
        (between(D(-3), D("0.5")), ALL),
        (between(D("-0.5"), D(3)), ALL),
        (between(D("0.5"), D(2)), between(D("0.5"), D(2))),
        (between(D(-2), D("-0.5")), between(D(-2), D("-0.5"))),
    ],
)
def test_what_is_divided_by_may_be_zero_in_between(divisor: Numbers, quotient: Numbers) -> None:
    assert range_of(value("1 / last"), lambda _: divisor) == quotient


def test_the_highest_of_two_is_the_highest_that_either_can_be() -> None:
    assert range_of(value("max(last, 5)"), lambda _: points([D(1), D(9)])) == between(D(5), D(9))
    assert range_of(value("min(last, 5)"), lambda _: points([D(1), D(9)])) == between(D(1), D(5))


def test_nothing_times_anything_is_nothing() -> None:
    assert range_of(value("profit / 1% * 0"), known) == between(D(0), D(0))
    assert range_of(value("0 * (profit / 1%)"), known) == between(D(0), D(0))


def test_of_what_cannot_be_nothing_comes() -> None:
    assert range_of(value("live_steps + 1"), known) == NONE
    assert range_of(value("1 + live_steps"), known) == NONE
    assert range_of(value("min(live_steps, last)"), known) == NONE


def test_what_is_too_large_may_be_anything() -> None:
    def huge(_: Fact) -> Numbers:
        return between(D("1e999999"), D("9e999999"))

    assert range_of(value("last * last"), huge) == ALL
    assert range_of(value("last - last"), lambda _: compared(Comparator.GREATER, D(1))) == ALL


@settings(max_examples=300)
@given(text=values(Kind.NUMBER), facts=known_facts)
def test_the_result_is_within_the_range(text: str, facts: dict[str, FactValue]) -> None:
    """Each fact known to be exactly what it is: rounding included."""
    asked = compiled(f"{text} == 0")

    def exactly(fact: Fact) -> Numbers:
        number = facts[fact.name]
        assert isinstance(number, Decimal)
        return between(number, number)

    chain = asked.expression
    assert isinstance(chain, Comparison)
    result = asked.trace(facts).children[0].value
    if isinstance(result, Decimal):
        assert result in range_of(chain.operands[0], exactly)


def test_of_what_is_no_number_nothing_is_said() -> None:
    assert range_of(condition("stop_loss and breakeven").expression, known) == ALL
    assert range_of(condition("true").expression, known) == ALL


def test_sizes() -> None:
    assert absolute(between(D(-3), D(2))) == between(D(0), D(3))
    assert absolute(between(D(-3), D(-2))) == between(D(2), D(3))
    both = of_either_sign(between(D(2), D(3)))
    assert [number in both for number in map(D, (-3, -2, -1, 0, 2, 3, 4))] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]
    assert of_either_sign(between(D(-3), D(-2))).is_empty


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("last + 1 > 2", "last  + 1.0 > 2", True),
        ("last + 1 > 2", "last - 1 > 2", False),
        ("last + 1 > 2", "last + 3 > 2", False),
        ("last > 2", "last >= 2", False),
        ("min(last, 1) > 2", "max(last, 1) > 2", False),
        ("last in [1]", "last not in [1]", False),
        ('pair like "a"', 'pair like "b"', False),
        ('pair like "a"', 'pair not like "a"', False),
        ("-last > 2", "abs(last) > 2", False),
        ("last > 2", "entry_price > 2", False),
        ("not stop_loss", "stop_loss", False),
        ("not stop_loss", "known(stop_loss)", False),
        ("stop_loss and breakeven", "stop_loss or breakeven", False),
        ("known(last)", "not last == 1", False),
    ],
)
def test_only_what_comes_to_the_same_has_the_same_name(first: str, second: str, same: bool) -> None:
    assert (key_of(condition(first).expression) == key_of(condition(second).expression)) is same
