"""
How long every request stops after a 429 or 418.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.model.memory import Penalty

if TYPE_CHECKING:
    from tradewarden.model.moment import Moment

AFTER_429 = timedelta(seconds=300)  # documented: 100 requests a minute, then 300 s blocked (api-facts 4)
FIRST_BAN = timedelta(minutes=2)  # documented: 418 bans from 2 minutes to 3 days, growing
LONGEST_BAN = timedelta(days=3)


def next_penalty(
    previous: Penalty | None, *, banned: bool, retry_after: timedelta | None, reason: str, now: Moment
) -> Penalty:
    """
    Return the penalty to keep: the documented one, or what Retry-After asks for if that is longer.

    A ban doubles the one before, until three days have passed without any. No penalty ends before the one that runs.
    """
    pause, bans = AFTER_429, 0
    if banned:
        recent = previous is not None and now.surely_since(previous.began) < previous.pause + LONGEST_BAN
        bans = 1 + (previous.bans if previous is not None and recent else 0)
        pause = min(FIRST_BAN * 2 ** min(bans - 1, 20), LONGEST_BAN)
    elif previous is not None and now.surely_since(previous.began) < previous.pause + LONGEST_BAN:
        bans = previous.bans
    if retry_after is not None:
        pause = max(pause, min(retry_after, LONGEST_BAN))
    return Penalty(began=now, pause=max(pause, time_left(previous, now)), bans=bans, reason=reason)


def time_left(penalty: Penalty | None, now: Moment) -> timedelta:
    """
    Return how long *penalty* still runs at most; zero if it has surely run out.
    """
    if penalty is None:
        return timedelta(0)
    return max(penalty.pause - now.surely_since(penalty.began), timedelta(0))


def taken_up(journaled: Penalty | None, now: Moment) -> Penalty | None:
    """
    Return what is left of a penalty that an earlier process journaled, as one that begins now; ``None`` if nothing is.

    From here on this boot's clock counts: a wall clock that is wrong after a boot does not make it last for years.
    """
    left = time_left(journaled, now)
    return None if journaled is None or left == timedelta(0) else replace(journaled, began=now, pause=left)
