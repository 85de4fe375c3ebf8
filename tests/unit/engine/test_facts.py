"""
The facts of a SmartTrade: what each says, and when it is unknown.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from factories import NO_STOP_LOSS, NOON, make_price, make_smart_trade, make_step, make_stop_loss, with_prices
from tradewarden.engine.facts import VOCABULARY, derivations_of, derive_facts
from tradewarden.engine.seen import see
from tradewarden.engine.step_facts import derive_step_facts
from tradewarden.model.smart_trade import Side
from tradewarden.rules.schema import Kind, Scope

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.schema import FactValue

TYPES = {Kind.NUMBER: Decimal, Kind.PERCENT: Decimal, Kind.DURATION: Decimal, Kind.TEXT: str, Kind.BOOL: bool}


def facts(
    trade: SmartTrade | None = None, *, is_frozen: bool = False, now: datetime = NOON, timezone: str = "UTC"
) -> dict[str, FactValue]:
    trade = make_smart_trade() if trade is None else trade
    return derive_facts(see(trade, now=now, timezone=ZoneInfo(timezone), is_frozen=is_frozen))


def test_the_facts_of_the_documented_smart_trade() -> None:
    found = facts()
    spread = found.pop("spread")
    distance = found.pop("stop_loss_distance")

    assert found == {
        "pair": "USDT_DOGE",
        "quote": "USDT",
        "account_id": Decimal(32402783),
        "exchange": "binance_us",
        "kind": "smart_sell",
        "side": "long",
        "status": "waiting_targets",
        "note": "",
        "leverage": Decimal(1),
        "day_change": Decimal(-6),
        "bid": Decimal("0.10257"),
        "ask": Decimal("0.1027"),
        "last": Decimal("0.10268"),
        "quote_volume": Decimal("136509.39725"),
        "profit": Decimal("-0.21"),
        "profit_usd": Decimal("-0.0042514"),
        "roe": None,
        "entry_price": Decimal("0.10268"),
        "units": Decimal("20.0"),
        "total": Decimal("2.0536"),
        "age": Decimal(43690096),
        "idle_for": Decimal(43690096),
        "live_steps": Decimal(2),
        "filled_steps": Decimal(0),
        "stop_loss": True,
        "stop_loss_price": Decimal("0.09754"),
        "breakeven": False,
        "hour": Decimal(12),
        "weekday": "fri",
    }
    assert isinstance(spread, Decimal)
    assert isinstance(distance, Decimal)
    assert round(spread, 6) == Decimal("0.126582")
    assert round(distance, 6) == Decimal("5.005843")


def test_every_fact_of_the_public_contract_is_in_the_vocabulary() -> None:
    names = (
        "pair quote account_id exchange kind side status note leverage day_change bid ask last spread quote_volume "
        "profit profit_usd roe entry_price units total age idle_for live_steps filled_steps stop_loss stop_loss_price "
        "stop_loss_distance breakeven hour weekday step.position step.price step.distance step.share step.order_type "
        "step.trailing step.status"
    )

    assert set(VOCABULARY) == set(names.split())


def test_every_fact_has_the_type_of_its_kind_and_one_of_its_values() -> None:
    trade = make_smart_trade(roe_pct=Decimal(1))
    seen = see(trade, now=NOON, timezone=ZoneInfo("UTC"), is_frozen=False)
    found = {**derive_facts(seen), **derive_step_facts(seen, make_step())}

    assert found.keys() == VOCABULARY.keys()
    for name, schema in VOCABULARY.items():
        assert isinstance(found[name], TYPES[schema.kind]), name
        assert not schema.values or found[name] in schema.values, name
        assert (schema.scope is Scope.STEP) == name.startswith("step.")


def test_nothing_about_a_frozen_price_is_known() -> None:
    found = facts(make_smart_trade(roe_pct=Decimal(1)), is_frozen=True)
    of_the_price = {"day_change", "bid", "ask", "last", "spread", "quote_volume", "profit", "profit_usd", "roe"}
    of_the_price |= {"stop_loss_distance"}

    assert {name for name in of_the_price if found[name] is None} == of_the_price


UNKNOWN = {
    "side": make_smart_trade(side=None),
    "exchange": make_smart_trade(exchange=None),
    "kind": make_smart_trade(kind=None),
    "status": make_smart_trade(status=None),
    "note": make_smart_trade(note=None),
    "leverage": make_smart_trade(leverage=Decimal(0)),
    "day_change": make_smart_trade(price=make_price(day_change=None)),
    "bid": make_smart_trade(price=make_price(bid=None)),
    "ask": make_smart_trade(price=make_price(ask="0")),
    "last": make_smart_trade(price=make_price(last="0.2")),
    "spread": make_smart_trade(price=make_price(bid="0.103")),
    "quote_volume": make_smart_trade(price=make_price(quote_volume="-1")),
    "profit": make_smart_trade(profit_pct=None),
    "profit_usd": make_smart_trade(profit_usd=None),
    "roe": make_smart_trade(roe_pct=None),
    "entry_price": make_smart_trade(entry_price=Decimal(0)),
    "units": make_smart_trade(quantity=None),
    "total": make_smart_trade(notional=Decimal(-1)),
    "age": make_smart_trade(created_at=None),
    "idle_for": make_smart_trade(updated_at=NOON + timedelta(milliseconds=1)),
    "live_steps": make_smart_trade(steps=(make_step(word="odd"),)),
    "filled_steps": make_smart_trade(steps=(make_step(word=None),)),
    "stop_loss": make_smart_trade(stop_loss=make_stop_loss(enabled=None)),
    "stop_loss_price": make_smart_trade(stop_loss=make_stop_loss(trigger_price=Decimal(0))),
    "breakeven": make_smart_trade(stop_loss=NO_STOP_LOSS),
}


@pytest.mark.parametrize(("name", "trade"), UNKNOWN.items(), ids=UNKNOWN.keys())
def test_what_is_missing_or_absurd_is_unknown_and_never_zero(name: str, trade: SmartTrade) -> None:
    assert facts(trade)[name] is None


def test_never_unknown_are_these() -> None:
    always = {name for name, schema in VOCABULARY.items() if schema.unknown_when == "never"}

    assert always == {"pair", "quote", "account_id", "hour", "weekday"}


@pytest.mark.parametrize(
    "trade",
    [
        pytest.param(make_smart_trade(stop_loss=make_stop_loss(enabled=False)), id="off"),
        pytest.param(make_smart_trade(stop_loss=make_stop_loss(enabled=None)), id="nobody knows"),
        pytest.param(make_smart_trade(stop_loss=make_stop_loss(word="finished")), id="fired"),
        pytest.param(make_smart_trade(stop_loss=make_stop_loss(trigger_price=None)), id="no trigger"),
        pytest.param(make_smart_trade(price=make_price(last=None)), id="no price"),
        pytest.param(make_smart_trade(side=None), id="no side"),
    ],
)
def test_the_distance_of_the_stop_loss_can_be_unknown(trade: SmartTrade) -> None:
    assert facts(trade)["stop_loss_distance"] is None


def test_the_stop_loss_of_a_short_is_above() -> None:
    trade = make_smart_trade(
        side=Side.SHORT,
        price=make_price(bid="0.1", ask="0.1", last="0.1"),
        stop_loss=make_stop_loss(trigger_price=Decimal("0.12")),
    )

    assert facts(trade)["stop_loss_distance"] == Decimal(20)


def test_a_stop_loss_that_is_off_is_known_not_to_exist() -> None:
    assert facts(make_smart_trade(stop_loss=NO_STOP_LOSS))["stop_loss"] is False


def test_steps_are_counted_by_status() -> None:
    words = ("to_process", "order_placed", "trailing_activated", "finished", "cancelled", "idle", "panic_sold")
    steps = tuple(make_step(position, word=word) for position, word in enumerate(words, start=1))
    found = facts(make_smart_trade(steps=steps))

    assert (found["live_steps"], found["filled_steps"]) == (Decimal(3), Decimal(1))


def test_no_steps_are_known_to_be_none() -> None:
    found = facts(with_prices())

    assert (found["live_steps"], found["filled_steps"]) == (Decimal(0), Decimal(0))


def test_hour_and_weekday_are_those_of_the_owner() -> None:
    found = facts(now=datetime(2026, 1, 2, 23, 30, tzinfo=UTC), timezone="Europe/Berlin")

    assert (found["hour"], found["weekday"]) == (Decimal(0), "sat")


def test_only_the_facts_that_are_asked_for_are_derived() -> None:
    seen = see(make_smart_trade(), now=NOON, timezone=ZoneInfo("UTC"), is_frozen=False)

    found = derive_facts(seen, derivations_of({"spread", "day_change", "step.price"}))

    assert found == {name: facts()[name] for name in ("day_change", "spread")}
