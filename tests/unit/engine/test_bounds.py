"""
The declared bounds of the facts, held to what is derived.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.engine.bounds import within
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.plausibility import DAY_CHANGE_AT_LEAST_PCT, DAY_CHANGE_AT_MOST_PCT
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.schema import Kind


def test_bounds_are_of_numbers() -> None:
    for fact in VOCABULARY.values():
        if fact.kind not in NUMERIC:
            assert (fact.lowest, fact.highest, fact.is_above_lowest, fact.is_whole) == (None, None, False, False)
        assert not fact.is_complete or (fact.kind is Kind.TEXT and fact.values)


def test_the_day_change_is_bounded_by_what_is_plausible() -> None:
    fact = VOCABULARY["day_change"]

    assert (fact.lowest, fact.highest) == (DAY_CHANGE_AT_LEAST_PCT, DAY_CHANGE_AT_MOST_PCT)


@pytest.mark.parametrize("name", ["profit", "profit_usd", "roe", "stop_loss_distance", "step.distance"])
def test_what_a_short_can_lose_without_end_has_no_bound(name: str) -> None:
    fact = VOCABULARY[name]

    assert (fact.lowest, fact.highest) == (None, None)


@pytest.mark.parametrize("name", ["last", "bid", "ask", "entry_price", "stop_loss_price", "step.price", "leverage"])
def test_a_price_is_above_zero(name: str) -> None:
    fact = VOCABULARY[name]

    assert (fact.lowest, fact.highest, fact.is_above_lowest) == (Decimal(0), None, True)


def test_steps_are_counted() -> None:
    fact = VOCABULARY["live_steps"]

    assert (fact.lowest, fact.highest, fact.is_whole) == (Decimal(0), Decimal(20), True)


def test_an_account_has_an_id_which_is_a_whole_number_from_one_on() -> None:
    fact = VOCABULARY["account_id"]

    assert (fact.lowest, fact.highest) == (Decimal(1), None)
    assert fact.is_whole is fact.is_name is True


def test_nothing_but_an_id_only_names_what_it_stands_for() -> None:
    """Of any other number it is told how far it is from a threshold."""
    assert [fact.name for fact in VOCABULARY.values() if fact.is_name] == ["account_id"]


def test_nothing_is_traded_at_the_least() -> None:
    fact = VOCABULARY["quote_volume"]

    assert (fact.lowest, fact.highest, fact.is_above_lowest) == (Decimal(0), None, False)


def test_a_side_is_long_or_short_and_nothing_else() -> None:
    fact = VOCABULARY["side"]

    assert fact.is_complete is True
    assert set(fact.values) == {"long", "short"}


def test_no_bound_is_none() -> None:
    assert within(None, None) == {"lowest": None, "highest": None, "is_above_lowest": False, "is_whole": False}
    assert within(1, 2, is_above_lowest=True, is_whole=True) == {
        "lowest": Decimal(1),
        "highest": Decimal(2),
        "is_above_lowest": True,
        "is_whole": True,
    }
