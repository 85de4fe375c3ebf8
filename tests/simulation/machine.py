"""
The event loop of one process: virtual time, a disk whose jobs take their turn, and a power cut between any two steps.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import selectors
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

from scenario.mortality import PowerCut
from simulation.scalpel import Scalpel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from random import Random

    from _typeshed import FileDescriptorLike

    from simulation.disk import Disk
    from simulation.scene import Scene

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Job = tuple["asyncio.Future[Any]", "Callable[..., Any]", tuple[Any, ...]]

THROWS = 30  # how often a coroutine that is thrown a power cut may try to go on


class _Idle(selectors.BaseSelector):
    """
    Watches no file: whenever the loop has nothing to do it lets the world go on.
    """

    def __init__(self, idle: Callable[[float | None], None]) -> None:
        self._idle = idle
        self._keys: dict[FileDescriptorLike, selectors.SelectorKey] = {}

    def register(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> selectors.SelectorKey:
        """
        Keep what the loop itself registers: its own pipe.
        """
        key = selectors.SelectorKey(fileobj, 0, events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: FileDescriptorLike) -> selectors.SelectorKey:
        """
        Forget it.
        """
        return self._keys.pop(fileobj)

    def get_key(self, fileobj: FileDescriptorLike) -> selectors.SelectorKey:
        """
        Return what was registered.
        """
        return self._keys[fileobj]

    def get_map(self) -> Mapping[FileDescriptorLike, selectors.SelectorKey]:
        """
        Return all that was.
        """
        return self._keys

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """
        Let the world go on for at most *timeout* seconds.
        """
        self._idle(timeout)
        return []


class Machine(asyncio.SelectorEventLoop):
    """
    Runs one life of the daemon. Whoever wants it dead calls `cut_power`: now, or after so many turns of the loop.
    """

    def __init__(self, scene: Scene, disk: Disk, chance: Random) -> None:
        self.is_dead = False
        self._timeline, self._agenda, self._trace = scene.timeline, scene.agenda, scene.trace
        self._figures = scene.figures
        self._disk = disk
        self._chance = chance
        self._turns_left: int | None = None
        self._jobs: deque[Job] = deque()
        self._is_at_work = False
        self._scalpel: Scalpel | None = None
        self._cut_off: list[object] = []  # what nobody holds is reported as destroyed
        super().__init__(_Idle(self._pass))
        self.set_exception_handler(self._complain)

    def time(self) -> float:
        """
        Return the seconds of the loop's clock.
        """
        return self._timeline.loop_us / 1_000_000

    def _complain(self, _loop: object, context: dict[str, Any]) -> None:
        """
        Demand that the daemon leaves nothing behind that nobody looks after. A dead process may.
        """
        if not self.is_dead:
            self._trace.break_promise(f"the event loop complains: {context['message']} {context.get('exception')!r}")

    def cut_power(self, turns: int = 0) -> None:
        """
        Die after so many turns of the loop, in the middle of the last one.
        """
        if self._turns_left is None or turns < self._turns_left:
            self._turns_left = turns

    def cut_power_between_statements(self, statements: int) -> None:
        """
        Die when so many statements of the protocol have begun, if it gets that far before `spare`.
        """
        if self._scalpel is None:
            self._scalpel = Scalpel(statements, self._die)
            self._scalpel.begin()

    def spare(self) -> None:
        """
        Do not die between two statements, after all.
        """
        if self._scalpel is not None:
            self._scalpel.end()
            self._scalpel = None

    def _die(self, where: str) -> None:
        """
        Do nothing any more: what is ready never comes to its turn.
        """
        self._figures.cuts[where] += 1
        self._trace.add(f"machine: the power is cut at {where}")
        self.is_dead, self._turns_left = True, -1
        for handle in getattr(self, "_ready", ()):
            handle.cancel()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """
        Put *func* in the line before the disk. It runs in this thread, at its turn, and its caller hears of it later.
        """
        del executor
        if self.is_dead:
            raise PowerCut
        future: asyncio.Future[T] = self.create_future()
        self._jobs.append((future, func, args))
        if not self._is_at_work:
            self._is_at_work = True
            self.call_soon(self._next_job)
        return future

    def _next_job(self) -> None:
        while self._jobs:
            future, func, args = self._jobs.popleft()
            if future.cancelled():
                continue
            pause_s = self._disk.pause_s()
            if pause_s:
                self.call_later(pause_s, self._do, future, func, args)
            else:
                self._do(future, func, args)
            return
        self._is_at_work = False

    def _do(self, future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        """
        Do a job; nobody knows of it before the loop's next turn.
        """
        deliver: Callable[[Any], None] = future.set_result
        try:
            result = self._disk.do(func, args)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller hears of it)
            result, deliver = error, future.set_exception
        self.call_soon(self._deliver, future, deliver, result)

    def _deliver(self, future: asyncio.Future[Any], deliver: Callable[[Any], None], result: object) -> None:
        if not future.cancelled():
            deliver(result)
        self._next_job()

    def _pass(self, timeout: float | None) -> None:
        self._trace.raise_if_broken()
        self._come_to_the_cut()
        if timeout is None or timeout > 0:
            self._agenda.pass_(None if timeout is None else math.ceil(timeout * 1_000_000))
            self._trace.raise_if_broken()

    def _come_to_the_cut(self) -> None:
        if self._turns_left is None:
            return
        if self._turns_left > 0:
            self._turns_left -= 1
            return
        ready: deque[object] = getattr(self, "_ready", deque())
        if not ready or self._turns_left < 0:
            raise PowerCut
        for _ in range(self._chance.randint(1, len(ready))):  # those behind never come to their turn
            self._cut_off.append(ready.pop())
        self._turns_left = -1
        if not ready:
            raise PowerCut

    def bury(self) -> None:
        """
        Drop all that the process knew. Nothing of it reaches the disk or the wire any more; its locks are free.
        """
        self.is_dead = True
        self.spare()
        for task in sorted(asyncio.all_tasks(self), key=_age):
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # nobody is to hear of it
            coroutine = task.get_coro()
            for _ in range(THROWS):
                with contextlib.suppress(BaseException):
                    coroutine.throw(PowerCut())
                    continue
                break
        self._disk.lose_power()
        self.close()


def _age(task: asyncio.Task[Any]) -> int:
    return int(task.get_name().rpartition("-")[2])
