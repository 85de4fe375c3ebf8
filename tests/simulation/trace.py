"""
What happened in a simulation, line by line: a hash of all of it, and the last lines for whoever must understand it.
"""

from __future__ import annotations

import hashlib
import sys
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.timeline import Timeline

LAST = 40


class BrokenPromise(BaseException):
    """
    The daemon did what it must never do. Not an Exception: nothing in the daemon may catch it.
    """


class Trace:
    """
    Hears of everything. With *is_loud* each line is printed as it comes.
    """

    def __init__(self, timeline: Timeline, *, is_loud: bool = False) -> None:
        self.last: deque[str] = deque(maxlen=LAST)
        self.lines = 0
        self._timeline = timeline
        self._is_loud = is_loud
        self._hash = hashlib.blake2b(digest_size=16)
        self._broken: BrokenPromise | None = None

    def add(self, text: str) -> None:
        """
        Note what happens at this moment.
        """
        line = f"{self.at} {text}"
        self._hash.update(line.encode())
        self.lines += 1
        self.last.append(line)
        if self._is_loud:
            sys.stdout.write(line + "\n")

    @property
    def at(self) -> str:
        """
        Return the true time as people read it.
        """
        ms = self._timeline.true_us // 1000
        seconds, ms = divmod(ms, 1000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"day {hours // 24 + 1} {hours % 24:02}:{minutes:02}:{seconds:02}.{ms:03}"

    @property
    def digest(self) -> str:
        """
        Return the hash of all lines so far.
        """
        return self._hash.hexdigest()

    def break_promise(self, what: str) -> None:
        """
        Note a broken promise; it is raised where nothing of the daemon's can catch it.
        """
        self.add(f"BROKEN: {what}")
        self._broken = self._broken or BrokenPromise(what)

    def raise_if_broken(self) -> None:
        """
        Raise what was broken.
        """
        if self._broken is not None:
            raise self._broken
