"""
What a rule set asks beyond the present reading: which windows, held conditions and markets, and so what to record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.rules.compiler import compile_expression
from tradewarden.rules.origin import Held, MarketFact, Window, all_facts
from tradewarden.rules.ruleset import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tradewarden.rules.compiler import Evaluate
    from tradewarden.rules.condition import Condition
    from tradewarden.rules.ruleset import Rule

NO_TIME = timedelta(0)
MOST_SAMPLES = 1440  # of the longest window: a day of minutes
EARLY = 10  # a sample may come a tenth before its time: a timer is never exact
CLOSEST = 4  # two samples of slow cycles may be a quarter of a cycle apart
RECORDED = ("bid", "ask", "last", "day_change", "quote_volume", "profit", "profit_usd", "roe")
"""
The facts of a SmartTrade that are recorded in every cycle, whatever the rules ask: what moves with the market.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWindow:
    """
    One window of the rules. *cycle* is the shortest time between two cycles of the rules that ask for it.

    *column* is what is looked back on: the fact's name, or the held condition's canonical text.
    """

    name: str
    origin: Window | Held
    column: str
    cycle: timedelta
    holds: Evaluate | None = None  # asks a held condition of the present reading


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPlan:
    """
    All that the rules ask beyond the present reading. *facts* are the facts of the SmartTrade that it takes, *cycle* is
    the shortest time between two cycles of any rule, whether it asks for windows or not.
    """

    windows: tuple[PlannedWindow, ...] = ()
    market_facts: tuple[tuple[str, MarketFact], ...] = ()
    facts: frozenset[str] = frozenset()
    cycle: timedelta | None = None

    @property
    def pairs(self) -> frozenset[str]:
        """
        Return the pairs of the markets that are asked for.
        """
        return frozenset(fact.pair for _, fact in self.market_facts)

    @property
    def columns(self) -> frozenset[str]:
        """
        Return what must be remembered of every SmartTrade.
        """
        return frozenset(window.column for window in self.windows if not is_of_market(window))

    @property
    def reach(self) -> timedelta:
        """
        Return how far back samples are needed: the longest window, and a cycle on top of it.
        """
        return max((window.origin.length + 2 * window.cycle for window in self.windows), default=NO_TIME)

    @property
    def spacing(self) -> timedelta:
        """
        Return the least time between two samples: more often than a day has minutes, no window needs them.

        Where cycles are not faster than that, each of them is a sample: one that its jitter brings early is followed
        by one that comes late, and without it there would be a gap.
        """
        longest = max((window.origin.length for window in self.windows), default=timedelta(days=1))
        least = longest / MOST_SAMPLES
        is_slow = self.cycle is None or self.cycle * EARLY >= least * (EARLY - 1)
        return least / CLOSEST if is_slow else least


def is_of_market(window: PlannedWindow) -> bool:
    """
    Tell whether a window looks back on a market rather than on each SmartTrade.
    """
    return isinstance(window.origin, Window) and window.origin.base.origin is not None


def plan_windows(rules: Iterable[Rule], cycle_of: Callable[[Rule], timedelta]) -> WindowPlan:
    """
    Return what *rules* ask beyond the present reading. *cycle_of* tells how often a rule is asked.
    """
    windows: dict[str, PlannedWindow] = {}
    markets: dict[str, MarketFact] = {}
    facts: set[str] = set()
    cycle: timedelta | None = None
    for rule in rules:
        length = cycle_of(rule)
        cycle = length if cycle is None else min(cycle, length)
        beyond = [fact for condition in conditions_of(rule) for fact in condition.beyond]
        markets |= {fact.name: fact.origin for fact in beyond if isinstance(fact.origin, MarketFact)}
        for name, origin in [(fact.name, fact.origin) for fact in beyond if isinstance(fact.origin, Window | Held)]:
            planned = _planned(name, origin, length)
            known = windows.get(name)
            if known is None or planned.cycle < known.cycle:
                windows[name] = planned
            facts |= _read_by(origin)
    return WindowPlan(
        # Held conditions may ask for windows: these come first.
        windows=tuple(sorted(windows.values(), key=lambda window: isinstance(window.origin, Held))),
        market_facts=tuple(markets.items()),
        facts=frozenset(facts),
        cycle=cycle,
    )


def conditions_of(rule: Rule) -> Iterable[Condition]:
    """
    Yield every condition of a rule.
    """
    yield rule.when
    if isinstance(rule.cancel, Where):
        yield rule.cancel.condition


def _planned(name: str, origin: Window | Held, cycle: timedelta) -> PlannedWindow:
    if isinstance(origin, Window):
        return PlannedWindow(name=name, origin=origin, column=origin.base.name, cycle=cycle)
    holds = compile_expression(origin.condition)
    return PlannedWindow(name=name, origin=origin, column=f"held({origin.text})", cycle=cycle, holds=holds)


def _read_by(origin: Window | Held) -> set[str]:
    """
    Return the facts of the SmartTrade itself that a window or a held condition reads.
    """
    read = [origin.base] if isinstance(origin, Window) else all_facts(origin.condition)
    return {fact.name for fact in read if fact.origin is None}
