"""
A daemon that runs as a process of its own, seen from outside.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tradewarden.simulator.api import Api

PATIENCE_S = 20.0
MORTAL = (str(Path(__file__).with_name("mortal.py")),)  # what python runs in place of ``-m tradewarden``
RULES = """\
version: 1
mode: live
schedule: {{every: 1s}}
api: {{requests_per_minute: 100}}
limits: {{cancels_per_cycle: 6}}
safety: {{max_read_age: {age}}}
rules:
  - name: {name}
    when: {when}
    cancel: farthest
"""


def until(seen: Callable[[], object], what: str) -> None:
    """
    Wait until *seen*.
    """
    end = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < end, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.02)


class Running:
    """
    A daemon that runs, and what it has left so far.
    """

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder

    def status(self) -> dict[str, Any]:
        """
        Return the record in its state folder.
        """
        path = self.folder / "state" / "status.json"
        text = path.read_text(encoding="utf-8") if path.exists() else "{}"
        found: dict[str, Any] = json.loads(text)
        return found

    def intents(self) -> list[tuple[str | None, str | None]]:
        """
        Return answer and outcome of every intent on disk.
        """
        return [(answer, outcome) for answer, outcome in self.query("SELECT answer, outcome FROM intents ORDER BY id")]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """
        Look into its journal as it is on disk at this moment.
        """
        with closing(sqlite3.connect(f"file:{self.folder}/state/journal.sqlite3?mode=ro", uri=True)) as file:
            return file.execute(sql).fetchall()

    def until(self, seen: Callable[[], object], what: str) -> None:
        """
        Wait until *seen*, while it lives.
        """

        def living() -> object:
            assert self.process.poll() is None, f"it ended: {self.process.communicate()}"
            return seen()

        until(living, what)

    def until_cycle(self) -> None:
        """
        Wait until a cycle has ended, after this moment.
        """
        before = self.cycle_id()
        self.until(lambda: self.cycle_id() not in {"", before}, "another cycle")

    def cycle_id(self) -> str:
        """
        Return the id of the last cycle that ended.
        """
        last = self.status().get("last_cycle") or {}
        return str(last.get("cycle_id", ""))

    def until_stopped(self) -> None:
        """
        Wait until SIGSTOP has reached it.
        """
        stat = Path(f"/proc/{self.process.pid}/stat")
        self.until(lambda: stat.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T", "it stands still")

    def killed(self) -> None:
        """
        Wait until a SIGKILL has ended it.
        """
        out, err = self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == -signal.SIGKILL, f"it lived on: {out}{err}"

    def end(self, signal_number: int = signal.SIGTERM) -> list[dict[str, Any]]:
        """
        Send a signal, wait for an orderly end, and return what was logged.
        """
        self.process.send_signal(signal_number)
        return self.ended()

    def ended(self, code: int = 0) -> list[dict[str, Any]]:
        """
        Wait for the end, and return what was logged.
        """
        out, err = self.process.communicate(timeout=PATIENCE_S)
        assert (self.process.returncode, out) == (code, "")
        return [json.loads(line) for line in err.splitlines() if line.startswith("{")]


def deletes(exchange: Api) -> int:
    """
    Count the DELETEs that arrived.
    """
    return sum(entry.method == "DELETE" for entry in exchange.requests)


def events(log: list[dict[str, Any]]) -> list[str]:
    """
    Return the names of what was logged.
    """
    return [line["event"] for line in log]
