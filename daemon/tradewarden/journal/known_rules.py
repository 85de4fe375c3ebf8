"""
Which rules a journal remembers, for whoever only looks: nothing is made, migrated or written.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from tradewarden.journal.folder import JOURNAL_FILE
from tradewarden.journal.queries import load_queries
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from pathlib import Path

_SQL = load_queries("known_rules.sql")
_WORD = {Mode.LIVE: "live", Mode.DRY_RUN: "dry_run"}


def rules_with_cancels(folder: Path, mode: Mode) -> frozenset[str]:
    """
    Return the rules whose cancels `repeat` remembers; none if there is no journal, or none that can be read.
    """
    path = folder.absolute() / JOURNAL_FILE
    if not path.is_file():
        return frozenset()
    with contextlib.suppress(sqlite3.Error, OSError):
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        with contextlib.closing(connection):
            return frozenset(str(name) for (name,) in connection.execute(_SQL[_WORD[mode]]))
    return frozenset()
