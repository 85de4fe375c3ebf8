"""
The timer: it says which schedules are due, and nothing else.

The work is done in a task of the caller's, one cycle at a time: a DELETE must never be cut in half by a scheduler. What
falls due meanwhile waits, once, however often it fell due.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.service.steady_scheduler import HEARTBEAT, SteadyScheduler, WallTrigger
from tradewarden.service.steady_time import SteadyTime
from tradewarden.service.triggers import GridTrigger, cycle_length, trigger_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from apscheduler.job import Job

    from tradewarden.model.settings import Schedule
    from tradewarden.ports import Clock, Observer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """
    A schedule that runs. *timezone* is ``None`` for an interval: it is the same everywhere.
    """

    job: Job
    timezone: ZoneInfo | None


class Timer:
    """
    Tells what is due, by *clock*: intervals by the boot clock, cron expressions by the wall clock.

    *seed* decides the jitter: two daemons should not have the same. *faster* is how much faster than the event loop the
    clock runs. The *heartbeat* bounds how late a step of a clock or the end of a suspend is noticed.
    """

    def __init__(
        self, *, clock: Clock, observer: Observer, seed: str = "", faster: int = 1, heartbeat: timedelta = HEARTBEAT
    ) -> None:
        self._seed = seed
        self._time = SteadyTime(clock, observer=observer, faster=faster)
        self._scheduler = SteadyScheduler(clock, self._time, heartbeat=heartbeat)
        self._start = self._time.now()
        self._planned: dict[Schedule, _Planned] = {}
        self._waiting: dict[Schedule, datetime] = {}  # what fell due and was not handed out, with its steady due time
        self._is_any_due = asyncio.Event()
        self._is_closed = False

    def start(self) -> None:
        """
        Begin, in the running event loop.
        """
        self._scheduler.start()

    def close(self) -> None:
        """
        End. May be called twice, and without `start`.
        """
        self._is_closed = True
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown()
        self._planned.clear()
        self._waiting.clear()

    def plan(self, schedules: Collection[Schedule], timezone: ZoneInfo) -> None:
        """
        Run *schedules* from now on, and no others. What runs already keeps its pace.

        An interval that is new is due at once and then on the grid that all intervals share, so that those which
        divide one another fall due together. A cron expression waits for its time.
        """
        if self._is_closed:
            return
        wanted = {schedule: None if schedule.cron is None else timezone for schedule in schedules}
        for schedule, planned in list(self._planned.items()):
            if schedule not in wanted or wanted[schedule] != planned.timezone:
                self._remove(schedule)
        self._waiting = {schedule: due for schedule, due in self._waiting.items() if schedule in wanted}
        if not self._waiting:
            self._is_any_due.clear()
        self._time.look()
        if all(planned.timezone is not None for planned in self._planned.values()):
            self._start = self._time.steady  # no interval goes on: the new ones begin a grid of their own
        for schedule in wanted:
            if schedule not in self._planned:
                self._add(schedule, timezone)

    async def due(self) -> frozenset[Schedule]:
        """
        Wait until something is due and return everything that is.
        """
        await self._is_any_due.wait()
        due = frozenset(self._waiting)
        self._waiting.clear()
        self._is_any_due.clear()
        return due

    def next_due(self) -> datetime | None:
        """
        Return the wall clock's time of the earliest run that was not handed out, ``None`` if no schedule has one.
        """
        first = min(self._not_handed_out(), default=None)
        return None if first is None else self._time.to_wall(first)

    def overdue(self) -> timedelta:
        """
        Return for how long the earliest run has been due without being handed out, by the boot clock.

        It grows while the caller is busy, and if the scheduler itself is silent. After a suspend it is large until the
        next heartbeat.
        """
        now = self._time.now()
        return max(now - min(self._not_handed_out(), default=now), timedelta(0))

    def _add(self, schedule: Schedule, timezone: ZoneInfo) -> None:
        grid = trigger_of(schedule, timezone, start=self._start, seed=self._seed)
        trigger: GridTrigger | WallTrigger = grid
        first: datetime | None = self._time.steady
        if schedule.cron is not None:
            pause = cycle_length(schedule, timezone, now=self._time.wall)
            trigger = WallTrigger(grid, pause=pause, time=self._time)
            first = trigger.aim()
        if first is not None:
            job = self._scheduler.add_job(self._mark, trigger, args=[schedule], next_run_time=first)
            self._planned[schedule] = _Planned(job=job, timezone=None if schedule.cron is None else timezone)

    def _remove(self, schedule: Schedule) -> None:
        job = self._planned.pop(schedule).job
        if self._scheduler.get_job(job.id) is not None:
            self._scheduler.remove_job(job.id)

    def _mark(self, schedule: Schedule) -> None:
        self._waiting.setdefault(schedule, self._planned[schedule].job.next_run_time)
        self._is_any_due.set()

    def _not_handed_out(self) -> Iterator[datetime]:
        """
        Yield, in steady time, when each schedule is or was due.
        """
        yield from self._waiting.values()
        for job in self._scheduler.get_jobs():
            yield job.next_run_time
