"""
What a failing test says: what was expected, what happened instead, and why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tradewarden.model.decision import CycleError
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.verdict import judge

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

AT_ONCE = """\
version: 1
rules:
  - name: red-day
    match: {pair: "USDT_*"}
    when: day_change < -5%
    cancel: farthest
"""


def test_a_series_that_ends_before_the_hold(desk: Desk) -> None:
    """
    The rule is right, the test is too short: that is said.
    """
    assert desk.told("""
series: {every: 1m, day_change: [-4%, -6%, -6%]}
expect: [{at: 2m, rule: red-day, cancels: {position: 2}}]
""") == [
        "at 2m, rule red-day",
        "expected: it cancels step 2 of SmartTrade 30428625",
        "happened: it holds: true for 1m of 2m",
        "note:     the readings end at 2m: it would have held at 3m",
    ]


def test_a_window_that_is_not_filled_says_how_far_its_readings_reach(desk: Desk) -> None:
    desk.rules(AT_ONCE.replace("day_change < -5%", "change(last, 10m) < -5%"))

    assert desk.told("""
series: {every: 1m, last: [0.1, 0.1, 0.09]}
expect: [{at: 2m, rule: red-day, cancels: {position: 2}}]
""")[2] == (
        "happened: its condition is not true: change(last, 10m) unknown < -5 %: unknown "
        "(change(last, 10m): its readings reach back 2m of 10m)"
    )


def test_a_condition_that_was_not_true_is_shown_with_its_values(desk: Desk) -> None:
    assert desk.told("""
set: {day_change: -4%}
expect: [{at: 2m, rule: red-day, cancels: {position: 2}}]
""") == [
        "at 2m, rule red-day",
        "expected: it cancels step 2 of SmartTrade 30428625",
        "happened: its condition is not true: day_change -4 % < -5 %: false",
    ]


def test_a_hold_that_has_not_run_and_when_it_does(desk: Desk) -> None:
    assert desk.told("""
series: {every: 1m, day_change: -6% x 4}
expect: [{at: 1m, rule: red-day, cancels: {position: 2}}]
""") == [
        "at 1m, rule red-day",
        "expected: it cancels step 2 of SmartTrade 30428625",
        "happened: it holds: true for 1m of 2m",
        "note:     it does so at 2m",
        "at 2m, rule red-day",
        "expected: nothing",
        "happened: it cancels step 2 at 0.4 of SmartTrade 30428625",
    ]


def test_a_denial_instead_is_named_with_what_it_saw(desk: Desk) -> None:
    assert desk.told("""
set: {day_change: -6%, steps: {1: {status: finished}}}
expect: [{at: 2m, rule: red-day, cancels: {position: 2}}]
""") == [
        "at 2m, rule red-day",
        "expected: it cancels step 2 of SmartTrade 30428625",
        (
            "happened: it is denied by steps-remain on SmartTrade 30428625, step 2 at 0.4: "
            "0 live steps left of 1, 1 to keep"
        ),
    ]


def test_another_step_is_one_difference(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    assert desk.told("""
set: {day_change: -6%}
expect: [{at: 0s, rule: red-day, cancels: {position: 1, price: 0.3}}]
""") == [
        "at 0s, rule red-day",
        "expected: it cancels step 1 at 0.3 of SmartTrade 30428625",
        "happened: it cancels step 2 at 0.4 of SmartTrade 30428625",
    ]


def test_a_repeat_that_is_spent(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    assert (
        desk.told("""
smart_trade: three_steps.json
series: {every: 1m, day_change: -6% x 2}
expect:
  - {at: 0s, rule: red-day, cancels: {price: 0.3}}
  - {at: 1m, rule: red-day, cancels: {price: 0.16}}
""")
        == [
            "at 1m, rule red-day",
            "expected: it cancels the step at 0.16 of SmartTrade 30428626",
            (
                "happened: its condition is true, but `repeat` allows no further cancel: "
                "at 0s it cancels step 3 at 0.3 of SmartTrade 30428626"
            ),
            "note:     it does so at 0s",
        ][:3]
    )


def test_a_denial_that_stands_is_told_once(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    assert desk.told("""
set: {stop_loss: false}
series: {every: 1m, day_change: -6% x 2}
expect:
  - {at: 0s, rule: red-day, denied: stop-loss-present}
  - {at: 1m, rule: red-day, denied: stop-loss-present}
""") == [
        "at 1m, rule red-day",
        "expected: it is denied by stop-loss-present on SmartTrade 30428625",
        (
            "happened: as at 0s, which is told once, it is denied by stop-loss-present on SmartTrade 30428625, "
            "step 2 at 0.4: enabled no, status unknown"
        ),
        "note:     it does so at 0s",
    ]


def test_who_is_left_out_by_match(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    assert desk.told("""
set: {day_change: -6%, pair: BTC_DOGE, note: mine}
expect: [{at: 0s, rule: red-day, deferred: cancels_per_hour}]
""") == [
        "at 0s, rule red-day",
        "expected: it is deferred (cancels_per_hour) on SmartTrade 30428625",
        ("happened: it is not asked: its `match` or `except` leaves out BTC_DOGE long, account 32402783, note 'mine'"),
    ]


def test_who_is_not_open_or_not_allowed(desk: Desk) -> None:
    desk.rules(AT_ONCE + "api: {accounts: [32402783]}\n")

    [_, _, not_open] = desk.told("""
set: {day_change: -6%, status: created}
expect: [{at: 0s, rule: red-day, holding}]
""")
    [_, _, not_allowed] = desk.told("""
set: {day_change: -6%, account_id: 7}
expect: [{at: 0s, rule: red-day, holds: 5s}]
""")

    assert not_open == "happened: it is not asked: the SmartTrade's status is created, not waiting_targets"
    assert not_allowed == "happened: it is not asked: account 7 is not in `api.accounts`"


def test_a_selector_that_chooses_nothing(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    assert (
        desk.told("""
set: {day_change: -6%, steps: {1: {price: 0.4}}}
expect: [{at: 0s, rule: red-day, cancels: {id: 1008300674}}]
""")[2]
        == "happened: its condition is true, but it chooses no step: more than one step is the farthest"
    )


def test_a_rule_that_is_not_due(desk: Desk) -> None:
    desk.rules(AT_ONCE + "    every: 5m\n")

    told = desk.told("""
series: {every: 1m, day_change: [-4%, -6%]}
expect: [{at: 1m, rule: red-day, cancels: {position: 2}}]
""")

    assert told[2] == "happened: it is not asked at this moment: it has a schedule of its own"


def test_a_frozen_price_is_told(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    told = desk.told("""
series: {every: 30m, last: 0.1 x 2, day_change: [-4%, -6%]}
expect: [{at: 30m, rule: red-day, cancels: {position: 2}}]
""")

    assert told[2] == (
        "happened: its condition is not true: day_change unknown < -5 %: unknown "
        "(the price has stood still for `frozen_after`)"
    )


def test_a_suspicious_listing_is_told(desk: Desk) -> None:
    """Of six SmartTrades half lose their price at once: nothing is done, and the reason is the cycle's."""
    desk.rules(AT_ONCE)
    ids = range(1, 7)
    for number in ids:
        desk.change(f"{number}.json", id=number)
    names = ", ".join(f"{number}.json" for number in ids)
    blind = ", ".join(f"{number}: {{day_change: [-4%, unknown]}}" for number in ids if number > 1)

    told = desk.told(f"""
smart_trades: [{names}]
series: {{every: 1m, day_change: [-4%, -6%], of: {{{blind}}}}}
expect: [{{at: 1m, rule: red-day, smart_trade: 1, cancels: {{position: 2}}}}]
""")

    assert told[2] == (
        "happened: it is deferred (suspicious_reading) on SmartTrade 1, step 2 at 0.4: "
        "only 1 SmartTrades are readable with a price, 6 were before"
    )


def test_a_dry_run_would_cancel(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    assert desk.told("mode: dry-run\nset: {day_change: -6%}\nexpect: []\n") == [
        "at 0s, rule red-day",
        "expected: nothing",
        "happened: it would cancel step 2 at 0.4 of SmartTrade 30428625",
    ]


def test_differences_come_in_the_order_of_time(desk: Desk) -> None:
    desk.rules(AT_ONCE)

    told = desk.told("""
series: {every: 1m, day_change: [-4%, -6%, -6%]}
expect:
  - {at: 2m, rule: red-day, denied: steps-remain}
  - {at: 0s, rule: red-day, holding}
""")

    assert [line for line in told if line.startswith("at ")] == [
        "at 0s, rule red-day",
        "at 1m, rule red-day",
        "at 2m, rule red-day",
    ]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("set: {pair: BTC_DOGE}", "its `match` or `except` leaves out BTC_DOGE long, account 32402783"),
        ("set: {side: unknown, status: finished}", "the SmartTrade's status is finished, not waiting_targets"),
        ("enable: friday\nonly: friday\nstart: 2026-01-01T12:00", "none was due at any reading"),
        (
            "only: friday",
            "friday is switched off (`enabled: false`): `enable: friday` switches it on for this test",
        ),
        (
            "only: [friday, sunday]",
            "all of them are switched off (`enabled: false`): `enable` switches them on for this test",
        ),
        ("only: []", "none was due at any reading"),
        ("set: {day_change: -4%}", None),
    ],
)
def test_a_test_that_could_not_fail_is_told(desk: Desk, body: str, note: str | None) -> None:
    """Nothing happened since nobody was asked: that proves little."""
    friday = (
        "{name: friday, enabled: false, when: day_change < -5%, cancel: farthest, schedule: {cron: '0 12 * * fri'}}"
    )
    desk.rules(f"{AT_ONCE}  - {friday}\n  - {friday.replace('fri', 'sun')}\n")

    verdict = desk.one(f"{body}\nexpect: []\n")

    assert verdict.passed
    noted = [] if note is None else [f"      note: no rule was asked: {note}"]
    assert list(verdict_lines(verdict)) == ["ok    a test", *noted]


def test_a_price_that_is_unknown_leaves_the_portrait_whole(desk: Desk) -> None:
    desk.rules(AT_ONCE.replace('pair: "USDT_*"', "side: long"))

    told = desk.told("set: {side: unknown}\nexpect: [{at: 0s, rule: red-day, holding}]\n")

    assert told[2] == (
        "happened: it is not asked: its `match` or `except` leaves out USDT_DOGE of unknown side, account 32402783"
    )


def test_a_fault_of_the_cycle_fails_the_test(desk: Desk) -> None:
    """Whatever the reason: a test that did not run to its end proves nothing."""
    verdict = desk.one("set: {day_change: -4%}\nexpect: []\n")
    played = verdict.played
    report = played.frames[1].report
    assert report is not None
    broken = replace(report, errors=(CycleError(error="api", message="SmartTrade 5 is not in the test."),))
    frames = (played.frames[0], replace(played.frames[1], report=broken), played.frames[2])

    judged = judge(replace(played, frames=frames))

    assert not judged.passed
    assert [line.strip() for line in verdict_lines(judged)][1:] == [
        "at 1m, rule (all)",
        "expected: nothing",
        "happened: SmartTrade 5 is not in the test.",
    ]
