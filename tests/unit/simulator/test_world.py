from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tradewarden.simulator.habits import Habits
from tradewarden.simulator.scenario_error import ScenarioError
from tradewarden.simulator.smart_trade import Leg
from tradewarden.simulator.world import World
from unit.simulator.setting import ENTRY, FAR, ID, NEAR, START, STOP_LOSS, Clock, told

Body = Callable[[], dict[str, Any]]
Rows = Callable[[], dict[int, dict[str, Any]]]


def step_ids(body: dict[str, Any]) -> list[int]:
    return [step["id"] for step in body["take_profit"]["steps"]]


def test_an_untouched_smart_trade_is_shown_exactly_as_it_was_given(body: Body, entity: dict[str, Any]) -> None:
    assert body() == entity


class TestACancelOfOneStep:
    def test_nothing_is_to_be_seen_before_the_lag_has_passed(
        self, world: World, body: Body, rows: Rows, clock: Clock, entity: dict[str, Any]
    ) -> None:
        before = rows()

        assert world.cancel_trade(ID, FAR)
        clock.pass_(0.69)

        assert body() == entity
        assert rows() == before

    def test_then_the_step_vanishes_and_its_row_is_cancelled(
        self, world: World, body: Body, rows: Rows, clock: Clock
    ) -> None:
        world.cancel_trade(ID, FAR)
        clock.pass_(0.7)

        assert step_ids(body()) == [NEAR]
        assert body()["status"]["basic_type"] == "waiting_targets"
        assert rows()[FAR]["status"] == "cancelled"
        assert rows()[FAR]["cancelable"] is False
        assert rows()[FAR]["updated_at"] == "2027-01-15T08:00:00.950Z"
        assert rows()[NEAR]["status"] == "order_placed"
        assert rows()[STOP_LOSS]["status"] == "to_process"
        assert told(world) == [("cancel_accepted", "api", FAR), ("step_cancelled", "api", FAR)]
        assert [event.at for event in world.events] == [START, pytest.approx(START + 0.7)]

    def test_the_other_steps_keep_their_share(self, world: World, body: Body, clock: Clock) -> None:
        world.cancel_trade(ID, FAR)
        clock.pass_(1)

        assert [step["volume"] for step in body()["take_profit"]["steps"]] == ["35.0"]

    def test_the_same_step_cannot_be_cancelled_twice(self, world: World, clock: Clock) -> None:
        assert world.cancel_trade(ID, FAR)
        assert not world.cancel_trade(ID, FAR)
        clock.pass_(1)
        assert not world.cancel_trade(ID, FAR)

    @pytest.mark.parametrize("trade_id", [1, ENTRY])
    def test_what_is_unknown_or_done_cannot_be_cancelled(self, world: World, trade_id: int) -> None:
        assert not world.cancel_trade(ID, trade_id)
        assert told(world) == []

    def test_a_filled_step_cannot_be_cancelled(self, world: World) -> None:
        world.fill_step(ID, NEAR)

        assert not world.cancel_trade(ID, NEAR)

    def test_it_can_fill_while_its_cancel_is_under_way(
        self, world: World, body: Body, rows: Rows, clock: Clock
    ) -> None:
        world.cancel_trade(ID, NEAR)
        world.set_prices(last="0.31")
        clock.pass_(1)

        assert rows()[NEAR]["status"] == "finished"
        assert step_ids(body()) == [NEAR, FAR]
        assert told(world)[1:] == [("step_filled", "market", NEAR)]

    def test_the_smart_trade_is_finished_when_the_other_step_fills_meanwhile(
        self, world: World, body: Body, clock: Clock
    ) -> None:
        world.cancel_trade(ID, FAR)
        world.set_prices(last="0.31")
        clock.pass_(1)

        assert body()["status"]["basic_type"] == "finished"
        assert told(world)[-1] == ("finished", "market", None)

    def test_pending_cancellation_can_be_shown_in_the_list_of_trades(
        self, entity: dict[str, Any], clock: Clock
    ) -> None:
        world = World(now=clock, habits=Habits(shows_pending_cancellation=True))
        smart_trade = world.add_smart_trade(entity)
        world.cancel_trade(ID, FAR)

        statuses = {row["id"]: row["status"] for row in world.rows(smart_trade)}
        assert statuses[FAR] == "pending_cancellation"
        assert world.body(smart_trade)["take_profit"]["steps"][1]["status"]["type"] == "order_placed"

    def test_its_row_can_vanish(self, entity: dict[str, Any], clock: Clock) -> None:
        world = World(now=clock, habits=Habits(cancelled_rows_vanish=True, cancel_lag_s=0))
        smart_trade = world.add_smart_trade(entity)
        world.cancel_trade(ID, FAR)
        world.advance()

        assert FAR not in {row["id"] for row in world.rows(smart_trade)}


class TestACancelThatTakesTheSmartTradeWithIt:
    def expect_cancelled(self, body: Body, rows: Rows, clock: Clock) -> None:
        pending = body()
        assert pending["status"] == {
            "type": "cancellation_pending",
            "basic_type": "cancellation_pending",
            "title": "Cancelling",
        }
        assert pending["data"]["editable"] is pending["data"]["cancel_available"] is False
        assert pending["position"]["editable"] is False
        assert pending["data"]["updated_at"] == "2027-01-15T08:00:00.250Z"
        assert "closed_at" not in pending["data"]
        clock.pass_(0.7)
        gone = body()
        assert gone["status"]["basic_type"] == "cancelled"
        assert gone["status"]["title"] == "Cancelled"
        assert gone["take_profit"] == {"enabled": True, "price_type": "value", "steps": []}
        assert gone["data"]["closed_at"] == "2027-01-15T08:00:00.950Z"
        assert gone["data"]["finished"] is False
        assert gone["profit"] == {"volume": None, "usd": None, "percent": "0.0", "roe": None}
        assert {row["status"] for row in rows().values()} <= {"cancelled", "smart_sell", "finished"}
        assert not any(row["cancelable"] for row in rows().values())

    def test_the_last_step(self, world: World, body: Body, rows: Rows, clock: Clock) -> None:
        world.fill_step(ID, NEAR)
        assert world.cancel_trade(ID, FAR)

        self.expect_cancelled(body, rows, clock)
        assert told(world)[1:] == [
            ("cancel_accepted", "api", FAR),
            ("smart_trade_cancel_accepted", "api", FAR),
            ("cancelled", "api", None),
        ]

    def test_the_stop_loss(self, world: World, body: Body, rows: Rows, clock: Clock) -> None:
        assert rows()[STOP_LOSS]["cancelable"] is True
        assert world.cancel_trade(ID, STOP_LOSS)

        self.expect_cancelled(body, rows, clock)

    def test_the_smart_trade_itself(self, world: World, body: Body, rows: Rows, clock: Clock) -> None:
        assert world.cancel_smart_trade(ID)
        assert not world.cancel_smart_trade(ID)

        self.expect_cancelled(body, rows, clock)
        assert not world.cancel_smart_trade(ID)

    def test_the_second_of_two_steps_while_the_first_is_still_going(
        self, world: World, body: Body, rows: Rows, clock: Clock
    ) -> None:
        assert world.cancel_trade(ID, FAR)
        assert world.cancel_trade(ID, NEAR)

        self.expect_cancelled(body, rows, clock)
        assert told(world)[-1] == ("cancelled", "api", None)

    def test_a_fill_or_a_cancel_meanwhile_does_not_turn_it_into_an_ordinary_end(
        self, world: World, body: Body, clock: Clock
    ) -> None:
        world.cancel_trade(ID, FAR)
        clock.pass_(0.5)
        world.fill_step(ID, NEAR, share="0.5")
        world.cancel_trade(ID, STOP_LOSS)
        world.fill_step(ID, NEAR)
        clock.pass_(1)

        assert body()["status"]["basic_type"] == "cancelled"
        assert told(world)[-2:] == [("step_cancelled", "api", FAR), ("cancelled", "api", None)]

    def test_a_step_in_transition_is_not_one_that_remains(self, world: World, body: Body) -> None:
        world.owner.close_step_at_market(ID, NEAR)
        world.cancel_trade(ID, FAR)

        assert body()["status"]["basic_type"] == "cancellation_pending"

    def test_after_that_nothing_can_be_cancelled_any_more(self, world: World, clock: Clock) -> None:
        world.cancel_trade(ID, STOP_LOSS)
        assert not world.cancel_trade(ID, NEAR)
        clock.pass_(1)
        assert not world.cancel_trade(ID, NEAR)


class TestBeforeTheEntry:
    @pytest.fixture
    def waiting(self, entity: dict[str, Any], clock: Clock) -> World:
        entity["status"] = {"type": "waiting_position", "basic_type": "waiting_position", "title": "..."}
        entity["position"]["status"] = {"type": "order_placed", "basic_type": "order_placed", "title": "Placed"}
        entity["is_position_not_filled"] = True
        for part in (*entity["take_profit"]["steps"], entity["stop_loss"]):
            part["status"] = {"type": "idle", "basic_type": "idle", "title": "Pending"}
        world = World(now=clock)
        world.add_smart_trade(entity)
        return world

    def test_idle_steps_have_no_units_and_no_total(self, waiting: World) -> None:
        step = waiting.body(waiting.smart_trade(ID))["take_profit"]["steps"][0]

        assert step["units"]["value"] is step["total"] is None

    def test_an_idle_step_remains(self, waiting: World, clock: Clock) -> None:
        assert waiting.cancel_trade(ID, FAR)
        clock.pass_(1)
        waiting.advance()

        assert waiting.smart_trade(ID).status == "waiting_position"
        assert [leg.id for leg in waiting.smart_trade(ID).steps] == [NEAR]

    def test_the_entry_takes_the_smart_trade_with_it(self, waiting: World) -> None:
        assert waiting.cancel_trade(ID, ENTRY)

        assert waiting.smart_trade(ID).status == "cancellation_pending"

    def test_the_entry_arms_targets_and_stop_loss(self, waiting: World) -> None:
        waiting.enter_position(ID)
        shown = waiting.body(waiting.smart_trade(ID))

        assert shown["status"]["basic_type"] == "waiting_targets"
        assert shown["is_position_not_filled"] is False
        assert shown["data"]["base_position_step_finished"] is True
        assert shown["data"]["entered_amount"] == "20.0"
        assert shown["position"]["status"]["type"] == "finished"
        assert [step["status"]["type"] for step in shown["take_profit"]["steps"]] == ["order_placed"] * 2
        assert shown["take_profit"]["steps"][0]["data"] == {"cancelable": True, "panic_sell_available": True}
        assert shown["stop_loss"]["status"]["type"] == "to_process"
        assert told(waiting) == [("entered", "market", ENTRY)]

    def test_there_is_no_profit_yet(self, waiting: World) -> None:
        assert waiting.body(waiting.smart_trade(ID))["profit"]["percent"] == "0.0"


class TestFills:
    def test_a_part_is_shown_in_the_list_of_trades_alone(self, world: World, body: Body, rows: Rows) -> None:
        world.fill_step(ID, NEAR, share="0.5")

        row = rows()[NEAR]
        assert (row["status"], row["realised_amount"], row["realised_percentage"]) == ("order_placed", "3.5", "50.0")
        assert (row["realised_price"], row["realised_total"], row["average_price"]) == ("0.3", "1.05", "0.3")
        assert body()["take_profit"]["steps"][0]["status"]["type"] == "order_placed"
        assert body()["data"]["closed_amount"] == "3.5"
        assert told(world) == [("step_partly_filled", "market", NEAR)]

    def test_the_rest_finishes_the_step(self, world: World, body: Body) -> None:
        world.fill_step(ID, NEAR, share="0.5")
        world.fill_step(ID, NEAR, price="0.32")

        step = body()["take_profit"]["steps"][0]
        assert step["status"] == {"type": "finished", "basic_type": "finished", "title": "Finished"}
        assert step["data"] == {"cancelable": False, "panic_sell_available": False}
        assert body()["data"]["closed_total"] == "2.17"
        assert body()["data"]["average_close_price"] == "0.31"

    def test_filled_steps_can_vanish(self, entity: dict[str, Any], clock: Clock) -> None:
        world = World(now=clock, habits=Habits(filled_steps_vanish=True))
        smart_trade = world.add_smart_trade(entity)
        world.fill_step(ID, NEAR)

        assert step_ids(world.body(smart_trade)) == [FAR]

    def test_all_steps_finish_the_smart_trade(self, world: World, body: Body, rows: Rows) -> None:
        world.fill_step(ID, NEAR)
        world.fill_step(ID, FAR)

        assert body()["status"]["basic_type"] == "finished"
        assert body()["data"]["finished"] is True
        assert body()["stop_loss"]["status"]["type"] == "cancelled"
        assert rows()[STOP_LOSS]["status"] == "cancelled"
        assert world.smart_trade(ID).has_ended

    def test_breakeven_moves_the_stop_loss_to_the_entry(self, entity: dict[str, Any], clock: Clock) -> None:
        entity["stop_loss"]["breakeven"] = True
        world = World(now=clock)
        world.add_smart_trade(entity)
        world.set_prices(last="0.2")
        world.fill_step(ID, NEAR)

        assert world.body(world.smart_trade(ID))["stop_loss"]["conditional"]["price"]["value"] == "0.10268"

    def test_of_a_trade_that_is_not_there(self, world: World) -> None:
        with pytest.raises(KeyError, match="has no trade 7"):
            world.fill_step(ID, 7)


class TestTheWholeOfThem:
    def test_an_id_is_used_once(self, world: World, entity: dict[str, Any]) -> None:
        entity["take_profit"]["steps"] = []
        with pytest.raises(ScenarioError, match="SmartTrade 30428625: there is one of that id already"):
            world.add_smart_trade(entity)

    def test_modes_do_not_mix(self, world: World) -> None:
        assert world.find(ID, "real") is world.smart_trade(ID)
        assert world.find(ID, "paper") is None
        assert world.smart_trades("paper") == []


class TestLegs:
    def test_a_market_step_is_watched_and_a_limit_step_is_placed(self) -> None:
        def armed(order_type: str) -> str:
            leg = Leg(id=1, purpose="take_profit", status="idle", price=None, amount=None, order_type=order_type)
            return leg.armed_status

        assert (armed("market"), armed("limit")) == ("to_process", "order_placed")
