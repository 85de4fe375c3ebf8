"""
The time of a test of rules: it moves from reading to reading, and stands still while a cycle works.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.model.moment import Moment

if TYPE_CHECKING:
    from datetime import datetime

BOOT_ID = "test"


class StillClock:
    """
    A clock that begins at *start*: nothing takes time in a test but the time between two readings.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._passed = timedelta(0)

    def now(self) -> Moment:
        """
        Return this moment on both clocks.
        """
        return Moment(wall=self._start + self._passed, boot=self._passed, boot_id=BOOT_ID)

    async def sleep(self, duration: timedelta) -> None:  # noqa: ARG002 (the port's)
        """
        Let every other task have its turn; what was waited for has happened by then.
        """
        await asyncio.sleep(0)

    def move_to(self, passed: timedelta) -> None:
        """
        Go to the moment *passed* after the start.
        """
        self._passed = passed
