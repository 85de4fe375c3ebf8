"""
Whether a recorded reading is the one that a decision was made with: where cycles are short, only some are recorded.
"""

from __future__ import annotations

from datetime import timedelta
from math import gcd
from typing import TYPE_CHECKING

from tradewarden.engine.window_plan import EARLY
from tradewarden.service.triggers import A_MINUTE, cycle_length

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from tradewarden.model.settings import Schedule
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.loader import RulesFile

MICROSECOND = timedelta.resolution
NO_TIME = timedelta(0)


def alone_for(rules: RulesFile, rule: Rule, *, now: datetime) -> timedelta:
    """
    Return how long after a reading there surely was no other, by the schedules of *rules* as they run from *now* on.

    The *rule* that has decided was asked, whether it is on today or not. A tenth is taken off: a timer is never exact.
    """
    settings = rules.settings
    schedules = {
        one.schedule or settings.schedule for one in rules.ruleset.rules if one.enabled or one.name == rule.name
    }
    shortest = min(cycle_length(one, settings.timezone, now=now) for one in schedules)
    pause = shortest if len(schedules) == 1 else _between(schedules)
    jitter = max(one.jitter for one in schedules)
    # What lies closer than a tenth of the shortest cycle is never two readings: the first is not over by then.
    return max(pause * (EARLY - 1) / EARLY - jitter, shortest / EARLY)


def _between(schedules: Collection[Schedule]) -> timedelta:
    """
    Return the shortest pause that several schedules can leave between two of their times.

    Intervals begin together, cron expressions name whole minutes; how the two lie to each other nobody knows.
    """
    intervals = [one.every for one in schedules if one.every is not None]
    if not intervals:
        return A_MINUTE
    if len(intervals) < len(schedules):
        return NO_TIME
    return gcd(*(every // MICROSECOND for every in intervals)) * MICROSECOND
