"""
What keeps a whole condition from being true.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given

from tradewarden.model.truth import Truth
from tradewarden.rules.miss import CONTRADICTION, miss_of, parts_of
from unit.rules.language import compiled, condition, facts, texts
from unit.rules.test_near_miss import NOW

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue


@pytest.mark.parametrize(
    ("text", "gaps", "obstacles"),
    [
        ("day_change < -5%", ["day_change is 1.8 points above -5 %"], []),
        ("day_change < -5% and live_steps == 4", ["day_change is 1.8 points above -5 %"], []),
        (
            "day_change < -5% and last < 0.2",
            ["day_change is 1.8 points above -5 %", "last is 0.05 (20 % of it) above 0.2"],
            [],
        ),
        ("day_change < -9% or day_change > -3%", ["day_change is 0.2 points below -3 %"], []),
        ("breakeven or day_change < -5%", ["day_change is 1.8 points above -5 %"], []),
        ("not (profit > -5% or breakeven)", ["profit is 2 points above -5 %"], ["breakeven: unknown"]),
        ("not (profit > -5% and stop_loss)", ["profit is 2 points above -5 %"], []),
        ("not stop_loss", [], ["stop_loss: true"]),
        ('pair like "USDT_B*"', [], ['pair "USDT_DOGE" like "USDT_B*": false']),
        ("known(idle_for)", [], ["known(idle_for unknown): false"]),
        ("idle_for > 1h", [], ["idle_for unknown > 1h: unknown"]),
        (
            "profit < -5% and profit > -2%",
            ["profit is 2 points above -5 %", "profit is 1 point below -2 %"],
            [CONTRADICTION],
        ),
        ("profit > 1% and profit > 2%", ["profit is 4 points below 1 %", "profit is 5 points below 2 %"], []),
    ],
)
def test_what_must_change(text: str, gaps: list[str], obstacles: list[str]) -> None:
    miss = miss_of(condition(text), NOW)

    assert miss is not None
    assert [gap.sentence() for gap in miss.gaps] == gaps
    assert list(miss.obstacles) == obstacles
    assert miss.is_measured is (not obstacles)
    assert miss.sentence() == " and ".join([*gaps, *obstacles])


def test_what_is_true_misses_nothing() -> None:
    assert miss_of(condition("day_change < -3%"), NOW) is None


def test_all_gaps_must_close_so_the_largest_counts() -> None:
    miss = miss_of(condition("day_change < -5% and last < 0.2"), NOW)

    assert miss is not None
    assert miss.nearness == Decimal(20)


def test_the_parts_stand_in_the_order_of_the_text() -> None:
    parts = parts_of(condition("not (stop_loss and age > 2h) or day_change < -5%"), NOW)

    assert [(part.trace.sentence(), part.gap and part.gap.sentence()) for part in parts] == [
        ("stop_loss: true", None),
        ("age 1h30m > 2h: false", "age is 30m short of 2h"),
        ("day_change -3.2 % < -5 %: false", "day_change is 1.8 points above -5 %"),
    ]


@given(texts(), facts)
def test_moving_all_facts_so_far_makes_the_condition_true(text: str, seen: dict[str, FactValue]) -> None:
    """Where a miss is measured, it tells the whole way; where nothing is missed, the condition is true."""
    asked = compiled(text)
    miss = miss_of(asked, seen)

    assert (miss is None) is (asked.evaluate(seen) is Truth.TRUE)
    if miss is not None and miss.is_measured:
        event("measured")
        moved = dict(seen)
        for gap in sorted(miss.gaps, key=lambda one: one.distance):
            moved[gap.fact] = gap.turned
        assert asked.evaluate(moved) is Truth.TRUE
