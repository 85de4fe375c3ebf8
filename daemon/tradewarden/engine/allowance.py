"""
What a daemon may still do: the requests of this minute, the cancels of this hour, and how long it must wait.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.gates import HOUR
from tradewarden.engine.past import Past
from tradewarden.engine.penalty import time_left

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.engine.findings import Known


def penalty_left(known: Known) -> timedelta:
    """
    Return how long 3Commas' penalty still runs; zero if none does, or none is known.
    """
    return timedelta(0) if known.standing is None else time_left(known.standing.penalty, known.now)


def requests_left(known: Known) -> int | None:
    """
    Return how many requests may still go out in this minute; ``None`` if no daemon says so.

    In the minute of the daemon's last word that is at most what it said, in a later one all of them.
    """
    record = known.current
    if record is None:
        return None
    if penalty_left(known):
        return 0
    is_of_this_minute = _minute(record.written_at) == _minute(known.now.wall)
    return record.requests_left if is_of_this_minute else record.requests_per_minute


def cancels_left(known: Known) -> int | None:
    """
    Return how many cancels the limit of an hour still allows; ``None`` if limit or ledger are not known.
    """
    if known.current is None or known.ledger is None:
        return None
    sent = Past.of(known.ledger.attempts).count_since(known.now.wall - HOUR)
    return max(known.current.cancels_per_hour - sent, 0)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
