"""
The timer in virtual time: what is due when, through suspends and whatever is done to the wall clock.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario.virtual_time import VirtualClock, VirtualTimeLoop
from tradewarden.model.settings import Schedule
from tradewarden.service.timer import Timer
from tradewarden.service.triggers import CronGrid

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 6, 10, 12, 0, 20, tzinfo=UTC)  # 14:00:20 in Berlin
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
EACH_MINUTE = Schedule(every=MINUTE)
EACH_TWO = Schedule(every=2 * MINUTE)
FIVE = Schedule(every=None, cron="*/5 * * * *")
DAILY = Schedule(every=None, cron="0 15 * * *")  # at 13:00 UTC


class Observer:
    """
    Remembers what it heard.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[str, timedelta]] = []

    def tell(self, event: str, **data: object) -> None:
        """
        Hear *event* with its one duration.
        """
        (duration,) = data.values()
        assert isinstance(duration, timedelta)
        self.heard.append((event, duration))


class Rig:
    """
    A timer on virtual clocks. *ticks* are the boot clock's time since the start, and what was due.
    """

    def __init__(
        self, schedules: Iterable[Schedule] = (), *, wall: datetime = NOON, heartbeat: timedelta = 5 * SECOND
    ) -> None:
        self.clock = VirtualClock(wall)
        self.observer = Observer()
        self.ticks: list[tuple[timedelta, frozenset[Schedule]]] = []
        self.busy_for = timedelta(0)
        self.timer = Timer(clock=self.clock, observer=self.observer, heartbeat=heartbeat)
        self._schedules = [*schedules]
        self._start = self.clock.now().boot

    def run(self, *story: timedelta | Callable[[], object]) -> list[float]:
        """
        Let time pass or something happen, in that order, and return after how many seconds there were ticks.
        """

        async def play() -> None:
            self.timer.plan(self._schedules, BERLIN)
            self.timer.start()
            taking = asyncio.ensure_future(self._take())
            for part in story:
                if isinstance(part, timedelta):
                    await asyncio.sleep(part.total_seconds())
                else:
                    part()
            self.timer.close()
            taking.cancel()
            await asyncio.wait([taking])

        in_virtual_time(self.clock, play())
        return [at.total_seconds() for at, _ in self.ticks]

    def suspend(self, duration: timedelta) -> Callable[[], None]:
        """
        Let time pass on the clocks, but not in the event loop.
        """
        return lambda: self.clock.advance(duration)

    def step(self, by: timedelta) -> Callable[[], None]:
        """
        Set the wall clock.
        """
        return lambda: self.clock.step_wall(by)

    def replan(self, *schedules: Schedule, timezone: ZoneInfo = BERLIN) -> Callable[[], None]:
        """
        Reload.
        """
        return lambda: self.timer.plan(schedules, timezone)

    async def _take(self) -> None:
        while True:
            due = await self.timer.due()
            self.ticks.append((self.clock.now().boot - self._start, due))
            await self.clock.sleep(self.busy_for)


def in_virtual_time(clock: VirtualClock, story: Coroutine[None, None, None]) -> None:
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(clock)) as runner:
        runner.run(story)


# --- the ordinary day


def test_an_interval_is_due_at_once_and_then_at_its_pace() -> None:
    rig = Rig([EACH_MINUTE])

    assert rig.run(4 * MINUTE + SECOND) == [0, 60, 120, 180, 240]
    assert rig.observer.heard == []


def test_a_cron_waits_for_its_time() -> None:
    assert Rig([FIVE]).run(11 * MINUTE) == [280, 580]


def test_schedules_that_are_due_together_come_together() -> None:
    """
    So rules that are due together share one listing, also with jitter.
    """
    short, long = (Schedule(every=every, jitter=5 * SECOND) for every in (MINUTE, 2 * MINUTE))
    rig = Rig([short, long])
    rig.run(5 * MINUTE)

    assert [due for _, due in rig.ticks] == [{short, long}, {short}, {short, long}, {short}, {short, long}]


def test_what_falls_due_during_a_cycle_is_one_cycle() -> None:
    rig = Rig([EACH_MINUTE])
    rig.busy_for = 150 * SECOND

    assert rig.run(400 * SECOND) == [0, 150, 300]


def test_a_cron_that_never_comes_disturbs_nobody() -> None:
    rig = Rig([Schedule(every=None, cron="0 0 30 2 *"), EACH_MINUTE])

    assert rig.run(2 * MINUTE + SECOND) == [0, 60, 120]


@pytest.mark.parametrize(
    ("start", "ticks"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), [13.5, 36.5, 60.5]),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), [12.5, 37.5, 61.5]),
    ],
    ids=["spring", "autumn"],
)
def test_a_daily_cycle_comes_once_on_each_day(start: datetime, ticks: list[float]) -> None:
    """
    Half past two at night, also when there is none (it comes at half past three) and when there are two.
    """
    rig = Rig([Schedule(every=None, cron="30 2 * * *")], wall=start, heartbeat=10 * MINUTE)

    assert [at / 3600 for at in rig.run(62 * HOUR)] == ticks


# --- the clocks


def test_a_suspend_is_made_up_for_by_one_cycle() -> None:
    """
    The event loop does not see it: its timers stand still. The heartbeat does.
    """
    rig = Rig([EACH_MINUTE, FIVE])
    ticks = rig.run(90 * SECOND, rig.suspend(8 * HOUR), 3 * MINUTE)

    resumed = 8 * 3600 + 90
    assert ticks[:2] == [0, 60]
    assert resumed <= ticks[2] <= resumed + 5
    assert rig.ticks[2][1] == {EACH_MINUTE, FIVE}
    assert ticks[3:5] == [resumed + 30, resumed + 90]
    assert rig.observer.heard == [("clock.slept", 8 * HOUR)]


@pytest.mark.parametrize("by", [-30 * SECOND, -HOUR, -YEAR, 30 * SECOND, HOUR, YEAR], ids=str)
def test_no_step_of_the_wall_clock_touches_an_interval(by: timedelta) -> None:
    rig = Rig([EACH_MINUTE])

    assert rig.run(90 * SECOND, rig.step(by), 2 * MINUTE) == [0, 60, 120, 180]
    assert rig.observer.heard == [("clock.stepped", by)]


@pytest.mark.parametrize(
    ("by", "following"),
    [
        (-10 * SECOND, [590, 890]),  # 12:05 comes again after 20 s, and was run
        (-2 * MINUTE, [700]),
        (-HOUR, [580, 880]),
        (-YEAR, [580, 880]),
        (-HOUR - 2 * SECOND, [582, 882]),
        (-HOUR + 2 * SECOND, [878]),  # a tick every five minutes would come two seconds early: it is the next one
    ],
    ids=str,
)
def test_a_cron_that_was_run_is_not_run_again_when_the_clock_is_set_back(by: timedelta, following: list[float]) -> None:
    """
    And it is not silent until the clock has caught up: no longer than one more of its pauses.
    """
    rig = Rig([FIVE])

    assert rig.run(285 * SECOND, rig.step(by), 10 * MINUTE + SECOND * 20) == [280, *following]


@pytest.mark.parametrize("by", [-MINUTE, -2 * HOUR, -DAY, -25 * HOUR, -YEAR], ids=str)
def test_a_daily_cycle_comes_within_two_days_when_the_clock_is_set_back(by: timedelta) -> None:
    rig = Rig([DAILY], heartbeat=MINUTE)
    ticks = [at / 3600 for at in rig.run(2 * HOUR, rig.step(by), 4 * DAY)]

    pauses = [after - before for before, after in pairwise(ticks)]
    assert ticks[0] == pytest.approx(1, abs=0.01)
    assert len(ticks) >= 3
    assert min(pauses) >= 23.99
    assert max(pauses) <= 48


@pytest.mark.parametrize("by", [HOUR, 30 * DAY, 50 * YEAR], ids=str)
def test_a_clock_set_forward_makes_one_late_cycle(by: timedelta) -> None:
    """
    However many times were passed over, a clock that began in 1976 included.
    """
    rig = Rig([FIVE])
    ticks = rig.run(30 * SECOND, rig.step(by), 10 * MINUTE)

    assert len(ticks) == 3
    assert 30 <= ticks[0] <= 35
    assert ticks[1:] == [280, 580]
    assert rig.observer.heard == [("clock.stepped", by)]


def test_a_clock_that_was_wrong_for_a_moment_makes_no_cycle_twice() -> None:
    """
    Forward over 13:00, which is run, late; back again: 13:00 is not run a second time, the next day's is.
    """
    rig = Rig([DAILY], heartbeat=MINUTE / 2)
    ticks = rig.run(30 * SECOND, rig.step(2 * HOUR), 2 * MINUTE, rig.step(-2 * HOUR), 2.1 * DAY)

    assert 30 <= ticks[0] <= 60
    assert [at / 3600 for at in ticks[1:]] == pytest.approx([25, 49], abs=0.01)
    assert [event for event, _ in rig.observer.heard] == ["clock.stepped", "clock.stepped"]


def test_a_slow_adjustment_is_no_step() -> None:
    """
    NTP shifts a clock by half a millisecond a second: nothing to tell, and a cron keeps to the wall clock.
    """
    rig = Rig([FIVE])
    story: list[timedelta | Callable[[], object]] = []
    for _ in range(3600):
        story += [SECOND, rig.step(timedelta(microseconds=-500))]
    ticks = rig.run(*story)

    assert rig.observer.heard == []
    assert len(ticks) == 12
    assert ticks[-1] == pytest.approx(280 + 3300 * 1.0005, abs=0.2)


def test_a_cron_never_comes_before_its_time_on_the_wall_clock() -> None:
    """
    Or a condition on `hour` would be false in the one cycle that there is.
    """
    rig = Rig([FIVE])
    rig.run(270 * SECOND, rig.step(timedelta(milliseconds=-40)), MINUTE)

    assert rig.clock.now().wall - MINUTE < NOON + 280 * SECOND
    assert [at for at, _ in rig.ticks] == [280 * SECOND + timedelta(milliseconds=40)]


def test_a_boot_clock_that_is_set_back_silences_nothing() -> None:
    """
    Only a test bed can do that.
    """
    rig = Rig([EACH_MINUTE])
    rig.run(90 * SECOND, rig.suspend(-HOUR), 3 * MINUTE)

    assert len(rig.ticks) == 5


_steps = st.sampled_from([-YEAR, -DAY, -HOUR, -5 * MINUTE, -30 * SECOND, -SECOND, 10 * SECOND, HOUR, YEAR])
_parts = st.tuples(st.sampled_from(["step", "suspend", "wait"]), _steps, st.integers(1, 900))


@settings(max_examples=25)
@given(st.lists(_parts, max_size=4))
def test_whatever_the_clocks_do_nothing_is_doubled_and_nothing_is_silent(
    parts: list[tuple[str, timedelta, int]],
) -> None:
    """
    No pause is shorter than the schedule's (but the one after what was late), none longer than two of them.
    """
    rig = Rig([EACH_MINUTE, FIVE])
    story: list[timedelta | Callable[[], object]] = []
    asleep = timedelta(0)
    for kind, step, seconds in parts:
        if kind == "suspend":
            story.append(rig.suspend(seconds * SECOND))
            asleep += seconds * SECOND
        story += [rig.step(step)] if kind == "step" else []
        story.append(seconds * SECOND)
    rig.run(*story, HOUR / 3)

    disturbances = sum(kind != "wait" for kind, _, _ in parts)
    end = rig.clock.now().boot - rig._start
    for schedule, pace in ((EACH_MINUTE, MINUTE), (FIVE, 5 * MINUTE)):
        ticks = [timedelta(0), *(at for at, due in rig.ticks if schedule in due), end]
        pauses = [after - before for before, after in pairwise(ticks)]
        assert max(pauses) <= 2 * pace + asleep + 6 * SECOND
        assert sum(pause < pace - SECOND for pause in pauses[1:-1]) <= disturbances
        assert len(ticks) - 2 <= (end - asleep) / pace + 2 + disturbances


# --- reload


def test_what_stays_keeps_its_pace_at_a_reload() -> None:
    rig = Rig([EACH_MINUTE, FIVE])

    assert rig.run(90 * SECOND, rig.replan(EACH_MINUTE), 5 * MINUTE) == [0, 60, 120, 180, 240, 300, 360]
    assert {due for _, due in rig.ticks} == {frozenset({EACH_MINUTE})}


def test_a_new_interval_is_due_at_once_and_joins_the_others() -> None:
    rig = Rig([EACH_MINUTE])
    rig.run(90 * SECOND, rig.replan(EACH_MINUTE, EACH_TWO), 3 * MINUTE)

    ticks = {at.total_seconds(): {*due} for at, due in rig.ticks}
    assert ticks == {
        0: {EACH_MINUTE},
        60: {EACH_MINUTE},
        90: {EACH_TWO},
        120: {EACH_MINUTE, EACH_TWO},
        180: {EACH_MINUTE},
        240: {EACH_MINUTE, EACH_TWO},
    }


def test_intervals_that_are_all_new_begin_with_the_reload() -> None:
    rig = Rig([EACH_MINUTE])

    assert rig.run(90 * SECOND, rig.replan(EACH_TWO), 5 * MINUTE) == [0, 60, 90, 210, 330]


def test_a_cron_follows_the_time_zone_at_a_reload() -> None:
    rig = Rig([DAILY, EACH_MINUTE])
    rig.run(90 * SECOND, rig.replan(DAILY, EACH_MINUTE, timezone=ZoneInfo("Europe/London")), 4 * HOUR)

    assert [at.total_seconds() for at, due in rig.ticks if DAILY in due] == [2 * 3600 - 20]
    assert len(rig.ticks) == 242 + 1


def test_what_a_reload_takes_away_is_due_no_more() -> None:
    rig = Rig([EACH_MINUTE])
    rig.busy_for = 90 * SECOND

    assert rig.run(80 * SECOND, rig.replan(), 5 * MINUTE) == [0]
    assert rig.timer.next_due() is None


def test_what_is_due_stays_due_at_a_reload() -> None:
    rig = Rig([EACH_MINUTE])
    rig.busy_for = 90 * SECOND

    assert rig.run(80 * SECOND, rig.replan(EACH_MINUTE), 90 * SECOND) == [0, 90]


# --- what it tells of itself


def test_it_tells_what_is_due_next() -> None:
    rig = Rig([FIVE, DAILY])
    told: list[datetime | None] = []
    rig.run(lambda: told.append(rig.timer.next_due()), 6 * MINUTE, lambda: told.append(rig.timer.next_due()))

    assert told == [NOON + 280 * SECOND, NOON + 580 * SECOND]


def test_without_a_plan_nothing_is_due_next() -> None:
    timer = Timer(clock=VirtualClock(), observer=Observer())

    assert timer.next_due() is None
    assert timer.overdue() == timedelta(0)


def test_it_tells_for_how_long_a_busy_caller_has_let_it_wait() -> None:
    rig = Rig([EACH_MINUTE])
    rig.busy_for = HOUR
    told: list[object] = []
    rig.run(
        50 * SECOND,
        lambda: told.append(rig.timer.overdue()),
        HOUR / 2,
        lambda: told.extend([rig.timer.overdue(), rig.timer.next_due()]),
    )

    assert told == [timedelta(0), HOUR / 2 - 10 * SECOND, NOON + MINUTE]


def test_a_scheduler_that_is_silent_is_overdue() -> None:
    rig = Rig([EACH_MINUTE])
    told: list[timedelta] = []
    rig.run(
        90 * SECOND,
        rig.timer._scheduler.pause,
        HOUR,
        lambda: told.append(rig.timer.overdue()),
    )

    assert told == [HOUR - 30 * SECOND]


def test_a_heartbeat_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An observer that raises, once, must not end all cycles.
    """
    rig = Rig([EACH_MINUTE])
    problems: list[object] = []
    tell = rig.observer.tell

    def fail_once(event: str, **_data: object) -> None:
        monkeypatch.setattr(rig.observer, "tell", tell)
        raise OSError(event)

    monkeypatch.setattr(rig.observer, "tell", fail_once)

    def catch() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: problems.append(context["exception"]))

    assert rig.run(catch, 90 * SECOND, rig.step(-HOUR), 2 * MINUTE) == [0, 60, 120, 180]
    assert [str(problem) for problem in problems] == ["clock.stepped"]


# --- begin and end


def test_a_cron_that_has_come_for_the_last_time_is_due_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Its place in the plan is given up quietly, at the next reload too.
    """
    rig = Rig([FIVE])
    grid = CronGrid.point_after

    def point_after(self: CronGrid, moment: datetime) -> datetime | None:
        point = grid(self, moment)
        return point if point is not None and point < NOON + 5 * MINUTE else None

    monkeypatch.setattr(CronGrid, "point_after", point_after)

    assert rig.run(6 * MINUTE, rig.step(-MINUTE), 10 * MINUTE, rig.replan()) == [280]


def test_it_may_be_closed_twice_and_without_a_start() -> None:
    timer = Timer(clock=VirtualClock(), observer=Observer())
    timer.close()
    timer.close()

    assert timer.overdue() == timedelta(0)


def test_after_the_end_nothing_is_due() -> None:
    rig = Rig([EACH_MINUTE])

    assert rig.run(90 * SECOND, rig.timer.close, rig.replan(EACH_TWO), HOUR) == [0, 60]
    assert rig.timer.overdue() == timedelta(0)
    assert rig.timer.next_due() is None


def test_the_scheduler_logs_nothing(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        Rig([EACH_MINUTE]).run(2 * MINUTE)

    assert [record for record in caplog.records if record.name.startswith("apscheduler")] == []
    assert capfd.readouterr().err == ""


class FastClock(VirtualClock):
    """
    A clock that runs twelve times faster than the event loop, as the demo's does.
    """

    async def sleep(self, duration: timedelta) -> None:
        """
        Wait for a twelfth of *duration* on the loop, and let the rest pass too.
        """
        await asyncio.sleep(duration.total_seconds() / 12)
        self.advance(duration * 11 / 12)


def test_the_demos_clock_runs_faster_than_the_loop() -> None:
    """
    A minute is five seconds, and nobody takes that for a suspend.
    """
    clock, observer = FastClock(NOON), Observer()
    ticks: list[float] = []

    async def play() -> None:
        timer = Timer(clock=clock, observer=observer, faster=12)
        timer.plan([EACH_MINUTE], BERLIN)
        timer.start()
        for _ in range(4):
            await timer.due()
            ticks.append(asyncio.get_running_loop().time())
        timer.close()

    in_virtual_time(clock, play())

    assert ticks == pytest.approx([0, 5, 10, 15])
    assert observer.heard == []
