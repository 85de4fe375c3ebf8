"""
A power cut between two statements of the protocol, wherever in its code the process happens to be.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tradewarden
from scenario.mortality import PowerCut

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    Trace = Callable[[FrameType, str, Any], Any]

PACKAGE = Path(tradewarden.__file__).parent
# The code between a proposal and its outcome: the protocol, what is committed of it, and the way to the first byte.
PROTOCOL = (
    *(str(PACKAGE / folder) for folder in ("execution", "journal")),
    *(str(PACKAGE / "service" / name) for name in ("acting.py", "questions.py", "settlings.py")),
    *(str(PACKAGE / "threecommas" / name) for name in ("cancel_step.py", "transport.py")),
)


class Scalpel:
    """
    Calls *die* when so many *statements* of the protocol have begun, and ends what runs there by a PowerCut.

    *die* is told where: file and line. It watches by `sys.settrace`, so nothing else may: no simulation is measured for
    coverage.
    """

    def __init__(self, statements: int, die: Callable[[str], None]) -> None:
        self._left = statements
        self._die = die

    def begin(self) -> None:
        """
        Watch from here on, in the frames that run already too.
        """
        if sys.gettrace() is not None:
            raise RuntimeError("something else traces: a simulation is played in a process of its own")
        frame: FrameType | None = sys._getframe()
        while frame is not None:
            if _is_protocol(frame):
                frame.f_trace = self._at_line
            frame = frame.f_back
        sys.settrace(self._at_call)

    def end(self) -> None:
        """
        Watch no more.
        """
        sys.settrace(None)

    def _at_call(self, frame: FrameType, _event: str, _value: Any) -> Trace | None:
        return self._at_line if _is_protocol(frame) else None

    def _at_line(self, frame: FrameType, event: str, _value: Any) -> Trace:
        if event == "line":
            self._left -= 1
            if self._left <= 0:
                self.end()
                self._die(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
                raise PowerCut
        return self._at_line


def _is_protocol(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(PROTOCOL)
