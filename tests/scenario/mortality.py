"""
A process that dies in the middle of its work, and can do nothing any more from then on.
"""

from __future__ import annotations

import inspect
import sqlite3
import sys
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Self

from tradewarden.journal.folder import JOURNAL_FILE
from tradewarden.journal.request_count import COUNT_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path
    from types import FrameType, TracebackType

    from _typeshed import TraceFunction

    from tradewarden.journal.database import Database

    Trace = Callable[[FrameType, str, Any], Any]


class PowerCut(BaseException):
    """
    The process ends here: nothing of it goes on.
    """


class Power:
    """
    What a process needs to reach the exchange and its disk. *deeds* shows that it does nothing without.
    """

    def __init__(self) -> None:
        self.is_cut = False
        self.deeds: Deeds | None = None
        self._seen_at_cut: object = None

    def cut(self) -> PowerCut:
        """
        Take it away, for good. Return what is to be raised.

        Python goes on to run what stands in ``finally`` and ``except BaseException``, and the tasks beside; that ends
        at `need`.
        """
        if not self.is_cut:
            self.is_cut, self._seen_at_cut = True, self._look()
        return PowerCut()

    def require_nothing_done(self) -> None:
        """
        Raise AssertionError if a process has done something since its power was cut.
        """
        assert not self.is_cut or self._look() == self._seen_at_cut, "a dead process has done something"

    def need(self) -> None:
        """
        Raise PowerCut where there is none.
        """
        if self.is_cut:
            raise PowerCut

    def _look(self) -> object:
        return None if self.deeds is None else self.deeds.look()


class Deeds:
    """
    What there is to see of a process's deeds: its requests, every commit to its journal, and its count of requests.
    """

    def __init__(self, state: Path, requests: Sequence[object]) -> None:
        self._state = state
        self._requests = requests
        # A connection is told whether others have written since.
        self._file = sqlite3.connect(f"file:{state / JOURNAL_FILE}?mode=ro", uri=True)

    def look(self) -> object:
        """
        Return what differs as soon as anything is done.
        """
        version: int = self._file.execute("PRAGMA data_version").fetchone()[0]
        return len(self._requests), version, (self._state / COUNT_FILE).read_bytes()

    def close(self) -> None:
        """
        Look no more.
        """
        self._file.close()


class PoweredDatabase:
    """
    The disk of a process: without power no job begins on it.
    """

    def __init__(self, database: Database, power: Power) -> None:
        self._database = database
        self._power = power

    async def run(self, job: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """
        Run *job*.
        """
        self._power.need()
        return await self._database.run(job, *args, **kwargs)

    async def aclose(self) -> None:
        """
        Close the file, as the system does for a process that has died.
        """
        await self._database.aclose()


class Mortal:
    """
    A port that can be used *life.left* more times, counting each call twice: when it begins and when it has ended.
    """

    def __init__(self, port: object, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._life.spend(f"before {name}")
            result = await found(*args, **kwargs)
            self._life.spend(f"after {name}")
            return result

        return call


@dataclass(slots=True)
class Life:
    """
    How many beginnings and ends of calls a process lives to see; *last* is the one it died at.
    """

    left: int
    last: str | None = None
    power: Power = field(default_factory=Power)

    def spend(self, moment: str) -> None:
        """
        Live through *moment*, or not.
        """
        if self.left <= 0:
            self.last = self.last or moment
            raise self.power.cut()
        self.left -= 1


class Lines:
    """
    While it is entered, a process dies when *left* lines of *files* have run, before the next. Other threads go on.
    """

    def __init__(self, files: Collection[str], left: int, power: Power) -> None:
        self.last: str | None = None  # the line that it died before
        self._files = frozenset(files)
        self._left = left
        self._power = power
        self._before: TraceFunction | None = None

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self._on_call)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.settrace(self._before)

    def _on_call(self, frame: FrameType, _event: str, _value: object) -> Trace | None:
        return self._on_line if frame.f_code.co_filename in self._files else None

    def _on_line(self, frame: FrameType, event: str, _value: object) -> Trace | None:
        if event == "line":
            if self._left <= 0:
                self.last = self.last or f"{PurePath(frame.f_code.co_filename).name}:{frame.f_lineno}"
                raise self._power.cut()  # with that Python stops tracing: the rest is up to `Power.need`
            self._left -= 1
        return self._on_line


def is_power_cut(error: BaseException) -> bool:
    """
    Tell whether *error* is one, alone or in groups.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_power_cut(inner) for inner in error.exceptions)
    return isinstance(error, PowerCut)
