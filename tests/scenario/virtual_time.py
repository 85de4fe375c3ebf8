"""
Time that passes only when nobody has anything to do: hours in milliseconds, exactly and always in the same order.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

from fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class VirtualClock(FakeClock):
    """
    A FakeClock on which several tasks can sleep at once: the loop moves it, whoever sleeps least wakes first.
    """

    async def sleep(self, duration: timedelta) -> None:
        """
        Wait on the loop's virtual time.
        """
        self.slept.append(duration)
        await asyncio.sleep(max(duration.total_seconds(), 0))


class _Selector(selectors.DefaultSelector):
    """
    Lets time pass instead of waiting, unless a thread (the journal's) is at work: that is waited for.
    """

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.elapsed = 0.0
        self.at_work = 0
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """
        Return what is ready, now or after virtual time has passed.
        """
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or self.at_work:
            return super().select(None)
        self.elapsed += timeout
        self._clock.advance(timedelta(seconds=timeout))
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """
    An event loop whose time is that of *clock*, time-outs included.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._virtual = _Selector(clock)
        super().__init__(self._virtual)

    def time(self) -> float:
        """
        Return the virtual seconds that have passed.
        """
        return self._virtual.elapsed

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """
        Run *func* in a thread, during which time stands still.
        """
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self._virtual.at_work += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: asyncio.Future[Any]) -> None:
        self._virtual.at_work -= 1
