"""
Conditions at a glance: what excludes what, and nothing more than is certain.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tradewarden.rules.claims import Listed
from tradewarden.rules.domains import Domains
from tradewarden.rules.outline import MOST_WAYS, Outline, outline_of
from tradewarden.rules.satisfiability import are_never
from tradewarden.rules.tree import Membership
from unit.rules.language import VOCABULARY, compiled, condition, texts

FREE = Domains(VOCABULARY)


def outline(text: str) -> Outline:
    drawn = outline_of(condition(text).expression, FREE)
    assert drawn is not None
    return drawn


@pytest.mark.parametrize(
    ("first", "second", "excluded"),
    [
        ("profit < 3%", "profit > 3%", True),
        ("profit <= 3%", "profit >= 3%", False),
        ("profit < 3%", "profit >= 3%", True),
        ("profit > 3%", "profit < 3%", True),
        ("profit < 3%", "day_change > 3%", False),
        ("profit < 3% or profit > 9%", "profit > 4%", False),
        ("profit < 3% or profit == 4%", "profit > 4%", True),
        ("profit < 3% or stop_loss", "profit > 4%", False),
        ("profit > 6% or profit > 2%", "profit < 4%", False),
        ("profit > 6% or profit > 2%", "profit < 2%", True),
        ("profit in [1%, 5%]", "profit > 3%", False),
        ("profit in [1%, 5%]", "profit > 5%", True),
        ('side == "long"', 'side == "short"', True),
        ('side in ["long", "short"]', 'side == "short"', False),
        ('pair == "USDT_A" or pair == "USDT_B"', 'pair == "USDT_C"', True),
        ('pair like "USDT_*"', 'pair == "BTC_ETH"', False),  # for a glob it takes a closer look
        ('pair in ["USDT_A", "BTC_A"] and pair like "USDT_*"', 'pair == "BTC_A"', True),
        ("stop_loss", "not stop_loss", True),
        ("stop_loss", "stop_loss and profit < 3%", False),
        ("lowest(profit, 1h) > 5%", "lowest(profit, 1h) < 5%", True),
        ("lowest(profit, 1h) > 5% and profit > 1%", "profit < 3%", True),  # the present is one of the hour
        ("abs(profit) > 5%", "abs(profit) < 5%", True),
    ],
)
def test_what_excludes_what(first: str, second: str, excluded: bool) -> None:
    assert outline(first).excludes(outline(second)) is excluded
    assert outline(second).excludes(outline(first)) is excluded


def test_what_is_never_true_has_no_outline() -> None:
    assert outline_of(condition("profit > 5% and profit < 3%").expression, FREE) is None


def test_what_is_given_is_drawn_too() -> None:
    asked = condition('side in ["long"]').expression
    assert isinstance(asked, Membership)
    given = (Listed(asked.operand, asked.values, holds=True),)

    assert outline_of(condition('side == "short"').expression, FREE, given=given) is None
    drawn = outline_of(condition("profit > 1%").expression, FREE, given=given)
    assert drawn is not None
    assert drawn.excludes(outline('side == "short"'))


def test_of_too_many_ways_to_be_true_nothing_is_drawn() -> None:
    few = " or ".join(f"profit == {number}%" for number in range(MOST_WAYS))
    many = f"{few} or profit == {MOST_WAYS}%"
    many_more = f"{many} or stop_loss or breakeven"
    beyond_counting = " and ".join(["(stop_loss or breakeven)"] * 8) + " and profit < 0%"

    assert outline(few).ways == MOST_WAYS == 8
    assert outline(few).excludes(outline("profit > 90%"))
    for text in (many, many_more, beyond_counting):
        assert outline(text).ways == MOST_WAYS + 1  # more nobody counts
        assert not outline(text).excludes(outline("profit > 90%"))


@settings(max_examples=200, deadline=None)
@given(first=texts(1), second=texts(1))
def test_what_is_excluded_is_never_true_together(first: str, second: str) -> None:
    asked = [compiled(first).expression, compiled(second).expression]
    drawn = [outline_of(one, FREE) for one in asked]

    if None in drawn or drawn[0].excludes(drawn[1]):  # type: ignore[union-attr,arg-type]  # none of them is None there
        assert are_never([(one, True) for one in asked], FREE)
