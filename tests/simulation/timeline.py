"""
Time of a simulation: the true time of the world, the daemon's clocks, which may be wrong, and what is yet to happen.
"""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from tradewarden.model.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNING = datetime(2026, 1, 5, 0, 0, 7, tzinfo=UTC)  # a Monday
MICROSECOND = timedelta(microseconds=1)


class Timeline:
    """
    The machine's clocks beside the true time, all in whole microseconds; fulfils the port `Clock`.

    *true_us* is the exchange's time. The boot clock runs with it, from each boot on; the loop's clock stands still
    while the machine is suspended; the wall clock is off by whatever it was stepped.
    """

    def __init__(self) -> None:
        self.true_us = 0
        self.loop_us = 0
        self.wall_error = timedelta(0)
        self.steps = 0  # of the wall clock, and suspends: what was counted by it before need not hold any more
        self._booted_us = -3_600_000_000
        self._boots = 1

    @property
    def true_s(self) -> float:
        """
        Return the true seconds since the beginning.
        """
        return self.true_us / 1_000_000

    @property
    def epoch_s(self) -> float:
        """
        Return the true seconds since the epoch: the exchange's clock.
        """
        return BEGINNING.timestamp() + self.true_us / 1_000_000

    def now(self) -> Moment:
        """
        Return what the daemon's two clocks show.
        """
        return Moment(
            wall=BEGINNING + timedelta(microseconds=self.true_us) + self.wall_error,
            boot=timedelta(microseconds=self.true_us - self._booted_us),
            boot_id=f"boot-{self._boots}",
        )

    async def sleep(self, duration: timedelta) -> None:
        """
        Wait on the loop's clock.
        """
        await asyncio.sleep(max(duration.total_seconds(), 0))

    def step_wall(self, by: timedelta) -> None:
        """
        Set the wall clock.
        """
        self.wall_error += by
        self.steps += 1

    def suspend(self, duration: timedelta) -> None:
        """
        Let the machine sleep: the world goes on, the event loop does not.
        """
        self.true_us += duration // MICROSECOND
        self.steps += 1

    def reboot(self) -> None:
        """
        Begin another boot.
        """
        self._booted_us = self.true_us
        self._boots += 1
        self.steps += 1


class Agenda:
    """
    What happens outside of the daemon, in the order of its true time.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._order = count()
        self._due: list[tuple[int, int, Callable[[], None]]] = []

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """
        Have *act* called in so many true seconds, when the daemon has nothing to do at that moment.
        """
        due_us = self._timeline.true_us + max(round(seconds * 1_000_000), 0)
        heapq.heappush(self._due, (due_us, next(self._order), act))

    def pass_(self, longest_us: int | None) -> None:
        """
        Let time pass until the next thing to happen, but at most *longest_us*, and let it happen.
        """
        timeline = self._timeline
        if self._due:
            until_us = max(self._due[0][0] - timeline.true_us, 0)
            step_us = until_us if longest_us is None else min(until_us, longest_us)
        elif longest_us is None:
            raise RuntimeError("nothing will ever happen again: the simulation hangs")
        else:
            step_us = longest_us
        timeline.true_us += step_us
        timeline.loop_us += step_us
        while self._due and self._due[0][0] <= timeline.true_us:
            heapq.heappop(self._due)[2]()
