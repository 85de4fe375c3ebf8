"""
Tests for tradewarden.journal.portraits.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import NO_STOP_LOSS, make_price, make_smart_trade, make_step, make_stop_loss, status
from tradewarden.journal.portraits import features_of, portrait_to_bytes, smart_trade_of
from tradewarden.model.smart_trade import (
    AccountId,
    CurrentPrice,
    Side,
    SmartTrade,
    SmartTradeId,
    StopLoss,
    TakeProfitStep,
    TradeId,
)

NOTHING = make_price(bid=None, ask=None, last=None, day_change=None, quote_volume=None)

ids = st.integers(1, 2**63 - 1)
texts = st.text(max_size=20)
flags = st.none() | st.booleans()
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
statuses = st.none() | texts.map(status)
instants = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)
steps = st.builds(
    TakeProfitStep,
    id=ids.map(TradeId),
    position=st.none() | st.integers(1, 1000),
    status=statuses,
    price=numbers,
    share_pct=numbers,
    quantity=numbers,
    order_type=st.none() | texts,
    trailing=flags,
    cancelable=flags,
)
prices = st.builds(CurrentPrice, bid=numbers, ask=numbers, last=numbers, day_change_pct=numbers, quote_volume=numbers)
smart_trades = st.builds(
    SmartTrade,
    id=ids.map(SmartTradeId),
    account_id=ids.map(AccountId),
    exchange=st.none() | texts,
    pair=texts,
    side=st.none() | st.sampled_from(Side),
    kind=st.none() | texts,
    status=st.none() | texts,
    position_status=statuses,
    editable=flags,
    is_position_not_filled=flags,
    steps=st.lists(steps, max_size=4).map(tuple),
    stop_loss=st.builds(StopLoss, enabled=flags, status=statuses, trigger_price=numbers, breakeven=flags),
    other_exits=st.lists(statuses, max_size=3).map(tuple),
    price=prices,
    leverage=numbers,
    entry_price=numbers,
    quantity=numbers,
    notional=numbers,
    profit_pct=numbers,
    profit_usd=numbers,
    roe_pct=numbers,
    note=st.none() | st.text(),
    created_at=instants,
    updated_at=instants,
)


def _numbers_of(trade: SmartTrade) -> dict[str, Decimal | None]:
    return {
        "bid": trade.price.bid,
        "ask": trade.price.ask,
        "last": trade.price.last,
        "day_change": trade.price.day_change_pct,
        "quote_volume": trade.price.quote_volume,
        "profit": trade.profit_pct,
        "profit_usd": trade.profit_usd,
        "roe": trade.roe_pct,
    }


def _body(**changes: Any) -> bytes:
    found = json.loads(zlib.decompress(portrait_to_bytes(make_smart_trade())))
    return zlib.compress(json.dumps({**found, **changes}).encode())


@given(smart_trades)
def test_a_smart_trade_comes_out_as_it_was(trade: SmartTrade) -> None:
    assert smart_trade_of(portrait_to_bytes(trade), _numbers_of(trade)) == trade


def test_what_moves_with_the_market_is_no_part_of_a_portrait() -> None:
    trade = make_smart_trade()
    moved = replace(trade, price=NOTHING, profit_pct=Decimal(5), profit_usd=None, roe_pct=Decimal(1))

    assert portrait_to_bytes(moved) == portrait_to_bytes(trade)
    assert features_of(moved) == features_of(trade)
    assert smart_trade_of(portrait_to_bytes(trade), {}) == replace(moved, profit_pct=None, roe_pct=None)


CHANGES: dict[str, Any] = {
    "id": SmartTradeId(7),
    "account_id": AccountId(7),
    "exchange": None,
    "pair": "USDT_BTC",
    "side": Side.SHORT,
    "kind": None,
    "status": "finished",
    "position_status": status("idle"),
    "editable": None,
    "is_position_not_filled": True,
    "steps": (make_step(1, price="0.31"),),
    "stop_loss": make_stop_loss(breakeven=True),
    "other_exits": (None,),
    "leverage": Decimal(5),
    "entry_price": None,
    "quantity": Decimal(21),
    "notional": None,
    "note": "keep",
    "created_at": None,
    "updated_at": datetime(2026, 1, 2, tzinfo=UTC),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_else_changes_is_worth_a_new_portrait(name: str) -> None:
    trade, changed = make_smart_trade(), make_smart_trade(**{name: CHANGES[name]})

    assert features_of(changed) != features_of(trade)
    assert smart_trade_of(portrait_to_bytes(changed), _numbers_of(changed)) == changed


def test_every_part_of_a_smart_trade_is_in_its_portrait_or_moves_with_the_market() -> None:
    moving = {"price", "profit_pct", "profit_usd", "roe_pct"}

    assert set(SmartTrade.__dataclass_fields__) == set(CHANGES) | moving


def test_a_portrait_is_small() -> None:
    assert len(portrait_to_bytes(make_smart_trade(stop_loss=NO_STOP_LOSS))) < 500


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing of the kind",
        portrait_to_bytes(make_smart_trade())[:-9],
        zlib.compress(b"\xff"),
        zlib.compress(b"{"),
        zlib.compress(b"[]"),
        zlib.compress(b"null"),
        zlib.compress(b"{}"),
        _body(side="up"),
        _body(leverage="much"),
        _body(leverage="NaN"),
        _body(leverage="1E+99999999999999999999"),
        _body(entry_price=[]),
        _body(created_at="yesterday"),
        _body(created_at=5),
        _body(steps=[[1, 2]]),
        _body(steps=[[1, 1, None, "-Infinity", None, None, None, None, None]]),
        _body(steps=7),
        _body(stop_loss=[True]),
        _body(stop_loss=None),
        _body(other_exits=None),
        _body(id="5"),
        _body(id=[]),
        _body(account_id=None),
        _body(account_id=True),
        _body(pair=None),
        _body(note=5),
        _body(status=[]),
        _body(editable="yes"),
        _body(position_status=5),
        _body(other_exits=[[1]]),
        _body(stop_loss=["yes", None, None, None]),
        _body(stop_loss=[True, 5, None, None]),
        _body(steps=[["1", 1, None, None, None, None, None, None, None]]),
        _body(steps=[[1, "1", None, None, None, None, None, None, None]]),
        _body(steps=[[1, 1, None, None, None, None, 5, None, None]]),
        _body(steps=[[1, 1, None, None, None, None, None, 1, None]]),
    ],
)
def test_what_is_no_portrait_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, ArithmeticError)):
        smart_trade_of(data, {})
