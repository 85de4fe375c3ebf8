"""
Tests for tradewarden.journal.database.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from journal_samples import make_intent
from tradewarden.errors import JournalError, StateError
from tradewarden.journal.database import Database, sentence_of, switch_to_wal, transaction
from tradewarden.journal.folder import JOURNAL_FILE, journal_file
from tradewarden.journal.sqlite import SqliteJournal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from fakes import FakeClock


@pytest.fixture
async def database(folder: Path) -> AsyncIterator[Database]:
    database = Database(journal_file(folder, create=True))
    await database.open()
    yield database
    await database.aclose()


def modes_in(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


def ask(connection: sqlite3.Connection, query: str) -> object:
    value: object = connection.execute(query).fetchone()[0]
    return value


async def test_a_commit_is_on_the_disk(database: Database) -> None:
    """
    WAL with synchronous=FULL (2): NORMAL could lose an intent at a power cut.
    """
    assert await database.run(ask, "PRAGMA journal_mode") == "wal"
    assert await database.run(ask, "PRAGMA synchronous") == 2
    assert await database.run(ask, "PRAGMA foreign_keys") == 1
    assert await database.run(ask, "PRAGMA busy_timeout") == 5000


async def test_the_files_beside_it_are_the_owners_alone(database: Database, folder: Path) -> None:
    await database.run(lambda connection: connection.execute("CREATE TABLE a (b)"))

    assert modes_in(folder) == dict.fromkeys([JOURNAL_FILE, f"{JOURNAL_FILE}-wal", f"{JOURNAL_FILE}-shm"], 0o600)


async def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def fails_half_way(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            connection.execute("CREATE TABLE a (b)")
            connection.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(JournalError):
        await database.run(fails_half_way)

    assert await database.run(ask, "SELECT count(*) FROM sqlite_master") == 0


async def test_what_sqlite_rolled_back_itself_is_not_rolled_back_twice(database: Database) -> None:
    def ends_early(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            connection.execute("ROLLBACK")
            connection.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(JournalError, match="nowhere"):
        await database.run(ends_early)


async def test_a_full_disk_is_said_and_nothing_is_half_written(journal: SqliteJournal) -> None:
    def limit(connection: sqlite3.Connection) -> None:
        pages = ask(connection, "PRAGMA page_count")
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await journal._database.run(limit)

    with pytest.raises(JournalError, match="the disk is full: free some space"):
        await journal.record_intent(make_intent(trace="x" * 100_000))
    assert await journal.open_questions() == []
    assert await journal.rows() == []


async def test_a_lock_that_another_process_keeps_is_said(database: Database, folder: Path) -> None:
    await database.run(lambda connection: connection.execute("PRAGMA busy_timeout = 0"))

    def write(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            connection.execute("CREATE TABLE a (b)")

    with closing(sqlite3.connect(folder / JOURNAL_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="locked by another process"):
            await database.run(write)


async def test_a_journal_that_may_not_be_written_is_said(database: Database) -> None:
    await database.run(lambda connection: connection.execute("PRAGMA query_only = ON"))

    with pytest.raises(JournalError, match="cannot be written: give the file"):
        await database.run(lambda connection: connection.execute("CREATE TABLE a (b)"))


@pytest.mark.parametrize("content", [b"not a database at all\n" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
async def test_a_damaged_journal_is_named_and_kept(tmp_path: Path, clock: FakeClock, content: bytes) -> None:
    path = tmp_path / JOURNAL_FILE
    path.write_bytes(content)

    with pytest.raises(JournalError, match="is not a journal, or is damaged") as caught:
        await SqliteJournal.open(tmp_path, clock=clock, create=True)

    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
async def test_a_journal_that_is_taken_away_stops_everything(database: Database, folder: Path, replaced: bool) -> None:
    """
    `disarm` would write into another file than the daemon reads.
    """
    path = folder / JOURNAL_FILE
    path.rename(folder / "elsewhere")
    if replaced:
        path.touch()

    with pytest.raises(JournalError, match="moved, replaced or deleted"):
        await database.run(ask, "SELECT 1")


@pytest.mark.parametrize("value", [2**63, "\ud800"], ids=["number", "text"])
async def test_a_value_that_sqlite_cannot_hold_is_an_error_of_the_journal(database: Database, value: object) -> None:
    with pytest.raises(JournalError, match="cannot hold a value"):
        await database.run(lambda connection: connection.execute("SELECT ?", (value,)))


async def test_closing_twice_is_closing_once(database: Database) -> None:
    await database.aclose()
    await database.aclose()

    with pytest.raises(JournalError, match="was closed"):
        await database.run(ask, "SELECT 1")


async def test_it_must_be_opened_first(folder: Path) -> None:
    database = Database(journal_file(folder, create=True))

    with pytest.raises(JournalError, match="is not open"):
        await database.run(ask, "SELECT 1")
    await database.aclose()


async def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """
    SQLite would make it readable by everybody.
    """
    database = Database(tmp_path / JOURNAL_FILE)

    with pytest.raises(JournalError, match="cannot be written"):
        await database.open()
    await database.aclose()
    assert modes_in(tmp_path) == {}


def test_where_sqlite_cannot_keep_its_word_the_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="network drive"):
        Database(tmp_path / JOURNAL_FILE)._require_wal("delete")


class TestSwitchingToWal:
    def test_it_waits_for_another_that_opens_the_same_journal(self, tmp_path: Path) -> None:
        path = tmp_path / JOURNAL_FILE
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as other,
            closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection,
        ):
            other.execute("BEGIN EXCLUSIVE")
            waited: list[float] = []

            def wait(seconds: float) -> None:
                waited.append(seconds)
                other.execute("COMMIT")

            assert switch_to_wal(connection, wait=wait) == "wal"
            assert len(waited) == 1

    def test_it_does_not_wait_for_ever(self, tmp_path: Path) -> None:
        path = tmp_path / JOURNAL_FILE
        with (
            closing(sqlite3.connect(path, isolation_level=None)) as other,
            closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection,
        ):
            other.execute("BEGIN EXCLUSIVE")

            with pytest.raises(sqlite3.OperationalError, match="locked"):
                switch_to_wal(connection, wait=lambda _seconds: None)

    def test_it_waits_for_nothing_else(self, tmp_path: Path) -> None:
        path = tmp_path / JOURNAL_FILE
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE a (b)")

        with (
            closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
            pytest.raises(sqlite3.OperationalError, match="readonly"),
        ):
            switch_to_wal(connection)


def test_an_error_without_a_sentence_of_its_own_is_quoted(tmp_path: Path) -> None:
    assert "could not be used: how odd." in sentence_of(sqlite3.ProgrammingError("how odd"), tmp_path)
