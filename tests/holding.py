"""
A simulated 3Commas that keeps an answer back until a test has seen what it wants to see, or looks around itself.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from tradewarden.simulator.api import Faults

if TYPE_CHECKING:
    from pathlib import Path

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


class AtTheDelete(Faults):
    """
    Looks at the journal from outside while a DELETE is being answered, and can keep the answer back.

    *open_intents* holds, for each DELETE that arrived, how many open intents of just that step were on disk.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self.open_intents: list[int] = []
        self.arrived = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def before(self, request: Request) -> Response | None:
        """
        Look, and wait until the answer may go on.
        """
        if request.method == "DELETE":
            sql = "SELECT count(*) FROM intents WHERE smart_trade_id = ? AND trade_id = ? AND outcome IS NULL"
            _, smart_trade_id, trade_id = re.findall(r"\d+", request.target)
            with closing(sqlite3.connect(f"file:{self._journal}?mode=ro", uri=True)) as file:
                self.open_intents.append(file.execute(sql, (int(smart_trade_id), int(trade_id))).fetchone()[0])
            self.arrived.set()
            self.go_on.wait(10)
        return None
