"""
Small stand-ins for the ports, shared by the tests.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from tradewarden.model.moment import Moment

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeClock:
    """
    A clock that only moves when it is told to: `sleep` returns at once, with the time gone by.

    *slept* lists every sleep that was asked for.
    """

    def __init__(
        self, wall: datetime = START, *, boot: timedelta = timedelta(hours=1), boot_id: str = "boot-1"
    ) -> None:
        self._wall = wall
        self._boot = boot
        self._boot_id = boot_id
        self.slept: list[timedelta] = []

    def now(self) -> Moment:
        """
        Return this moment on both clocks.
        """
        return Moment(wall=self._wall, boot=self._boot, boot_id=self._boot_id)

    async def sleep(self, duration: timedelta) -> None:
        """
        Let *duration* go by at once, after a turn for every other task.
        """
        self.slept.append(duration)
        await asyncio.sleep(0)
        self.advance(max(duration, timedelta(0)))

    def advance(self, duration: timedelta) -> None:
        """
        Let time go by on both clocks.
        """
        self._wall += duration
        self._boot += duration

    def step_wall(self, by: timedelta) -> None:
        """
        Set the wall clock forwards or, with a negative *by*, backwards; the boot clock does not notice.
        """
        self._wall += by

    def reboot(self, boot_id: str) -> None:
        """
        Start another boot: the boot clock begins anew.
        """
        self._boot = timedelta(0)
        self._boot_id = boot_id
