"""
When a schedule is due: every grid, in every time zone, whatever the clocks do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewarden.model.settings import Schedule
from tradewarden.service.triggers import GridTrigger, cycle_length, trigger_of

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
FRIDAY = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _cron(text: str, *, jitter: timedelta = timedelta(0)) -> Schedule:
    return Schedule(every=None, cron=text, jitter=jitter)


def _trigger(schedule: Schedule, timezone: ZoneInfo = BERLIN, *, seed: str = "") -> GridTrigger:
    return trigger_of(schedule, timezone, start=FRIDAY, seed=seed)


def _fires(trigger: GridTrigger, start: datetime, end: datetime) -> list[datetime]:
    """
    Return all fire times later than *start* and not later than *end*, one asked for after the other as it comes.
    """
    fires = []
    fire = trigger.get_next_fire_time(None, start)
    while fire is not None and fire <= end:
        fires.append(fire)
        fire = trigger.get_next_fire_time(fire, fire)
    return fires


def _local(fires: list[datetime], timezone: ZoneInfo) -> list[str]:
    return [fire.astimezone(timezone).strftime("%d %H:%M") for fire in fires]


# --- intervals


def test_an_interval_fires_on_its_grid() -> None:
    trigger = _trigger(Schedule(every=timedelta(seconds=90)))

    assert trigger.get_next_fire_time(FRIDAY, FRIDAY) == FRIDAY + timedelta(seconds=90)
    assert trigger.get_next_fire_time(None, FRIDAY - MINUTE) == FRIDAY
    assert trigger.get_next_fire_time(FRIDAY, FRIDAY + 7 * MINUTE) == FRIDAY + timedelta(seconds=450)


def test_a_schedule_without_either_is_a_minute() -> None:
    assert _trigger(Schedule(every=None)).get_next_fire_time(FRIDAY, FRIDAY) == FRIDAY + MINUTE


# --- cron expressions


def test_a_cron_is_in_the_owners_time_zone() -> None:
    trigger = _trigger(_cron("0 8 * * *"))

    assert trigger.get_next_fire_time(None, FRIDAY) == datetime(2026, 1, 3, 7, 0, tzinfo=UTC)


def test_what_is_no_cron_is_an_error() -> None:
    with pytest.raises(ValueError, match="fields"):
        _trigger(_cron("whenever"))


def test_a_cron_that_never_comes_has_no_fire_time() -> None:
    assert _trigger(_cron("0 0 30 2 *")).get_next_fire_time(None, FRIDAY) is None


# Nights in which the clock changes: (zone, the UTC noon before)
SPRING = (BERLIN, datetime(2026, 3, 28, 12, tzinfo=UTC))
AUTUMN = (BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC))
NEW_YORK_SPRING = (NEW_YORK, datetime(2026, 3, 7, 12, tzinfo=UTC))
NEW_YORK_AUTUMN = (NEW_YORK, datetime(2026, 10, 31, 12, tzinfo=UTC))
LORD_HOWE_SPRING = (LORD_HOWE, datetime(2026, 10, 3, 3, tzinfo=UTC))
LORD_HOWE_AUTUMN = (LORD_HOWE, datetime(2026, 4, 4, 3, tzinfo=UTC))
NIGHTS = pytest.mark.parametrize(
    ("timezone", "noon"),
    [SPRING, AUTUMN, NEW_YORK_SPRING, NEW_YORK_AUTUMN, LORD_HOWE_SPRING, LORD_HOWE_AUTUMN],
    ids=["Berlin spring", "Berlin autumn", "New York spring", "New York autumn", "Lord Howe spring", "and autumn"],
)


@pytest.mark.parametrize(
    ("night", "cron", "times"),
    [
        (SPRING, "30 2 * * *", ["29 03:30", "30 02:30"]),
        (AUTUMN, "30 2 * * *", ["25 02:30", "26 02:30"]),
        (NEW_YORK_SPRING, "30 2 * * *", ["08 03:30", "09 02:30"]),
        (NEW_YORK_AUTUMN, "30 1 * * *", ["01 01:30", "02 01:30"]),
        (LORD_HOWE_SPRING, "15 2 * * *", ["04 02:45", "05 02:15"]),
        (LORD_HOWE_AUTUMN, "45 1 * * *", ["05 01:45", "06 01:45"]),
        (SPRING, "30 2,3 * * *", ["29 03:30", "30 02:30", "30 03:30"]),
        (AUTUMN, "0,30 2 * * *", ["25 02:00", "25 02:30", "26 02:00", "26 02:30"]),
    ],
)
def test_a_certain_time_runs_once_on_each_day(night: tuple[ZoneInfo, datetime], cron: str, times: list[str]) -> None:
    """
    Also on the day that does not have it, as late as it would have been, and on the one that has it twice.
    """
    timezone, noon = night
    fires = _fires(_trigger(_cron(cron), timezone), noon, noon + 2 * DAY)

    assert _local(fires, timezone) == times
    assert fires[0].astimezone(timezone).fold == 0


@NIGHTS
@pytest.mark.parametrize("minutes", [1, 5, 15])
def test_a_pace_of_minutes_neither_pauses_nor_doubles(timezone: ZoneInfo, noon: datetime, minutes: int) -> None:
    evening = noon + 8 * HOUR
    fires = _fires(_trigger(_cron(f"*/{minutes} * * * *"), timezone), evening, noon + 20 * HOUR)

    assert {after - before for before, after in pairwise([evening, *fires])} == {minutes * MINUTE}


@NIGHTS
@pytest.mark.parametrize("cron", ["0 * * * *", "40 0-23 * * *"])
def test_a_pace_of_hours_goes_on(timezone: ZoneInfo, noon: datetime, cron: str) -> None:
    """
    Where the clock changes by half an hour, the one pause that is longer or shorter is so by that.
    """
    fires = _fires(_trigger(_cron(cron), timezone), noon, noon + DAY)
    pauses = [after - before for before, after in pairwise(fires)]

    if timezone is LORD_HOWE:
        assert sorted({*pauses} - {HOUR}) in ([HOUR / 2], [HOUR * 1.5])
        assert pauses.count(HOUR) == len(pauses) - 1
    else:
        assert {*pauses} == {HOUR}


@NIGHTS
def test_a_window_at_night_goes_on_through_the_change(timezone: ZoneInfo, noon: datetime) -> None:
    fires = _fires(_trigger(_cron("*/5 0-5 * * *"), timezone), noon, noon + DAY)

    assert {after - before for before, after in pairwise(fires)} == {5 * MINUTE}


def test_a_day_that_a_zone_leaves_out_is_made_up_for() -> None:
    """
    Samoa went from the 29th to the 31st of December 2011: the times of the 30th fall on those of the 31st.
    """
    apia, start = ZoneInfo("Pacific/Apia"), datetime(2011, 12, 29, 12, tzinfo=UTC)
    daily, hourly = (
        _fires(_trigger(_cron(cron), apia), start, start + 3 * DAY) for cron in ("30 8 * * *", "0 * * * *")
    )

    assert _local(daily, apia) == ["29 08:30", "31 08:30", "01 08:30"]
    assert {after - before for before, after in pairwise(hourly)} == {HOUR}


ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",  # changes at midnight
    "America/St_Johns",
    "Africa/Casablanca",  # changes for a month
    "Antarctica/Troll",  # by two hours
    "Pacific/Apia",
    "Asia/Kathmandu",
]
CHANGES = {
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)],
    "America/Santiago": [datetime(2026, 4, 5, 3, tzinfo=UTC), datetime(2026, 9, 6, 4, tzinfo=UTC)],
    "America/St_Johns": [datetime(2026, 3, 8, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 4, 30, tzinfo=UTC)],
    "Africa/Casablanca": [datetime(2026, 2, 15, 2, tzinfo=UTC), datetime(2026, 3, 22, 2, tzinfo=UTC)],
    "Antarctica/Troll": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
}


def _field(low: int, high: int) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """
    Draw one field of a cron expression, with the numbers that it means.
    """
    numbers = st.integers(low, high)
    everything = st.just(("*", frozenset(range(low, high + 1))))
    steps = st.integers(1, high - low).map(lambda n: (f"*/{n}", frozenset(range(low, high + 1, n))))
    lists = st.frozensets(numbers, min_size=1, max_size=3).map(lambda ns: (",".join(map(str, sorted(ns))), ns))
    ranges = st.tuples(numbers, numbers).map(lambda ends: (min(ends), max(ends)))
    return (
        everything
        | steps
        | lists
        | ranges.map(lambda ends: (f"{ends[0]}-{ends[1]}", frozenset(range(ends[0], ends[1] + 1))))
    )


@st.composite
def _cases(draw: st.DrawFn) -> tuple[str, str, datetime, list[datetime]]:
    """
    Draw a cron expression, a zone and a moment near a change of its clock, and find by brute force when it is due.
    """
    zone = draw(st.sampled_from(ZONES))
    start = draw(st.sampled_from(CHANGES.get(zone, [datetime(2026, 5, 1, tzinfo=UTC)])))
    start += timedelta(minutes=draw(st.integers(-8 * 60, 2 * 60)))
    (minute, minutes), (hour, hours) = draw(_field(0, 59)), draw(_field(0, 23))
    day, days = draw(st.sampled_from([("*", range(32)), ("*/2", range(1, 32, 2)), ("5,29,30", (5, 29, 30))]))
    goes_through = "*" in minute + hour or len(hours) == 24
    timezone = ZoneInfo(zone)
    offsets = [(start + number * HOUR).astimezone(timezone).utcoffset() or timedelta(0) for number in range(-20, 30)]
    due = set()
    for number in range(-4 * 60, 14 * 60):
        naive = start.astimezone(timezone).replace(tzinfo=None, second=0) + number * MINUTE
        if naive.minute not in minutes or naive.hour not in hours or naive.day not in days:
            continue
        instants = [(naive - offset).replace(tzinfo=UTC) for offset in dict.fromkeys(offsets)]
        there = [instant for instant in instants if instant.astimezone(timezone).replace(tzinfo=None) == naive]
        due.update((sorted(there) if goes_through else sorted(there)[:1]) or [(naive - offsets[0]).replace(tzinfo=UTC)])
    return (
        f"{minute} {hour} {day} * *",
        zone,
        start,
        sorted(instant for instant in due if 0 < (instant - start) / HOUR <= 10),
    )


@settings(max_examples=60)
@given(_cases())
def test_a_cron_is_due_when_brute_force_finds_it(case: tuple[str, str, datetime, list[datetime]]) -> None:
    cron, zone, start, due = case

    assert _fires(_trigger(_cron(cron), ZoneInfo(zone)), start, start + 10 * HOUR) == due


# --- what was missed, and jitter

_schedules = st.builds(
    Schedule,
    every=st.none(),
    cron=st.sampled_from(["* * * * *", "*/5 8-20 * * mon,fri", "30 2 * * *", "0 0 29 2 *"]),
    jitter=st.integers(0, 3600).map(lambda seconds: timedelta(seconds=seconds)),
) | st.integers(1, 86_400).flatmap(
    lambda seconds: st.builds(
        Schedule,
        every=st.just(timedelta(seconds=seconds)),
        jitter=st.integers(0, seconds - 1).map(lambda jitter: timedelta(seconds=jitter)),
    )
)
_moments = st.datetimes(datetime(1970, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (its bounds)


@given(_schedules, st.sampled_from(ZONES), _moments, _moments)
def test_a_fire_time_is_later_than_both_moments_however_much_was_missed(
    schedule: Schedule, zone: str, previous: datetime, now: datetime
) -> None:
    """
    So APScheduler finds at most one missed run, where it would list 29 million after a clock that began in 1970.
    """
    fire = _trigger(schedule, ZoneInfo(zone)).get_next_fire_time(previous, now)

    assert fire is not None
    assert fire > max(previous, now)


@given(_schedules, st.sampled_from(ZONES), _moments)
def test_jitter_loses_and_doubles_nothing_and_keeps_the_order(schedule: Schedule, zone: str, start: datetime) -> None:
    """
    Each fire time is late by less than its jitter, and earlier than the next: also with a jitter longer than a pause.
    """
    trigger = _trigger(schedule, ZoneInfo(zone), seed="a seed")
    points = [trigger.point_after(start)]
    fires = [trigger.get_next_fire_time(None, start)]
    for _ in range(5):
        assert points[-1] is not None
        assert fires[-1] is not None
        points.append(trigger.point_after(points[-1]))
        fires.append(trigger.get_next_fire_time(fires[-1], fires[-1]))

    following = trigger.point_after(points[-1] or start)
    for point, fire, after in zip(points, fires, [*points[1:], following], strict=True):
        assert point is not None
        assert fire is not None
        assert after is not None
        assert point <= fire <= point + schedule.jitter
        assert fire < after


def test_jitter_is_spread_and_differs_by_seed() -> None:
    schedule = _cron("* * * * *", jitter=timedelta(seconds=30))
    one, other = (_trigger(schedule, seed=seed) for seed in ("one", "other"))
    points = [FRIDAY + number * MINUTE for number in range(300)]
    late = [one.late(point) for point in points]

    assert late != [other.late(point) for point in points]
    assert timedelta(seconds=13) < sum(late, timedelta(0)) / len(late) < timedelta(seconds=17)
    assert max(late) < timedelta(seconds=30)


def test_intervals_on_one_grid_share_their_jitter() -> None:
    """
    Or rules that are due together would not share one listing.
    """
    jitter = timedelta(seconds=5)
    short, long = (_trigger(Schedule(every=every, jitter=jitter)) for every in (MINUTE, 2 * MINUTE))

    assert {*_fires(long, FRIDAY, FRIDAY + HOUR)} < {*_fires(short, FRIDAY, FRIDAY + HOUR)}


# --- the length of a cycle


@pytest.mark.parametrize(
    ("schedule", "length"),
    [
        (Schedule(every=timedelta(minutes=3)), timedelta(minutes=3)),
        (Schedule(every=None), timedelta(minutes=1)),
        (_cron("*/5 * * * *"), timedelta(minutes=5)),
        (_cron("*/5 8-20 * * mon-fri"), timedelta(minutes=5)),
        (_cron("0 9 * * mon-fri"), timedelta(days=1)),
        (_cron("0 8,9,20 * * *"), timedelta(hours=1)),
        (_cron("0 0 1 1 *"), timedelta(days=365)),
    ],
    ids=["every", "neither", "regular", "working hours", "daily", "uneven", "yearly"],
)
def test_a_cycle_is_as_long_as_its_shortest_pause(schedule: Schedule, length: timedelta) -> None:
    """
    Of working hours the night is no cycle, or a hold would run through it unobserved.
    """
    assert cycle_length(schedule, ZoneInfo("UTC"), now=FRIDAY) == length


def test_a_change_of_the_clock_makes_no_cycle_shorter() -> None:
    assert cycle_length(_cron("30 2 * * *"), BERLIN, now=datetime(2026, 3, 28, 12, tzinfo=UTC)) == DAY


def test_a_cron_that_never_comes_has_no_length() -> None:
    assert cycle_length(_cron("0 0 30 2 *"), BERLIN, now=FRIDAY) == timedelta(0)
