"""
A condition taken apart: every way in which it comes to true, and every way in which it comes to false.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.claims import (
    Alike,
    Claim,
    Compared,
    Constant,
    Given,
    Listed,
    Told,
    TooManyCasesError,
    cases_of,
)
from unit.rules.language import condition

EITHER = "(stop_loss or breakeven)"


def ways(text: str, *, truth: bool) -> list[list[str]]:
    """
    Return the cases of a condition, each claim as it is read aloud.
    """
    return [[_told(text, claim) for claim in case] for case in cases_of(condition(text).expression, truth=truth)]


def _told(text: str, claim: Claim) -> str:
    match claim:
        case Compared(left=left, comparator=comparator, right=right):
            return f"{text[left.start : left.end]} {comparator} {text[right.start : right.end]}"
        case Listed(operand=operand, values=values, holds=holds):
            listed = ", ".join(text[value.start : value.end] for value in values)
            return f"{text[operand.start : operand.end]} {'in' if holds else 'not in'} [{listed}]"
        case Alike(operand=operand, globs=globs, holds=holds):
            return f"{text[operand.start : operand.end]} {'like' if holds else 'not like'} {' '.join(globs)}"
        case Told(fact=fact, holds=holds):
            return fact.name if holds else f"not {fact.name}"
        case Given(operand=operand, holds=holds):
            return f"{text[operand.start : operand.end]} is {'known' if holds else 'unknown'}"
        case Constant(holds=holds):
            return "fulfilled" if holds else "not fulfilled"


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        ("profit < 5%", [["profit < 5%"]], [["profit >= 5%"]]),
        ("profit <= 5%", [["profit <= 5%"]], [["profit > 5%"]]),
        ("profit > 5%", [["profit > 5%"]], [["profit <= 5%"]]),
        ("profit >= 5%", [["profit >= 5%"]], [["profit < 5%"]]),
        ("profit == 5%", [["profit == 5%"]], [["profit != 5%"]]),
        ("profit != 5%", [["profit != 5%"]], [["profit == 5%"]]),
        ("1% < profit <= 5%", [["1% < profit", "profit <= 5%"]], [["1% >= profit"], ["profit > 5%"]]),
        ("not profit < 5%", [["profit >= 5%"]], [["profit < 5%"]]),
        ("stop_loss", [["stop_loss"]], [["not stop_loss"]]),
        ("known(profit)", [["profit is known"]], [["profit is unknown"]]),
        ("last in [1, 2]", [["last in [1, 2]"]], [["last not in [1, 2]"]]),
        ("last not in [1, 2]", [["last not in [1, 2]"]], [["last in [1, 2]"]]),
        ('pair like "USDT_*"', [["pair like USDT_*"]], [["pair not like USDT_*"]]),
        ('pair not like "USDT_*"', [["pair not like USDT_*"]], [["pair like USDT_*"]]),
        ("true", [["fulfilled"]], [["not fulfilled"]]),
        ("false", [["not fulfilled"]], [["fulfilled"]]),
        ("stop_loss and breakeven", [["stop_loss", "breakeven"]], [["not stop_loss"], ["not breakeven"]]),
        ("stop_loss or breakeven", [["stop_loss"], ["breakeven"]], [["not stop_loss", "not breakeven"]]),
        (
            f"{EITHER} and profit < 5%",
            [["stop_loss", "profit < 5%"], ["breakeven", "profit < 5%"]],
            [["not stop_loss", "not breakeven"], ["profit >= 5%"]],
        ),
        (
            f"not ({EITHER} and known(profit))",
            [["not stop_loss", "not breakeven"], ["profit is unknown"]],
            [["stop_loss", "profit is known"], ["breakeven", "profit is known"]],
        ),
    ],
)
def test_every_way_to_true_and_to_false(text: str, true: list[list[str]], false: list[list[str]]) -> None:
    assert (ways(text, truth=True), ways(text, truth=False)) == (true, false)


def test_what_has_held_is_true_now_and_what_has_not_may_be_either() -> None:
    text = f"held({EITHER}, 5m)"
    name = "held(stop_loss or breakeven, 5m)"

    assert ways(text, truth=True) == [[name, "stop_loss"], [name, "breakeven"]]
    assert ways(text, truth=False) == [[f"not {name}"]]


def test_a_hundred_and_twenty_eight_ways_are_looked_at() -> None:
    all_of_seven = " and ".join([EITHER] * 7)

    assert len(ways(all_of_seven, truth=True)) == 128
    with pytest.raises(TooManyCasesError):
        ways(f"({all_of_seven}) or breakeven", truth=True)
    with pytest.raises(TooManyCasesError):
        ways(f"{all_of_seven} and (stop_loss or breakeven)", truth=True)
    with pytest.raises(TooManyCasesError):
        ways(f"({all_of_seven}) and {EITHER}", truth=True)


def test_ways_side_by_side_are_counted_together() -> None:
    """Sixty-four and sixty-four are as many as are looked at."""
    all_of_six = " and ".join([EITHER] * 6)

    assert len(ways(f"({all_of_six}) or ({all_of_six})", truth=True)) == 128
