"""
When a schedule is due: triggers for APScheduler that stay on their grid, whatever the clocks do.

A trigger names the first moment after two others, never a list of what was missed: after a night's suspend, or a clock
that began in 1970, there is one late run. Daylight saving is as RFC 5545 and cron(8) have it:

 - A time that a day does not have (02:30, when the clock goes from 02:00 to 03:00) is as late as without the change:
   at 03:30.
 - A time that a day has twice runs once, the first time. A cron expression with a ``*`` in its minute or hour, or with
   all hours, goes on at its pace instead.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tradewarden.model.settings import Schedule

LOOK_AHEAD = 50  # fire times of a cron expression that are compared to find its shortest pause
NEAR = timedelta(
    hours=26
)  # a change of the clock this near can change the order of local times; zones have skipped a day
A_MINUTE = timedelta(seconds=60)
TICK = timedelta(microseconds=1)


def trigger_of(schedule: Schedule, timezone: ZoneInfo, *, start: datetime, seed: str = "") -> GridTrigger:
    """
    Build the trigger of a schedule. *start* is a point of an interval's grid; *seed* decides its jitter.

    Raises ValueError if the cron expression is not one.
    """
    if schedule.cron is not None:
        return CronGrid(schedule.cron, timezone, jitter=schedule.jitter, seed=seed)
    return IntervalGrid(schedule.every or A_MINUTE, start, jitter=schedule.jitter, seed=seed)


def cycle_length(schedule: Schedule, timezone: ZoneInfo, *, now: datetime) -> timedelta:
    """
    Return how long it is from one cycle to the next: of a cron expression, its shortest pause from *now* on.

    The night between two working days is no cycle: nobody watched, so no hold may run through it. The clock's change
    in spring is left out: it makes one day's pause shorter.
    """
    if schedule.cron is None:
        return schedule.every or A_MINUTE
    calendar = _calendar(schedule.cron)
    fires: list[datetime] = []
    fire = calendar.get_next_fire_time(None, _local(now, timezone))
    while fire is not None and len(fires) < LOOK_AHEAD:
        fires.append(fire)
        fire = calendar.get_next_fire_time(None, fire + TICK)
    return min((after - before for before, after in pairwise(fires)), default=timedelta(0))


class GridTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """
    Fires at the points of a grid, each late by its jitter.

    The jitter of a point is always the same, and less than the way to the next one: fire times keep their order, none
    is lost, and schedules that are due together stay together.
    """

    def __init__(self, *, jitter: timedelta, seed: str) -> None:
        self._jitter = jitter
        self._seed = seed

    @abstractmethod
    def point_after(self, moment: datetime) -> datetime | None:
        """
        Return the first point of the grid that is later than *moment*; ``None`` if there is none.
        """

    def late(self, point: datetime) -> timedelta:
        """
        Return the jitter of a point of the grid.
        """
        following = self.point_after(point) if self._jitter else None
        if following is None:
            return timedelta(0)
        digest = hashlib.blake2b(f"{self._seed} {point.isoformat()}".encode(), digest_size=2).digest()
        return min(self._jitter, following - point) * int.from_bytes(digest) // 0x10000

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """
        Return the first fire time later than both *previous* and *now*: what was missed is left out.
        """
        point = self.point_after(now if previous is None else max(previous, now))
        return None if point is None else point + self.late(point)


class IntervalGrid(GridTrigger):
    """
    The grid of *start* and every multiple of *every* after and before it.
    """

    def __init__(self, every: timedelta, start: datetime, *, jitter: timedelta, seed: str) -> None:
        super().__init__(jitter=jitter, seed=seed)
        self._every = every
        self._start = start

    def point_after(self, moment: datetime) -> datetime | None:
        """
        Return the first point of the grid that is later than *moment*.
        """
        return self._start + ((moment - self._start) // self._every + 1) * self._every


class CronGrid(GridTrigger):
    """
    The times of a cron expression in a time zone.

    APScheduler's own trigger knows the calendar; it is asked for local times as if they were UTC, because in a zone it
    runs a time twice that a day has twice.
    """

    def __init__(self, expression: str, timezone: ZoneInfo, *, jitter: timedelta, seed: str) -> None:
        super().__init__(jitter=jitter, seed=seed)
        self._calendar = _calendar(expression)
        self._timezone = timezone
        self._goes_through = _goes_through(expression, self._calendar)

    def point_after(self, moment: datetime) -> datetime | None:
        """
        Return the first instant (UTC) of the expression that is later than *moment*; ``None`` if there is none.
        """
        first: datetime | None = None
        horizon: datetime | None = None
        shift = self._shift_near(moment)
        local = self._local_after(_local(moment, self._timezone) - shift - (TICK if shift else timedelta(0)))
        while local is not None and (horizon is None or local <= horizon):
            for instant in self._instants(local):
                if instant > moment and (first is None or instant < first):
                    first = instant
                    horizon = _local(first, self._timezone) + self._shift_near(first)
            local = self._local_after(local)
        return first

    def _local_after(self, local: datetime) -> datetime | None:
        following: datetime | None = self._calendar.get_next_fire_time(None, local + TICK)
        return following

    def _instants(self, local: datetime) -> tuple[datetime, ...]:
        """
        Return when a local time comes: in a gap by the offset before it, and twice only for what goes on at its pace.
        """
        first, second = (local.replace(tzinfo=self._timezone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return (first, second) if second > first and self._goes_through else (first,)

    def _shift_near(self, moment: datetime) -> timedelta:
        """
        Return by how much the clock is changed so close to *moment* that local times come out of order: mostly not.
        """
        shift = self._shift_within(NEAR, moment)
        return self._shift_within(shift + A_MINUTE, moment) if shift else shift

    def _shift_within(self, reach: timedelta, moment: datetime) -> timedelta:
        before, here, after = (
            (moment + way).astimezone(self._timezone).utcoffset() or timedelta(0)
            for way in (-reach, timedelta(0), reach)
        )
        return max(abs(here - before), abs(after - here))


def _calendar(expression: str) -> CronTrigger:
    return CronTrigger.from_crontab(expression, timezone=UTC)


def _local(moment: datetime, timezone: ZoneInfo) -> datetime:
    """
    Return the local time of *moment*, dressed up as UTC: a calendar without changes of the clock.
    """
    return moment.astimezone(timezone).replace(tzinfo=UTC, fold=0)


def _goes_through(expression: str, calendar: CronTrigger) -> bool:
    """
    Tell whether a cron expression means a pace rather than certain times.
    """
    minutes, hours = expression.split()[:2]
    (hour,) = (field for field in calendar.fields if field.name == "hour")
    every_hour = all(hour.get_next_value(datetime(2000, 1, 1, number, tzinfo=UTC)) == number for number in range(24))
    return every_hour or "*" in minutes or "*" in hours
