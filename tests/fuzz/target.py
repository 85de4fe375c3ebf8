"""
What is fuzzed: a function of bytes that keeps a promise, and says by which way the bytes went.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random
    from types import FrameType

    Draw = Callable[[Random, Sequence[bytes]], bytes]

CORPUS = Path(__file__).parent / "corpus"
LARGEST_INPUT = 32_768
SEPARATOR = b"\n%%%\n"  # between the parts of an input that has several

CPU_LIMIT_S = 10.0
"""
What one input may take of the processor. The slowest input that is kept takes a tenth of a second; another program on
the machine does not count, and a factor of a hundred is left for a slow one.
"""

Behaviours = frozenset[str]


class Hang(BaseException):
    """
    An input took longer than CPU_LIMIT_S. No Exception, so that nothing under test can catch it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    *run* raises if the promise is broken, whatever it raises, and returns the ways that the input went.

    *seeds* are inputs that are kept elsewhere, *draw* makes a new one, mostly of others.
    """

    name: str
    run: Callable[[bytes], Behaviours]
    draw: Draw
    seeds: Callable[[], list[bytes]]

    def kept(self) -> list[bytes]:
        """
        Return the kept corpus, in the order of its names.
        """
        return [path.read_bytes() for path in sorted((CORPUS / self.name).glob("*"))]

    def check(self, data: bytes) -> Behaviours:
        """
        Run the target within its time. Raises Hang.
        """
        with cpu_limit(CPU_LIMIT_S):
            return self.run(data)


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """
    Raise Hang in here once this process has used so much of the processor.
    """

    def too_long(_signal: int, _frame: FrameType | None) -> None:
        msg = f"it takes longer than {seconds} s of the processor"
        raise Hang(msg)

    before = signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def parts_of(data: bytes, count: int) -> list[bytes]:
    """
    Return the *count* parts of an input; those that are missing are empty.
    """
    parts = data.split(SEPARATOR, count - 1)
    return parts + [b""] * (count - len(parts))
