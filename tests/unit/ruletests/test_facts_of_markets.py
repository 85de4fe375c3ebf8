"""
Facts of other markets in a test file, and in the listing that is played.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import make_moment, make_smart_trade
from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.smart_trade import CurrentPrice
from tradewarden.rulesfile.loader import read_yaml
from tradewarden.ruletests.account import HAS_MARKETS, PlayedAccount, listing_of
from tradewarden.ruletests.case import MarketSeries
from tradewarden.ruletests.clock import StillClock
from tradewarden.ruletests.fact_reader import FactReader
from tradewarden.ruletests.settable import MARKET_SETTABLE
from tradewarden.ruletests.sheet import Sheet

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

TRADE = make_smart_trade()


def read(text: str, *, has_markets: bool = True) -> tuple[FactReader, list[str]]:
    """
    Read `set` and `series` of *text*; return the reader and the problems.
    """
    source, document = read_yaml(text.encode(), "test.yaml")
    sheet = Sheet(source, document)
    reader = FactReader(sheet, {TRADE.id: TRADE}, has_markets=has_markets)
    data = document.data
    assert isinstance(data, dict)
    for key in data:
        reader.read((key,), data[key], is_series=key == "series")
    told = [problem.splitlines() for problem in source.show_all(sheet.issues)]
    return reader, [" | ".join([lines[0], *(line.strip() for line in lines if "help: " in line)]) for lines in told]


def test_values_go_into_the_price_of_their_pair() -> None:
    reader, problems = read(
        'set: {market("USDT_BTC").last: 50000}\nseries: {market("USDT_BTC").day_change: [-2%, unknown]}\n'
    )

    assert problems == []
    last, change = sorted(reader.facts.markets.values(), key=lambda series: -series.order)
    assert (last.pair, change.pair) == ("USDT_BTC", "USDT_BTC")
    assert (last.at(0), last.at(1)) == (Decimal(50000), Decimal(50000))
    assert (change.at(0), change.at(1)) == (Decimal(-2), None)
    assert VOCABULARY["day_change"].kind == "percentage"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'set: {market("USDT_BTC").profit: 5%}',
            (
                "test.yaml:1:7: a market has no `profit` that can be set | "
                "help: a market has day_change, last, bid, ask, quote_volume"
            ),
        ),
        (
            'set: {market("USDT_BTC").las: 5}',
            "test.yaml:1:7: a market has no `las` that can be set | help: did you mean last?",
        ),
        ('set: {market("USDT_BTC").last: 5%}', "help: it is a plain number: write it without %"),
        (
            'set: {of: {30428625: {market("USDT_BTC").last: 5}}}',
            "a market is the same for every SmartTrade | help: write it beside `of`, not below it",
        ),
        (
            'set: {market("USDT_BTC").last: 5}\nseries: {market("USDT_BTC").last: [5]}',
            "stands in `set` and in `series` | help: remove one of the two",
        ),
    ],
)
def test_mistakes(text: str, problem: str) -> None:
    assert any(problem in told for told in read(text)[1])


def test_without_markets_in_listings_they_are_refused() -> None:
    _, problems = read('set: {market("USDT_BTC").last: 5}', has_markets=False)

    assert problems == ["test.yaml:1:7: facts of another market are not available yet | help: remove the line"]


def test_the_listing_has_them_if_listings_have() -> None:
    listing = listing_of((TRADE,), {}, make_moment())

    assert listing.smart_trades == (TRADE,)
    assert hasattr(listing, "markets") is HAS_MARKETS


def test_the_prices_are_those_of_the_reading(desk: Desk) -> None:
    """A last price alone is bid and ask too: somebody must have traded at it."""
    loaded = desk.load("  - {name: one, smart_trade: two_steps.json, set: {day_change: -6%}, expect: []}\n")
    series = (
        MarketSeries(pair="USDT_BTC", put=MARKET_SETTABLE["last"], order=1, values=(Decimal(5), Decimal(6))),
        MarketSeries(pair="USDT_BTC", put=MARKET_SETTABLE["ask"], order=2, values=(Decimal(7),)),
    )
    test = replace(loaded.tests[0], markets=series)
    account = PlayedAccount(test, StillClock(test.start))

    account.move_to(1)

    assert account._markets() == {
        "USDT_BTC": CurrentPrice(
            bid=Decimal(6), ask=Decimal(7), last=Decimal(6), day_change_pct=None, quote_volume=None
        )
    }
