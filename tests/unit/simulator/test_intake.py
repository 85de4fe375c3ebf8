from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tradewarden.simulator.intake import TradeIds, smart_trade_from
from tradewarden.simulator.scenario_error import ScenarioError
from unit.simulator.setting import ENTRY, FAR, NEAR, STOP_LOSS

if TYPE_CHECKING:
    from tradewarden.simulator.smart_trade import SmartTrade


def taken(entity: dict[str, Any], *trades: dict[str, Any]) -> SmartTrade:
    return smart_trade_from(entity, trades=trades, mode="real", ids=TradeIds(), place="SmartTrade")


def test_a_list_of_trades_is_derived(entity: dict[str, Any]) -> None:
    legs = taken(entity).legs

    assert [(leg.id, leg.purpose, leg.status) for leg in legs] == [
        (ENTRY, "position", "smart_sell"),
        (NEAR, "take_profit", "order_placed"),
        (FAR, "take_profit", "order_placed"),
        (STOP_LOSS, "stop_loss", "to_process"),
    ]


def test_the_average_enter_price_comes_before_the_wanted_one(entity: dict[str, Any]) -> None:
    assert taken(entity).entry_price == Decimal("0.10268")
    entity["data"]["average_enter_price"] = "0.2"
    assert taken(entity).entry_price == Decimal("0.2")


def test_an_older_status_without_basic_type(entity: dict[str, Any]) -> None:
    del entity["status"]["basic_type"]

    assert taken(entity).status == "waiting_targets"


def test_a_filled_step_is_realised(entity: dict[str, Any]) -> None:
    entity["take_profit"]["steps"][0]["status"] = {"type": "finished", "basic_type": "finished"}

    assert taken(entity).legs[1].realised_amount == 7


def test_a_reduce_funds_step_has_a_row(entity: dict[str, Any]) -> None:
    step = {"type": "market", "status": {"type": "finished"}, "units": {"value": "1"}, "price": None}
    entity["reduce_funds"]["steps"] = [step, {**step, "id": 5}]

    assert [leg.id for leg in taken(entity).legs if leg.purpose == "reduce_funds"] == [1008300080, 5]


def test_without_steps_and_stop_loss(entity: dict[str, Any]) -> None:
    entity["take_profit"]["steps"] = []
    entity["stop_loss"] = {"enabled": False}
    smart_trade = taken(entity)

    assert [leg.purpose for leg in smart_trade.legs] == ["position"]
    assert smart_trade.stop_loss is None


def test_given_rows_tell_what_the_entity_does_not(entity: dict[str, Any]) -> None:
    smart_trade = taken(
        entity,
        {"id": 11, "trade_purpose": "stop_loss", "status": "to_process"},
        {"id": NEAR, "trade_purpose": "take_profit", "status": "order_placed", "realised_amount": "1", "x": 1},
        {"id": ENTRY, "trade_purpose": "position"},
    )

    assert smart_trade.stop_loss is not None
    assert smart_trade.stop_loss.id == 11
    assert smart_trade.legs[1].realised_amount == 1
    assert smart_trade.legs[1].row["x"] == 1
    assert smart_trade.leg(11) is smart_trade.stop_loss


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            {"id": 5, "trade_purpose": "take_profit"},
            "SmartTrade (trades)[0]: the SmartTrade has no take_profit of the id 5.",
        ),
        (
            {"id": NEAR, "trade_purpose": "stop_loss"},
            f"SmartTrade (trades)[0]: the SmartTrade has no stop_loss of the id {NEAR}.",
        ),
        ({"trade_purpose": "stop_loss"}, "SmartTrade (trades)[0]: the key 'id' is missing."),
    ],
)
def test_a_row_that_does_not_fit(entity: dict[str, Any], row: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        taken(entity, row)

    assert str(caught.value) == complaint


def test_a_trade_id_is_used_once(entity: dict[str, Any]) -> None:
    entity["take_profit"]["steps"][1]["id"] = NEAR

    with pytest.raises(ScenarioError, match=r"steps\[1\]\.id: the trade id 1008300673 is used twice"):
        taken(entity)


def test_new_ids_avoid_those_that_are_taken() -> None:
    ids = TradeIds()

    assert [ids.take(5, "here"), ids.new(5), ids.new(5), ids.new()] == [5, 6, 7, 1008300060]
