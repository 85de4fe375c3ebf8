"""
Between the intent on disk and the first byte of the DELETE it can still be stopped.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scenario.incidents import ENTITY
from scenario.scripts import FAR, ID, errors, only, rules, smart_trade, told

if TYPE_CHECKING:
    from scenario.stage import Stage


def test_disarmed_nothing_is_sent_and_it_says_so(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.disarm()

    report = stage.cycle()

    assert (told(report), report.armed, report.requests) == ([(ID, "deferred", "disarmed")], False, 1)


def test_armed_again_it_goes_on(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.disarm()
    stage.reopen()
    assert told(stage.cycle()) == [(ID, "deferred", "disarmed")]

    stage.arm()

    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_disarmed_during_the_second_read_no_intent_is_written(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, stage.disarm)

    assert told(stage.cycle()) == [(ID, "deferred", "disarmed")]
    assert stage.query("SELECT count(*) FROM intents") == [(0,)]


def test_disarmed_between_intent_and_first_byte_it_is_not_sent(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.ears.cues["cancel.intended"] = stage.disarm

    report = stage.cycle()

    assert told(report) == [(ID, "not_sent", "disarmed")]
    assert stage.deletes == []
    assert stage.query("SELECT answer, outcome FROM intents") == [("not_sent", "not_sent")]


@pytest.mark.parametrize("seconds", [15, 3600])
def test_time_that_passes_between_intent_and_first_byte_stops_it(stage: Stage, seconds: int) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.ears.cues["cancel.intended"] = lambda: stage.pass_(seconds=seconds)

    report = stage.cycle()

    assert told(report) == [(ID, "not_sent", "stale")]
    assert stage.deletes == []


def test_a_wall_clock_that_steps_between_intent_and_first_byte_stops_it(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.ears.cues["cancel.intended"] = lambda: stage.clock.step_wall(timedelta(seconds=-30))

    assert told(stage.cycle()) == [(ID, "not_sent", "stale")]


def test_what_was_not_sent_is_tried_anew_and_nothing_is_spent(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.ears.cues["cancel.intended"] = lambda: stage.pass_(seconds=20)
    stage.cycle()
    stage.ears.cues.clear()

    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]
    assert stage.deletes == [(ID, FAR)]


def test_what_was_not_sent_has_one_row_in_the_journal(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.ears.cues["cancel.intended"] = stage.disarm
    stage.cycle()

    outcomes = [row for row in stage.journal if hasattr(row, "row")]

    assert len(outcomes) == 1


def test_a_newer_generation_of_the_rules_stops_it(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    daemon = stage.open(rules())
    stage.before(
        ENTITY, lambda: stage.outside(lambda journal: journal.begin(mode=daemon.settings.mode, generation="new"))
    )

    assert told(stage.cycle()) == [(ID, "deferred", "disarmed")]
    assert stage.deletes == []


def test_the_window_from_read_to_delete_is_in_the_report(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())

    report = stage.cycle()

    assert errors(report) == []
    assert only(report).window == timedelta(seconds=stage.latency_s)
