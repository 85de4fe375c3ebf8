"""
The kept corpus: of the inputs that a search comes upon, those that go ways which no kept one goes, made small.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from fuzz.search import Search
from fuzz.target import CORPUS, Hang

if TYPE_CHECKING:
    from fuzz.target import Behaviours, Target

LARGEST_KEPT = 4_096
MINIMISE_FOR_S = 5.0


def collect(target: Target, seed: int, seconds: float) -> int:
    """
    Search for so many *seconds*, add to the corpus what is new, and return how much that was.
    """
    search = Search(target, seed)
    search.run_corpus()
    count, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        known = frozenset(search.behaviours)
        data = search.step()
        if data is None:
            continue
        small = _smallest(target, data, frozenset(search.behaviours) - known)
        if len(small) <= LARGEST_KEPT:
            path = CORPUS / target.name / hashlib.sha256(small).hexdigest()[:12]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(small)
            count += 1
    return count


def _smallest(target: Target, data: bytes, ways: Behaviours) -> bytes:
    """
    Return a shorter input that still goes all of these *ways*.
    """
    size, ends = len(data) // 2, time.monotonic() + MINIMISE_FOR_S
    while size and time.monotonic() < ends:
        start = 0
        while start < len(data) and time.monotonic() < ends:
            shorter = data[:start] + data[start + size :]
            if ways <= _ways_of(target, shorter):
                data = shorter
            else:
                start += size
        size //= 2
    return data


def _ways_of(target: Target, data: bytes) -> Behaviours:
    try:
        return target.check(data)
    except (Exception, Hang):  # noqa: BLE001 (a broken promise is a finding of the search, not of the corpus)
        return frozenset()
