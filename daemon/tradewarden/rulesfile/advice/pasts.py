"""
Pasts that lead to given values: of rules that look back an example can be told only if a past makes it so.

The pasts that are tried are plain. Every fact has stood where it stands for longer than anything must have held, and
was at one other value before that, or always where it is. So what is found can be; what is not found may be all the
same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from itertools import islice, product
from typing import TYPE_CHECKING

from tradewarden.engine.surroundings import change_of
from tradewarden.model.truth import Truth
from tradewarden.rules.compiler import compile_expression
from tradewarden.rules.origin import Held, MarketFact, Window, WindowFunction, all_facts
from tradewarden.rules.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tradewarden.rules.compiler import Evaluate
    from tradewarden.rules.domains import Domains
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Fact

MOST_PASTS = 64  # of one sample that are tried
CYCLES_BETWEEN = 2  # so far from the ends of holds and windows a change is surely seen, or surely over
NO_TIME = timedelta(0)
OF_THE_CLOCK = frozenset({"hour", "weekday"})
_MOVES_BY_ITSELF = OF_THE_CLOCK | {"age", "idle_for"}
_PRICES = frozenset({"bid", "ask", "last", "day_change"})
_GAINS = frozenset({"profit", "profit_usd", "roe"})
_OF_THE_MARKET = _PRICES | _GAINS | {"quote_volume", "spread"}
_ONE, _HUNDRED = Decimal(1), Decimal(100)


@dataclass(frozen=True, slots=True)
class _Course:
    """
    A *fact* that was at *before* and is at *now*, which may be the same.
    """

    fact: Fact
    before: Decimal
    now: Decimal

    @property
    def direction(self) -> int:
        """
        Return 1 if it rose, -1 if it fell, 0 if it stood.
        """
        return (self.now > self.before) - (self.now < self.before)

    def over(self, window: Window) -> Decimal | None:
        """
        Return what a window comes to that reaches back to before the change.
        """
        match window.function:
            case WindowFunction.LOWEST:
                return min(self.before, self.now)
            case WindowFunction.HIGHEST:
                return max(self.before, self.now)
            case _:
                return change_of(self.before, self.now, self.fact.kind)


class Pasts:
    """
    The pasts of what two *rules* look back on. *cycle* is the longer of the times between two of their readings.
    """

    def __init__(self, rules: Sequence[Rule], cycle: timedelta, domains: Domains) -> None:
        beyond = [fact for rule in rules for fact in rule.when.beyond]
        self._held = {fact.name: fact.origin for fact in beyond if isinstance(fact.origin, Held)}
        self._bases: dict[str, dict[str, Window]] = defaultdict(dict)
        for fact in beyond:
            if isinstance(fact.origin, Window):
                self._bases[fact.origin.base.name][fact.name] = fact.origin
        self._pairs = {fact.origin.pair for fact in beyond if isinstance(fact.origin, MarketFact)}
        self._own = {fact.name for rule in rules for fact in all_facts(rule.when.expression) if fact.origin is None}
        self._for = max(rule.hold for rule in rules)
        self._cycle = cycle
        self._domains = domains

    @property
    def can_be_told(self) -> bool:
        """
        Tell whether a plain past can be right: what moves by itself never stands for as long as it must have held.
        """
        return not any(names & _MOVES_BY_ITSELF for names in self._names_held.values())

    @property
    def reach(self) -> timedelta:
        """
        Return how far back must have been read for every window to be filled; nothing if nothing looks back.
        """
        lengths = [window.length for windows in self._bases.values() for window in windows.values()]
        held = max((held.length for held in self._held.values()), default=NO_TIME)
        if not lengths and not held:
            return NO_TIME
        return max(lengths, default=NO_TIME) + held + self._for + self._cycle * CYCLES_BETWEEN

    def leading_to(self, sample: Mapping[str, FactValue], pair: str | None) -> Iterator[Mapping[str, FactValue]]:
        """
        Yield values of all facts, as near to *sample* as they are found, each with a past that makes them so.

        *pair* is the one of the example, if `match` asks for one.
        """
        if (sample.get("pair") or pair) in self._pairs and self._own & _OF_THE_MARKET:
            return  # the other market is its own, of which two things would be told
        courses = [sorted(self._courses(windows, sample), key=_length) for windows in self._bases.values()]
        for taken in islice(product(*courses), MOST_PASTS):
            if not _go_together(taken, sample.get("side")):
                continue
            values = dict(sample)
            for course in taken:
                values[course.fact.name] = course.now
                for name, window in self._bases[course.fact.name].items():
                    values[name] = course.over(window)
            for name, asks in self._asks_held.items():
                truth = asks(values)
                values[name] = None if truth is Truth.UNKNOWN else truth is Truth.TRUE
            yield values

    def _courses(self, windows: Mapping[str, Window], sample: Mapping[str, FactValue]) -> Iterator[_Course]:
        """
        Yield the courses of one fact that the sampled values of its *windows* suggest.
        """
        fact = next(iter(windows.values())).base
        asked = [(window, value) for name, window in windows.items() if isinstance(value := sample.get(name), Decimal)]
        can_be = self._domains.numbers(fact)
        now = sample.get(fact.name)
        ends = [now] if isinstance(now, Decimal) else []
        ends += [value for value in (_end(fact, window, value) for window, value in asked) if value not in ends]
        for end in ends:
            starts = [end]
            if self._may_move(fact, windows):
                starts += [start for window, value in asked if (start := _start(fact, window, value, end)) is not None]
            yield from (_Course(fact, start, end) for start in starts if start in can_be and end in can_be)

    def _may_move(self, fact: Fact, windows: Mapping[str, Window]) -> bool:
        """
        Tell whether a fact may have moved before it stood for long enough, so that each of its windows sees it.
        """
        held = (held.length for name, held in self._held.items() if fact.name in self._names_held[name])
        stood = self._for + max(held, default=NO_TIME) + self._cycle * CYCLES_BETWEEN
        is_free = fact.name in _OF_THE_MARKET or isinstance(fact.origin, MarketFact)
        return is_free and all(window.length >= stood for window in windows.values())

    @cached_property
    def _names_held(self) -> dict[str, set[str]]:
        return {name: {fact.name for fact in all_facts(held.condition)} for name, held in self._held.items()}

    @cached_property
    def _asks_held(self) -> dict[str, Evaluate]:
        return {name: compile_expression(held.condition) for name, held in self._held.items()}


def _length(course: _Course) -> int:
    """
    Return how long the start of a course is when it is written: what is plain comes first.
    """
    return len(str(course.before))


def _end(fact: Fact, window: Window, value: Decimal) -> Decimal:
    """
    Return where a fact can stand now if *window* came to *value*: a plain number.
    """
    if window.function is not WindowFunction.CHANGE:
        return value
    return value if fact.kind is Kind.PERCENT else _ONE + value / _HUNDRED


def _start(fact: Fact, window: Window, value: Decimal, end: Decimal) -> Decimal | None:
    """
    Return where a fact that stands at *end* was if *window* came to *value*; ``None`` if it was nowhere.
    """
    if window.function is not WindowFunction.CHANGE:
        return value
    if fact.kind is Kind.PERCENT:
        return end - value
    return end / (_ONE + value / _HUNDRED) if value > -_HUNDRED else None


def _go_together(courses: Sequence[_Course], side: FactValue) -> bool:
    """
    Tell whether facts that hang together moved the same way: prices do, and so do gains, which for a short are turned.
    """
    prices: dict[str | None, set[int]] = defaultdict(set)
    gains: set[int] = set()
    for course in courses:
        origin = course.fact.origin
        name, pair = (origin.fact, origin.pair) if isinstance(origin, MarketFact) else (course.fact.name, None)
        if course.direction and name in _PRICES:
            prices[pair].add(course.direction)
        elif course.direction and name in _GAINS:
            gains.add(course.direction)
    if len(gains) > 1 or any(len(directions) > 1 for directions in prices.values()):
        return False
    if not gains or not prices[None] or side is None:
        return True
    return (gains == prices[None]) is (side == "long")
