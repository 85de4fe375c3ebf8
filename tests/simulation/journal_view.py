"""
The journal's file as it is on disk at this moment, read past the daemon's own code.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from tradewarden.journal.folder import JOURNAL_FILE

if TYPE_CHECKING:
    from pathlib import Path

_CONSUMED = "(outcome IS NULL OR outcome NOT IN ('rejected', 'not_applied', 'not_sent'))"


class JournalView:
    """
    A connection beside the daemon's. It sees what was committed, and nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL_FILE
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection | None:
        """
        Return the connection; ``None`` as long as there is no journal.
        """
        if self._connection is None and self._path.exists():
            self._connection = sqlite3.connect(f"file:{self._path}?mode=rw", uri=True, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
        return self._connection

    def close(self) -> None:
        """
        Close it.
        """
        if self._connection is not None:
            self._connection.close()

    def query(self, sql: str, *values: object) -> list[Any]:
        """
        Return what a query finds; nothing in a journal that has no tables yet.
        """
        if self.connection is None:
            return []
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise

    def open_intents(self, smart_trade_id: int) -> list[Any]:
        """
        Return the open intents of a SmartTrade.
        """
        return self.query("SELECT * FROM intents WHERE smart_trade_id = ? AND outcome IS NULL", smart_trade_id)

    def settled_after(self, intent_id: int) -> list[Any]:
        """
        Return the intents behind *intent_id* that have an outcome.
        """
        return self.query("SELECT * FROM intents WHERE outcome IS NOT NULL AND id > ? ORDER BY id", intent_id)

    def first_open(self) -> int | None:
        """
        Return the first intent that is open.
        """
        found = self.query("SELECT min(id) FROM intents WHERE outcome IS NULL")
        return None if not found else found[0][0]

    def open_before(self, at_wall: str) -> list[Any]:
        """
        Return the intents that are open and were written before that moment.
        """
        return self.query("SELECT * FROM intents WHERE outcome IS NULL AND at_wall < ?", at_wall)

    def of_smart_trade(self, smart_trade_id: int) -> list[Any]:
        """
        Return all intents of a SmartTrade.
        """
        return self.query("SELECT * FROM intents WHERE smart_trade_id = ? ORDER BY id", smart_trade_id)

    def consumed_since(self, at_wall: str) -> int:
        """
        Count the intents since that moment that use up the limit of an hour.
        """
        found = self.query(f"SELECT count(*) FROM intents WHERE {_CONSUMED} AND at_wall > ?", at_wall)  # noqa: S608
        return int(found[0][0]) if found else 0

    def is_set_aside(self, smart_trade_id: int) -> bool:
        """
        Tell whether a SmartTrade is left alone, or was.
        """
        return bool(self.query("SELECT 1 FROM set_aside WHERE smart_trade_id = ?", smart_trade_id))

    @property
    def is_armed(self) -> bool:
        """
        Tell whether the kill switch is off.
        """
        found = self.query("SELECT armed FROM switch")
        return bool(found) and found[0][0] == 1

    @property
    def is_access_stopped(self) -> bool:
        """
        Tell whether acting for the account was stopped.
        """
        found = self.query("SELECT reason FROM access")
        return bool(found) and found[0][0] is not None

    @property
    def generation(self) -> str | None:
        """
        Return the generation of the rules that run.
        """
        found = self.query("SELECT generation FROM running")
        return found[0][0] if found else None

    @property
    def penalty(self) -> Any:
        """
        Return the last penalty, ``None`` if there was none.
        """
        found = self.query("SELECT * FROM penalties ORDER BY id DESC LIMIT 1")
        return found[0] if found else None
