"""
What the owner reads: outcomes and turns of the kill switch, in one sequence. A single row is written in the caller's
transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.journal.database import transaction
from tradewarden.journal.queries import load_queries
from tradewarden.journal.rows import journal_row, outcome_to_columns
from tradewarden.journal.values import instant_to_text, legible
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from tradewarden.journal.rows import JournalRow
    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import SmartTradeId

_SQL = load_queries("log.sql")

COUNTED = frozenset({Outcome.DENIED, Outcome.DEFERRED})  # each would-cancel counts as an attempt of its own


def append_outcome(
    connection: sqlite3.Connection,
    row: OutcomeRow,
    *,
    cycle_id: str,
    mode: Mode,
    at: datetime,
    intent_id: int | None = None,
) -> None:
    """
    Append a row, the newest of its rule and SmartTrade.
    """
    columns = outcome_to_columns(row)
    connection.execute(_SQL["no_longer_latest"], {"rule": row.rule, "smart_trade_id": row.smart_trade_id})
    connection.execute(
        _SQL["append_outcome"],
        {**columns, "cycle_id": cycle_id, "mode": mode.value, "at": instant_to_text(at), "intent_id": intent_id},
    )


def record_outcome(connection: sqlite3.Connection, row: OutcomeRow, *, cycle_id: str, mode: Mode, at: datetime) -> None:
    """
    Append a row, or count it with the one before if it is a denial or a deferral that repeats unchanged.

    What the settling of an intent has told already is not told again.
    """
    key = {"rule": row.rule, "smart_trade_id": row.smart_trade_id}
    before = connection.execute(_SQL["latest"], key).fetchone()
    if before is not None and _tells(before, row, cycle_id):
        return
    if row.outcome not in COUNTED or before is None or not _repeats(before, row, mode):
        append_outcome(connection, row, cycle_id=cycle_id, mode=mode, at=at)
        return
    columns = outcome_to_columns(row)
    connection.execute(
        _SQL["count_repeat"], {**columns, "id": before["id"], "at": instant_to_text(at), "cycle_id": cycle_id}
    )


def record_outcomes(
    connection: sqlite3.Connection, rows: Sequence[OutcomeRow], *, cycle_id: str, mode: Mode, at: datetime
) -> None:
    """
    Record the rows of a cycle in one transaction of their own.
    """
    with transaction(connection):
        for row in rows:
            record_outcome(connection, row, cycle_id=cycle_id, mode=mode, at=at)


def note_answer(
    connection: sqlite3.Connection,
    intent_id: int,
    *,
    reason: str | None,
    detail: str,
    at: datetime,
    window_us: int | None,
) -> None:
    """
    Let the row of an open intent tell what is known so far.
    """
    connection.execute(
        _SQL["note_answer"],
        {
            "intent_id": intent_id,
            "reason": reason,
            "detail": detail,
            "at": instant_to_text(at),
            "window_us": window_us,
        },
    )


def append_event(connection: sqlite3.Connection, event: str, *, reason: str, at: datetime) -> None:
    """
    Append a turn of the kill switch: ``armed``, ``disarmed`` or ``breach``.
    """
    connection.execute(_SQL["append_event"], {"event": event, "reason": reason, "at": instant_to_text(at)})


def read_rows(
    connection: sqlite3.Connection,
    *,
    since: datetime | None,
    smart_trade_id: SmartTradeId | None,
    limit: int | None,
) -> list[JournalRow]:
    """
    Return the rows that were last seen at *since* or later, newest first. Those of one SmartTrade hold no events.
    """
    found = connection.execute(
        _SQL["rows"],
        {
            "since": None if since is None else instant_to_text(since),
            "smart_trade_id": smart_trade_id,
            "limit": -1 if limit is None else limit,
        },
    ).fetchall()
    with legible("a row of the log"):
        return [journal_row(row) for row in found]


def _tells(before: sqlite3.Row, row: OutcomeRow, cycle_id: str) -> bool:
    """
    Tell whether the row *before* is this very outcome, written when its intent was settled.
    """
    told = (before["cycle_id"], before["trade_id"], before["outcome"])
    return before["intent_id"] is not None and told == (cycle_id, row.trade_id, row.outcome.value)


def _repeats(before: sqlite3.Row, row: OutcomeRow, mode: Mode) -> bool:
    fate = (before["mode"], before["trade_id"], before["outcome"], before["reason"])
    return fate == (mode.value, row.trade_id, row.outcome.value, row.reason)
