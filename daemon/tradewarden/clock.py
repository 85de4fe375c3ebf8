"""
The only reader of the system's clocks.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tradewarden.model.moment import Moment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """
    Wall clock and boot clock of this machine.
    """

    def __init__(self) -> None:
        self._boot_id = _boot_id()

    def now(self) -> Moment:
        """
        Return this moment on both clocks.
        """
        boot = timedelta(microseconds=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000)
        return Moment(wall=datetime.now(UTC), boot=boot, boot_id=self._boot_id)

    async def sleep(self, duration: timedelta) -> None:
        """
        Wait.
        """
        await asyncio.sleep(max(duration.total_seconds(), 0))


class FastClock:
    """
    A clock that runs *factor* times faster than the system's, from the moment it is made: for the demo.
    """

    def __init__(self, system: SystemClock, *, factor: int) -> None:
        self._system = system
        self._factor = factor
        self._start = system.now()

    def now(self) -> Moment:
        """
        Return this moment on both clocks, as far as they have run.
        """
        start, now = self._start, self._system.now()
        passed = (now.boot - start.boot) * self._factor
        return Moment(wall=start.wall + passed, boot=start.boot + passed, boot_id=start.boot_id)

    async def sleep(self, duration: timedelta) -> None:
        """
        Wait until *duration* has passed on this clock.
        """
        await self._system.sleep(duration / self._factor)


def monotonic_us() -> int:
    """
    Return CLOCK_MONOTONIC in microseconds: the clock by which systemd orders what it is told.
    """
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def _boot_id() -> str:
    """
    Identify this boot; without the kernel's word for it, by this process: a hold then does not survive a restart.
    """
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return f"process {time.time_ns()}"
