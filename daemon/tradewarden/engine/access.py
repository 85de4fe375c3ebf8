"""
When acting may be tried again after 3Commas denied it: a 401, or a subscription plan without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradewarden.model.moment import Moment

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
LONGEST_LEVEL = 6  # 1, 2, 4, 8, 16 and then always 30 minutes
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessBackoff:
    """
    How often access was lost, *level* times in a row, and when it was lost last.

    It is kept when access is regained: with a plan that may read and not write, the credentials are valid each time,
    and the next DELETE is refused. An accepted DELETE ends it, and so does a day without a loss.
    """

    level: int
    last_loss: Moment


def stopped(backoff: AccessBackoff | None, now: Moment) -> AccessBackoff:
    """
    Return the back-off after a denial at *now*. One that comes while a pause runs belongs to the loss before.
    """
    if backoff is None or now.surely_since(backoff.last_loss) >= FORGET_AFTER:
        return AccessBackoff(level=1, last_loss=now)
    if time_left(backoff, now) > timedelta(0):
        return backoff
    return AccessBackoff(level=min(backoff.level + 1, LONGEST_LEVEL), last_loss=now)


def time_left(backoff: AccessBackoff | None, now: Moment) -> timedelta:
    """
    Return how long to wait before asking again whether the credentials are valid; zero if that may be done now.
    """
    if backoff is None:
        return timedelta(0)
    pause = min(FIRST_PAUSE * (1 << (backoff.level - 1)), LONGEST_PAUSE)
    return max(pause - now.surely_since(backoff.last_loss), timedelta(0))
