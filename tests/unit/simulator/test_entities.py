from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradewarden.simulator.entities import number_text, optional_text, status_block, time_text
from tradewarden.simulator.world import World
from unit.simulator.setting import ID, Clock


@pytest.mark.parametrize(
    ("number", "text"),
    [("20", "20.0"), ("0.10", "0.1"), ("-2.728", "-2.728"), ("0.0", "0.0"), ("1E+3", "1000.0"), ("1E-7", "0.0000001")],
)
def test_numbers_are_plain_decimals(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text
    assert optional_text(Decimal(number)) == text


def test_no_number_is_null() -> None:
    assert optional_text(None) is None


def test_times_are_utc_with_milliseconds() -> None:
    assert time_text(1723665103.1) == "2024-08-14T19:51:43.100Z"


def test_the_title_of_a_status_does_not_tell_it() -> None:
    assert status_block("idle")["title"] == status_block("to_process")["title"] == "Pending"
    assert status_block("waiting_targets", of_smart_trade=True)["title"] == "Waiting Targets"


def test_the_commission_stays_the_json_number_that_it_was(world: World) -> None:
    assert world.body(world.smart_trade(ID))["data"]["commission"] == 0.001


def test_leverage_multiplies_the_profit(entity: dict[str, Any], clock: Clock) -> None:
    entity["leverage"] = {"enabled": True, "type": "isolated", "value": "5.0"}
    world = World(now=clock)

    assert world.body(world.add_smart_trade(entity))["profit"]["roe"] == "-1.05"


def test_without_a_price_the_profit_stays_as_it_was_given(entity: dict[str, Any], clock: Clock) -> None:
    world = World(now=clock)
    smart_trade = world.add_smart_trade(entity)
    world.set_prices(bid=None)

    assert world.body(smart_trade)["profit"] == entity["profit"]


def test_profit_in_another_quote_has_no_dollars(entity: dict[str, Any], clock: Clock) -> None:
    entity["pair"] = "BTC_DOGE"
    world = World(now=clock)

    assert world.body(world.add_smart_trade(entity))["profit"]["usd"] is None


def test_keys_that_are_missing_do_no_harm(entity: dict[str, Any], clock: Clock) -> None:
    for key in ("profit", "leverage", "market_close", "reduce_funds", "margin"):
        del entity[key]
    del entity["stop_loss"]["conditional"]
    del entity["position"]["units"]
    world = World(now=clock)
    shown = world.body(world.add_smart_trade(entity))

    assert shown["market_close"] == {}
    assert shown["reduce_funds"] == {"steps": []}
    assert shown["profit"] == {}


def test_a_smart_trade_without_a_stop_loss_key(entity: dict[str, Any], clock: Clock) -> None:
    del entity["stop_loss"]
    world = World(now=clock)

    assert world.body(world.add_smart_trade(entity))["stop_loss"] == {"enabled": False}
