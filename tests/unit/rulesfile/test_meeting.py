"""
Where two rules that look back fire at once: each example is played through the windows of the daemon.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import make_moment, make_price
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.surroundings import survey
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.history import History, Sample, pack
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.model.truth import Truth
from tradewarden.rules.origin import Held, Window, WindowFunction, all_facts
from tradewarden.rules.schema import Kind
from tradewarden.rulesfile.advice.meeting import meeting_of, shown_of
from tradewarden.rulesfile.loader import examine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.schema import FactValue
    from tradewarden.rulesfile.advice import Desk

A = SmartTradeId(1)
MINUTE = timedelta(minutes=1)
BTC = 'market("USDT_BTC")'
RULE = "  - name: {}\n    cancel: farthest\n    when: {}\n"


def desk_of(first: str, second: str, top: str = "") -> Desk:
    text = f"version: 1\n{top}rules:\n{RULE.format('a', first)}{RULE.format('b', second)}"
    return examine(text.encode(), name="rules.yaml", vocabulary=VOCABULARY).desk


def found(desk: Desk) -> str | None:
    one, other = desk.ruleset.rules
    values = meeting_of(desk, one, other)
    return None if values is None else shown_of((one, other), values)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("change(last, 15m) < -5%", "profit > 3%", "change(last, 15m) -6 %, profit 4 %"),
        ("change(last, 15m) < -5%", "change(last, 1h) < -10%", "change(last, 15m) -11 %, change(last, 1h) -11 %"),
        ("change(last, 15m) < -5%", "last > 7", "last 8"),  # the change has too many digits to be shown
        ("change(day_change, 15m) < -5%", "day_change > 3%", "change(day_change, 15m) -6 %, day_change 4 %"),
        ("lowest(profit, 1h) > 5%", "profit < 30%", "lowest(profit, 1h) 6 %, profit 6 %"),
        ("highest(profit, 2h) > 20%", "profit < 10%", "highest(profit, 2h) 21 %, profit 0 %"),
        ("held(day_change < -5%, 10m)", "profit < 0%", "day_change -6 %, profit -1 %"),
        ("held(day_change < -5%, 10m)", "held(day_change < -9%, 5m)", "day_change -10 %"),
        ("held(lowest(profit, 30m) < -5%, 10m)", "profit > 3%", "lowest(profit, 30m) -6 %, profit 4 %"),
        ("not held(day_change < -5%, 10m)", "day_change > -9%", "day_change 0 %"),
        (f"{BTC}.day_change < -5%", "profit < 0%", f"{BTC}.day_change -6 %, profit -1 %"),
        (f"change({BTC}.last, 1h) < -5%", "day_change > 5%", f"change({BTC}.last, 1h) -6 %, day_change 6 %"),
        ("age < 2h", "lowest(last, 1h) > 5", "age 1h2m1s, lowest(last, 1h) 6"),
        ("last < lowest(last, 1h) * 1.01", "profit < 0%", "last 1, lowest(last, 1h) 1, profit -1 %"),
        ("stop_loss", "held(stop_loss, 10m)", ""),
        ("lowest(live_steps, 1h) >= 3", "live_steps >= 4", "lowest(live_steps, 1h) 4, live_steps 4"),
        ("change(last, 1h) < -5%", "change(profit, 1h) > 5%", "change(last, 1h) -6 %, change(profit, 1h) 6 %"),
        ('change(last, 1h) < -5% and side == "short"', "change(profit, 1h) > 5%", None),
        ('change(last, 1h) < -5% and side == "long"', "change(profit, 1h) < -5%", None),
        ("change(last, 15m) < -5%\n    for: 10m", "profit < 0%\n    for: 5m", "change(last, 15m) -6 %, profit -1 %"),
        (f'{BTC}.last > 1 and pair == "USDT_BTC"', "stop_loss", None),  # of its own market nothing else is asked
    ],
)
def test_an_example_has_a_past_that_leads_to_it(first: str, second: str, shown: str | None) -> None:
    desk = desk_of(first, second)
    one, other = desk.ruleset.rules

    values = meeting_of(desk, one, other)

    assert values is not None
    assert shown is None or shown_of((one, other), values) == shown
    assert _truths((one, other), values) == {Truth.TRUE}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("lowest(profit, 1h) > 5%", "profit < 3%"),
        ("held(day_change < -5%, 10m)", "day_change > -5%"),
        ("held(day_change < -5%, 10m)", "not held(day_change < -5%, 10m)"),
        ("lowest(day_change, 5m) > 3%", "held(day_change < 0%, 10m)"),
        (f"{BTC}.day_change < -5%", f"{BTC}.day_change > 5%"),
        (f"{BTC}.day_change < -5%", 'pair == "USDT_BTC" and day_change > 5%'),
        (f"{BTC}.day_change < -5%", "day_change > 5%\n    match: {pair: USDT_BTC}"),
        ("change(bid, 1h) < -5%", "change(last, 1h) > 5%"),
        ("change(roe, 1h) < -5%", "change(profit, 1h) > 5%"),
        (f"change({BTC}.bid, 1h) < -5%", f"change({BTC}.last, 1h) > 5%"),
        ('change(last, 1h) < -5% and side == "long"', "change(profit, 1h) > 5%"),
        ('change(last, 1h) < -5% and side == "short"', "change(profit, 1h) < -5%"),
        ("held(hour < 6, 12h)", "profit < 0%"),
        ("held(age < 5m, 10m)", "profit < 0%"),
        ("age < 10m", "lowest(last, 1h) > 5"),
        ("change(last, 10m) < -5%\n    for: 10m", "profit < 0%"),  # a fall that goes on for so long may end at nothing
        ("highest(profit, 10m) > 5% and profit < 3%\n    for: 10m", "day_change < 0%"),
        ("lowest(last, 1m) < 5 and last > 6", "profit < 0%"),  # the window of one cycle may see nothing else
        ("change(last, 1h) <= -100%", "last > 1"),
        ("lowest(profit, 1h) > 5%", "day_change < 0%\n    schedule: {cron: '0 8 * * *'}"),
        # of these one follows from others, and a sample knows nothing of that
        ("bid < 1", "last > 2"),
        ("spread < 1%", "bid < 1 and ask > 2"),
        ("last < 1", "stop_loss_price > 2 and stop_loss_distance > 50%"),
        ("idle_for > 10d", "age < 1d"),
        ("day_change < -5%\n    except: {pair: 'USDT_*'}", "profit < 0%\n    match: {quote: USDT}"),
        # these can be, but no plain past leads there
        ("change(last, 15m) < -5%", "change(last, 1h) > 10%"),
        ("not held(day_change < -5%, 10m)", "profit < 0%"),
        ("change(units, 1h) < -5%", "profit < 0%"),
    ],
)
def test_where_none_is_found_nothing_is_made_up(first: str, second: str) -> None:
    assert found(desk_of(first, second)) is None


COMPARED = st.sampled_from(
    ("profit", "last", "lowest(profit, {})", "highest(profit, {})", "change(profit, {})", "change(last, {})")
)
LENGTH = st.sampled_from(("3m", "10m", "25m"))
CLAIM = st.builds(
    lambda left, length, comparator, number: f"{left.format(length)} {comparator} {number}{'%' * (left != 'last')}",
    COMPARED,
    LENGTH,
    st.sampled_from(("<", ">")),
    st.integers(-9, 9),
)
HELD = st.builds("held({}, {})".format, CLAIM, LENGTH)
WHEN = st.builds(
    lambda claims, hold: " and ".join(claims) + (f"\n    for: {hold}" if hold else ""),
    st.lists(CLAIM | HELD, min_size=1, max_size=3),
    st.sampled_from(("", "2m", "10m")),
)


@settings(max_examples=100, deadline=None)
@given(first=WHEN, second=WHEN)
def test_whatever_two_rules_look_back_on_an_example_makes_both_fire(first: str, second: str) -> None:
    desk = desk_of(first, second)
    one, other = desk.ruleset.rules

    values = meeting_of(desk, one, other)

    assert values is None or _truths((one, other), values) == {Truth.TRUE}


def _truths(rules: tuple[Rule, Rule], values: Mapping[str, FactValue]) -> set[Truth]:
    """
    Play a past that leads to *values*, and return what the rules came to in the last cycles, as long as they must hold.
    """
    plan = plan_windows(rules, lambda _: MINUTE)
    before = _before(plan, values)
    hold = max(rule.hold for rule in rules)
    changed = {name: hold + _held(plan, name) + MINUTE for name in before}
    oldest = (plan.reach * 2 + hold) // MINUTE
    history, truths = History(), set()
    for age in range(oldest, -1, -1):
        now = make_moment(60 * (oldest - age))
        present = {**values, **{name: start for name, start in before.items() if age * MINUTE >= changed[name]}}
        facts = {name: value for name, value in present.items() if "(" not in name}
        last, day_change = present.get(f"{BTC}.last", 1), present.get(f"{BTC}.day_change", 0)
        prices = {"USDT_BTC": make_price(last=str(last), day_change=str(day_change))}
        around = survey(plan, history, prices, now)
        columns = around.extend(facts, A, now) | {name: facts.get(name) for name in before}
        truths |= {rule.when.evaluate(facts) for rule in rules if age * MINUTE <= rule.hold}
        packed = {name: pack([value]) for name, value in columns.items() if isinstance(value, Decimal)}
        history = history.followed_by(Sample(at=now, subjects=(A,), columns=packed, markets=around.markets))
    return truths


def _held(plan: WindowPlan, name: str) -> timedelta:
    """
    Return for how long conditions that ask for a fact must have held.
    """
    held = [window.origin for window in plan.windows if isinstance(window.origin, Held)]
    asking = [one.length for one in held if name in {fact.name for fact in all_facts(one.condition)}]
    return max(asking, default=timedelta(0))


def _before(plan: WindowPlan, values: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """
    Return where the facts that windows look back on were before they moved to where *values* have them.
    """
    before: dict[str, FactValue] = {}
    for window in plan.windows:
        value = values.get(window.name)
        if not isinstance(window.origin, Window) or not isinstance(value, Decimal):
            continue
        name = window.column
        now = values[name]
        assert isinstance(now, Decimal)
        if window.origin.function is not WindowFunction.CHANGE:
            start = value
        elif window.origin.base.kind is Kind.PERCENT:
            start = now - value
        else:
            start = now / (1 + value / 100)
        if start != now or name not in before:
            before[name] = start
    return before
