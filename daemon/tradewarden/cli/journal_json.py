"""
The journal as JSON: the objects of a report, with ``id`` and ``at``; events with ``event`` and ``reason``.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from tradewarden.engine.report import outcome_to_json
from tradewarden.journal.rows import JournalEvent

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.journal.rows import JournalRow


def row_to_json(row: JournalRow) -> dict[str, object]:
    """
    Return a row of the journal as `journal --json` prints it.
    """
    if isinstance(row, JournalEvent):
        return {"id": row.id, "at": instant(row.at), "event": row.event, "reason": row.reason}
    return {
        "id": row.id,
        "at": instant(row.at),
        **outcome_to_json(row.row),
        "mode": row.mode.value,
        "cycle_id": row.cycle_id,
        "count": row.count,
        "last_at": instant(row.last_at),
    }


def instant(at: datetime) -> str:
    """
    Write a moment as reports do: ISO 8601, UTC, whole seconds.
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
