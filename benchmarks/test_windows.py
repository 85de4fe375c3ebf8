"""
Rules that look back over a day, against lists of numbers kept by hand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.plain_lists import ask, lists_of
from benchmarks.ratio import measure
from day_of_minutes import MINUTE, PLAN, Market, judged
from factories import make_moment
from tradewarden.model.history import SAMPLES_IN_A_BLOCK, History
from tradewarden.model.memory import Memory

if TYPE_CHECKING:
    from decimal import Decimal

    from pytest_benchmark.fixture import BenchmarkFixture

    from benchmarks.ratio import Keep
    from tradewarden.model.smart_trade import Listing, SmartTrade

A_DAY = timedelta(days=1) // MINUTE + 1
BOUND = 1.5


def a_day() -> tuple[Listing, Memory]:
    """
    Return a listing and the day before it: an hour, over and over.
    """
    market, memory, hour = Market(), Memory(), []
    for minute in range(SAMPLES_IN_A_BLOCK):
        memory = judged(market.listing(make_moment(60 * (minute - SAMPLES_IN_A_BLOCK))), memory).memory
    hour = list(memory.history.samples)
    samples = [
        replace(hour[number % SAMPLES_IN_A_BLOCK], at=make_moment(60 * (number - A_DAY))) for number in range(A_DAY)
    ]
    return market.listing(make_moment()), Memory(history=History.of(samples), prices=memory.prices)


def recorded_of(trade: SmartTrade) -> dict[str, Decimal]:
    """
    Return of a SmartTrade what the rules ask for.
    """
    found = {"last": trade.price.last, "profit": trade.profit_pct, "day_change": trade.price.day_change_pct}
    return {name: value for name, value in found.items() if value is not None}


def test_windows_over_a_day_of_a_thousand_smart_trades(keep: Keep, benchmark: BenchmarkFixture) -> None:
    """
    A listing evaluated, packed readings against lists: these need dozens of times the memory.
    """
    listing, memory = a_day()
    last, profit, held = (lists_of(memory.history, name) for name in ("last", "profit", "held(day_change < -5%)"))
    rows = [recorded_of(trade) for trade in listing.smart_trades]
    evaluation = judged(listing, memory)
    assert not evaluation.proposals
    assert ask(last, profit, held, rows) == 0
    assert len(evaluation.surroundings.look_backs) == len(PLAN.windows)
    benchmark(judged, listing, memory)

    name = "windows of a day over 1,000 SmartTrades"
    keep(measure(name, lambda: judged(listing, memory), lambda: ask(last, profit, held, rows), bound=BOUND, turns=11))
