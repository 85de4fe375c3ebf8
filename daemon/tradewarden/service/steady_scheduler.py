"""
APScheduler's scheduler on our clock, so that no step of the wall clock silences it and no suspend is slept through.

As it comes it compares due times with the system's wall clock and waits on the event loop's. Here it lives on the
steady time line, looks at the clocks at least every few seconds, and waits on the clock that it is given.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import STATE_RUNNING, BaseScheduler
from apscheduler.triggers.base import BaseTrigger

if TYPE_CHECKING:
    from apscheduler.job import Job

    from tradewarden.ports import Clock
    from tradewarden.service.steady_time import SteadyTime
    from tradewarden.service.triggers import GridTrigger

HEARTBEAT = timedelta(seconds=5)
LATENESS = timedelta(seconds=1)  # with which a run may have come


class SteadyScheduler(AsyncIOScheduler):  # type: ignore[misc]  # APScheduler has no types
    """
    Calls what is due on the spot: no task, no thread, nothing that a shutdown could cancel. Nothing of it is logged.
    """

    def __init__(self, clock: Clock, time: SteadyTime, *, heartbeat: timedelta) -> None:
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL + 1)
        super().__init__(
            timezone=UTC,
            executors={"default": DebugExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._clock = clock
        self._time = time
        self._heartbeat = heartbeat

    def shutdown(self, *, wait: bool = False) -> None:
        """
        End at once, not at the loop's next turn. May be called in any state.
        """
        if self.running:
            BaseScheduler.shutdown(self, wait)
            self._stop_timer()

    def _process_jobs(self) -> float | None:
        """
        Run what is due and return the seconds until the next. A missed time is one run, whatever it was missed for.
        """
        if self.state != STATE_RUNNING:
            return None
        self._start_timer(None)  # should anything here raise, it is tried again at the next heartbeat
        self._time.look()
        store = self._lookup_jobstore("default")
        for job in store.get_all_jobs():
            if isinstance(job.trigger, WallTrigger):
                self._put(job, job.trigger.aim())
        now = self._time.steady
        for job in store.get_due_jobs(now):
            due: datetime = job.next_run_time
            self._lookup_executor(job.executor).submit_job(job, [due])
            self._put(job, job.trigger.get_next_fire_time(due, now))
        following = store.get_next_run_time()
        return None if following is None else (following - now).total_seconds()

    def _put(self, job: Job, due: datetime | None) -> None:
        if due is None:
            self.remove_job(job.id)
        elif due != job.next_run_time:
            job.next_run_time = due
            self._lookup_jobstore("default").update_job(job)

    def _start_timer(self, wait_seconds: float | None) -> None:
        """
        Wait for the next run, but never longer than a heartbeat: the clocks want to be looked at.
        """
        self._stop_timer()
        if self.running:
            wait = self._heartbeat if wait_seconds is None else min(timedelta(seconds=wait_seconds), self._heartbeat)
            self._timeout = asyncio.ensure_future(self._wake_up_after(wait))

    async def _wake_up_after(self, wait: timedelta) -> None:
        await self._clock.sleep(wait)
        self.wakeup()


class WallTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """
    A trigger of wall clock times on the steady time line, aimed anew whenever the clocks part.

    A clock that was set back does not run a time again that was run less than *pause*, the shortest of the schedule,
    ago: so nothing runs twice, and nothing is silent until the clock has caught up.
    """

    def __init__(self, grid: GridTrigger, *, pause: timedelta, time: SteadyTime) -> None:
        self._grid = grid
        self._pause = pause
        self._time = time
        self._ran: tuple[datetime, datetime] | None = None  # when it last ran: by the wall clock, and the steady time
        self._point: datetime | None = None
        self._aimed_at = time.wall

    def aim(self) -> datetime | None:
        """
        Return when it is due as the clocks stand now: in the past, if the clock was set forward beyond it.
        """
        if self._point is None or self._time.wall < self._aimed_at:
            earlier = self._grid.point_after(self._floor())
            if earlier is not None and (self._point is None or earlier < self._point):
                self._point = earlier
        self._aimed_at = self._time.wall
        return None if self._point is None else self._time.to_steady(self._point + self._grid.late(self._point))

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime | None:
        """
        Note that it runs *now* (steady time), and return when it is due next.
        """
        if self._point is not None:
            self._ran = max(self._point, self._time.wall), now - self._grid.late(self._point)
        self._point = None
        return self.aim()

    def _floor(self) -> datetime:
        """
        Return the wall clock's time after which it may run.
        """
        wall = self._time.wall
        if self._ran is None:
            return wall
        ran_at, ran_at_steady = self._ran
        return max(wall, min(ran_at, self._time.to_wall(ran_at_steady + self._pause) - LATENESS))
