"""
A dry run tells once what live would do once, and sends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.scripts import FAR, ID, only, rule, rules, smart_trade, told
from tradewarden.journal.rows import JournalOutcome

if TYPE_CHECKING:
    from scenario.stage import Stage


def test_it_would_cancel_once_and_sends_no_delete(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(mode="dry-run"))

    first, *later = stage.cycles(3, minutes=1)

    row = only(first)
    assert (row.outcome.value, row.trade_id, first.mode.value) == ("would_cancel", FAR, "dry-run")
    assert all(check.holds for check in row.invariants)
    assert [told(report) for report in later] == [[], []]
    assert stage.deletes == []
    assert len(stage.journal) == 1


def test_its_repeat_survives_a_restart(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(mode="dry-run"))
    stage.cycle()

    stage.reopen()

    assert told(stage.cycle(minutes=1)) == []


def test_going_live_starts_clean(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(mode="dry-run"))
    stage.cycle()

    stage.reopen(rules(mode="live"))

    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_the_option_makes_a_live_file_a_dry_run(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(mode="live"), dry_run=True)

    assert told(stage.cycle()) == [(ID, "would_cancel", None)]
    assert stage.deletes == []


def test_denials_are_told_as_live_would(stage: Stage) -> None:
    stage.add(smart_trade(stop_loss=None), day_change="-6")
    stage.open(rules(mode="dry-run"))

    assert told(stage.cycle()) == [(ID, "denied", "stop-loss-present")]


def test_its_limits_count_what_it_would_have_cancelled(stage: Stage) -> None:
    for number in (101, 102, 103):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules(mode="dry-run", limits="{cancels_per_cycle: 2, cancels_per_hour: 2}"))

    first, second = stage.cycles(2, minutes=1)

    assert [outcome for _, outcome, _ in told(first)] == ["would_cancel", "would_cancel", "deferred"]
    assert told(second) == [(103, "deferred", "cancels_per_hour")]


def test_two_rules_do_not_both_want_the_same_smart_trade_in_a_cycle(stage: Stage) -> None:
    stage.add(smart_trade(prices=("150", "200", "250")), day_change="-6")
    stage.open(rules(rule("a"), rule("b", cancel="nearest"), mode="dry-run"))

    assert told(stage.cycle()) == [(ID, "would_cancel", None), (ID, "deferred", "open_question")]


def test_a_would_cancel_stands_in_the_journal_with_its_evidence(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(mode="dry-run"))
    stage.cycle()

    (row,) = stage.journal

    assert isinstance(row, JournalOutcome)
    assert (row.row.outcome.value, row.mode.value, len(row.row.invariants)) == ("would_cancel", "dry-run", 15)


def test_its_limits_hold_within_one_cycle(stage: Stage) -> None:
    for number in (101, 102, 103):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules(mode="dry-run", limits="{cancels_per_hour: 2}"))

    assert told(stage.cycle()) == [
        (101, "would_cancel", None),
        (102, "would_cancel", None),
        (103, "deferred", "cancels_per_hour"),
    ]
