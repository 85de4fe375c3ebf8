"""
Facts of a market: from the first SmartTrade whose price can be trusted, else from 3Commas, else unknown.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import make_listing, make_moment, make_price, make_smart_trade
from tradewarden.engine.market import MARKET_FACTS, market_prices, missing_markets, spread_pct
from tradewarden.model.memory import PriceWatch
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import CurrentPrice, SmartTrade

BTC = "USDT_BTC"
HALF_AN_HOUR = timedelta(minutes=30)
FIRST = make_price(last="0.1027")
SECOND = make_price(last="0.10265")
ASKED = make_price(last="0.1026", day_change=None, quote_volume=None)
NOTHING = make_price(bid=None, ask=None, last=None, day_change=None, quote_volume=None)


def _trade(number: int, price: CurrentPrice, pair: str = BTC) -> SmartTrade:
    return make_smart_trade(id=SmartTradeId(number), pair=pair, price=price)


def _prices(
    *trades: SmartTrade, asked: CurrentPrice | None = None, stood_still: dict[int, float] | None = None
) -> dict[str, CurrentPrice]:
    listing = make_listing(*trades, markets={} if asked is None else {BTC: asked})
    watches = {
        trade.id: PriceWatch(price=trade.price, since=make_moment(-60 * (stood_still or {}).get(trade.id, 0)))
        for trade in trades
    }
    return market_prices([BTC], listing, watches, frozen_after=HALF_AN_HOUR)


def _missing(*trades: SmartTrade, stood_still: dict[int, float] | None = None) -> tuple[str, ...]:
    before = {
        trade.id: PriceWatch(price=trade.price, since=make_moment(-60 * stood_still[trade.id]))
        for trade in trades
        if stood_still and trade.id in stood_still
    }
    return missing_markets([BTC, "USDT_DOGE"], make_listing(*trades), before, frozen_after=HALF_AN_HOUR)


def test_the_first_smart_trade_of_the_pair_tells() -> None:
    assert _prices(_trade(1, SECOND, "USDT_DOGE"), _trade(2, FIRST), _trade(3, SECOND), asked=ASKED) == {BTC: FIRST}


def test_one_without_a_trusted_price_is_passed_over() -> None:
    implausible = make_price(bid="5")

    assert _prices(_trade(1, implausible), _trade(2, NOTHING), _trade(3, SECOND)) == {BTC: SECOND}


def test_one_whose_price_stands_still_is_passed_over() -> None:
    assert _prices(_trade(1, FIRST), _trade(2, SECOND), stood_still={1: 30}) == {BTC: SECOND}
    assert _prices(_trade(1, FIRST), _trade(2, SECOND), stood_still={1: 29.9}) == {BTC: FIRST}


def test_one_that_knows_the_day_change_is_asked_first() -> None:
    without = make_price(day_change=None)

    assert _prices(_trade(1, without), _trade(2, SECOND)) == {BTC: SECOND}
    assert _prices(_trade(1, without), _trade(2, NOTHING)) == {BTC: without}
    assert _prices(_trade(1, without), asked=ASKED) == {BTC: without}


def test_what_3commas_was_asked_for_comes_last() -> None:
    assert _prices(_trade(1, NOTHING), asked=ASKED) == {BTC: ASKED}
    assert _prices(asked=ASKED) == {BTC: ASKED}
    assert _prices(asked=make_price(bid="5")) == {}
    assert _prices() == {}


def test_a_smart_trade_that_nobody_watches_tells_nothing() -> None:
    listing = make_listing(_trade(1, FIRST))

    assert market_prices([BTC], listing, {}, frozen_after=None) == {}


def test_markets_that_nobody_trades_in_are_missing() -> None:
    assert _missing() == (BTC, "USDT_DOGE")
    assert _missing(_trade(1, FIRST)) == ("USDT_DOGE",)
    assert _missing(_trade(1, FIRST), _trade(2, FIRST, "USDT_DOGE")) == ()


@pytest.mark.parametrize("price", [NOTHING, make_price(last="5"), make_price(bid="0")])
def test_a_market_whose_only_price_cannot_be_trusted_is_missing(price: CurrentPrice) -> None:
    assert _missing(_trade(1, price), _trade(2, FIRST, "USDT_DOGE")) == (BTC,)


def test_a_market_whose_only_price_stands_still_is_missing() -> None:
    trades = (_trade(1, FIRST), _trade(2, FIRST, "USDT_DOGE"))

    assert _missing(*trades, stood_still={1: 30, 2: 29}) == (BTC,)


def test_each_fact_is_read_off_the_price() -> None:
    facts = {name: read(make_price()) for name, read in MARKET_FACTS.items()}

    assert facts == {
        "day_change": Decimal(-6),
        "bid": Decimal("0.10257"),
        "ask": Decimal("0.1027"),
        "last": Decimal("0.10268"),
        "spread": (Decimal("0.1027") - Decimal("0.10257")) / Decimal("0.1027") * 100,
        "quote_volume": Decimal("136509.39725"),
    }
    assert {read(NOTHING) for read in MARKET_FACTS.values()} == {None}


@pytest.mark.parametrize("changes", [{"bid": None}, {"ask": None}])
def test_no_spread_without_both_sides(changes: dict[str, None]) -> None:
    assert spread_pct(make_price(**changes)) is None
