"""
What a cycle saw of all SmartTrades, in one sample.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from factories import NOON, make_moment, make_price, make_rule, make_smart_trade
from tradewarden.engine.facts import derive_facts
from tradewarden.engine.recorder import Recorder
from tradewarden.engine.seen import Seen, see
from tradewarden.engine.window_plan import RECORDED, plan_windows
from tradewarden.model.smart_trade import SmartTrade, SmartTradeId

A, B = SmartTradeId(1), SmartTradeId(2)
PLAN = plan_windows(
    [make_rule("lowest(spread, 1h) < 1% and highest(last, 1h) > 1 and held(day_change < -5%, 10m)")],
    lambda _: timedelta(minutes=1),
)
HELD = "held(day_change < -5%)"


def _seen(trade: SmartTrade, *, is_frozen: bool = False) -> Seen:
    return see(trade, now=NOON, timezone=ZoneInfo("UTC"), is_frozen=is_frozen)


def _recorder() -> Recorder:
    recorder = Recorder(PLAN)
    first = _seen(make_smart_trade(id=A))
    second = _seen(make_smart_trade(id=B, price=make_price(last=None, day_change="-1"), profit_pct=None))
    recorder.add(first, derive_facts(first), {HELD: Decimal(1)})
    recorder.add(second, derive_facts(second), {HELD: None})
    return recorder


def test_everything_that_moves_with_the_market_is_recorded() -> None:
    sample = _recorder().sample(make_moment(7), {"m": Decimal(5)}, {"USDT_BTC": make_price()})

    assert (sample.at, sample.subjects, sample.markets) == (make_moment(7), (A, B), {"m": Decimal(5)})
    assert sample.prices == {"USDT_BTC": make_price()}
    assert set(sample.columns) == {*RECORDED, "spread", HELD}
    assert {name: sample.values(name).get(A) for name in RECORDED} == {
        "bid": Decimal("0.10257"),
        "ask": Decimal("0.1027"),
        "last": Decimal("0.10268"),
        "day_change": Decimal(-6),
        "quote_volume": Decimal("136509.39725"),
        "profit": Decimal("-0.21"),
        "profit_usd": Decimal("-0.0042514"),
        "roe": None,
    }


def test_what_is_unknown_stays_so() -> None:
    sample = _recorder().sample(make_moment(), {}, {})

    assert {name for name in sample.columns if B in sample.values(name)} == {"day_change", "quote_volume", "profit_usd"}


def test_what_windows_look_back_on_is_recorded_besides() -> None:
    sample = _recorder().sample(make_moment(), {}, {})

    assert list(sample.values("spread")) == [A]
    assert sample.values(HELD) == {A: Decimal(1)}


def test_of_a_frozen_price_nothing_is_recorded() -> None:
    recorder = Recorder(PLAN)
    seen = _seen(make_smart_trade(id=A), is_frozen=True)
    recorder.add(seen, derive_facts(seen), {HELD: None})

    sample = recorder.sample(make_moment(), {}, {})

    assert sample.subjects == (A,)
    assert all(sample.values(name) == {} for name in sample.columns)


def test_without_smart_trades_the_markets_are_recorded_alone() -> None:
    sample = Recorder(PLAN).sample(make_moment(), {"m": Decimal(5)}, {})

    assert (sample.subjects, sample.values("last"), sample.markets) == ((), {}, {"m": Decimal(5)})
