from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from unit.simulator.setting import FAR, ID, NEAR, STOP_LOSS, Clock, told

if TYPE_CHECKING:
    from tradewarden.simulator.owner import Owner
    from tradewarden.simulator.world import World

Body = Callable[[], dict[str, Any]]
Rows = Callable[[], dict[int, dict[str, Any]]]


def test_a_step_cancelled_by_hand_is_told_as_the_owners(world: World, clock: Clock) -> None:
    assert world.owner.cancel_step(ID, FAR)
    clock.pass_(1)
    world.advance()

    assert told(world) == [("cancel_accepted", "owner", FAR), ("step_cancelled", "owner", FAR)]


def test_a_smart_trade_cancelled_by_hand_is_told_as_the_owners(world: World, clock: Clock) -> None:
    assert world.owner.cancel_smart_trade(ID)
    clock.pass_(1)
    world.advance()

    assert told(world) == [("smart_trade_cancel_accepted", "owner", None), ("cancelled", "owner", None)]


class TestAnEdit:
    def test_gives_every_open_step_a_new_id_and_leaves_it_idle_for_a_moment(
        self, world: World, body: Body, rows: Rows, clock: Clock
    ) -> None:
        world.owner.edit(ID, prices={2: "0.5"}, stop_loss="0.09")
        steps = body()["take_profit"]["steps"]

        assert [step["id"] for step in steps] == [1008300676, 1008300677]
        assert [step["price"]["value"] for step in steps] == ["0.3", "0.5"]
        assert [step["status"]["type"] for step in steps] == ["idle", "idle"]
        assert steps[0]["units"]["value"] is steps[0]["total"] is None
        assert steps[0]["data"] == {"cancelable": True, "panic_sell_available": False}
        assert body()["stop_loss"]["conditional"]["price"]["value"] == "0.09"
        assert rows()[NEAR]["status"] == "cancelled"
        clock.pass_(1)
        steps = body()["take_profit"]["steps"]
        assert [step["status"]["type"] for step in steps] == ["order_placed", "order_placed"]
        assert [step["total"] for step in steps] == ["2.1", "3.5"]
        assert [what for what, _, _ in told(world)] == ["edited", "armed", "armed"]

    def test_the_old_ids_can_not_be_cancelled(self, world: World) -> None:
        world.owner.edit(ID)

        assert not world.cancel_trade(ID, FAR)

    def test_an_idle_step_does_not_remain(self, world: World, body: Body) -> None:
        world.owner.edit(ID)
        world.cancel_trade(ID, 1008300676)

        assert body()["status"]["basic_type"] == "cancellation_pending"

    def test_it_arms_nothing_in_a_smart_trade_that_is_going(self, world: World, body: Body, clock: Clock) -> None:
        world.owner.edit(ID)
        world.owner.cancel_smart_trade(ID)
        clock.pass_(2)

        assert body()["status"]["basic_type"] == "cancelled"

    def test_it_leaves_steps_alone_that_are_filled_or_going(self, world: World, body: Body, clock: Clock) -> None:
        world.cancel_trade(ID, FAR)
        world.owner.edit(ID, stop_loss="0.09")
        assert [step["id"] for step in body()["take_profit"]["steps"]] == [1008300676, FAR]
        clock.pass_(2)
        assert [step["id"] for step in body()["take_profit"]["steps"]] == [1008300676]

    def test_a_step_that_is_cancelled_before_it_is_armed_is_not_armed(self, world: World, clock: Clock) -> None:
        world.owner.edit(ID)
        clock.pass_(0.5)
        world.owner.edit(ID)
        clock.pass_(2)
        world.advance()

        assert [leg.status for leg in world.smart_trade(ID).steps] == ["order_placed", "order_placed"]
        assert [trade_id for what, _, trade_id in told(world) if what == "armed"] == [1008300678, 1008300679]


def test_a_stop_loss_that_is_switched_off_leaves_the_smart_trade_open(world: World, body: Body, rows: Rows) -> None:
    assert world.owner.remove_stop_loss(ID)
    assert not world.owner.remove_stop_loss(ID)
    world.owner.edit(ID, stop_loss="0.09")

    assert body()["stop_loss"] == {"enabled": False}
    assert body()["status"]["basic_type"] == "waiting_targets"
    assert rows()[STOP_LOSS]["status"] == "cancelled"
    assert told(world) == [("stop_loss_removed", "owner", STOP_LOSS), ("edited", "owner", None)]


def test_closing_at_market_ends_as_panic_sold(world: World, body: Body, rows: Rows, clock: Clock) -> None:
    world.owner.close_at_market(ID)

    assert body()["status"]["title"] == "Closing at Market Price"
    assert body()["data"]["editable"] is False
    assert body()["market_close"]["status"]["type"] == "to_process"
    clock.pass_(1)
    assert body()["status"]["basic_type"] == "panic_sold"
    assert body()["market_close"]["status"]["type"] == "finished"
    assert rows()[1008300676]["realised_price"] == "0.10268"
    assert told(world) == [("close_requested", "owner", 1008300676), ("panic_sold", "owner", None)]


class TestClosingOneStepAtMarket:
    def test_it_is_pending_and_then_sold(self, world: World, body: Body, clock: Clock) -> None:
        world.owner.close_step_at_market(ID, NEAR)
        step = body()["take_profit"]["steps"][0]
        assert step["status"] == {
            "type": "panic_sell_pending",
            "basic_type": "panic_sell_pending",
            "title": "Panic closing",
        }
        assert step["data"] == {"cancelable": True, "panic_sell_available": False}
        assert not world.cancel_trade(ID, NEAR)
        clock.pass_(1)
        assert body()["take_profit"]["steps"][0]["status"]["type"] == "panic_sold"
        assert body()["data"]["closed_amount"] == "7.0"

    def test_it_is_forgotten_when_the_step_fills_first(self, world: World, body: Body, clock: Clock) -> None:
        world.owner.close_step_at_market(ID, NEAR)
        world.fill_step(ID, NEAR)
        clock.pass_(1)

        assert body()["take_profit"]["steps"][0]["status"]["type"] == "finished"
        assert body()["data"]["closed_amount"] == "7.0"

    @pytest.mark.parametrize("trade_id", [STOP_LOSS, 7])
    def test_only_steps_are_closed(self, world: World, trade_id: int) -> None:
        assert not world.owner.close_step_at_market(ID, trade_id)


class TestReducingFunds:
    def test_it_is_pending_and_then_done(self, world: World, body: Body, rows: Rows, clock: Clock) -> None:
        world.owner.reduce_funds(ID, "5")
        shown = body()

        assert shown["status"]["title"] == "Pending reduce funds"
        assert shown["data"]["editable"] is False
        assert shown["data"]["cancel_available"] is True
        assert shown["reduce_funds"]["steps"][0]["status"]["type"] == "to_process"
        assert rows()[1008300676]["trade_purpose"] == "reduce_funds"
        assert rows()[1008300676]["cancelable"] is False
        assert not world.cancel_trade(ID, 1008300676)
        clock.pass_(1)
        shown = body()
        assert shown["status"]["basic_type"] == "waiting_targets"
        assert shown["position"]["units"]["value"] == "15.0"
        assert shown["reduce_funds"]["steps"][0]["status"]["type"] == "finished"
        assert told(world) == [("reduce_requested", "owner", 1008300676), ("funds_reduced", "owner", 1008300676)]

    def test_it_is_forgotten_when_the_smart_trade_is_cancelled_first(
        self, world: World, body: Body, clock: Clock
    ) -> None:
        world.owner.reduce_funds(ID, "5")
        world.owner.cancel_smart_trade(ID)
        clock.pass_(1)

        assert body()["position"]["units"]["value"] == "20.0"


def test_closing_at_market_is_forgotten_when_the_smart_trade_is_cancelled_first(
    world: World, body: Body, clock: Clock
) -> None:
    world.owner.close_at_market(ID)
    world.owner.cancel_smart_trade(ID)
    clock.pass_(1)

    assert body()["status"]["basic_type"] == "cancelled"
    assert told(world)[-1] == ("cancelled", "owner", None)


@pytest.mark.parametrize(
    "act",
    [
        lambda owner: owner.edit(ID),
        lambda owner: owner.remove_stop_loss(ID),
        lambda owner: owner.close_at_market(ID),
        lambda owner: owner.close_step_at_market(ID, NEAR),
        lambda owner: owner.reduce_funds(ID, "1"),
        lambda owner: owner.cancel_step(ID, NEAR),
        lambda owner: owner.cancel_smart_trade(ID),
    ],
)
def test_it_is_too_late_when_the_smart_trade_has_ended(
    world: World, body: Body, clock: Clock, act: Callable[[Owner], bool]
) -> None:
    world.owner.cancel_smart_trade(ID)
    clock.pass_(1)
    before = body()

    assert act(world.owner) is False
    clock.pass_(5)
    assert body() == before


def test_a_smart_trade_that_is_not_there(world: World) -> None:
    with pytest.raises(KeyError):
        world.owner.edit(7)
