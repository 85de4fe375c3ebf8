"""
What is told of a hold beside a cron expression is what the daemon's holds do at the times of its timer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import make_rule
from tradewarden.engine.decide import run_hold
from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.moment import Moment
from tradewarden.rulesfile.loader import examine
from tradewarden.rulesfile.values import duration_text
from tradewarden.service.triggers import cycle_length, trigger_of

if TYPE_CHECKING:
    from tradewarden.model.memory import Hold
    from tradewarden.model.settings import Schedule

ZONE = ZoneInfo("UTC")
FRIDAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FILE = """\
version: 1
safety: {{hold_gap: {gap}m}}
rules:
  - {{name: a, when: stop_loss, cancel: farthest, for: {hold}m, schedule: {{cron: "{cron}"}}}}
"""
BOUNDS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 28), "weekday": (0, 6)}
FIELDS = {
    name: st.just("*") | st.sets(st.integers(*bounds), min_size=1, max_size=4).map(lambda s: ",".join(map(str, s)))
    for name, bounds in BOUNDS.items()
}
CRON = st.one_of(
    st.builds("{} {} * * {}".format, FIELDS["minute"], FIELDS["hour"], FIELDS["weekday"]),
    st.builds("{} {} {} * *".format, FIELDS["minute"], FIELDS["hour"], FIELDS["day"]),
)


@settings(max_examples=60, deadline=None)
@given(cron=CRON, hold=st.integers(1, 3000), gap=st.sampled_from((1, 5, 30, 600)))
def test_what_is_told_of_a_hold_is_how_it_runs(cron: str, hold: int, gap: int) -> None:
    examined = examine(FILE.format(cron=cron, hold=hold, gap=gap).encode(), name="rules.yaml", vocabulary=VOCABULARY)
    told = [issue for issue in examined.issues if issue.code.startswith("hold-") and issue.code != "hold-gap-idle"]
    schedule = examined.desk.ruleset.rules[0].schedule
    assert schedule is not None

    lengths = _lengths(schedule, hold * MINUTE, gap * MINUTE) if told else set()

    for issue in told:
        real = issue.message.partition("in fact ")[2].partition(" long")[0]
        if issue.code == "hold-never-reached":
            assert lengths == set()
        elif "or longer" in issue.message:
            assert min(lengths) >= cycle_length(schedule, ZONE, now=FRIDAY) > hold * MINUTE
        else:
            assert {duration_text(length) for length in lengths} <= {real}


@pytest.mark.parametrize(("cron", "real"), [("*/15 * * * *", {"30m"}), ("0,20 * * * *", {"40m", "1h"})])
def test_a_hold_of_twenty_minutes_and_more(cron: str, real: set[str]) -> None:
    schedule = (
        examine(FILE.format(cron=cron, hold=25, gap=5).encode(), name="rules.yaml", vocabulary=VOCABULARY)
        .desk.ruleset.rules[0]
        .schedule
    )
    assert schedule is not None

    assert {duration_text(one) for one in _lengths(schedule, 25 * MINUTE, 5 * MINUTE)} == real


def _lengths(schedule: Schedule, wanted: timedelta, hold_gap: timedelta) -> set[timedelta]:
    """
    Return how long a hold has been when it comes to its end, whichever time it begins at.
    """
    trigger = trigger_of(schedule, ZONE, start=FRIDAY)
    fires = [FRIDAY]
    while len(fires) < 100:
        fires.append(trigger.point_after(fires[-1]) or FRIDAY)
    rule = make_rule(hold=wanted)
    gap = max(hold_gap, 2 * cycle_length(schedule, ZONE, now=FRIDAY))
    lengths: set[timedelta] = set()
    for begins in range(1, len(fires)):
        hold: Hold | None = None
        for fire in fires[begins:]:
            hold = run_hold(hold, rule, Moment(wall=fire, boot=fire - FRIDAY, boot_id="boot"), gap=gap)
            if hold.held >= wanted:
                lengths.add(hold.held)
                break
    return lengths
