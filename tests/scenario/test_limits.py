"""
The blast radius and the API budget: what is allowed happens, the rest is put off and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario.scripts import ID, errors, rule, rules, smart_trade, told

if TYPE_CHECKING:
    from scenario.stage import Stage


def _falling(stage: Stage, *numbers: int, **changes: Any) -> None:
    for number in numbers:
        stage.add(smart_trade(number, **changes), day_change="-6")


def test_cancels_per_cycle(stage: Stage) -> None:
    _falling(stage, 101, 102, 103)
    stage.open(rules(limits="{cancels_per_cycle: 2}"))

    first, second = stage.cycles(2, minutes=1)

    assert told(first) == [
        (101, "cancelled", None),
        (102, "cancelled", None),
        (103, "deferred", "cancels_per_cycle"),
    ]
    assert told(second) == [(103, "cancelled", None)]


def test_a_denial_uses_up_no_limit(stage: Stage) -> None:
    _falling(stage, 101, prices=("150",))
    _falling(stage, 102)
    stage.open(rules(limits="{cancels_per_cycle: 1}"))

    assert told(stage.cycle()) == [(101, "denied", "steps-remain"), (102, "cancelled", None)]


def test_cancels_per_hour_over_a_restart(stage: Stage) -> None:
    _falling(stage, 101, 102, 103)
    stage.open(rules(limits="{cancels_per_hour: 2}"))
    stage.cycle()

    stage.reopen()

    assert told(stage.cycle(minutes=58)) == [(103, "deferred", "cancels_per_hour")]
    assert told(stage.cycle(minutes=2)) == [(103, "cancelled", None)]


def test_cancels_per_smart_trade_counts_all_rules_for_a_day(stage: Stage) -> None:
    _falling(stage, 101, prices=("150", "200", "250", "300"))
    names = ("a", "b", "c")
    stage.open(rules(*(rule(name, repeat="never") for name in names), safety="{frozen_after: never}"))

    reports = stage.cycles(4, minutes=1)
    late = stage.cycle(hours=24)

    assert ("deferred", "cancels_per_smart_trade") in {row[1:] for row in told(reports[2])}
    assert len(stage.deletes) == 3
    assert told(late) == [(101, "cancelled", None)]


def test_abort_above_cancels_nothing_and_says_why(stage: Stage) -> None:
    _falling(stage, 101, 102)
    stage.add(smart_trade(103))
    stage.open(rules(limits="{abort_above: 50%}"))

    report = stage.cycle()

    assert told(report) == [(101, "deferred", "abort_above"), (102, "deferred", "abort_above")]
    assert "2 of 3" in str(report.outcomes[0].detail)
    assert stage.deletes == []


def test_abort_above_counts_the_allowed_accounts_alone(stage: Stage) -> None:
    _falling(stage, 101, 102)
    for number in (103, 104, 105):
        stage.add(smart_trade(number, account_id=7))
    stage.open(rules(limits="{abort_above: 50%}", api="{accounts: [32402783]}"))

    assert [row[1:] for row in told(stage.cycle())] == [("deferred", "abort_above")] * 2


def test_abort_above_does_not_count_what_is_spent(stage: Stage) -> None:
    for number in (101, 102, 103):
        stage.add(smart_trade(number))
    stage.open(rules(limits="{abort_above: 50%}"))
    for number in (101, 102, 103):
        stage.market(smart_trade_id=number, day_change="-6")
        assert told(stage.cycle(minutes=1)) == [(number, "cancelled", None)]


def test_two_rules_on_one_smart_trade_take_turns(stage: Stage) -> None:
    _falling(stage, 101, prices=("150", "200", "250"))
    stage.open(rules(rule("a"), rule("b")))

    first, second = stage.cycles(2, minutes=1)

    assert told(first) == [(ID, "cancelled", None), (ID, "deferred", "open_question")]
    assert told(second) == [(ID, "cancelled", None)]
    assert stage.deletes == [(ID, 1013), (ID, 1012)]


def test_a_cancel_that_never_fits_the_budget_is_deferred(stage: Stage) -> None:
    _falling(stage, 101)
    stage.open(rules(api="{requests_per_minute: 5}"))

    report = stage.cycle()

    assert told(report) == [(ID, "deferred", "budget")]
    assert report.requests == 1
    assert errors(report) == []


def test_what_does_not_fit_this_minute_waits_for_the_next_and_reads_anew(stage: Stage) -> None:
    _falling(stage, 101, 102)
    stage.open(rules(api="{requests_per_minute: 7}"))

    report = stage.cycle()

    assert [row[1] for row in told(report)] == ["cancelled", "cancelled"]
    arrived = [int(entry.at // 60) for entry in stage.api.requests]  # minutes of the clock, as 3Commas seems to count
    assert max(arrived.count(minute) for minute in set(arrived)) <= 7


def test_a_whole_crash_stays_below_the_documented_rate(stage: Stage) -> None:
    _falling(stage, *range(1001, 1031))
    stage.open(rules(limits="{cancels_per_cycle: 30}"))

    report = stage.cycle()

    assert [row[1] for row in told(report)] == ["cancelled"] * 30
    minutes = [int(entry.at // 60) for entry in stage.api.requests]
    assert max(minutes.count(minute) for minute in set(minutes)) <= 50
    assert 429 not in {entry.status for entry in stage.api.requests}
