"""
A simulated 3Commas that keeps an answer back until a test has seen what it wants to see.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tradewarden.simulator.api import Faults

if TYPE_CHECKING:
    from tradewarden.simulator.messages import Request, Response

LONGEST_S = 20.0


class Held(Faults):
    """
    Keeps requests of *method* whose path holds *part* from being processed until `let_go`; others wait behind them.
    """

    def __init__(self, method: str, part: str) -> None:
        self._method = method
        self._part = part
        self._arrived = threading.Event()
        self._go_on = threading.Event()

    def wait(self) -> None:
        """
        Wait until such a request has arrived.
        """
        assert self._arrived.wait(LONGEST_S), f"no {self._method} {self._part} within {LONGEST_S} s"

    def let_go(self) -> None:
        """
        Have it processed, and all that follow at once.
        """
        self._go_on.set()

    def before(self, request: Request) -> Response | None:
        """
        Keep it back.
        """
        if request.method == self._method and self._part in request.target:
            self._arrived.set()
            self._go_on.wait(LONGEST_S)
        return None
