"""
What TradeWarden costs against something plain that does the same, as a ratio of two things measured side by side.

Both run by turns in one process, and the turn that goes first changes: whatever else the machine does falls on both.
The time is that of the processor, of all threads of this process. The figure is the median of the turns' ratios.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable

Keep = Callable[["Ratio"], None]
"""
Takes a ratio into the table, and fails if it is above its bound.
"""

LONG_ENOUGH_S = 0.02  # a turn shorter than this is repeated within itself: the clock is coarse
WARM_UPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """
    *ours* and *plain* in seconds per call, and *value*: how many times *plain* it is.
    """

    name: str
    ours: float
    plain: float
    value: float
    bound: float

    def __str__(self) -> str:
        """
        Return a line of the table.
        """
        verdict = "ok" if self.value <= self.bound else "ABOVE"
        return f"{self.name:<58} {_told(self.ours)} {_told(self.plain)} {self.value:6.2f} {self.bound:6.2f}  {verdict}"


def measure(
    name: str, ours: Callable[[], object], plain: Callable[[], object], *, bound: float, turns: int = 31
) -> Ratio:
    """
    Run both by turns.
    """
    times = _repeats(ours), _repeats(plain)
    spent: list[tuple[float, float]] = []
    for turn in range(turns + WARM_UPS):
        gc.collect()
        if turn % 2:
            of_ours = _timed(ours, times[0])
            of_plain = _timed(plain, times[1])
        else:
            of_plain = _timed(plain, times[1])
            of_ours = _timed(ours, times[0])
        spent.append((of_ours, of_plain))
    return summed_up(name, spent[WARM_UPS:], bound=bound)


async def measure_async(
    name: str,
    ours: Callable[[], Awaitable[object]],
    plain: Callable[[], Awaitable[object]],
    *,
    bound: float,
    turns: int = 31,
) -> Ratio:
    """
    Run both by turns on one loop.
    """
    spent: list[tuple[float, float]] = []
    for turn in range(turns + WARM_UPS):
        gc.collect()
        taken = {}
        for which in ((ours, plain), (plain, ours))[turn % 2]:
            began = time.process_time()
            await which()
            taken[which] = time.process_time() - began
        spent.append((taken[ours], taken[plain]))
    return summed_up(name, spent[WARM_UPS:], bound=bound)


def summed_up(name: str, spent: list[tuple[float, float]], *, bound: float) -> Ratio:
    """
    Return the medians.
    """
    return Ratio(
        name=name,
        ours=median(ours for ours, _ in spent),
        plain=median(plain for _, plain in spent),
        value=median(ours / plain for ours, plain in spent),
        bound=bound,
    )


def _repeats(work: Callable[[], object]) -> int:
    took = _timed(work, 1)
    return max(1, round(LONG_ENOUGH_S / max(took, 1e-7)))


def _timed(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def _told(seconds: float) -> str:
    if seconds < 1e-4:
        return f"{seconds * 1e9:9.0f} ns"
    return f"{seconds * 1e3:9.3f} ms"
