"""
The timer: APScheduler as a source of ticks, and nothing else.

A job only marks a cycle as due. The cycle itself runs in a task of ours, one at a time: APScheduler cancels running
jobs at its shutdown, and a DELETE must never be cut in half. What falls due during a cycle is one cycle, not many.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from zoneinfo import ZoneInfo

    from apscheduler.triggers.base import BaseTrigger

    from tradewarden.model.settings import Schedule

LOOK_AHEAD = 50  # fire times of a cron expression that are compared to find its shortest pause


def trigger_of(schedule: Schedule, timezone: ZoneInfo, *, faster: int = 1) -> BaseTrigger:
    """
    Build the trigger of a schedule; *faster* divides an interval, for the demo's clock.

    Raises ValueError if the cron expression is not one.
    """
    jitter = schedule.jitter.total_seconds() / faster or None
    if schedule.cron is not None:
        trigger = CronTrigger.from_crontab(schedule.cron, timezone=timezone)
        trigger.jitter = jitter
        return trigger
    every = schedule.every or timedelta(seconds=60)
    return IntervalTrigger(seconds=every.total_seconds() / faster, timezone=UTC, jitter=jitter)


def cycle_length(schedule: Schedule, timezone: ZoneInfo, *, now: datetime) -> timedelta:
    """
    Return how long it is from one cycle to the next: of a cron expression, its shortest pause from *now* on.

    The night between two working days is no cycle: nobody watched, so no hold may run through it.
    """
    if schedule.every is not None and schedule.cron is None:
        return schedule.every
    trigger = CronTrigger.from_crontab(str(schedule.cron), timezone=timezone)
    fires: list[datetime] = []
    fire = trigger.get_next_fire_time(None, now)
    while fire is not None and len(fires) < LOOK_AHEAD:
        fires.append(fire)
        fire = trigger.get_next_fire_time(fire, fire + timedelta(microseconds=1))
    return min((after - before for before, after in pairwise(fires)), default=timedelta(0))


async def ticks(trigger: BaseTrigger) -> AsyncGenerator[None, None]:
    """
    Yield at once, and then whenever a cycle is due. Ticks that come while the caller is busy are one.
    """
    due = asyncio.Event()
    due.set()
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(_mark, trigger, args=[due], coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.start()
    try:
        while True:
            await due.wait()
            due.clear()
            yield
    finally:
        scheduler.shutdown(wait=False)


async def _mark(due: asyncio.Event) -> None:
    due.set()
