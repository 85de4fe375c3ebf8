"""
How an older journal becomes one of today: named .sql files, each applied in the transaction that records it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from tradewarden.errors import StateError
from tradewarden.journal.database import transaction
from tradewarden.journal.queries import load_queries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SQL = load_queries("migrations.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """
    One change of the tables. Its *name* is what a journal remembers, so it never changes.
    """

    name: str
    script: str


def shipped_migrations() -> tuple[Migration, ...]:
    """
    Return the migrations of this version, in their order.
    """
    folder = resources.files(__package__) / "sql" / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(
        Migration(name=file.name.removesuffix(".sql"), script=file.read_text(encoding="utf-8")) for file in files
    )


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], *, file: str, now: str) -> None:
    """
    Bring the journal *file* up to date. Raises StateError if it is not a journal, or of a newer version.

    What was applied is read again inside each transaction: two processes may open a new journal at once.
    """
    if _is_up_to_date(connection, migrations, file=file):
        return
    for migration in migrations:
        with transaction(connection):
            connection.execute(_SQL["create_migrations"])
            if migration.name in _applied(connection):
                continue
            for statement in statements(migration.script):
                connection.execute(statement)
            connection.execute(_SQL["record_migration"], {"name": migration.name, "applied_at": now})


def statements(script: str) -> Iterator[str]:
    """
    Split a script into statements: sqlite3's own `executescript` would commit in between.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _is_up_to_date(connection: sqlite3.Connection, migrations: Sequence[Migration], *, file: str) -> bool:
    tables = {str(row["name"]) for row in connection.execute(_SQL["tables"])}
    if not tables:
        return False
    if "migrations" not in tables:
        msg = f"{file} is a database, but not a journal of TradeWarden: nothing was changed. Choose another folder."
        raise StateError(msg)
    planted = connection.execute(_SQL["not_ours"]).fetchone()
    if planted is not None:
        msg = (
            f"The journal {file} holds {planted['name']!r}, which acts on its own and is not of TradeWarden: somebody "
            "else wrote to it. Nothing was changed. Put a backup back."
        )
        raise StateError(msg)
    applied = _applied(connection)
    known = {migration.name for migration in migrations}
    if newer := sorted(applied - known):
        msg = (
            f"The journal {file} was written by a newer TradeWarden (it went through {newer[0]!r}): "
            "nothing was changed. Install that version again, or a later one."
        )
        raise StateError(msg)
    return applied == known


def _applied(connection: sqlite3.Connection) -> set[str]:
    return {str(row["name"]) for row in connection.execute(_SQL["applied_migrations"])}
