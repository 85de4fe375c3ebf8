"""
When a cycle is due, how long one is, and that ticks never pile up.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from tradewarden.model.settings import Schedule
from tradewarden.service.scheduler import cycle_length, ticks, trigger_of

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def _cron(text: str) -> Schedule:
    return Schedule(every=None, cron=text)


def test_an_interval_fires_at_its_pace() -> None:
    trigger = trigger_of(Schedule(every=timedelta(seconds=90)), BERLIN)

    assert trigger.get_next_fire_time(FRIDAY, FRIDAY) == FRIDAY + timedelta(seconds=90)


def test_the_demo_is_faster() -> None:
    trigger = trigger_of(Schedule(every=timedelta(seconds=60)), BERLIN, faster=12)

    assert trigger.get_next_fire_time(FRIDAY, FRIDAY) == FRIDAY + timedelta(seconds=5)


def test_a_schedule_without_either_is_a_minute() -> None:
    trigger = trigger_of(Schedule(every=None), BERLIN)

    assert trigger.get_next_fire_time(FRIDAY, FRIDAY) == FRIDAY + timedelta(seconds=60)


def test_a_cron_is_in_the_owners_time_zone() -> None:
    trigger = trigger_of(_cron("0 8 * * *"), BERLIN)

    assert trigger.get_next_fire_time(None, FRIDAY) == datetime(2026, 1, 3, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "schedule",
    [Schedule(jitter=timedelta(seconds=5)), Schedule(every=None, cron="* * * * *", jitter=timedelta(seconds=5))],
    ids=["every", "cron"],
)
def test_jitter_is_the_triggers(schedule: Schedule) -> None:
    assert trigger_of(schedule, BERLIN).jitter == 5


def test_no_jitter_is_none() -> None:
    assert trigger_of(Schedule(), BERLIN).jitter is None


def test_what_is_no_cron_is_an_error() -> None:
    with pytest.raises(ValueError, match="fields"):
        trigger_of(_cron("whenever"), BERLIN)


@pytest.mark.parametrize(
    ("schedule", "length"),
    [
        (Schedule(every=timedelta(minutes=3)), timedelta(minutes=3)),
        (_cron("*/5 * * * *"), timedelta(minutes=5)),
        (_cron("*/5 8-20 * * mon-fri"), timedelta(minutes=5)),
        (_cron("0 9 * * mon-fri"), timedelta(days=1)),
        (_cron("0 8,9,20 * * *"), timedelta(hours=1)),
        (_cron("0 0 1 1 *"), timedelta(days=365)),
    ],
    ids=["every", "regular", "working hours", "daily", "uneven", "yearly"],
)
def test_a_cycle_is_as_long_as_its_shortest_pause(schedule: Schedule, length: timedelta) -> None:
    """
    Of working hours the night is no cycle, or a hold would run through it unobserved.
    """
    assert cycle_length(schedule, ZoneInfo("UTC"), now=FRIDAY) == length


def test_a_cron_that_never_comes_has_no_length() -> None:
    assert cycle_length(_cron("0 0 30 2 *"), BERLIN, now=FRIDAY) == timedelta(0)


class Missed(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """
    Was due three times while nobody looked; *over* is set when it has been asked for the last time.
    """

    def __init__(self) -> None:
        self.left = 3
        self.over = asyncio.Event()

    def get_next_fire_time(self, _previous: datetime | None, _now: datetime) -> datetime | None:
        """
        Return a moment that is long over.
        """
        if not self.left:
            self.over.set()
            return None
        self.left -= 1
        return datetime(2000, 1, 1, 0, 3 - self.left, tzinfo=UTC)


async def test_the_first_tick_is_at_once() -> None:
    async with aclosing(ticks(IntervalTrigger(days=1, timezone=UTC))) as ticking:
        await anext(ticking)


async def test_ticks_that_were_missed_or_came_while_the_caller_was_busy_are_one() -> None:
    trigger = Missed()
    async with aclosing(ticks(trigger)) as ticking:
        await anext(ticking)
        await trigger.over.wait()

        await anext(ticking)
        another = asyncio.ensure_future(anext(ticking))
        for _ in range(10):
            await asyncio.sleep(0)

        assert not another.done()
        another.cancel()
        with pytest.raises(asyncio.CancelledError):
            await another
