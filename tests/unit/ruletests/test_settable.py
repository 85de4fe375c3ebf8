"""
A fact that a test sets is the fact that a rule sees, and every fact can be set or says why not.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import NO_STOP_LOSS, NOON, make_price, make_smart_trade
from tradewarden.engine.facts import VOCABULARY, derive_facts
from tradewarden.engine.seen import see
from tradewarden.model.settings import Settings
from tradewarden.rules.schema import Kind, Scope
from tradewarden.ruletests.settable import (
    MARKET_SETTABLE,
    NOT_SETTABLE,
    SETTABLE,
    STEP_NOT_SETTABLE,
    STEP_SETTABLE,
    put_step,
)

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.schema import FactValue

VALUES: dict[Kind, FactValue] = {
    Kind.NUMBER: Decimal("0.2"),
    Kind.PERCENT: Decimal("-7.5"),
    Kind.DURATION: Decimal(90),
    Kind.TEXT: "USDT_BTC",
    Kind.BOOL: False,
}
OTHERS: dict[str, FactValue] = {"side": "short", "status": "created", "account_id": Decimal(7)}


def fact_of(trade: SmartTrade, name: str) -> FactValue:
    seen = see(trade, now=NOON, timezone=Settings().timezone, is_frozen=False)
    return derive_facts(seen)[name]


def test_every_fact_can_be_set_or_says_why_not() -> None:
    assert {*SETTABLE, *NOT_SETTABLE} == set(VOCABULARY.in_scope(Scope.SMART_TRADE))
    steps = {name.removeprefix("step.") for name in VOCABULARY if name.startswith("step.")}
    assert {*STEP_SETTABLE, *STEP_NOT_SETTABLE} == steps
    assert set(MARKET_SETTABLE) <= set(VOCABULARY)


@pytest.mark.parametrize("name", SETTABLE)
def test_what_is_set_is_what_is_seen(name: str) -> None:
    value = OTHERS.get(name, VALUES[VOCABULARY[name].kind])
    trade = make_smart_trade()
    if name in {"bid", "ask"}:  # believed if all three agree
        trade = replace(trade, price=make_price(bid="0.2", ask="0.2", last="0.2"))

    assert fact_of(SETTABLE[name].put(trade, value, NOON), name) == value


@pytest.mark.parametrize("name", [name for name, fact in SETTABLE.items() if fact.may_be_unknown])
def test_what_is_set_unknown_is_unknown(name: str) -> None:
    assert fact_of(SETTABLE[name].put(make_smart_trade(), None, NOON), name) is None


def test_bid_and_ask_follow_the_last_price() -> None:
    trade = make_smart_trade(price=make_price(bid="99", ask="101", last="100"))

    moved = SETTABLE["last"].put(trade, Decimal(50), NOON).price

    assert (moved.bid, moved.last, moved.ask) == (Decimal("49.5"), Decimal(50), Decimal("50.5"))


@pytest.mark.parametrize("missing", ["bid", "ask", "last"])
def test_without_a_whole_price_all_three_are_the_last(missing: str) -> None:
    trade = make_smart_trade(price=make_price(**{missing: None}))

    moved = SETTABLE["last"].put(trade, Decimal(50), NOON).price

    assert (moved.bid, moved.last, moved.ask) == (Decimal(50), Decimal(50), Decimal(50))


def test_rounding_keeps_bid_at_most_and_ask_at_least_where_they_are() -> None:
    trade = make_smart_trade(price=make_price(bid="3", ask="3", last="3"))

    moved = SETTABLE["last"].put(trade, Decimal("0.1234567890123"), NOON).price

    assert moved.bid is not None
    assert moved.ask is not None
    assert moved.bid <= Decimal("0.1234567890123") <= moved.ask


def test_a_stop_loss_switched_on_is_live() -> None:
    off = make_smart_trade(stop_loss=NO_STOP_LOSS)

    on = SETTABLE["stop_loss"].put(off, True, NOON)

    assert on.stop_loss.is_live is True
    assert on.stop_loss.breakeven is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "finished"),
        ("price", Decimal(2)),
        ("share", Decimal(5)),
        ("trailing", True),
        ("order_type", "market"),
    ],
)
def test_facts_of_one_step(name: str, value: FactValue) -> None:
    trade = put_step(2, name)(make_smart_trade(), value, NOON)

    first, second = trade.steps
    attribute = {"share": "share_pct"}.get(name, name)
    assert first == make_smart_trade().steps[0]
    assert str(getattr(second, attribute)) == str(value)
    assert getattr(put_step(2, name)(trade, None, NOON).steps[1], attribute) is None
