"""
What a rule may ask beyond the present reading of a SmartTrade: how things were over a window, how a market stands.

Surveyed once for a cycle, asked of each SmartTrade. A window is unknown until it is filled, and where readings are
missing: at least nine tenths of the expected ones must be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.market import MARKET_FACTS
from tradewarden.engine.window_plan import EARLY, PlannedWindow, WindowPlan, is_of_market
from tradewarden.model.truth import Truth
from tradewarden.rules.origin import Held, Window, WindowFunction
from tradewarden.rules.schema import FactValue, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from tradewarden.model.history import Extremes, History, Sample
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import CurrentPrice, SmartTradeId

NEEDED = Decimal("0.9")  # of the expected readings of a window
MARKET_LASTS = timedelta(minutes=1)  # so old a market may be when a cancel is judged
NO_TIME = timedelta(0)
_TRUE, _FALSE = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """
    A window that is filled: where it begins, and which share of its readings the daemon made at all.
    """

    start: int  # the sample nearest to the window's beginning, by its number
    samples: int  # from there to the newest
    made: Decimal  # of the expected readings, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    *asked_at* is when the listing was asked for, with which all of this was worked out.
    """

    plan: WindowPlan = field(default_factory=WindowPlan)
    asked_at: Moment | None = None
    markets: Mapping[str, Decimal] = field(default_factory=dict)  # market facts by their names
    prices: Mapping[str, CurrentPrice] = field(default_factory=dict)  # that these facts are read off, by pair
    market_windows: Mapping[str, Decimal | None] = field(default_factory=dict)
    starts: Mapping[str, Mapping[SmartTradeId, Decimal]] = field(default_factory=dict)  # of `change`, by window
    extremes: Mapping[str, Extremes] = field(default_factory=dict)  # of every window that is filled
    look_backs: Mapping[str, LookBack] = field(default_factory=dict)

    def extend(
        self, facts: MutableMapping[str, FactValue], smart_trade_id: SmartTradeId, now: Moment
    ) -> dict[str, Decimal | None]:
        """
        Add to the *facts* of a SmartTrade what its rules ask beyond them, as it is at *now*.

        Return what the held conditions came to on this reading, by column: 1, 0 or unknown.
        """
        held: dict[str, Decimal | None] = {}
        if self._is_market_fresh(now):
            facts.update(self.markets)
            facts.update(self.market_windows)
        for window in self.plan.windows:
            if window.holds is not None:
                truth = window.holds(facts)
                present = None if truth is Truth.UNKNOWN else _TRUE if truth is Truth.TRUE else _FALSE
                held[window.column] = present
                facts[window.name] = self._has_held(window, smart_trade_id, present)
            elif isinstance(window.origin, Window) and not is_of_market(window):
                value = facts.get(window.column)
                present = value if isinstance(value, Decimal) else None
                facts[window.name] = self._over(window, window.origin, smart_trade_id, present)
        return held

    def _is_market_fresh(self, now: Moment) -> bool:
        age = None if self.asked_at is None else now.age_of(self.asked_at)
        return age is not None and age <= MARKET_LASTS

    def _over(
        self, window: PlannedWindow, origin: Window, smart_trade_id: SmartTradeId, present: Decimal | None
    ) -> Decimal | None:
        extremes = self._filled(window, smart_trade_id)
        if extremes is None or present is None:
            return None
        match origin.function:
            case WindowFunction.LOWEST:
                return min(extremes.lowest[smart_trade_id], present)
            case WindowFunction.HIGHEST:
                return max(extremes.highest[smart_trade_id], present)
            case _:
                start = self.starts[window.name].get(smart_trade_id)
                return None if start is None else change_of(start, present, origin.base.kind)

    def _has_held(self, window: PlannedWindow, smart_trade_id: SmartTradeId, present: Decimal | None) -> bool | None:
        extremes = self._filled(window, smart_trade_id)
        if extremes is None or present is None:
            return None
        return min(extremes.lowest[smart_trade_id], present) == _TRUE

    def _filled(self, window: PlannedWindow, smart_trade_id: SmartTradeId) -> Extremes | None:
        """
        Return the extremes of a window if enough readings of this SmartTrade are in it.
        """
        look_back = self.look_backs.get(window.name)
        if look_back is None:
            return None
        extremes = self.extremes[window.name]
        known = extremes.known.get(smart_trade_id, 0)
        return extremes if look_back.made * known >= NEEDED * look_back.samples else None


NO_WINDOWS = WindowPlan()
NO_SURROUNDINGS = Surroundings()


def change_of(start: Decimal, present: Decimal, kind: Kind) -> Decimal | None:
    """
    Return the change from *start* to *present*: of a percentage in points, of anything else in percent of *start*.
    """
    if kind is Kind.PERCENT:
        return present - start
    return (present - start) / start * 100 if start > 0 else None


def survey(plan: WindowPlan, history: History, prices: Mapping[str, CurrentPrice], now: Moment) -> Surroundings:
    """
    Work out what all SmartTrades have in common: *prices* are those of the markets, *now* when the listing was asked.
    """
    markets = {
        name: value
        for name, fact in plan.market_facts
        if fact.pair in prices and (value := MARKET_FACTS[fact.fact](prices[fact.pair])) is not None
    }
    samples = history.samples if plan.windows else ()
    ages = ages_of(samples, now)
    look_backs: dict[str, LookBack] = {}
    extremes: dict[str, Extremes] = {}
    starts: dict[str, Mapping[SmartTradeId, Decimal]] = {}
    market_windows: dict[str, Decimal | None] = {}
    for window in plan.windows:
        look_back = look_back_over(ages, window.origin.length, max(window.cycle, plan.spacing))
        if look_back is None:
            continue
        if isinstance(window.origin, Window) and is_of_market(window):
            inside = samples[look_back.start :]
            market_windows[window.name] = _market_window(window.origin, inside, history.between, look_back, markets)
            continue
        look_backs[window.name] = look_back
        extremes[window.name] = history.extremes_since(look_back.start, window.column)
        if not isinstance(window.origin, Held) and window.origin.function is WindowFunction.CHANGE:
            starts[window.name] = samples[look_back.start].values(window.column)
    return Surroundings(
        plan=plan,
        asked_at=now,
        markets=markets,
        prices=prices,
        market_windows=market_windows,
        starts=starts,
        extremes=extremes,
        look_backs=look_backs,
    )


def ages_of(samples: Sequence[Sample], now: Moment) -> list[timedelta]:
    """
    Return the age of each sample, oldest first, by the boot clock, over a restart of the machine by the wall clock.

    Samples whose order in time cannot be told (a wall clock that was set back) are left out with all before them:
    the list may be shorter than the samples, and speaks of the last ones.
    """
    ages: list[timedelta] = []
    for sample in reversed(samples):
        age = now.since(sample.at)
        if age is None:
            age = now.wall - sample.at.wall if now.boot_id != sample.at.boot_id else -timedelta.resolution
        if age < NO_TIME or (ages and age < ages[-1]):
            break
        ages.append(age)
    # The first of the result belongs to sample number `len(samples) - len(result)`.
    padding = [timedelta.max] * (len(samples) - len(ages))
    return [*padding, *reversed(ages)]


def look_back_over(ages: Sequence[timedelta], length: timedelta, cycle: timedelta) -> LookBack | None:
    """
    Return the window of that *length*; ``None`` until it is filled.

    It begins at the reading nearest to its length ago, which may be half a cycle younger than that or a cycle older.
    """
    candidates = [number for number, age in enumerate(ages) if length - cycle / 2 <= age <= length + cycle]
    if not candidates:
        return None
    start = min(candidates, key=lambda number: abs(ages[number] - length))  # of two that are as near the older
    expected = max(1, (2 * length + cycle) // (2 * cycle))  # rounded
    gaps = [before - after for before, after in zip(ages[start:], [*ages[start + 1 :], NO_TIME], strict=True)]
    missing = sum(_missing_in(gap, cycle) for gap in gaps)
    made = Decimal(max(0, expected - missing)) / expected
    return LookBack(start=start, samples=len(ages) - start, made=made)


def _missing_in(gap: timedelta, cycle: timedelta) -> int:
    """
    Return how many readings are missing between two that are *gap* apart.

    Two that jitter has put almost two cycles apart miss none: the one before or after is the closer for it.
    """
    return max(0, (EARLY * gap + cycle) // (EARLY * cycle) - 1)


def _market_window(
    origin: Window,
    samples: Sequence[Sample],
    between: Sequence[Sample],
    look_back: LookBack,
    markets: Mapping[str, Decimal],
) -> Decimal | None:
    name = origin.base.name
    present = markets.get(name)
    known = sum(name in sample.markets for sample in samples)
    if present is None or look_back.made * known < NEEDED * look_back.samples:
        return None
    values = [value for sample in (*samples[1:], *between) for value in sample.market_values(name)]
    values += [samples[0].markets[name]] if name in samples[0].markets else []
    match origin.function:
        case WindowFunction.LOWEST:
            return min(*values, present)
        case WindowFunction.HIGHEST:
            return max(*values, present)
        case _:
            start = samples[0].markets.get(name)
            return None if start is None else change_of(start, present, origin.base.kind)


def is_due(history: History, plan: WindowPlan, now: Moment) -> bool:
    """
    Tell whether this reading is worth a sample: one is made no more often than the longest window needs.
    """
    newest = history.newest
    passed = None if newest is None else now.since(newest.at)
    return passed is None or passed * EARLY >= plan.spacing * (EARLY - 1)
