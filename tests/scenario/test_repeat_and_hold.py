"""
What a rule remembers: its repeats and its holds, over restarts, reboots and gaps.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scenario.incidents import DELETE, LISTING
from scenario.scripts import ID, rule, rules, smart_trade, told
from tradewarden.simulator.messages import error_response

if TYPE_CHECKING:
    from scenario.stage import Stage

FOUR = ("150", "200", "250", "300")
CANCELLED = [(ID, "cancelled", None)]
GENEROUS = {"limits": "{cancels_per_smart_trade: 10}", "safety": "{frozen_after: never}"}


def test_never_is_once_over_restarts_and_edits_of_the_text(stage: Stage) -> None:
    stage.add(smart_trade(prices=FOUR), day_change="-6")
    stage.open(rules(**GENEROUS))
    assert told(stage.cycle()) == CANCELLED

    stage.market(day_change="-1")
    stage.cycle(minutes=1)
    stage.market(day_change="-6")
    stage.reopen(rules(rule(when="day_change < -4%"), **GENEROUS))

    assert [told(report) for report in stage.cycles(3, hours=30)] == [[], [], []]


def test_another_name_is_another_rule(stage: Stage) -> None:
    stage.add(smart_trade(prices=FOUR), day_change="-6")
    stage.open(rules(**GENEROUS))
    stage.cycle()

    stage.reopen(rules(rule("renamed"), **GENEROUS))

    assert told(stage.cycle(minutes=1)) == CANCELLED


def test_on_reset_needs_a_false_in_between_and_remembers_it_over_a_restart(stage: Stage) -> None:
    stage.add(smart_trade(prices=FOUR), day_change="-6")
    stage.open(rules(rule(repeat="on-reset"), **GENEROUS))
    assert told(stage.cycle()) == CANCELLED
    assert told(stage.cycle(minutes=1)) == []

    stage.distort(LISTING, lambda page: page[0]["data"].update(current_price=None), times=1)
    stage.cycle(minutes=1)
    assert told(stage.cycle(minutes=1)) == []  # unknown is not false

    stage.market(day_change="-4")
    stage.cycle(minutes=1)
    stage.reopen()
    stage.market(day_change="-6")

    assert told(stage.cycle(minutes=1)) == CANCELLED
    assert told(stage.cycle(minutes=1)) == []


def test_a_duration_is_a_pause(stage: Stage) -> None:
    stage.add(smart_trade(prices=FOUR), day_change="-6")
    stage.open(rules(rule(repeat="6h"), **GENEROUS))
    assert told(stage.cycle()) == CANCELLED

    stage.reopen()

    assert told(stage.cycle(hours=5, minutes=58)) == []
    assert told(stage.cycle(minutes=3)) == CANCELLED


def test_a_rejection_is_not_spent_but_backs_off(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(safety="{frozen_after: never}"))
    stage.before(DELETE, error_response(400, "Wrong param(s)", "no"), times=None)

    outcomes = [told(stage.cycle(minutes=minutes))[0][1:] for minutes in (0, 1, 5, 5, 30, 600)]

    rejected, backoff = ("rejected", "Wrong param(s)"), ("deferred", "backoff")
    assert outcomes == [rejected, backoff, rejected, backoff, rejected, backoff]

    stage.arm()
    stage.calm()

    assert told(stage.cycle(minutes=1)) == CANCELLED


def test_a_hold_survives_a_restart(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycles(2, minutes=1)

    stage.reopen()

    assert told(stage.cycle(minutes=1)) == CANCELLED


def test_a_hold_does_not_survive_a_change_of_its_rule(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycles(2, minutes=1)

    stage.reopen(rules(rule(when="day_change < -4%", for_="2m")))

    assert told(stage.cycle(minutes=1)) == []


def test_a_hold_does_not_survive_a_reboot(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycles(2, minutes=1)

    stage.close()
    stage.clock.reboot("boot-2")
    stage.reopen()

    assert [told(report) for report in stage.cycles(3, minutes=1)] == [[], [], CANCELLED]


def test_a_hold_does_not_survive_a_gap(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycles(2, minutes=1)

    assert told(stage.cycle(minutes=6)) == []
    assert [told(report) for report in stage.cycles(2, minutes=1)] == [[], CANCELLED]


def test_a_hold_does_not_run_through_the_night_of_a_cron(stage: Stage) -> None:
    """
    "two cycles, whichever is more" is two of the ordinary ones: the night between two working days is no reading.
    """
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="1h"), schedule='{cron: "*/30 8-20 * * *"}', safety="{frozen_after: never}"))
    stage.cycle()

    assert told(stage.cycle(hours=11)) == []


def test_a_step_of_the_wall_clock_makes_no_hold_run(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycle()
    stage.clock.step_wall(timedelta(hours=1))

    report = stage.cycle(minutes=1)

    assert told(report) == []
    assert 60 <= report.holding[0].held.total_seconds() < 61


def test_unknown_resets_a_hold(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycles(2, minutes=1)
    stage.distort(LISTING, lambda page: page[0]["data"].update(current_price=None), times=1)

    assert [told(report) for report in stage.cycles(4, minutes=1)] == [[], [], [], CANCELLED]


def test_what_holds_is_in_the_report(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycle()

    (holding,) = stage.cycle(minutes=1).holding

    assert (holding.rule, holding.smart_trade_id, holding.needed.total_seconds()) == ("red-day", ID, 120)
    assert 60 <= holding.held.total_seconds() < 61
