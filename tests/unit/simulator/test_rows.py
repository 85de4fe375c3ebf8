from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tradewarden.simulator.world import World
from unit.simulator.setting import ENTRY, FAR, ID, STOP_LOSS, Clock

Rows = Callable[[], dict[int, dict[str, Any]]]


def test_the_stop_loss_has_every_key_and_the_shape_of_the_documented_entity(rows: Rows) -> None:
    assert rows()[STOP_LOSS] == {
        "id": STOP_LOSS,
        "average_price": None,
        "follow_price_type": "last",
        "initial_amount": "20.0",
        "initial_total": "1.9508",
        "order_price": None,
        "order_side": "sell",
        "order_type": "market",
        "pair": "USDT_DOGE",
        "position_percentage": "100.0",
        "realised_amount": "0.0",
        "realised_total": None,
        "status": "to_process",
        "take_profit_percentage": None,
        "trade_purpose": "stop_loss",
        "trail_percentage": None,
        "trail_value": None,
        "trailing_enabled": False,
        "trailing_last_price": None,
        "trailing_last_price_updated_at": None,
        "trigger_condition": "less_or_equal",
        "trigger_price": "0.09754",
        "trigger_price_percentage": None,
        "trigger_type": "conditional",
        "created_at": "2024-08-14T19:51:43.100Z",
        "updated_at": "2024-08-14T19:51:43.892Z",
        "realised_percentage": "0.0",
        "initial_price": "0.09754",
        "realised_price": None,
        "cancelable": True,
        "force_processable": True,
    }


def test_a_limit_step(rows: Rows) -> None:
    row = rows()[FAR]

    assert (row["trade_purpose"], row["status"], row["position_percentage"]) == ("take_profit", "order_placed", "35.0")
    assert (row["order_type"], row["order_side"], row["order_price"]) == ("limit", "sell", "0.4")
    assert (row["trigger_type"], row["trigger_price"], row["trigger_condition"]) == ("none", None, None)
    assert (row["cancelable"], row["force_processable"]) == (True, True)


def test_the_entry(rows: Rows) -> None:
    row = rows()[ENTRY]

    assert (row["trade_purpose"], row["status"], row["order_side"]) == ("position", "smart_sell", "buy")
    assert (row["realised_amount"], row["realised_percentage"], row["cancelable"]) == ("20.0", "100.0", False)
    assert row["position_percentage"] is None


@pytest.mark.parametrize(
    ("side", "purpose", "expected"),
    [
        ("buy", "take_profit", ("sell", "greater_or_equal")),
        ("sell", "take_profit", ("buy", "less_or_equal")),
        ("buy", "stop_loss", ("sell", "less_or_equal")),
        ("sell", "stop_loss", ("buy", "greater_or_equal")),
    ],
)
def test_a_market_order_waits_for_its_condition(
    entity: dict[str, Any], clock: Clock, side: str, purpose: str, expected: tuple[str, str]
) -> None:
    entity["position"]["type"] = side
    for step in entity["take_profit"]["steps"]:
        step["order_type"] = "market"
    world = World(now=clock)
    row = next(row for row in world.rows(world.add_smart_trade(entity)) if row["trade_purpose"] == purpose)

    assert (row["order_side"], row["trigger_condition"]) == expected


def test_a_given_row_keeps_what_it_says_until_something_happens(entity: dict[str, Any], clock: Clock) -> None:
    given = {"id": FAR, "trade_purpose": "take_profit", "status": "order_placed", "cancelable": False, "extra": [1]}
    world = World(now=clock)
    smart_trade = world.add_smart_trade(entity, trades=[given])
    row = world.rows(smart_trade)[2]
    assert (row["cancelable"], row["extra"], row["status"]) == (False, [1], "order_placed")

    world.fill_step(ID, FAR)
    row = world.rows(smart_trade)[2]
    assert (row["cancelable"], row["extra"], row["status"]) == (False, [1], "finished")
