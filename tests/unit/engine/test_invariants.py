"""
Every invariant: when it holds, and each way in which it fails.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from factories import (
    ENTRY,
    FAR,
    NEAR,
    NO_STOP_LOSS,
    STOP_LOSS,
    failed_names,
    make_case,
    make_moment,
    make_price,
    make_reading,
    make_rows,
    make_rule,
    make_settings,
    make_smart_trade,
    make_step,
    make_stop_loss,
    make_trade_row,
    status,
    with_prices,
    with_row,
    with_step,
    without_step,
)
from tradewarden.engine.decide import trade_facts
from tradewarden.engine.invariants import INVARIANTS, examine, first_failure
from tradewarden.engine.matching import matches
from tradewarden.engine.selectors import choose
from tradewarden.model.settings import Safety
from tradewarden.model.smart_trade import AccountId, Side, SmartTradeId, TradeId
from tradewarden.model.truth import Truth
from tradewarden.threecommas import wire

if TYPE_CHECKING:
    from tradewarden.engine.invariants import Case
    from tradewarden.model.smart_trade import SmartTrade, Trade

DOCUMENTED = Path(__file__).with_name("smart_trade.json")
THIRD = TradeId(ENTRY + 3)
TRADE = make_smart_trade()
ROWS = make_rows()
THREE = with_prices("0.3", "0.4", "0.5")
BREAKEVEN = make_stop_loss(breakeven=True)


def documented(day_change: str) -> SmartTrade:
    body = json.loads(DOCUMENTED.read_text("utf-8"))
    body["data"]["current_price"]["day_change_percent"] = day_change
    return wire.read_smart_trade(json.dumps(body).encode())


def of(trade: SmartTrade, **changes: Any) -> Case:
    """
    Return the case in which both reads show *trade*.
    """
    return make_case(trade, **changes)


def later(trade: SmartTrade, **changes: Any) -> Case:
    """
    Return the case in which the second read shows *trade*, the first the documented SmartTrade.
    """
    return make_case(trade, first=TRADE, **changes)


def rows(*trades: Trade) -> Case:
    return make_case(trades=trades)


def row(trade_id: TradeId = FAR, **changes: Any) -> Case:
    return make_case(trades=with_row(ROWS, trade_id, **changes))


def priced(**changes: str | None) -> Case:
    return of(make_smart_trade(price=make_price(**changes)))


def at(last: str, **changes: Any) -> Case:
    """
    Return the case in which bid, ask and last are all *last*.
    """
    return of(make_smart_trade(price=make_price(bid=last, ask=last, last=last), **changes))


def stopped(**changes: Any) -> Case:
    return of(make_smart_trade(stop_loss=make_stop_loss(**changes)))


def unprotected(trade: SmartTrade, **changes: Any) -> Case:
    return of(trade, safety=Safety(require_stop_loss=False), **changes)


def short(*prices: str) -> SmartTrade:
    return with_prices(*prices, side=Side.SHORT)


def leave(*gone: TradeId, **changes: Any) -> Case:
    return of(without_step(THREE, *gone), **changes)


def test_the_documented_smart_trade_on_a_red_day_passes_every_invariant() -> None:
    """
    On ordinary data, with a true rule, the cancel happens: match, condition, selector and all fifteen checks.
    """
    trade, rule = documented("-6"), make_rule()
    reading = make_reading(trade)
    seen, facts = trade_facts(trade, settings=make_settings(), now=make_moment(1), watch=None)
    choice = choose(rule.cancel, seen, facts)
    assert trade == TRADE
    assert matches(rule, trade)
    assert choice.step is not None

    age = make_moment(1).age_of(reading.asked_at)
    checks = examine(make_case(trade, chosen=choice.step.id, condition=rule.when.trace(facts).truth, read_age=age))

    assert failed_names(checks) == []
    assert [check.name for check in checks] == [invariant.name for invariant in INVARIANTS]
    assert len(checks) == 15


def test_the_documented_smart_trade_on_an_ordinary_day_is_left_alone() -> None:
    trade, rule = documented("-2.728"), make_rule()
    _, facts = trade_facts(trade, settings=make_settings(), now=make_moment(1), watch=None)

    assert rule.when.evaluate(facts) is Truth.FALSE


HOLDS = {
    "as documented": make_case(),
    "a position that was bought": of(make_smart_trade(position_status=status("finished"))),
    "a target that waits for its trigger": of(with_step(TRADE, FAR, status=status("to_process"))),
    "a remaining step that waits for its trigger": of(with_step(TRADE, NEAR, status=status("to_process"))),
    "numbers written otherwise": later(with_step(TRADE, FAR, price=Decimal("0.400"), share_pct=Decimal(35))),
    "the steps in another order": later(replace(TRADE, steps=TRADE.steps[::-1])),
    "the near step": make_case(target=NEAR),
    "another step is filled": of(with_step(THREE, THIRD, status=status("finished"))),
    "a cancelled step without price": of(with_step(THREE, THIRD, status=status("cancelled"), price=None)),
    "a filled step without price": of(with_step(THREE, THIRD, status=status("finished"), price=None)),
    "no realised percentage": row(realised_pct=None),
    "a remaining row without realised percentage": row(NEAR, realised_pct=None),
    "breakeven with three steps": of(replace(THREE, stop_loss=BREAKEVEN)),
    "keep two of three": of(THREE, keep=2),
    "a trailing stop loss": stopped(word="trailing_activated"),
    "an old stop loss beside the live one": rows(*ROWS, make_trade_row(7, purpose="stop_loss", word="cancelled")),
    "no stop loss needed": unprotected(make_smart_trade(stop_loss=NO_STOP_LOSS)),
    "an old reduction": of(make_smart_trade(other_exits=(status("finished"),))),
    "a reduction that was cancelled": of(make_smart_trade(other_exits=(status("cancelled"),))),
    "a row of a reduction that was cancelled": rows(*ROWS, make_trade_row(7, purpose="reduce_funds", word="cancelled")),
    "a row of an old reduction": rows(*ROWS, make_trade_row(7, purpose="reduce_funds", word="finished")),
    "bid equals ask": at("0.1"),
    "day change -100 %": priced(day_change="-100"),
    "day change 1000 %": priced(day_change="1000"),
    "last 10 % above the bid": priced(bid="0.1", ask="0.105", last="0.11"),
    "no volume": priced(quote_volume=None),
    "just over 1 % away": at("0.29702"),
    "a short": of(replace(short("0.09", "0.08"), price=make_price())),
    "almost too old": make_case(read_age=timedelta(seconds=14, microseconds=999_999)),
}


@pytest.mark.parametrize("case", HOLDS.values(), ids=HOLDS.keys())
def test_every_invariant_holds(case: Case) -> None:
    assert failed_names(examine(case)) == []


FAILS: dict[str, dict[str, Case]] = {
    "smart-trade-open": {
        "waiting for its entry": of(make_smart_trade(status="waiting_position")),
        "being cancelled": of(make_smart_trade(status="cancellation_pending")),
        "a status that nobody knows": of(make_smart_trade(status="waiting_targets_2")),
        "no status": of(make_smart_trade(status=None)),
        "not editable": of(make_smart_trade(editable=False)),
        "editable unknown": of(make_smart_trade(editable=None)),
        "position not filled": of(make_smart_trade(is_position_not_filled=True)),
        "position filled unknown": of(make_smart_trade(is_position_not_filled=None)),
        "position failed": of(make_smart_trade(position_status=status("failed"))),
        "position live": of(make_smart_trade(position_status=status("order_placed"))),
        "position unknown": of(make_smart_trade(position_status=None)),
    },
    "same-subject": {
        "another id": later(make_smart_trade(id=SmartTradeId(1))),
        "another account": later(make_smart_trade(account_id=AccountId(1))),
        "another pair": later(make_smart_trade(pair="USDT_BTC")),
        "another side": later(replace(TRADE, side=Side.SHORT)),
        "no side": of(make_smart_trade(side=None)),
        "a side that was unknown": make_case(TRADE, first=make_smart_trade(side=None)),
        "an account that is not allowed": make_case(account_allowed=False),
    },
    "still-chosen": {
        "another step": make_case(chosen=NEAR),
        "no step": make_case(chosen=None),
    },
    "step-listed": {
        "gone": later(without_step(THREE, FAR)),
        "listed twice": later(replace(THREE, steps=(*THREE.steps, make_step(2)))),
    },
    "step-is-take-profit": {
        "the stop loss": row(purpose="stop_loss"),
        "the entry": row(purpose="position"),
        "an unknown purpose": row(purpose=None),
        "no row": rows(*ROWS[:2], *ROWS[3:]),
        "two rows": rows(*ROWS, make_trade_row(FAR)),
        "two rows, the other is the stop loss": rows(*ROWS, make_trade_row(FAR, purpose="stop_loss")),
        "an empty list": rows(),
    },
    "step-cancelable": {
        **{
            f"step {word}": of(with_step(THREE, FAR, status=status(word)), trades=make_rows(THREE))
            for word in ("trailing_activated", "idle", "pending_cancellation", "finished", "cancelled", "odd", None)
        },
        **{
            f"row {word}": row(status=status(word))
            for word in ("trailing_activated", "idle", "pending_cancellation", "finished", "cancelled", "odd", None)
        },
        "step not cancelable": of(with_step(TRADE, FAR, cancelable=False)),
        "step cancelable unknown": of(with_step(TRADE, FAR, cancelable=None)),
        "row not cancelable": row(cancelable=False),
        "row cancelable unknown": row(cancelable=None),
        "no row": rows(*ROWS[:2], *ROWS[3:]),
        "gone": later(without_step(THREE, FAR)),
    },
    "step-unfilled": {
        "a little": row(realised_quantity=Decimal("0.00000001")),
        "unreadable": row(realised_quantity=None),
        "negative": row(realised_quantity=Decimal(-1)),
        "a percentage": row(realised_pct=Decimal("0.1")),
        "no row": rows(*ROWS[:2], *ROWS[3:]),
        "two rows": rows(*ROWS, make_trade_row(FAR)),
    },
    "steps-unchanged": {
        "another price": later(with_step(TRADE, NEAR, price=Decimal("0.31"))),
        "another share": later(with_step(TRADE, NEAR, share_pct=Decimal(34))),
        "another status": later(with_step(TRADE, NEAR, status=status("to_process"))),
        "another id": later(with_step(TRADE, NEAR, id=TradeId(7))),
        "a new step": later(THREE),
        "a step gone": make_case(TRADE, first=THREE),
        "a price that became unknown": later(with_step(TRADE, NEAR, price=None)),
        "a price that was unknown": make_case(TRADE, first=with_step(TRADE, NEAR, price=None)),
        "a price unknown in both": of(with_step(TRADE, NEAR, price=None)),
        "a share unknown in both": of(with_step(TRADE, NEAR, share_pct=None)),
        "a status unknown in both": of(with_step(THREE, NEAR, status=None)),
        "one of two of the same id": later(replace(TRADE, steps=(*TRADE.steps, make_step(2)))),
    },
    "condition-holds": {
        "false": make_case(condition=Truth.FALSE),
        "unknown": make_case(condition=Truth.UNKNOWN),
    },
    "steps-remain": {
        "the last one": leave(NEAR, THIRD),
        "keep two of two": make_case(keep=2),
        "keep all": of(THREE, keep=3),
        "keep nothing is keep one": leave(NEAR, THIRD, keep=0),
        **{
            f"the other is {word}": of(with_step(TRADE, NEAR, status=status(word)))
            for word in ("trailing_activated", "idle", "need_reset", "finished", "cancelled", "odd", None)
        },
        **{
            f"the row of the other is {word}": row(NEAR, status=status(word))
            for word in ("trailing_activated", "idle", "pending_cancellation", "finished", "cancelled", "odd", None)
        },
        "the other has no row": rows(ROWS[0], *ROWS[2:]),
        "the other has two rows": rows(*ROWS, make_trade_row(NEAR)),
        "the other is no take profit": row(NEAR, purpose="stop_loss"),
        "the purpose of the other is unknown": row(NEAR, purpose=None),
        "the other is filled in part": row(NEAR, realised_quantity=Decimal("0.1")),
        "the other is filled in percent": row(NEAR, realised_pct=Decimal(1)),
        "what the other filled is unknown": row(NEAR, realised_quantity=None),
        "the other was sent a DELETE": make_case(sent_steps=frozenset({NEAR})),
        "the other is listed twice": of(replace(TRADE, steps=(make_step(1, price="0.3"), *TRADE.steps))),
        "the other has no price": of(with_step(TRADE, NEAR, price=None)),
        "the other is exactly 1 % away": at("0.3", steps=(make_step(1, price="0.303"), make_step(2))),
        "the other is passed": at("0.35"),
        "the bid alone is near": of(
            make_smart_trade(price=make_price(bid="0.298", ask="0.298", last="0.29")), trades=make_rows()
        ),
        "the price is unknown": priced(bid=None),
        "the side is unknown": of(make_smart_trade(side=None)),
        "a short at price zero": of(replace(short("0", "0.08"), price=make_price())),
        "a short at a negative price": of(replace(short("-1", "0.08"), price=make_price())),
        "a short whose other target is above": of(replace(short("0.3", "0.08"), price=make_price())),
    },
    "breakeven-steps": {
        "one would remain": stopped(breakeven=True),
        "unknown, one would remain": stopped(breakeven=None),
        "stop loss and breakeven unknown": unprotected(
            make_smart_trade(stop_loss=make_stop_loss(enabled=None, breakeven=None))
        ),
    },
    "stop-loss-present": {
        "off": of(make_smart_trade(stop_loss=NO_STOP_LOSS)),
        "off, with a live row": of(make_smart_trade(stop_loss=NO_STOP_LOSS), trades=ROWS),
        "unknown": stopped(enabled=None),
        "without status": stopped(word=None),
        "finished": stopped(word="finished"),
        "idle": stopped(word="idle"),
        **{
            f"{word}, with a live row": of(make_smart_trade(stop_loss=make_stop_loss(word=word)), trades=ROWS)
            for word in (None, "finished", "cancelled", "idle")
        },
        "unknown, with a live row": of(make_smart_trade(stop_loss=make_stop_loss(enabled=None)), trades=ROWS),
        "no row": rows(*ROWS[:3]),
        "its row is cancelled": row(STOP_LOSS, status=status("cancelled")),
        "its row is unreadable": row(STOP_LOSS, status=None),
        "its row is of an unknown purpose": row(STOP_LOSS, purpose=None),
    },
    "nothing-in-flight": {
        **{
            f"a step is {word}": of(with_step(THREE, THIRD, status=status(word)))
            for word in ("idle", "pending_cancellation", "async_order_placement", "smart_sell", "odd", None)
        },
        **{
            f"a row is {word}": make_case(THREE, trades=with_row(make_rows(THREE), THIRD, status=status(word)))
            for word in ("idle", "pending_cancellation", "async_order_placement", "smart_sell", "odd", None)
        },
        "the entry is unreadable": row(ENTRY, status=None),
        "the entry is idle": row(ENTRY, status=status("idle")),
        "the entry is a status that nobody knows": row(ENTRY, status=status("a_new_one")),
        "own funds that are no entry": row(ENTRY, purpose="take_profit"),
        "the stop loss is changing": stopped(word="need_reset"),
        "the stop loss, not required, is changing": unprotected(
            make_smart_trade(stop_loss=make_stop_loss(word="need_reset"))
        ),
        "the stop loss, not required, is unreadable": unprotected(
            make_smart_trade(stop_loss=make_stop_loss(word=None)), trades=ROWS
        ),
        "the stop loss, not required, is nowhere": unprotected(
            make_smart_trade(stop_loss=make_stop_loss(enabled=None, word=None)), trades=ROWS
        ),
        "a reduction is live": of(make_smart_trade(other_exits=(status("to_process"),))),
        "a reduction is unreadable": of(make_smart_trade(other_exits=(status("finished"), None))),
        "a row of a reduction is live": rows(*ROWS, make_trade_row(7, purpose="reduce_funds")),
        "a row of a market close": rows(*ROWS, make_trade_row(7, purpose="market_close", word="to_process")),
        "a row of an unknown purpose": rows(*ROWS, make_trade_row(7, purpose=None)),
    },
    "data-plausible": {
        **{f"no {name}": priced(**{name: None}) for name in ("bid", "ask", "last", "day_change")},
        **{f"{name} is {value}": priced(**{name: value}) for name in ("bid", "ask", "last") for value in ("0", "-1")},
        "bid above ask": priced(bid="0.1028"),
        "last above the bid": priced(last="0.1129"),
        "last below the ask": priced(last="0.0924"),
        "day change too low": priced(day_change="-100.001"),
        "day change too high": priced(day_change="1000.001"),
        "frozen": make_case(is_frozen=True),
    },
    "read-is-fresh": {
        "too old": make_case(read_age=timedelta(seconds=15)),
        "age unknown": make_case(read_age=None),
        "days": make_case(read_age=timedelta(days=2)),
        "from a cache": make_case(cache_evidence="CF-Cache-Status: HIT"),
    },
}
FAILURES = [
    pytest.param(name, case, id=f"{name}: {label}") for name, cases in FAILS.items() for label, case in cases.items()
]


def test_every_invariant_has_failures_in_the_table() -> None:
    assert list(FAILS) == [invariant.name for invariant in INVARIANTS]


@pytest.mark.parametrize(("name", "case"), FAILURES)
def test_the_invariant_fails(name: str, case: Case) -> None:
    assert name in failed_names(examine(case))


@pytest.mark.parametrize(("name", "case"), FAILURES)
def test_all_are_evaluated_and_the_denial_is_the_first_that_fails(name: str, case: Case) -> None:
    checks = examine(case)
    first = first_failure(checks)

    assert len(checks) == len(INVARIANTS)
    assert first is not None
    assert first.name == failed_names(checks)[0]
    assert [check.name for check in checks].index(first.name) <= [check.name for check in checks].index(name)


def test_without_a_failure_there_is_no_denial() -> None:
    assert first_failure(examine(make_case())) is None


COMPARED = {"same-subject", "steps-unchanged"}  # what looks at both reads


@pytest.mark.parametrize(("name", "case"), [failure for failure in FAILURES if failure.values[0] not in COMPARED])
def test_the_second_read_alone_is_judged(name: str, case: Case) -> None:
    """
    What the listing showed a moment ago excuses nothing.
    """
    assert name in failed_names(examine(replace(case, first=TRADE)))


@pytest.mark.parametrize(("_name", "case"), FAILURES)
def test_what_only_the_first_read_showed_is_compared_and_not_judged(_name: str, case: Case) -> None:
    assert set(failed_names(examine(make_case(first=case.trade)))) <= COMPARED


def test_without_a_list_of_trades_the_target_has_no_row() -> None:
    case = make_case(trades=None)

    assert (case.rows, case.row) == ((), None)


@pytest.mark.parametrize("chosen", [NEAR, None])
def test_every_other_check_is_about_the_target_whatever_is_chosen_now(chosen: TradeId | None) -> None:
    assert failed_names(examine(make_case(chosen=chosen))) == ["still-chosen"]
    assert "steps-remain" in failed_names(examine(of(without_step(TRADE, NEAR), chosen=chosen)))


ON_FIRST_READ = [
    *("smart-trade-open", "same-subject", "step-cancelable", "steps-remain", "breakeven-steps", "stop-loss-present"),
    *("nothing-in-flight", "data-plausible"),
]


def test_the_first_read_is_asked_what_it_can_answer() -> None:
    checks = examine(make_case(trades=None, read_age=None))

    assert [check.name for check in checks] == ON_FIRST_READ
    assert failed_names(checks) == []


FIRST_READ_FAILURES = [
    pytest.param(name, case, id=f"{name}: {label}")
    for name, label, case in [
        ("smart-trade-open", "not open", of(make_smart_trade(status="created"), trades=None)),
        ("step-cancelable", "trailing", of(with_step(TRADE, FAR, status=status("trailing_activated")), trades=None)),
        ("step-cancelable", "twice", of(replace(TRADE, steps=(*TRADE.steps, make_step(2))), trades=None)),
        ("steps-remain", "the last", of(without_step(TRADE, NEAR), trades=None)),
        ("breakeven-steps", "one left", of(make_smart_trade(stop_loss=BREAKEVEN), trades=None)),
        ("stop-loss-present", "none", of(make_smart_trade(stop_loss=NO_STOP_LOSS), trades=None)),
        ("nothing-in-flight", "a step is idle", of(with_step(THREE, THIRD, status=status("idle")), trades=None)),
        ("data-plausible", "no bid", of(make_smart_trade(price=make_price(bid=None)), trades=None)),
    ]
]


@pytest.mark.parametrize(("name", "case"), FIRST_READ_FAILURES)
def test_the_first_read_can_already_fail(name: str, case: Case) -> None:
    assert name in failed_names(examine(case))


@pytest.mark.parametrize(
    ("case", "name", "detail"),
    [
        pytest.param(make_case(), "steps-remain", "1 live step left of 2", id="one left"),
        pytest.param(make_case(THREE), "steps-remain", "2 live steps left of 3", id="two left"),
        pytest.param(make_case(first=THREE), "steps-remain", "1 live step left of 2", id="of those that are there now"),
        pytest.param(
            make_case(first=make_smart_trade(price=make_price(last="0.2"))),
            "data-plausible",
            "bid 0.10257, ask 0.1027, last 0.10268, day change -6 %",
            id="the price now",
        ),
        pytest.param(make_case(keep=2), "steps-remain", "1 live step left of 2, 2 to keep", id="not enough"),
        pytest.param(
            make_case(keep=2, kept_by="careful"),
            "steps-remain",
            "1 live step left of 2, 2 to keep (by rule careful)",
            id="not enough for another rule",
        ),
        pytest.param(
            make_case(),
            "smart-trade-open",
            "status waiting_targets, editable yes, position smart_sell, not filled no",
            id="open",
        ),
        pytest.param(make_case(), "same-subject", "USDT_DOGE long of account 32402783", id="subject"),
        pytest.param(
            make_case(account_allowed=False),
            "same-subject",
            "account 32402783 is not in `api.accounts`",
            id="foreign account",
        ),
        pytest.param(of(make_smart_trade(side=None)), "same-subject", "the side is unknown", id="no side"),
        pytest.param(
            make_case(first=make_smart_trade(side=None)),
            "same-subject",
            "it is USDT_DOGE long of account 32402783, it was USDT_DOGE unknown",
            id="another side",
        ),
        pytest.param(make_case(), "still-chosen", "step 2 is the farthest", id="chosen"),
        pytest.param(make_case(), "step-listed", "listed 1 time", id="listed"),
        pytest.param(later(without_step(THREE, FAR)), "step-listed", "listed 0 times", id="not listed"),
        pytest.param(make_case(), "step-is-take-profit", "its purpose is take_profit", id="purpose"),
        pytest.param(rows(), "step-is-take-profit", "0 rows in the list of trades have its id", id="no row"),
        pytest.param(
            make_case(),
            "step-cancelable",
            "status order_placed, cancelable yes; its row order_placed, cancelable yes",
            id="cancelable",
        ),
        pytest.param(
            rows(),
            "step-cancelable",
            "status order_placed, cancelable yes; no single row in the list of trades",
            id="cancelable, no row",
        ),
        pytest.param(later(without_step(THREE, FAR)), "step-cancelable", "the step is not listed", id="gone"),
        pytest.param(make_case(), "step-unfilled", "realised 0.0, 0.0 %", id="unfilled"),
        pytest.param(row(realised_quantity=None, realised_pct=None), "step-unfilled", "realised unknown", id="filled?"),
        pytest.param(rows(), "step-unfilled", "no single row in the list of trades", id="unfilled, no row"),
        pytest.param(make_case(), "steps-unchanged", "2 steps as before", id="unchanged"),
        pytest.param(
            later(THREE),
            "steps-unchanged",
            "a step appeared, vanished or changed between the two reads",
            id="changed",
        ),
        pytest.param(
            of(with_step(TRADE, NEAR, price=None)),
            "steps-unchanged",
            f"status, price or share of step {NEAR} is unknown",
            id="unreadable",
        ),
        pytest.param(leave(NEAR, THIRD), "steps-unchanged", "1 step as before", id="one step"),
        pytest.param(make_case(), "condition-holds", "day_change -6% < -5%: true", id="condition"),
        pytest.param(make_case(), "breakeven-steps", "breakeven is off", id="no breakeven"),
        pytest.param(stopped(breakeven=True), "breakeven-steps", "breakeven is yes, 1 left", id="breakeven"),
        pytest.param(
            make_case(),
            "stop-loss-present",
            "enabled yes, status to_process; a live row in the list of trades",
            id="stop loss",
        ),
        pytest.param(
            rows(),
            "stop-loss-present",
            "enabled yes, status to_process; no live row in the list of trades",
            id="stop loss, no row",
        ),
        pytest.param(
            make_case(trades=None), "stop-loss-present", "enabled yes, status to_process", id="stop loss, first read"
        ),
        pytest.param(unprotected(TRADE), "stop-loss-present", "not required", id="stop loss not required"),
        pytest.param(make_case(), "nothing-in-flight", "nothing is in transition", id="quiet"),
        pytest.param(
            of(with_step(TRADE, NEAR, status=status("idle"))),
            "nothing-in-flight",
            f"step {NEAR} is idle",
            id="a step in flight",
        ),
        pytest.param(
            stopped(word="need_reset"), "nothing-in-flight", "the stop loss is need_reset", id="stop loss in flight"
        ),
        pytest.param(
            of(make_smart_trade(other_exits=(None,))),
            "nothing-in-flight",
            "a reduce-funds or market-close step is unknown",
            id="a reduction in flight",
        ),
        pytest.param(
            row(status=status("idle")),
            "nothing-in-flight",
            f"trade {FAR} (take_profit) is idle",
            id="a row in flight",
        ),
        pytest.param(
            rows(*ROWS, make_trade_row(7, purpose=None)),
            "nothing-in-flight",
            "trade 7 (unknown) is order_placed",
            id="an odd row",
        ),
        pytest.param(
            make_case(),
            "data-plausible",
            "bid 0.10257, ask 0.1027, last 0.10268, day change -6 %",
            id="plausible",
        ),
        pytest.param(
            make_case(is_frozen=True),
            "data-plausible",
            "bid, ask, last and volume have stood still for too long",
            id="frozen",
        ),
        pytest.param(make_case(read_age=timedelta(microseconds=412_900)), "read-is-fresh", "0.413 s old", id="fresh"),
        pytest.param(make_case(read_age=timedelta(microseconds=413_500)), "read-is-fresh", "0.414 s old", id="half up"),
        pytest.param(make_case(read_age=timedelta(microseconds=412_500)), "read-is-fresh", "0.412 s old", id="to even"),
        pytest.param(make_case(read_age=timedelta(seconds=2.5)), "read-is-fresh", "2.500 s old", id="not so fresh"),
        pytest.param(make_case(read_age=timedelta(days=2)), "read-is-fresh", "172800.000 s old", id="old"),
        pytest.param(
            make_case(read_age=None), "read-is-fresh", "its age cannot be told: the clocks differ", id="age unknown"
        ),
        pytest.param(
            make_case(cache_evidence="Age: 3"), "read-is-fresh", "it came from a cache: Age: 3", id="from a cache"
        ),
    ],
)
def test_each_check_tells_what_it_saw(case: Case, name: str, detail: str) -> None:
    assert {check.name: check.detail for check in examine(case)}[name] == detail


def test_a_live_entry_of_added_funds_is_no_reason_to_deny() -> None:
    assert failed_names(examine(rows(*ROWS, make_trade_row(7, purpose="position")))) == []
