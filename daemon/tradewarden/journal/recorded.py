"""
The past for `explain --at`: the cycle that was recorded last before a moment, and what the journal says around it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.errors import NotRecorded
from tradewarden.journal.rows import JournalEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from tradewarden.journal.rows import JournalRow
    from tradewarden.journal.sqlite import SqliteJournal
    from tradewarden.model.smart_trade import Listing, SmartTradeId

AROUND = timedelta(minutes=10)  # so far from the moment a row of the journal still belongs to it
CHUNK = timedelta(minutes=10)  # so many cycles are taken into memory at once
ARMED = "armed"


async def recorded(journal: SqliteJournal, at: datetime) -> Listing:
    """
    Return what the last cycle at *at* or before read. Raises NotRecorded if none is kept.
    """
    read_at = await journal.recorded_at(at)
    found = [] if read_at is None else await journal.recorded_listings(since=read_at, until=read_at)
    if found:
        return found[-1][0]
    span = await journal.recorded_span()
    kept = (
        "no readings are kept here."
        if span is None
        else f"readings are kept from {span.first:%Y-%m-%d %H:%M:%S} to {span.last:%Y-%m-%d %H:%M:%S} UTC."
    )
    msg = f"nothing is recorded of that time ({at:%Y-%m-%d %H:%M:%S} UTC): {kept}"
    raise NotRecorded(msg)


async def cycles_before(
    journal: SqliteJournal, end: datetime, *, back: timedelta, smart_trade_id: SmartTradeId | None = None
) -> AsyncIterator[Listing]:
    """
    Yield what the cycles of the time *back* before *end* read, oldest first: all SmartTrades, or one.
    """
    since = end - back
    while since < end:
        until = min(since + CHUNK, end)
        for listing, _ in await journal.recorded_listings(since=since, until=until, smart_trade_id=smart_trade_id):
            if listing.asked_at.wall < until:
                yield listing
        since = until


def rows_around(rows: Sequence[JournalRow], at: datetime) -> list[JournalRow]:
    """
    Return those of *rows* that were seen within ten minutes of *at*, in their order.
    """
    return [row for row in rows if row.at <= at + AROUND and _last_at(row) >= at - AROUND]


def was_armed(rows: Sequence[JournalRow], at: datetime) -> bool:
    """
    Tell whether the kill switch was off at *at*, by the turns among *rows*, newest first. A new journal is armed.
    """
    turns = [row for row in rows if isinstance(row, JournalEvent) and row.at <= at]
    return not turns or turns[0].event == ARMED


def _last_at(row: JournalRow) -> datetime:
    return row.at if isinstance(row, JournalEvent) else row.last_at
