"""
A broken promise: told apart from others, made small, and kept where it can be played again.
"""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from fuzz.target import Hang

if TYPE_CHECKING:
    from fuzz.target import Target

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".fuzz"
MINIMISE_FOR_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    An input that breaks the promise of a target. *mark* tells this kind of break from others.
    """

    target: str
    data: bytes
    mark: str
    story: str

    def keep(self) -> Path:
        """
        Write the input down.
        """
        path = FOLDER / self.target / hashlib.sha256(self.data).hexdigest()[:12]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data)
        return path


def attempt(target: Target, data: bytes) -> Finding | None:
    """
    Run a target, and return what it breaks.
    """
    try:
        target.check(data)
    except (Exception, Hang) as error:  # noqa: BLE001 (whatever comes out breaks the promise)
        return finding_of(target.name, data, error)
    return None


def finding_of(target: str, data: bytes, error: BaseException) -> Finding:
    """
    Make a finding of what came out: its kind is where the traceback ends, whatever the values were.
    """
    if isinstance(error, Hang):
        return Finding(target=target, data=data, mark="Hang", story=str(error))
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
    story = "".join(traceback.format_exception(error))
    return Finding(target=target, data=data, mark=f"{type(error).__name__} at {place}", story=story)


def minimised(target: Target, finding: Finding, *, seconds: float = MINIMISE_FOR_S) -> Finding:
    """
    Return a smaller input that breaks the same, as small as it gets in *seconds* of the processor.
    """
    smallest, ends = finding, process_time() + seconds
    if finding.mark == "Hang":
        return finding
    size = len(finding.data) // 2
    while size and process_time() < ends:
        start = 0
        while start < len(smallest.data) and process_time() < ends:
            shorter = smallest.data[:start] + smallest.data[start + size :]
            found = attempt(target, shorter)
            if found is not None and found.mark == finding.mark:
                smallest = found
            else:
                start += size
        size //= 2
    return smallest
