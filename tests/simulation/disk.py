"""
The disk under the journal: slow at times, full, locked by another process, or failing in the middle of a transaction.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from tradewarden.journal.database import BUSY_SECONDS, Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.scene import Scene
    from simulation.weather import Weather

MOST_STEPS = 400  # of SQLite's virtual machine, before a transaction breaks off
# A BEGIN that SQLite interrupts after it took effect leaves its transaction open (journal/database.py, `_between`):
# every job fails from then on. Only sqlite3_interrupt fails there, no disk does; True lets it happen all the same.
LET_A_BEGIN_BREAK = False


class Disk:
    """
    Does the journal's jobs, as well as the *weather* allows.
    """

    def __init__(self, scene: Scene, weather: Weather) -> None:
        self.is_full = False
        self.is_read_only = False
        self.is_locked = False
        self._weather = weather
        self._trace, self._figures = scene.trace, scene.figures
        self._chance = scene.chance("disk")
        self._connections: list[sqlite3.Connection] = []

    def lose_power(self) -> None:
        """
        Let go of what a dead process had open: what it did not commit is gone, and its locks with it.
        """
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def pause_s(self) -> float:
        """
        Return how long the next job waits for the disk.
        """
        if self.is_locked:
            return BUSY_SECONDS
        if self._weather.strikes("slow disk"):
            self._figures.faults["slow disk"] += 1
            return self._chance.uniform(0.05, 20)
        return 0.0

    def do(self, func: Callable[..., Any], args: tuple[Any, ...]) -> object:
        """
        Do a job.
        """
        if self.is_locked:
            return func(_locked)
        try:
            result = self._run(func, args)
        except Exception:
            self._look_for_leftovers(func)
            raise
        self._look_for_leftovers(func)
        return result

    def _look_for_leftovers(self, func: Callable[..., Any]) -> None:
        """
        Demand that no job leaves a transaction open: every later one would fail, and `disarm` too. A power cut may.
        """
        connection = _connection_of(func)
        if connection is not None and connection.in_transaction:
            self._trace.break_promise("a job of the journal has left its transaction open")

    def _run(self, func: Callable[..., Any], args: tuple[Any, ...]) -> object:
        connection = _connection_of(func)
        if connection is None:
            return func(*args)
        if connection not in self._connections:
            self._connections.append(connection)
        for is_so, makes_so, mends in (
            (
                self.is_full,
                "PRAGMA max_page_count = 1",
                "PRAGMA max_page_count = 1073741823",
            ),  # no page more than it has
            (self.is_read_only, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        ):
            if is_so:
                connection.execute(makes_so)
                try:
                    return func(*args)
                finally:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute(mends)
        if self._weather.strikes("broken transaction"):
            return self._break_off(connection, func, args)
        return func(*args)

    def _break_off(self, connection: sqlite3.Connection, func: Callable[..., Any], args: tuple[Any, ...]) -> object:
        """
        Let SQLite fail once, somewhere in the job.
        """
        self._figures.faults["broken transaction"] += 1
        is_over = False
        statement = ""

        def heed(sql: str) -> None:
            nonlocal statement
            statement = sql

        def fail() -> int:
            nonlocal is_over
            if is_over or (statement.startswith("BEGIN") and not LET_A_BEGIN_BREAK):
                return 0
            is_over = True
            return 1

        connection.set_trace_callback(heed)
        connection.set_progress_handler(fail, self._chance.randint(1, MOST_STEPS))
        try:
            return func(*args)
        except Exception as error:
            self._trace.add(f"disk: a job broke off ({type(error).__name__})")
            raise
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.set_progress_handler(None, 0)
                connection.set_trace_callback(None)


def _connection_of(func: Callable[..., Any]) -> sqlite3.Connection | None:
    database = getattr(func, "__self__", None)
    return database._connection if isinstance(database, Database) else None


def _locked() -> None:
    """
    Fail as SQLite does when another process keeps its lock for longer than one waits.
    """
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error.sqlite_errorname = "SQLITE_BUSY"
    raise error
