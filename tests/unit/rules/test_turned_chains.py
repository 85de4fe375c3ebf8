"""
Chains that turn their direction: which part is marked, what is said of it, and what is to be written.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.turned_chains import turned_chains
from unit.rules.language import condition


def told(text: str) -> list[tuple[str, str | None]]:
    """
    Return for each chain of *text* that turns the marked part and the hint.
    """
    return [(text[fault.start : fault.end], fault.hint) for fault in turned_chains(condition(text))]


def test_a_chain_that_turns_is_said_to_compare_the_middle_with_both_sides() -> None:
    (fault,) = turned_chains(condition("profit > 5% <  10%"))

    assert fault.code == "chain-turns"
    assert fault.message == (
        "profit > 5% < 10% is no range: each sign compares its two neighbours, so it means profit > 5% and 5% < 10%"
    )
    assert fault.verdict is None


@pytest.mark.parametrize(
    ("chain", "range_"),
    [
        ("profit > 5% < 10%", "5% < profit < 10%"),
        ("profit >= 5% < 10%", "5% <= profit < 10%"),
        ("profit > 5% <= 10%", "5% < profit <= 10%"),
        ("profit < 10% > 5%", "5% < profit < 10%"),
        ("profit <= 10% > -5%", "-5% < profit <= 10%"),
        ("10% > 5% < profit", "5% < profit < 10%"),
        ("5% < 10% >= profit", "5% < profit <= 10%"),
        ("abs(profit) > 5% < 10%", "5% < abs(profit) < 10%"),
    ],
)
def test_of_one_value_and_two_bounds_a_range_is_suggested(chain: str, range_: str) -> None:
    assert told(chain) == [(chain, f"for a range write `{range_}`")]
    assert told(range_) == []


@pytest.mark.parametrize(
    ("chain", "either"),
    [
        ("live_steps >= 7 <= 2", "live_steps >= 7 or live_steps <= 2"),
        ("profit < 5% > 10%", "profit < 5% or profit > 10%"),
        ("5% > 10% < profit", "5% > profit or 10% < profit"),
    ],
)
def test_of_bounds_that_leave_nothing_between_them_one_may_be_enough(chain: str, either: str) -> None:
    assert told(chain) == [(chain, f"if one of them is enough, write `{either}`")]
    assert told(f"stop_loss and {chain}") == [(chain, f"if one of them is enough, write `({either})`")]
    assert told(either) == []


@pytest.mark.parametrize(
    ("chain", "meaning"),
    [
        ("profit > 5% < 5%", "profit > 5% and 5% < 5%"),
        ("5% < profit > 3%", "5% < profit and profit > 3%"),
        ("profit > 5% < day_change", "profit > 5% and 5% < day_change"),
        ("day_change < profit > 5%", "day_change < profit and profit > 5%"),
        ("1% < 2% > 0%", "1% < 2% and 2% > 0%"),
        ("0% > -1% < 2%", "0% > -1% and -1% < 2%"),
        ("0% < profit < day_change > 5%", "0% < profit and profit < day_change and day_change > 5%"),
        ("0% < profit == day_change > 5%", "0% < profit and profit == day_change and day_change > 5%"),
    ],
)
def test_where_no_range_can_be_meant_the_chain_is_spelled_out(chain: str, meaning: str) -> None:
    assert told(chain) == [(chain, f"if that is meant, write `{meaning}`")]
    assert told(meaning) == []


def test_within_a_condition_the_parts_of_the_chain_stand_in_brackets() -> None:
    assert told("not 5% < profit > 3%") == [
        ("5% < profit > 3%", "if that is meant, write `(5% < profit and profit > 3%)`")
    ]


def test_a_held_condition_is_looked_at_too() -> None:
    assert told("held(profit > 5% < 10%, 2m) and stop_loss") == [
        ("profit > 5% < 10%", "for a range write `5% < profit < 10%`")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "profit > 5%",
        "5% < profit < 10%",
        "10% >= profit > 5%",
        "0% < profit <= day_change < 10%",
        "profit == day_change < 10%",
        "5% < profit != day_change",
        "profit > 5% and profit < 10%",
        'change(last, 1h) > 5% and pair == "USDT_DOGE"',
    ],
)
def test_chains_that_go_one_way_are_fine(text: str) -> None:
    assert told(text) == []
