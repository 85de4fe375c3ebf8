"""
Facts of other markets in a test file, and in the listing that is played.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import make_smart_trade
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import read_yaml
from tradewarden.ruletests.fact_reader import FactReader
from tradewarden.ruletests.sheet import Sheet

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

TRADE = make_smart_trade()


def read(text: str) -> tuple[FactReader, list[str]]:
    """
    Read `set` and `series` of *text*; return the reader and the problems.
    """
    source, document = read_yaml(text.encode(), "test.yaml")
    sheet = Sheet(source, document)
    reader = FactReader(sheet, {TRADE.id: TRADE})
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
            'set: {market("BTC/USDT").last: 5}',
            (
                "test.yaml:1:7: 3Commas writes the quote first, then an underscore, so BTC/USDT is no market there | "
                'help: write market("USDT_BTC").last'
            ),
        ),
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
            'set: {market("USDT_DOGE").last: 5}',
            (
                "USDT_DOGE is the pair of SmartTrade 30428625 | "
                "help: set `last` itself: rules read the market USDT_DOGE off it"
            ),
        ),
        (
            'set: {market("USDT_BTC").last: 5}\nseries: {market("USDT_BTC").last: [5]}',
            "stands in `set` and in `series` | help: remove one of the two",
        ),
    ],
)
def test_mistakes(text: str, problem: str) -> None:
    assert any(problem in told for told in read(text)[1])


FALLING = """\
version: 1
rules:
  - name: with-the-market
    when: {when}
    cancel: farthest
"""


@pytest.mark.parametrize(
    ("when", "market", "fires_at"),
    [
        ('market("USDT_BTC").day_change < -3%', "day_change: [-2%, -4%, unknown]", 1),
        ('market("USDT_BTC").last < 50000', "last: [50001, 50000, 49999]", 2),
        ('change(market("USDT_BTC").last, 10m) < -1%', "last: [50000 x 11, 49400]", 11),
        ('change(market("USDT_BTC").last, 10m) < -1%', "last: [50000 x 11, 49600]", None),
        ('market("USDT_BTC").ask > 5', "ask: [1.01, 1.02, 1.03]", None),
    ],
)
def test_rules_read_another_market(desk: Desk, when: str, market: str, fires_at: int | None) -> None:
    desk.rules(FALLING.format(when=when))
    name, _, values = market.partition(": ")

    verdict = desk.one(f"series: {{every: 1m, 'market(\"USDT_BTC\").{name}': {values}}}\nexpect: []\n")

    fired = [frame.index for frame in verdict.played.frames if frame.new]
    assert fired == ([] if fires_at is None else [fires_at])


def test_a_market_that_the_test_does_not_tell_is_unknown(desk: Desk) -> None:
    """As one that 3Commas does not know: that is no fault of the test."""
    desk.rules(FALLING.format(when='market("USDT_BTC").last < 50000'))

    told = desk.told("expect: [{at: 0s, rule: with-the-market, holding}]")

    assert told[2] == 'happened: its condition is not true: market("USDT_BTC").last unknown < 50000: unknown'


def test_the_market_of_a_smart_trade_is_read_off_it(desk: Desk) -> None:
    desk.rules(FALLING.format(when='market("USDT_DOGE").day_change < -3%'))

    verdict = desk.one("set: {day_change: -4%}\nexpect: [{at: 0s, rule: with-the-market, cancels: {position: 2}}]\n")

    assert verdict.passed
