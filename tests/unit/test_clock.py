from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import tradewarden.clock
from tradewarden.clock import FastClock, SystemClock, monotonic_us
from tradewarden.model.moment import Moment

if TYPE_CHECKING:
    import pytest


class Ticking(SystemClock):
    """
    A system clock that the test moves; it keeps what it was asked to sleep.
    """

    def __init__(self) -> None:
        super().__init__()
        self._real = super().now()
        self.passed = timedelta(0)
        self.slept: list[timedelta] = []

    def now(self) -> Moment:
        real = self._real
        return Moment(wall=real.wall + self.passed, boot=real.boot + self.passed, boot_id=real.boot_id)

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration)


def test_the_system_clock_runs_on_both_clocks() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()

    assert first.wall.tzinfo is UTC
    assert second.boot >= first.boot > timedelta(0)
    assert second.since(first) is not None


async def test_sleeping_no_time_or_less_returns() -> None:
    await SystemClock().sleep(timedelta(0))
    await SystemClock().sleep(timedelta(seconds=-5))


async def test_a_fast_clock_runs_by_its_factor() -> None:
    """Twelve times faster: five seconds are a minute, and a minute's sleep takes five seconds."""
    system = Ticking()
    clock = FastClock(system, factor=12)
    start = clock.now()
    system.passed = timedelta(seconds=5)

    await clock.sleep(timedelta(minutes=1))

    assert clock.now().age_of(start) == timedelta(minutes=1)
    assert system.slept == [timedelta(seconds=5)]


def test_without_the_kernels_word_a_boot_is_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds then do not survive a restart: the clocks of two processes cannot be compared."""
    monkeypatch.setattr(tradewarden.clock, "BOOT_ID", Path("/nonexistent"))

    assert SystemClock().now().since(SystemClock().now()) is None


def test_the_monotonic_clock_never_runs_backwards() -> None:
    first, second = monotonic_us(), monotonic_us()

    assert second >= first > 0
