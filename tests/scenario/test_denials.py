"""
Every invariant that can be reached from outside denies the cancel under its own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scenario.incidents import ENTITY, TRADES
from scenario.scripts import FAR, ID, NEAR, only, rule, rules, short_position, smart_trade, told
from tradewarden.simulator.messages import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.stage import Stage

THREE = ("150", "200", "250")


def _step(body: Any, trade_id: int) -> Any:
    return next(step for step in body["take_profit"]["steps"] if step["id"] == trade_id)


def _row(rows: Any, trade_id: int) -> Any:
    return next(row for row in rows if row["id"] == trade_id)


def _stop_loss_row(rows: Any) -> Any:
    return next(row for row in rows if row["trade_purpose"] == "stop_loss")


SECOND_READ: dict[str, tuple[str, str, Callable[[Any], object]]] = {
    "not editable": ("smart-trade-open", ENTITY, lambda body: body["data"].update(editable=False)),
    "position not filled": ("smart-trade-open", ENTITY, lambda body: body.update(is_position_not_filled=True)),
    "position unknown": ("smart-trade-open", ENTITY, lambda body: body["position"].update(status={"type": "idle"})),
    "another pair": ("same-subject", ENTITY, lambda body: body.update(pair="USDT_XRP")),
    "another account": ("same-subject", ENTITY, lambda body: body["account"].update(id=1)),
    "another side": ("same-subject", ENTITY, lambda body: body["position"].update(type="sell")),
    "another step is farthest": ("still-chosen", ENTITY, lambda body: _step(body, NEAR)["price"].update(value="900")),
    "the step is gone": ("still-chosen", ENTITY, lambda body: body["take_profit"]["steps"].pop()),
    "a price is null": ("still-chosen", ENTITY, lambda body: _step(body, NEAR)["price"].update(value=None)),
    "listed twice": ("still-chosen", ENTITY, lambda b: b["take_profit"]["steps"].append(_step(b, FAR))),
    "no row": ("step-is-take-profit", TRADES, lambda rows: rows.remove(_row(rows, FAR))),
    "two rows": ("step-is-take-profit", TRADES, lambda rows: rows.append(_row(rows, FAR))),
    "the stop loss's id": ("step-is-take-profit", TRADES, lambda r: _row(r, FAR).update(trade_purpose="stop_loss")),
    "not cancelable": ("step-cancelable", ENTITY, lambda body: _step(body, FAR)["data"].update(cancelable=False)),
    "row not cancelable": ("step-cancelable", TRADES, lambda rows: _row(rows, FAR).update(cancelable=None)),
    "trailing": ("step-cancelable", TRADES, lambda rows: _row(rows, FAR).update(status="trailing_activated")),
    "partly filled": ("step-unfilled", TRADES, lambda rows: _row(rows, FAR).update(realised_amount="0.01")),
    "fill unreadable": ("step-unfilled", TRADES, lambda rows: _row(rows, FAR).update(realised_amount="NaN")),
    "another share": ("steps-unchanged", ENTITY, lambda body: _step(body, NEAR).update(volume="49")),
    "a new step": (
        "steps-unchanged",
        ENTITY,
        lambda body: body["take_profit"]["steps"].append(
            {**_step(body, NEAR), "id": 1019, "price": {"value": "120"}, "position": 3}
        ),
    ),
    "no other row": ("steps-remain", TRADES, lambda rows: rows.remove(_row(rows, NEAR))),
    "the other has begun to fill": ("steps-remain", TRADES, lambda r: _row(r, NEAR).update(realised_amount="1")),
    "breakeven unknown": ("breakeven-steps", ENTITY, lambda body: body["stop_loss"].pop("breakeven")),
    "no stop loss": ("stop-loss-present", ENTITY, lambda body: body.update(stop_loss={"enabled": False})),
    "stop loss null": ("breakeven-steps", ENTITY, lambda body: body.update(stop_loss=None)),
    "no stop loss row": ("stop-loss-present", TRADES, lambda rows: rows.remove(_stop_loss_row(rows))),
    "stop loss row done": ("stop-loss-present", TRADES, lambda r: _stop_loss_row(r).update(status="cancelled")),
    "a reduction": (
        "nothing-in-flight",
        ENTITY,
        lambda body: body["reduce_funds"]["steps"].append({"id": 5, "status": {"type": "to_process"}}),
    ),
    "a market close": ("nothing-in-flight", ENTITY, lambda b: b.update(market_close={"id": 5, "status": None})),
    "an unknown trade": (
        "nothing-in-flight",
        TRADES,
        lambda rows: rows.append({"id": 9, "trade_purpose": "whatever", "status": "order_placed"}),
    ),
    "bid above ask": ("data-plausible", ENTITY, lambda body: body["data"]["current_price"].update(bid="95")),
}


@pytest.mark.parametrize(("name", "where", "change"), SECOND_READ.values(), ids=SECOND_READ)
def test_the_second_read_denies(stage: Stage, name: str, where: str, change: Callable[[Any], object]) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.distort(where, change)

    report = stage.cycle()

    assert told(report) == [(ID, "denied", name)]
    assert len(only(report).invariants) == 15
    assert stage.deletes == []


@pytest.mark.parametrize("status", ["async_order_placement", "need_reset", "pending_cancellation", "a_new_word", None])
def test_a_row_in_transition_blocks(stage: Stage, status: str | None) -> None:
    stage.add(smart_trade(prices=THREE), day_change="-6")
    stage.open(rules())
    stage.distort(TRADES, lambda rows: _row(rows, NEAR).update(status=status))

    assert told(stage.cycle()) == [(ID, "denied", "nothing-in-flight")]


@pytest.mark.parametrize("status", ["idle", "inactive", "suspended", "a_new_word"])
def test_a_step_in_transition_blocks_without_a_request(stage: Stage, status: str) -> None:
    first, *rest = (
        dict(step) for step in ({"id": NEAR, "price": "150"}, {"id": FAR, "price": "200"}, {"price": "250"})
    )
    stage.add(smart_trade(steps=[{**first, "status": status}, *rest]), day_change="-6")
    stage.open(rules())

    report = stage.cycle()

    assert told(report) == [(ID, "denied", "nothing-in-flight")]
    assert report.requests == 1


def test_the_last_step_stays(stage: Stage) -> None:
    stage.add(smart_trade(prices=("150",)), day_change="-6")
    stage.open(rules())

    report = stage.cycle()

    assert told(report) == [(ID, "denied", "steps-remain")]
    assert report.requests == 1


def test_a_filled_step_does_not_count_as_left(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.world.fill_step(ID, NEAR)
    stage.open(rules())

    assert told(stage.cycle()) == [(ID, "denied", "steps-remain")]


def test_a_step_that_the_price_has_nearly_reached_does_not_count_as_left(stage: Stage) -> None:
    stage.add(smart_trade(prices=("94.8", "200")), day_change="-6")
    stage.open(rules())

    assert told(stage.cycle()) == [(ID, "denied", "steps-remain")]


def test_an_activated_trailing_step_does_not_count_as_left(stage: Stage) -> None:
    steps = [{"id": NEAR, "price": "150"}, {"id": FAR, "price": "200", "status": "trailing_activated"}]
    stage.add(smart_trade(steps=steps), day_change="-6")
    stage.open(rules(rule(cancel="nearest")))

    assert told(stage.cycle()) == [(ID, "denied", "steps-remain")]


def test_keep_of_any_matching_rule_counts(stage: Stage) -> None:
    stage.add(smart_trade(prices=THREE), day_change="-6")
    stage.open(rules(rule(), rule("careful", when="day_change < -50%", keep=3)))

    assert told(stage.cycle()) == [(ID, "denied", "steps-remain")]


def test_a_disabled_rule_keeps_nothing(stage: Stage) -> None:
    stage.add(smart_trade(prices=THREE), day_change="-6")
    stage.open(rules(rule(), rule("careful", when="day_change < -50%", keep=3, enabled="false")))

    assert told(stage.cycle()) == [(ID, "cancelled", None)]


@pytest.mark.parametrize(("prices", "outcome"), [(("150", "200"), "denied"), (THREE, "cancelled")])
def test_breakeven_needs_two_steps(stage: Stage, prices: tuple[str, ...], outcome: str) -> None:
    stage.add(smart_trade(prices=prices, breakeven=True), day_change="-6")
    stage.open(rules())

    row = only(stage.cycle())

    assert (row.outcome.value, row.reason) == (outcome, "breakeven-steps" if outcome == "denied" else None)


def test_without_a_stop_loss_nothing_is_cancelled_unless_the_owner_says_so(stage: Stage) -> None:
    stage.add(smart_trade(stop_loss=None), day_change="-6")
    stage.open(rules())
    strict = stage.cycle()

    stage.reopen(rules(safety="{require_stop_loss: false}"))
    lenient = stage.cycle(minutes=1)

    assert told(strict) == [(ID, "denied", "stop-loss-present")]
    assert strict.requests == 1
    assert told(lenient) == [(ID, "cancelled", None)]


def test_a_partial_fill_denies(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.world.fill_step(ID, FAR, share="0.1")
    stage.open(rules())

    assert told(stage.cycle()) == [(ID, "denied", "step-unfilled")]


def test_a_denial_that_repeats_is_journaled_once(stage: Stage) -> None:
    stage.add(smart_trade(prices=("150",)), day_change="-6")
    stage.open(rules())

    stage.cycles(3, minutes=1)

    assert stage.query("SELECT outcome, count FROM log") == [("denied", 3)]


def test_a_denied_step_does_not_fall_on_the_next(stage: Stage) -> None:
    steps = [
        {"id": NEAR, "price": "150"},
        {"id": FAR, "price": "200"},
        {"price": "250", "status": "panic_sell_pending"},
    ]
    stage.add(smart_trade(steps=steps), day_change="-6")
    stage.open(rules())

    assert told(stage.cycle())[0][1] == "denied"
    assert stage.deletes == []


def test_a_short_is_cancelled_as_a_long_is(stage: Stage) -> None:
    stage.add(short_position(), day_change="6")
    stage.open(rules(rule(when="day_change > 5% and side == 'short'")))

    report = stage.cycle()

    assert told(report) == [(ID, "cancelled", None)]
    assert stage.deletes == [(ID, FAR)]


def test_a_short_whose_nearest_target_is_imminent_keeps_its_last(stage: Stage) -> None:
    stage.add(short_position(steps=[{"id": NEAR, "price": "105.5"}, {"id": FAR, "price": "50"}]), day_change="6")
    stage.open(rules(rule(when="day_change > 5%")))

    assert told(stage.cycle()) == [(ID, "denied", "steps-remain")]


@pytest.mark.parametrize("header", ["Age", "CF-Cache-Status", "X-Cache"])
@pytest.mark.parametrize("pattern", [ENTITY, TRADES], ids=["entity", "trades"])
def test_a_cached_second_read_denies(stage: Stage, header: str, pattern: str) -> None:
    value = "3" if header == "Age" else "HIT"
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.after(pattern, lambda r: Response(status=200, headers={**r.headers, header: value}, body=r.body), times=None)

    assert told(stage.cycle()) == [(ID, "denied", "read-is-fresh")]
    assert stage.deletes == []
