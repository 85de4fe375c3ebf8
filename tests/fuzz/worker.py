"""
The process in which one target is searched: it tells how it goes once a second, and leaves its input where it can be
read when it is dead.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz.findings import minimised
from fuzz.search import Search
from fuzz.target import LARGEST_INPUT
from fuzz.targets import TARGETS

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from fuzz.findings import Finding

TELL_EVERY_S = 1.0
MOST_FINDINGS = 20  # of one target: then it is time to mend
MEMORY_LIMIT = 2 * 1024**3
"""
Address space, in bytes, beyond which an input gets a MemoryError, and so becomes a finding: libraries and threads of an
ordinary run have mapped a third of it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    What a worker tells. *cpu_s* is what it took of the processor, *resident* its memory in MB; *findings* are new.
    """

    executions: int
    behaviours: int
    cpu_s: float
    resident: float
    findings: tuple[Finding, ...] = ()
    is_last: bool = False


def resident_mb() -> float:
    """
    Return the memory of this process: now where the system tells it, else its largest.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1024**2 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize() / 1024**2


def work(name: str, seed: int, seconds: float, shared: Any, channel: Connection) -> None:
    """
    Search the target of that *name* for so many *seconds*. *shared* is a memory that outlives this process.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, resource.getrlimit(resource.RLIMIT_AS)[1]))

    def watch(data: bytes) -> None:
        shared[0:4] = len(data).to_bytes(4, "little")
        shared[4 : 4 + len(data)] = data[:LARGEST_INPUT]

    search = Search(TARGETS[name], seed, watch)
    ends = time.monotonic() + seconds
    search.run_corpus()
    told: set[str] = set()
    is_last = False
    while not is_last:
        tell_at = time.monotonic() + TELL_EVERY_S
        while time.monotonic() < tell_at:
            search.step()
        is_last = time.monotonic() >= ends or len(search.findings) >= MOST_FINDINGS
        new = [finding for mark, finding in search.findings.items() if mark not in told]
        told |= {finding.mark for finding in new}
        channel.send(
            Progress(
                executions=search.executions,
                behaviours=len(search.behaviours),
                cpu_s=time.process_time(),
                resident=resident_mb(),
                findings=tuple(minimised(search.target, finding) for finding in new),
                is_last=is_last,
            )
        )
    channel.close()


def input_of_the_dead(shared: Any) -> bytes:
    """
    Return what a worker was at when it died.
    """
    size = int.from_bytes(bytes(shared[0:4]), "little")
    return bytes(shared[4 : 4 + size])
