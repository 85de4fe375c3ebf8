"""
How long it is from one cycle to the next: what is told is certain.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewarden.model.settings import Schedule
from tradewarden.rulesfile.cron import read_cron
from tradewarden.rulesfile.pauses import Pauses, pauses_of
from tradewarden.service.triggers import cycle_length, trigger_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UTC_ZONE = ZoneInfo("UTC")
FRIDAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def cron(expression: str) -> Pauses:
    return pauses_of(Schedule(every=None, cron=read_cron(expression)))


@pytest.mark.parametrize(
    ("expression", "shortest"),
    [
        ("* * * * *", MINUTE),
        ("*/15 * * * *", 15 * MINUTE),
        ("*/7 * * * *", 4 * MINUTE),
        ("0,5 * * * *", 5 * MINUTE),
        ("0,59 0,23 * * *", MINUTE),  # over midnight
        ("*/15 8-20 * * mon-fri", 15 * MINUTE),
        ("0 8 * * *", DAY),
        ("0 8 * * mon-fri", DAY),
        ("0 8 * * mon,thu", 3 * DAY),
        ("0 8 * * mon", 7 * DAY),
        ("0,20 8 1 * *", 20 * MINUTE),
        ("0 8 1-31 1-12 *", DAY),
        ("0 8 1 * *", None),  # a month is as long as it is
        ("0,59 0,23 1-3 * *", None),
        ("0 8 * 1-6 *", None),
    ],
)
def test_the_shortest_pause(expression: str, shortest: timedelta | None) -> None:
    assert cron(expression).shortest == shortest


def test_an_interval_is_its_only_pause() -> None:
    pauses = pauses_of(Schedule(every=5 * MINUTE))

    assert pauses.shortest == 5 * MINUTE
    assert pauses.are_all(5 * MINUTE, up_to=DAY)
    assert pauses.longest_run(up_to=10 * MINUTE) is None


@pytest.mark.parametrize(
    ("expression", "up_to", "are_all", "run"),
    [
        ("*/15 8-20 * * *", 30 * MINUTE, True, 12 * HOUR + 45 * MINUTE),
        ("*/15 8-20 * * *", 12 * HOUR, False, None),
        ("*/15 8-20 * * mon-fri", 30 * MINUTE, True, 12 * HOUR + 45 * MINUTE),
        ("0,5 * * * *", 10 * MINUTE, True, 5 * MINUTE),
        ("0,5 * * * *", 55 * MINUTE, False, None),
        ("0,5,15,16 8 * * *", 5 * MINUTE, False, 5 * MINUTE),
        ("0,5,15,16 8 * * *", 10 * MINUTE, False, 16 * MINUTE),
        ("0,20 8 1 * *", 40 * MINUTE, True, 20 * MINUTE),
        ("0,20 0,23 1-3 * *", 40 * MINUTE, False, None),  # the night is that short, if there is one
    ],
)
def test_pauses_up_to_a_length(expression: str, up_to: timedelta, are_all: bool, run: timedelta | None) -> None:
    pauses = cron(expression)

    assert pauses.shortest is not None
    assert pauses.are_all(pauses.shortest, up_to=up_to) is are_all
    assert pauses.longest_run(up_to=up_to) == run


NUMBERS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 28), "weekday": (0, 6)}
FIELDS = {
    name: st.just("*") | st.sets(st.integers(*bounds), min_size=1, max_size=4).map(lambda s: ",".join(map(str, s)))
    for name, bounds in NUMBERS.items()
}
EXPRESSIONS = st.one_of(
    st.builds("{} {} * * {}".format, FIELDS["minute"], FIELDS["hour"], FIELDS["weekday"]),
    st.builds("{} {} {} * *".format, FIELDS["minute"], FIELDS["hour"], FIELDS["day"]),
)


@settings(max_examples=40, deadline=None)
@given(EXPRESSIONS)
def test_what_is_told_of_a_cron_expression_is_what_the_timer_does(expression: str) -> None:
    """In a zone without a change of the clock."""
    schedule = Schedule(every=None, cron=read_cron(expression))
    pauses = pauses_of(schedule)
    trigger = trigger_of(schedule, UTC_ZONE, start=FRIDAY)
    fires = [FRIDAY]
    while len(fires) < 60:
        fires.append(trigger.point_after(fires[-1]) or FRIDAY)
    seen = [after - before for before, after in pairwise(fires[1:])]

    if pauses.shortest is not None:
        assert cycle_length(schedule, UTC_ZONE, now=FRIDAY) == min(seen) == pauses.shortest
    told = {*pauses.within, *pauses.overnight}
    assert all(one in told or (pauses.others is not None and one >= pauses.others) for one in seen)
