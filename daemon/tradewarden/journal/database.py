"""
One SQLite connection in one thread: every commit is on the disk before the caller goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from tradewarden.errors import JournalError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5.0
_WAL_TRIES = 50
_WAL_WAIT_SECONDS = 0.02

_NOTHING_SENT = "Nothing is cancelled without it."
_DAMAGED = (
    "is not a journal, or is damaged: nothing was changed. Put a backup back. A new journal would be armed and would "
    "not know what was cancelled before (`repeat`)."
)
_NOT_WRITABLE = "cannot be written: give the file and its folder to the user that runs the daemon."
_SENTENCES = {
    "SQLITE_FULL": f"cannot be written, the disk is full: free some space. {_NOTHING_SENT}",
    "SQLITE_BUSY": f"was locked by another process for too long: try again, and see who has it open. {_NOTHING_SENT}",
    "SQLITE_LOCKED": f"was locked by another process for too long: try again, and see who has it open. {_NOTHING_SENT}",
    "SQLITE_READONLY": _NOT_WRITABLE,
    "SQLITE_PERM": _NOT_WRITABLE,
    "SQLITE_CANTOPEN": _NOT_WRITABLE,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_IOERR": f"cannot be read or written, the disk failed: look at the system's log. {_NOTHING_SENT}",
}


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """
    All or nothing, and nobody else writes in between.
    """
    yield from _between(connection, "BEGIN IMMEDIATE")


@contextlib.contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """
    Several reads of one state, whatever other processes write meanwhile.
    """
    yield from _between(connection, "BEGIN DEFERRED")


class Database:
    """
    A journal's connection. The thread is its only user, so jobs run one after the other, in the order of the calls.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._closed = False

    async def open(self) -> None:
        """
        Connect to the file, which must be there. Raises JournalError, or StateError where SQLite cannot keep its word.
        """
        await self._in_thread(self._connect)

    async def run(self, job: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Run *job* in the thread. Raises JournalError: every error of SQLite, as a sentence with the file's name.

        A caller that is cancelled while it waits does not stop a job that has begun.
        """

        def on_connection() -> T:
            if self._connection is None:
                msg = f"The journal {self._path} is not open."
                raise JournalError(msg)
            self._refuse_if_moved()
            return job(self._connection, *args, **kwargs)

        return await self._in_thread(on_connection)

    async def aclose(self) -> None:
        """
        Disconnect, after the jobs before it. May be called twice.
        """
        if self._closed:
            return
        try:
            await self._in_thread(self._disconnect)
        finally:
            self._closed = True
            self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._closed:
            msg = f"The journal {self._path} was closed."
            raise JournalError(msg)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._translated, work)

    def _translated(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.Error as error:
            raise JournalError(sentence_of(error, self._path)) from error
        except (OverflowError, UnicodeError) as error:
            msg = f"The journal {self._path} cannot hold a value: {error}. {_NOTHING_SENT}"
            raise JournalError(msg) from error

    def _connect(self) -> None:
        # mode=rw: SQLite would create a missing file with everybody's rights.
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        connection.row_factory = sqlite3.Row
        try:
            self._require_wal(switch_to_wal(connection))
            connection.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the intent at a power cut
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._identity = _identity_of(self._path)

    def _require_wal(self, journal_mode: str) -> None:
        if journal_mode != "wal":
            msg = (
                f"The journal {self._path} is on a file system without write-ahead logging (a network drive?): "
                "choose a local folder with --state."
            )
            raise StateError(msg)

    def _refuse_if_moved(self) -> None:
        """
        Refuse a file that was deleted or replaced since: `disarm` would reach another one than we read.
        """
        if _identity_of(self._path) != self._identity:
            msg = (
                f"The journal {self._path} was moved, replaced or deleted while it was in use. {_NOTHING_SENT} "
                "Put it back first: a new journal would be armed and would not know what was cancelled before."
            )
            raise JournalError(msg)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def switch_to_wal(connection: sqlite3.Connection, *, wait: Callable[[float], None] = time.sleep) -> str:
    """
    Ask for write-ahead logging and return what SQLite does instead, if it cannot.

    Two processes that open a new journal at once get in each other's way, and here SQLite does not wait by itself.
    """
    for _ in range(_WAL_TRIES):
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            wait(_WAL_WAIT_SECONDS)
    return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def sentence_of(error: sqlite3.Error, path: Path) -> str:
    """
    Say what an error of SQLite means to the person who can act.
    """
    name: str = getattr(error, "sqlite_errorname", "")  # SQLITE_IOERR_WRITE is a SQLITE_IOERR
    known = _SENTENCES.get("_".join(name.split("_")[:2]))
    if known is None:
        return f"The journal {path} could not be used: {error}. {_NOTHING_SENT}"
    return f"The journal {path} {known} ({error})"


def _between(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself after some errors
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise
