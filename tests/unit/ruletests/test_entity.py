"""
A SmartTrade as JSON: the wire reads back what was written.
"""

from __future__ import annotations

import string
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from factories import NO_STOP_LOSS, make_smart_trade, make_step
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
from tradewarden.model.status import TradeStatus
from tradewarden.ruletests.entity import smart_trade_text
from tradewarden.threecommas.wire import read_smart_trade

words = st.text(string.ascii_letters + string.digits + "_-.ä", min_size=1, max_size=64)
ids = st.integers(1, 2**63 - 1)
numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal(-(10**20)), max_value=Decimal(10**20)
).filter(lambda value: abs(value.adjusted()) <= 40)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 (bounds)
statuses = st.builds(TradeStatus, words)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


steps = st.builds(
    TakeProfitStep,
    id=ids.map(TradeId),
    position=maybe(st.integers(1, 1000)),
    status=maybe(statuses),
    price=maybe(numbers),
    share_pct=maybe(numbers),
    quantity=maybe(numbers),
    order_type=maybe(words),
    trailing=maybe(st.booleans()),
    cancelable=maybe(st.booleans()),
)
smart_trades = st.builds(
    SmartTrade,
    id=ids.map(SmartTradeId),
    account_id=ids.map(AccountId),
    exchange=maybe(words),
    pair=words,
    side=maybe(st.sampled_from(list(Side))),
    kind=maybe(words),
    status=maybe(words),
    position_status=maybe(statuses),
    editable=maybe(st.booleans()),
    is_position_not_filled=maybe(st.booleans()),
    steps=st.lists(steps, max_size=8).map(tuple),
    stop_loss=st.builds(
        StopLoss,
        enabled=maybe(st.booleans()),
        status=maybe(statuses),
        trigger_price=maybe(numbers),
        breakeven=maybe(st.booleans()),
    ),
    other_exits=st.lists(maybe(statuses), max_size=3).map(tuple),
    price=st.builds(
        CurrentPrice,
        bid=maybe(numbers),
        ask=maybe(numbers),
        last=maybe(numbers),
        day_change_pct=maybe(numbers),
        quote_volume=maybe(numbers),
    ),
    leverage=maybe(numbers),
    entry_price=maybe(numbers),
    quantity=maybe(numbers),
    notional=maybe(numbers),
    profit_pct=maybe(numbers),
    profit_usd=maybe(numbers),
    roe_pct=maybe(numbers),
    note=maybe(st.text(max_size=100)),
    created_at=maybe(moments),
    updated_at=maybe(moments),
)


@given(smart_trades)
def test_what_is_written_is_read_back(trade: SmartTrade) -> None:
    assert read_smart_trade(smart_trade_text(trade).encode("utf-8", "surrogatepass")) == trade


def test_the_documented_one() -> None:
    for trade in (make_smart_trade(), make_smart_trade(stop_loss=NO_STOP_LOSS, steps=(make_step(price=None),))):
        assert read_smart_trade(smart_trade_text(trade).encode()) == trade
