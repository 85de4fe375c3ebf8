from __future__ import annotations

from typing import Any

import pytest

from tradewarden.simulator.world import World
from unit.simulator.setting import FAR, ID, NEAR, STOP_LOSS, Clock, told


@pytest.fixture
def short(entity: dict[str, Any], clock: Clock) -> World:
    """
    The documented SmartTrade upside down: targets below the price, stop loss above it.
    """
    entity["position"]["type"] = "sell"
    for step, price in zip(entity["take_profit"]["steps"], ("0.09", "0.08"), strict=True):
        step["price"]["value"] = price
    entity["stop_loss"]["conditional"]["price"]["value"] = "0.12"
    world = World(now=clock)
    world.add_smart_trade(entity)
    return world


@pytest.fixture
def trailing(entity: dict[str, Any], clock: Clock) -> World:
    entity["take_profit"]["steps"][1]["trailing"] = {"enabled": True, "percent": "-10.0"}
    world = World(now=clock)
    world.add_smart_trade(entity)
    return world


def test_a_long_fills_at_its_price_and_not_below(world: World) -> None:
    world.set_prices(last="0.29999")
    assert told(world) == []
    world.set_prices(last="0.3")
    assert told(world) == [("step_filled", "market", NEAR)]
    assert world.smart_trade(ID).legs[1].realised_price == world.smart_trade(ID).legs[1].price


def test_a_leap_fills_every_step_that_it_passes(world: World) -> None:
    world.set_prices(last="0.5")

    assert told(world) == [
        ("step_filled", "market", NEAR),
        ("step_filled", "market", FAR),
        ("finished", "market", None),
    ]


def test_a_short_is_the_mirror_of_a_long(short: World, clock: Clock) -> None:
    short.set_prices(last="0.09")
    assert told(short) == [("step_filled", "market", NEAR)]
    short.set_prices(last="0.12")
    clock.pass_(1)
    short.advance()
    assert short.smart_trade(ID).status == "stop_loss_finished"


def test_the_profit_of_a_short_is_that_of_buying_back(short: World) -> None:
    short.set_prices(last="0.095", ask="0.095")

    assert short.body(short.smart_trade(ID))["profit"]["percent"] == "7.39"


def test_a_step_compares_the_price_that_it_follows(entity: dict[str, Any], clock: Clock) -> None:
    entity["take_profit"]["steps"][0]["price"]["type"] = "bid"
    world = World(now=clock)
    world.add_smart_trade(entity)
    world.set_prices(last="0.3", bid="0.29")
    assert told(world) == []
    world.set_prices(bid="0.3")
    assert told(world) == [("step_filled", "market", NEAR)]


def test_no_price_reaches_nothing(world: World) -> None:
    world.set_prices(last=None)

    assert told(world) == []


def test_the_stop_loss_ends_the_smart_trade_after_a_moment(world: World, clock: Clock) -> None:
    world.set_prices(last="0.09754")
    shown = world.body(world.smart_trade(ID))
    assert shown["status"]["basic_type"] == "stop_loss_in_progress"
    assert shown["data"]["panic_sell_available"] is True
    assert not world.cancel_trade(ID, NEAR)
    clock.pass_(1)
    world.advance()

    shown = world.body(world.smart_trade(ID))
    rows = {row["id"]: row for row in world.rows(world.smart_trade(ID))}
    assert shown["status"]["basic_type"] == "stop_loss_finished"
    assert shown["take_profit"]["steps"] == []
    assert shown["data"]["closed_amount"] == "20.0"
    assert rows[STOP_LOSS]["status"] == "finished"
    assert rows[STOP_LOSS]["realised_percentage"] == "100.0"
    assert rows[NEAR]["status"] == rows[FAR]["status"] == "cancelled"
    assert told(world) == [
        ("stop_loss_fired", "market", STOP_LOSS),
        ("stop_loss_finished", "market", None),
    ]


def test_a_stop_loss_that_is_overtaken_by_a_cancel_sells_nothing(world: World, clock: Clock) -> None:
    world.set_prices(last="0.09")
    assert world.cancel_smart_trade(ID)
    clock.pass_(1)
    world.advance()

    assert world.smart_trade(ID).status == "cancelled"
    assert world.smart_trade(ID).closed_amount == 0


class TestTrailing:
    def test_reaching_the_price_only_activates_it(self, trailing: World) -> None:
        trailing.set_prices(last="0.41")

        assert told(trailing)[1:] == [("trailing_activated", "market", FAR)]
        row = trailing.rows(trailing.smart_trade(ID))[2]
        assert (row["status"], row["trailing_enabled"], row["trail_percentage"]) == ("trailing_activated", True, "10.0")
        assert row["trailing_last_price"] == "0.41"

    def test_it_fills_when_the_price_turns_by_its_percentage(self, trailing: World) -> None:
        trailing.set_prices(last="0.5")
        trailing.set_prices(last="0.451")
        assert trailing.smart_trade(ID).status == "waiting_targets"
        trailing.set_prices(last=None)
        trailing.set_prices(last="0.45")

        assert told(trailing)[-2:] == [("step_filled", "market", FAR), ("finished", "market", None)]

    def test_of_a_short_it_follows_the_lowest_price(self, entity: dict[str, Any], clock: Clock) -> None:
        entity["position"]["type"] = "sell"
        entity["stop_loss"] = {"enabled": False}
        step = entity["take_profit"]["steps"][0]
        step["price"]["value"], step["trailing"] = "0.09", {"enabled": True, "percent": "10"}
        entity["take_profit"]["steps"] = [step]
        world = World(now=clock)
        world.add_smart_trade(entity)
        world.set_prices(last="0.08")
        assert told(world) == [("trailing_activated", "market", NEAR)]
        world.set_prices(last="0.088")
        assert told(world)[-1] == ("finished", "market", None)
