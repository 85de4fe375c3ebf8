"""
What a rule set asks beyond the present reading.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import make_condition, make_rule
from tradewarden.engine.surroundings import NO_WINDOWS
from tradewarden.engine.window_plan import RECORDED, conditions_of, is_of_market, plan_windows
from tradewarden.model.truth import Truth
from tradewarden.rules.origin import MarketFact
from tradewarden.rules.ruleset import Where
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from tradewarden.engine.window_plan import WindowPlan

MINUTE = timedelta(minutes=1)
BTC = 'market("USDT_BTC")'


def _plan(*conditions: str, cycle: timedelta = MINUTE) -> WindowPlan:
    return plan_windows([make_rule(text) for text in conditions], lambda _: cycle)


def test_rules_that_look_nowhere_else_ask_nothing() -> None:
    plan = _plan("day_change < -5%", "profit > 3% or known(last)")

    assert (plan.windows, plan.market_facts, plan.facts) == ((), (), frozenset())
    assert (plan.pairs, plan.columns, plan.reach) == (frozenset(), frozenset(), timedelta(0))
    assert (NO_WINDOWS.windows, NO_WINDOWS.reach) == ((), timedelta(0))
    assert (NO_WINDOWS.market_facts, NO_WINDOWS.facts, NO_WINDOWS.cycle) == ((), frozenset(), None)
    assert NO_WINDOWS.spacing == timedelta(seconds=15)


def test_each_window_is_planned_once() -> None:
    plan = _plan("change(last, 15m) < -3% and lowest(profit, 1h) < -5%", "change( last , 900s ) > 3%")

    assert [(window.name, window.column) for window in plan.windows] == [
        ("change(last, 15m)", "last"),
        ("lowest(profit, 1h)", "profit"),
    ]
    assert plan.facts == plan.columns == {"last", "profit"}
    assert [window.holds for window in plan.windows] == [None, None]


def test_a_window_goes_by_the_shortest_cycle_of_the_rules_that_ask_for_it() -> None:
    rules = [make_rule("change(last, 15m) < -3%", name=name) for name in ("a", "b", "c")]
    rules.append(make_rule("change(last, 16m) < -3%", name="d"))
    cycles = {"a": 5 * MINUTE, "b": MINUTE, "c": 2 * MINUTE, "d": 7 * MINUTE}

    plan = plan_windows(rules, lambda rule: cycles[rule.name])

    assert {window.name: window.cycle for window in plan.windows} == {
        "change(last, 15m)": MINUTE,
        "change(last, 16m)": 7 * MINUTE,
    }
    assert plan.cycle == MINUTE


def test_readings_reach_a_little_further_back_than_the_longest_window() -> None:
    assert _plan("change(last, 15m) < -3% and lowest(last, 2h) < 1").reach == timedelta(hours=2, minutes=2)
    assert _plan("lowest(last, 10m) < 1", cycle=10 * MINUTE).reach == timedelta(minutes=30)


def test_a_held_condition_is_asked_of_each_reading_and_remembered() -> None:
    plan = _plan("held(day_change  <  -5% and pair like 'USDT  *', 10m)")

    (window,) = plan.windows
    assert window.name == "held(day_change < -5% and pair like 'USDT  *', 10m)"
    assert window.column == "held(day_change < -5% and pair like 'USDT  *')"
    assert window.cycle == MINUTE
    assert plan.columns == {window.column}
    assert plan.facts == {"day_change", "pair"}
    assert window.holds is not None
    assert window.holds({}) is Truth.UNKNOWN


def test_a_window_within_a_held_condition_comes_before_it() -> None:
    plan = _plan("held(change(last, 5m) < -3%, 10m) and lowest(bid, 1h) < 5")

    assert [window.name for window in plan.windows] == [
        "change(last, 5m)",
        "lowest(bid, 1h)",
        "held(change(last, 5m) < -3%, 10m)",
    ]
    assert plan.facts == {"last", "bid"}


def test_markets_are_asked_for_wherever_they_stand() -> None:
    plan = _plan(
        f"{BTC}.day_change < -5%",
        'change(market("USDT_ETH").last, 15m) < -3%',
        'held(market("USD_SOL").last < 5 and last > 3, 10m)',
    )

    assert plan.pairs == {"USDT_BTC", "USDT_ETH", "USD_SOL"}
    assert plan.market_facts == (
        (f"{BTC}.day_change", MarketFact(pair="USDT_BTC", fact="day_change")),
        ('market("USDT_ETH").last', MarketFact(pair="USDT_ETH", fact="last")),
        ('market("USD_SOL").last', MarketFact(pair="USD_SOL", fact="last")),
    )
    assert [is_of_market(window) for window in plan.windows] == [True, False]
    assert plan.columns == {'held(market("USD_SOL").last < 5 and last > 3)'}
    assert plan.facts == {"last"}


def test_the_condition_of_a_selector_is_one_of_the_rule() -> None:
    where = Where(make_condition("step.distance > highest(profit, 1h)", Scope.STEP))
    rule = make_rule(cancel=where)

    assert list(conditions_of(rule)) == [rule.when, where.condition]
    assert [window.name for window in plan_windows([rule], lambda _: MINUTE).windows] == ["highest(profit, 1h)"]


@pytest.mark.parametrize(
    ("condition", "cycle_s", "spacing_s"),
    [
        ("lowest(last, 1d) < 1", 60, 15),  # each cycle, whatever its jitter
        ("lowest(last, 1d) < 1", 54, 15),
        ("lowest(last, 1d) < 1", 53.5, 60),  # one a minute
        ("lowest(last, 1d) < 1", 1, 60),
        ("lowest(last, 12h) < 1", 1, 30),
        ("lowest(last, 12h) < 1 or change(last, 5m) < 1%", 10, 30),
        ("last < 1", 1, 60),  # for what is explained afterwards
        ("last < 1", 600, 15),
    ],
)
def test_no_more_samples_than_the_longest_window_needs(condition: str, cycle_s: float, spacing_s: float) -> None:
    assert _plan(condition, cycle=timedelta(seconds=cycle_s)).spacing == timedelta(seconds=spacing_s)


def test_what_moves_with_the_market_is_always_recorded() -> None:
    assert set(RECORDED) == {"bid", "ask", "last", "day_change", "quote_volume", "profit", "profit_usd", "roe"}
