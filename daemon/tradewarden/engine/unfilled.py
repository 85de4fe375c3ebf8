"""
Why a window is unknown: how far back the readings that it looks at reach.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.surroundings import ages_of
from tradewarden.engine.verdict_words import duration_text
from tradewarden.engine.window_plan import is_of_market
from tradewarden.rules.origin import Held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tradewarden.engine.window_plan import PlannedWindow, WindowPlan
    from tradewarden.model.history import History, Sample
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import SmartTradeId
    from tradewarden.rules.schema import FactValue


class Reach:
    """
    The readings of *history* as they are at *now*, for the windows of *plan*.
    """

    def __init__(self, plan: WindowPlan, history: History, now: Moment) -> None:
        self._windows = {window.name: window for window in plan.windows}
        self._spacing = plan.spacing
        self._samples = history.samples if plan.windows else ()
        self._ages = ages_of(self._samples, now)
        self._oldest: dict[str, dict[SmartTradeId | None, timedelta]] = {}

    def why_unknown(
        self, names: Iterable[str], facts: Mapping[str, FactValue], smart_trade_id: SmartTradeId
    ) -> Iterator[str]:
        """
        Say of each window of these *names* that is unknown to a SmartTrade why, as far as its readings tell.
        """
        for name in names:
            window = self._windows.get(name)
            if window is None or facts.get(name) is not None:
                continue
            if not isinstance(window.origin, Held) and facts.get(window.column) is None:
                continue  # what it looks back on is unknown itself, and shown so
            yield f"{name}: {self._why(window, None if is_of_market(window) else smart_trade_id)}"

    def _why(self, window: PlannedWindow, smart_trade_id: SmartTradeId | None) -> str:
        reach = self._oldest_of(window.column).get(smart_trade_id)
        if reach is None:
            return "no reading of it so far"
        if reach < window.origin.length - max(window.cycle, self._spacing) / 2:
            length = duration_text(window.origin.length)
            return f"its readings reach back {duration_text(reach)} of {length}"
        return "too many of its readings are missing"

    def _oldest_of(self, column: str) -> dict[SmartTradeId | None, timedelta]:
        """
        Return the age of the oldest known reading of a column, by SmartTrade, and of a market's fact under ``None``.
        """
        if column not in self._oldest:
            oldest: dict[SmartTradeId | None, timedelta] = {}
            for sample, age in zip(self._samples, self._ages, strict=True):
                for subject in _known_in(sample, column) if age != timedelta.max else ():
                    oldest.setdefault(subject, age)
            self._oldest[column] = oldest
        return self._oldest[column]


def _known_in(sample: Sample, column: str) -> Iterator[SmartTradeId | None]:
    if column in sample.markets:
        yield None
    yield from (subject for subject, _ in sample.known(column))
