"""
The facts of one step.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from factories import NOON, make_price, make_smart_trade, make_step
from tradewarden.engine.seen import see
from tradewarden.engine.step_facts import STEP_SCHEMAS, derive_step_facts
from tradewarden.model.smart_trade import Side

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade, TakeProfitStep
    from tradewarden.rules.schema import FactValue

ROUND = make_price(bid="0.1", ask="0.1", last="0.1")


def facts(step: TakeProfitStep, trade: SmartTrade | None = None) -> dict[str, FactValue]:
    trade = make_smart_trade(price=ROUND) if trade is None else trade
    return derive_step_facts(see(trade, now=NOON, timezone=ZoneInfo("UTC"), is_frozen=False), step)


def test_the_facts_of_a_step() -> None:
    found = facts(make_step())

    assert list(found) == [schema.name for schema in STEP_SCHEMAS]
    assert found == {
        "step.position": Decimal(2),
        "step.price": Decimal("0.4"),
        "step.distance": Decimal(300),
        "step.share": Decimal("35.0"),
        "step.order_type": "limit",
        "step.trailing": False,
        "step.status": "order_placed",
    }


def test_the_target_of_a_short_is_below() -> None:
    assert facts(make_step(price="0.08"), make_smart_trade(side=Side.SHORT, price=ROUND))["step.distance"] == 20


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("position", make_step(None)),
        ("price", make_step(price="0")),
        ("price", make_step(price=None)),
        ("distance", make_step(price="-1")),
        ("share", make_step(share_pct=Decimal(0))),
        ("order_type", make_step(order_type=None)),
        ("trailing", make_step(trailing=None)),
        ("status", make_step(word=None)),
    ],
)
def test_what_is_missing_or_absurd_is_unknown(name: str, step: TakeProfitStep) -> None:
    assert facts(step)[f"step.{name}"] is None


@pytest.mark.parametrize(
    "trade",
    [
        pytest.param(make_smart_trade(price=make_price(last=None)), id="no price"),
        pytest.param(make_smart_trade(side=None), id="no side"),
    ],
)
def test_a_distance_needs_a_price_and_a_side(trade: SmartTrade) -> None:
    assert facts(make_step(), trade)["step.distance"] is None
