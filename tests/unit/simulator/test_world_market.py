from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tradewarden.simulator.market import Move
from tradewarden.simulator.world import World
from unit.simulator.setting import ID, START, Clock

Body = Callable[[], dict[str, Any]]


class TestPrices:
    def test_the_rest_follows_from_the_day_change(self, world: World, body: Body) -> None:
        world.set_prices(day_change="-6.1")

        assert body()["data"]["current_price"] == {
            "day_change_percent": "-6.1",
            "bid": "0.09901",
            "ask": "0.09914",
            "last": "0.09912",
            "quote_volume": "136509.39725",
        }

    def test_the_profit_follows_too(self, world: World, body: Body) -> None:
        world.set_prices(day_change="-6.1")

        assert body()["profit"] == {"volume": "-0.0753802", "usd": "-0.0753802", "percent": "-3.67", "roe": None}

    def test_the_rest_follows_from_a_change_since_the_start(self, world: World, body: Body) -> None:
        world.set_prices(change_pct="10", volume="5")

        price = body()["data"]["current_price"]
        assert (price["last"], price["quote_volume"], price["day_change_percent"]) == ("0.11295", "5.0", "7.001")

    def test_null_and_single_values(self, world: World, body: Body) -> None:
        world.set_prices(day_change=None, bid="0.1")

        price = body()["data"]["current_price"]
        assert (price["day_change_percent"], price["bid"], price["last"]) == (None, "0.1", "0.10268")

    def test_the_opening_price_is_not_forgotten(self, world: World, body: Body) -> None:
        world.set_prices(day_change=None)
        world.set_prices(day_change="-2.728")

        assert body()["data"]["current_price"]["last"] == "0.10268"

    def test_of_one_pair_or_smart_trade(self, world: World, body: Body) -> None:
        world.set_prices(pair="USDT_BTC", last="1")
        world.set_prices(smart_trade_id=7, last="1")

        assert body()["data"]["current_price"]["last"] == "0.10268"

    def test_an_unknown_name_is_refused(self, world: World) -> None:
        with pytest.raises(TypeError, match="A price has no lats"):
            world.set_prices(lats="1")

    def test_a_current_price_of_null_stays_null(self, entity: dict[str, Any], clock: Clock) -> None:
        entity["data"]["current_price"] = None
        world = World(now=clock)
        smart_trade = world.add_smart_trade(entity)

        assert world.body(smart_trade)["data"]["current_price"] is None


class TestTime:
    def test_moves_are_played_in_their_order_however_late_somebody_looks(
        self, entity: dict[str, Any], clock: Clock
    ) -> None:
        """
        The price that reaches a step for a moment fills it, even if nobody looked at that moment.
        """
        world = World(now=clock)
        moves = [Move(at_s=10, last=Decimal("0.35")), Move(at_s=20, last=Decimal("0.1"))]
        world.add_smart_trade(entity, moves=moves)
        clock.pass_(1000)
        world.advance()

        assert [(event.what, event.at - START) for event in world.events] == [("step_filled", 10)]
        assert world.smart_trade(ID).status == "waiting_targets"

    def test_moves_count_from_when_the_smart_trade_was_added(self, entity: dict[str, Any], clock: Clock) -> None:
        world = World(now=clock)
        clock.pass_(100)
        world.advance()
        smart_trade = world.add_smart_trade(entity, moves=[Move(at_s=10, last=Decimal("0.2"))], linear=False)
        clock.pass_(9)
        world.advance()
        assert world.quote(smart_trade).last == Decimal("0.10268")
        clock.pass_(1)
        world.advance()
        assert world.quote(smart_trade).last == Decimal("0.2")

    def test_a_clock_that_steps_back_does_not_take_the_world_along(self, world: World, clock: Clock) -> None:
        clock.pass_(5)
        world.advance()
        clock.pass_(-60)
        world.advance()

        assert world.elapsed == 5
        assert world.now == START + 5
