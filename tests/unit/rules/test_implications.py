"""
What follows from a condition, and from claims that are given beside it: where anything is unknown, nothing does.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tradewarden.rules.claims import TooManyCasesError, cases_of
from tradewarden.rules.domains import Domains
from tradewarden.rules.satisfiability import implies, is_never_false, is_never_true, samples, ways_to_be_true
from unit.rules.language import condition

if TYPE_CHECKING:
    from tradewarden.rules.claims import Case
    from tradewarden.rules.tree import Expression

FREE = Domains()


def tree(text: str) -> Expression:
    return condition(text).expression


def given(text: str) -> Case:
    """
    Return the claims of a condition that is true in one way only.
    """
    [case] = cases_of(tree(text), truth=True)
    return case


@pytest.mark.parametrize(
    ("first", "second", "implied"),
    [
        ("profit < -5%", "profit + 1% < -3%", True),
        ("profit < -5%", "1% / profit < 1", False),  # true of it, but no division is taken for known
        ("profit < -5%", "known(profit)", False),  # true of it, but that is more than is looked at
        ("not known(day_change) and profit < -5%", "profit < -3% and day_change < 5%", False),
        ("known(day_change) and profit < -5%", "profit < -3%", False),  # as above
    ],
)
def test_of_what_may_be_unknown_nothing_follows(first: str, second: str, implied: bool) -> None:
    assert implies(tree(first), tree(second), FREE) is implied


def test_a_way_to_be_true_that_contradicts_itself_hides_no_other() -> None:
    assert not is_never_true(tree("profit > 5% and profit < 3% or day_change < -5%"), FREE)


def test_what_is_given_counts() -> None:
    loss = given("profit < -5%")

    assert is_never_true(tree("profit > 3%"), FREE, given=loss)
    assert not is_never_true(tree("profit > 3%"), FREE)
    assert is_never_false(tree("profit < 3%"), FREE, given=loss)
    assert not is_never_false(tree("profit < 3%"), FREE)
    assert implies(tree("profit < day_change"), tree("profit < 0% or profit < day_change"), FREE, given=loss)
    assert implies(tree("profit != 5%"), tree("profit < 0%"), FREE, given=loss)
    assert not implies(tree("profit != 5%"), tree("profit < 0%"), FREE)


def test_a_sample_is_of_what_is_given_too() -> None:
    loss = given("profit < -5%")

    assert list(samples([(tree("day_change < -5%"), True)], FREE, given=loss)) == [
        {"profit": Decimal(-6), "day_change": Decimal(-6)}
    ]
    assert list(samples([(tree("profit > 3% or profit < -7%"), True)], FREE, given=loss)) == [{"profit": Decimal(-8)}]


def test_each_way_to_be_true_leaves_what_is_given_too() -> None:
    ways = ways_to_be_true(tree("profit > 3% or profit < -7% or day_change < -5%"), FREE, given=given("profit < -5%"))

    assert [way.sample() for way in ways] == [
        {"profit": Decimal(-8)},
        {"profit": Decimal(-6), "day_change": Decimal(-6)},
    ]


def test_of_too_many_ways_to_be_true_none_is_told() -> None:
    many = tree(" and ".join(["(stop_loss or breakeven)"] * 8))

    with pytest.raises(TooManyCasesError):
        next(ways_to_be_true(many, FREE))
