"""
Tests for tradewarden.journal.migrations.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tradewarden.errors import JournalError, StateError
from tradewarden.journal.folder import JOURNAL_FILE
from tradewarden.journal.migrations import Migration, migrate, shipped_migrations, statements
from tradewarden.journal.sqlite import SqliteJournal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import FakeClock

FIRST = Migration(name="0001-first", script="CREATE TABLE one (a);\nINSERT INTO one VALUES (1);\n")
SECOND = Migration(name="0002-second", script="CREATE TABLE two (a); -- more\nINSERT INTO two VALUES (';')")
BROKEN = Migration(name="0002-broken", script="CREATE TABLE two (a);\nINSERT INTO nowhere VALUES (1);\n")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def apply(connection: sqlite3.Connection, *migrations: Migration) -> None:
    migrate(connection, migrations, file="journal", now="now")


def test_each_is_applied_once_and_recorded(connection: sqlite3.Connection) -> None:
    apply(connection, FIRST)
    apply(connection, FIRST, SECOND)
    apply(connection, FIRST, SECOND)

    assert tables(connection) == {"migrations", "one", "two"}
    assert connection.execute("SELECT count(*) FROM one").fetchone()[0] == 1
    assert connection.execute("SELECT a FROM two").fetchone()[0] == ";"
    recorded = connection.execute("SELECT name, applied_at FROM migrations ORDER BY name").fetchall()
    assert [tuple(row) for row in recorded] == [("0001-first", "now"), ("0002-second", "now")]


def test_one_that_fails_leaves_nothing(connection: sqlite3.Connection) -> None:
    """
    Its tables and its record go together, and those before it stay.
    """
    with pytest.raises(sqlite3.OperationalError):
        apply(connection, FIRST, BROKEN)

    assert tables(connection) == {"migrations", "one"}
    assert not connection.in_transaction
    apply(connection, FIRST, SECOND)
    assert tables(connection) == {"migrations", "one", "two"}


def test_a_journal_of_a_newer_version_is_refused_untouched(connection: sqlite3.Connection) -> None:
    apply(connection, FIRST, SECOND)

    with pytest.raises(StateError, match=r"newer TradeWarden \(it went through '0002-second'\)"):
        apply(connection, FIRST)


def test_somebody_elses_database_is_refused_untouched(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE bookmarks (a)")

    with pytest.raises(StateError, match="not a journal"):
        apply(connection, FIRST)

    assert tables(connection) == {"bookmarks"}


def test_statements_are_split_where_sqlite_ends_them() -> None:
    assert list(statements("SELECT ';';\nSELECT\n2;\n\n")) == ["SELECT ';';\n", "SELECT\n2;\n"]


def test_the_shipped_ones_have_names_in_order() -> None:
    names = [migration.name for migration in shipped_migrations()]

    assert names == sorted(set(names))
    assert names[0] == "0001-journal"


async def test_a_journal_that_a_newer_version_wrote_is_not_opened(folder: Path, clock: FakeClock) -> None:
    async with await SqliteJournal.open(folder, clock=clock, create=True):
        pass
    with closing(sqlite3.connect(folder / JOURNAL_FILE)) as connection, connection:
        connection.execute("INSERT INTO migrations VALUES ('9999-later', 'then')")

    with pytest.raises(StateError, match="newer TradeWarden"):
        await SqliteJournal.open(folder, clock=clock)


async def test_a_half_written_history_is_an_error_not_a_guess(folder: Path, clock: FakeClock) -> None:
    """
    A journal whose record of migrations was lost would be migrated onto its own tables.
    """
    async with await SqliteJournal.open(folder, clock=clock, create=True):
        pass
    with closing(sqlite3.connect(folder / JOURNAL_FILE)) as connection, connection:
        connection.execute("DELETE FROM migrations")

    with pytest.raises(JournalError, match="could not be used"):
        await SqliteJournal.open(folder, clock=clock)


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER arming AFTER INSERT ON log BEGIN UPDATE switch SET armed = 1; END",
        "CREATE VIEW arming AS SELECT 1 AS armed",
    ],
    ids=["trigger", "view"],
)
async def test_a_journal_that_acts_on_its_own_is_refused(folder: Path, clock: FakeClock, planted: str) -> None:
    """With a trigger in it `disarm` could say that it did what the journal undoes at once."""
    await (await SqliteJournal.open(folder, clock=clock, create=True)).aclose()
    with closing(sqlite3.connect(folder / JOURNAL_FILE)) as connection:
        connection.executescript(planted)

    with pytest.raises(StateError, match="holds 'arming', which acts on its own"):
        await SqliteJournal.open(folder, clock=clock)
