"""
A time line for the scheduler that never steps: the boot clock's. And what happens to the clocks, for the log.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tradewarden.model.moment import CLOCKS_AGREE_WITHIN

if TYPE_CHECKING:
    from tradewarden.model.moment import Moment
    from tradewarden.ports import Clock, Observer

ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)  # of the time line; any would do
A_NAP = timedelta(seconds=3)  # a suspend that is worth telling
FASTEST_SLEW = 0.001  # NTP adjusts a clock by 0.0005 at most: that is no step


class SteadyTime:
    """
    The time since the machine was booted, suspends included, as a datetime: APScheduler knows no other times.

    *faster* is how much faster than the event loop the clock runs.
    """

    def __init__(self, clock: Clock, *, observer: Observer, faster: int = 1) -> None:
        self._clock = clock
        self._observer = observer
        self._faster = faster
        self._seen = clock.now()
        self._seen_by_loop: float | None = None
        self._lost = timedelta(0)  # by a boot clock that was set back, as only a test bed can

    @property
    def wall(self) -> datetime:
        """
        Return the wall clock's time when it was last looked at.
        """
        return self._seen.wall

    @property
    def steady(self) -> datetime:
        """
        Return the steady time when it was last looked at.
        """
        return self._steady_of(self._seen)

    def now(self) -> datetime:
        """
        Return the steady time of this moment.
        """
        return self._steady_of(self._clock.now())

    def look(self) -> None:
        """
        Look at the clocks, and tell if one was set or the machine slept since the last look.
        """
        before, self._seen = self._seen, self._clock.now()
        loop_s, self._seen_by_loop = self._seen_by_loop, asyncio.get_running_loop().time()
        passed = self._seen.boot - before.boot
        self._lost += max(-passed, timedelta(0))
        stepped = self._seen.wall - before.wall - passed
        if abs(stepped) > CLOCKS_AGREE_WITHIN + abs(passed) * FASTEST_SLEW:
            self._observer.tell("clock.stepped", by=stepped)
        if loop_s is not None:
            slept = passed - timedelta(seconds=self._seen_by_loop - loop_s) * self._faster
            if slept > A_NAP:
                self._observer.tell("clock.slept", duration=slept)

    def to_steady(self, wall: datetime) -> datetime:
        """
        Return when the wall clock will show *wall*, as both clocks stood at the last look.
        """
        return self.steady + (wall - self.wall)

    def to_wall(self, steady: datetime) -> datetime:
        """
        Return what the wall clock will show then, as both clocks stood at the last look.
        """
        return self.wall + (steady - self.steady)

    def _steady_of(self, moment: Moment) -> datetime:
        return ORIGIN + moment.boot + self._lost
