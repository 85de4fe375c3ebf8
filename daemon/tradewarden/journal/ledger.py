"""
The past, as gates, limits and `repeat` need it: one ledger for live, one for the dry run.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.journal import control
from tradewarden.journal.database import snapshot
from tradewarden.journal.queries import load_queries
from tradewarden.journal.rows import attempt
from tradewarden.journal.values import instant_to_text, legible
from tradewarden.model.memory import Ledger
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from tradewarden.model.memory import HoldKey

_SQL = load_queries("ledger.sql")

COUNTED_FOR = timedelta(hours=25)  # the longest limit counts 24 hours

_ATTEMPTS = {Mode.LIVE: "live_attempts", Mode.DRY_RUN: "dry_run_attempts"}
_RESETS = {Mode.LIVE: "live_resets", Mode.DRY_RUN: "dry_run_resets"}


def read_ledger(connection: sqlite3.Connection, *, mode: Mode, now: datetime) -> Ledger:
    """
    Return the ledger of *mode*, all of it from one state of the journal.
    """
    with snapshot(connection):
        armed_at = control.armed_at(connection)
        bounds = {
            "since": instant_to_text(now - COUNTED_FOR),
            "armed_at": None if armed_at is None else instant_to_text(armed_at),
        }
        rows = connection.execute(_SQL[_ATTEMPTS[mode]], bounds).fetchall()
        with legible("an attempt"):
            attempts = tuple(attempt(row) for row in rows)
        return Ledger(
            armed=control.is_armed(connection),
            attempts=attempts,
            reset_since=_keys(connection.execute(_SQL[_RESETS[mode]])),
            put_off=_keys(connection.execute(_SQL["put_off"])),
            set_aside=control.left_alone(connection, now=now),
            armed_at=armed_at,
            sent_steps=frozenset(TradeId(row["trade_id"]) for row in connection.execute(_SQL["sent_steps"])),
        )


def _keys(rows: Iterable[sqlite3.Row]) -> frozenset[HoldKey]:
    return frozenset((str(row["rule"]), SmartTradeId(row["smart_trade_id"])) for row in rows)
