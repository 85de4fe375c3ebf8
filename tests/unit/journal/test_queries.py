"""
Tests for tradewarden.journal.queries.
"""

from __future__ import annotations

import re
import sqlite3
from importlib import resources

import pytest

from tradewarden.journal.migrations import shipped_migrations
from tradewarden.journal.queries import load_queries, parse_queries

FILES = sorted(
    file.name for file in (resources.files("tradewarden.journal") / "sql").iterdir() if file.name.endswith(".sql")
)


def test_a_query_goes_from_its_name_to_the_next() -> None:
    queries = parse_queries("-- name: one\n-- Why.\nSELECT 1;\n\n-- name: two\nSELECT 2;\n")

    assert queries == {"one": "-- Why.\nSELECT 1;", "two": "SELECT 2;"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("SELECT 1;\n-- name: one\nSELECT 1;", "without a name"), ("-- name: one\n1;\n-- name: one\n2;", "two queries")],
    ids=["no name", "same name"],
)
def test_a_query_must_have_a_name_of_its_own(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_queries(text)


@pytest.mark.parametrize("file", FILES)
def test_every_query_says_why_and_is_complete(file: str) -> None:
    for name, query in load_queries(file).items():
        assert query.startswith("-- "), name
        assert sqlite3.complete_statement(query), name


def test_every_query_fits_the_tables_of_this_version() -> None:
    """
    SQLite compiles each one: a wrong column, or a second statement, would be an error here.
    """
    connection = sqlite3.connect(":memory:")
    for migration in shipped_migrations():
        connection.executescript(migration.script)
    connection.execute(load_queries("migrations.sql")["create_migrations"])
    names = [name for file in FILES for name in load_queries(file)]

    for file in FILES:
        for query in load_queries(file).values():
            parameters = dict.fromkeys(re.findall(r":(\w+)", query))
            connection.execute(f"EXPLAIN\n{query}", parameters)
    connection.close()

    assert len(names) == len(set(names))
