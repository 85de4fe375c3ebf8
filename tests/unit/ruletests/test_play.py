"""
What a test plays is what the daemon does: holds, repeats, limits, denials and schedules, by its own cycle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from tradewarden.ruletests.verdict import Verdict
    from unit.ruletests.conftest import Desk

AT_ONCE = """\
version: 1
rules:
  - name: red-day
    when: day_change < -5%
    cancel: farthest
    repeat: {repeat}
"""


def rows_of(verdict: Verdict) -> list[tuple[int, str, str | None]]:
    """
    Return what happened: reading, outcome and reason.
    """
    return [(frame.index, row.outcome.value, row.reason) for frame in verdict.played.frames for row in frame.new]


def test_the_example_of_the_product_page(desk: Desk) -> None:
    verdict = desk.one("""
series: {every: 1m, day_change: [-4%, -6%, -6%, -6%]}
expect:
  - {at: 3m, rule: red-day, cancels: {position: 2}}
""")

    assert verdict.passed
    assert rows_of(verdict) == [(3, "cancelled", None)]


def test_no_data_no_action(desk: Desk) -> None:
    """And there are as many readings as the longest `for` needs, so that it had its time."""
    verdict = desk.one("set: {day_change: unknown}\nexpect: []\n")

    assert verdict.passed
    assert len(verdict.played.frames) == 3


def test_a_cancelled_step_is_gone_for_the_readings_after_it(desk: Desk) -> None:
    """In `repeat: on-reset` the second red day finds one step left, which is not cancelled."""
    desk.rules(AT_ONCE.format(repeat="on-reset"))

    verdict = desk.one("""
series: {every: 1m, day_change: [-6%, -6%, -4%, -6%, -6%]}
expect:
  - {at: 0s, rule: red-day, cancels: {id: 1008300674, price: 0.4}}
  - {at: 3m, rule: red-day, denied: steps-remain}
""")

    assert verdict.passed
    listing = verdict.played.frames[-1].listing
    assert listing is not None
    assert [step.position for step in listing.smart_trades[0].steps] == [1]


def test_unknown_between_two_red_days_is_no_reset(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="on-reset"))

    assert desk.one("""
series: {every: 1m, day_change: [-6%, unknown, -6%]}
smart_trade: three_steps.json
expect:
  - {at: 0s, rule: red-day, cancels: {position: 3}}
""").passed


def test_repeat_after_a_pause(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="2m"))

    assert desk.one("""
smart_trade: three_steps.json
series: {every: 1m, day_change: -6% x 6}
expect:
  - {at: 0s, rule: red-day, cancels: {position: 3}}
  - {at: 2m, rule: red-day, cancels: {position: 2}}
  - {at: 4m, rule: red-day, deferred: cancels_per_smart_trade}
""").passed


def test_a_dry_run_would_cancel_and_the_step_stays(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="2m"))

    verdict = desk.one("""
mode: dry-run
series: {every: 1m, day_change: -6% x 4}
expect:
  - {at: 0s, rule: red-day, cancels: {position: 2}}
  - {at: 2m, rule: red-day, cancels: {position: 2}}
""")

    assert verdict.passed
    assert rows_of(verdict) == [(0, "would_cancel", None), (2, "would_cancel", None)]


def test_a_denial_that_repeats_unchanged_counts_once(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never"))

    verdict = desk.one("""
set: {stop_loss: false}
series: {every: 1m, day_change: -6% x 10}
expect:
  - {at: 0s, rule: red-day, denied: stop-loss-present}
""")

    assert verdict.passed
    reports = [frame.report for frame in verdict.played.frames if frame.report is not None]
    assert [row.outcome for report in reports for row in report.outcomes] == [Outcome.DENIED] * 10


def test_a_denial_for_another_reason_is_news(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never"))

    assert desk.one("""
set: {day_change: -6%}
series: {every: 1m, stop_loss: [false, false, true, true], breakeven: [false, false, true, true]}
expect:
  - {at: 0s, rule: red-day, denied: stop-loss-present}
  - {at: 2m, rule: red-day, denied: breakeven-steps}
""").passed


def test_limits_count_over_all_smart_trades(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never") + "limits: {cancels_per_cycle: 1}\n")

    assert desk.one("""
smart_trades: [two_steps.json, three_steps.json]
set: {day_change: -6%}
series: {every: 1m, profit: 1% x 2}
expect:
  - {at: 0s, rule: red-day, smart_trade: 30428625, cancels: {position: 2}}
  - {at: 0s, rule: red-day, smart_trade: 30428626, deferred: cancels_per_cycle}
  - {at: 1m, rule: red-day, smart_trade: 30428626, cancels: {position: 3}}
""").passed


def test_abort_above(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never") + "limits: {abort_above: 50%}\n")

    assert desk.one("""
set: {day_change: -6%}
expect:
  - {at: 0s, rule: red-day, deferred: abort_above}
""").passed


def test_the_list_of_trades_may_be_given(desk: Desk) -> None:
    """A row that says stop loss under the step's id denies, as it would at 3Commas."""
    desk.rules(AT_ONCE.format(repeat="never"))
    row = '{"id": %d, "trade_purpose": "%s", "status": "order_placed", "cancelable": true, "realised_amount": "0.0"}'
    rows = ", ".join(
        row % (trade, purpose) for trade, purpose in [(1008300673, "take_profit"), (1008300674, "stop_loss")]
    )
    (desk.folder / "trades.json").write_text(f"[{rows}]", encoding="utf-8")

    assert desk.one("""
trades: trades.json
set: {day_change: -6%}
expect:
  - {at: 0s, rule: red-day, denied: step-is-take-profit}
""").passed


def test_a_price_in_a_series_that_stands_still_is_frozen(desk: Desk) -> None:
    """Half an hour later nobody believes it, as in the daemon."""
    desk.rules(AT_ONCE.format(repeat="never"))

    assert desk.one("""
series: {every: 10m, last: 0.1 x 4, day_change: [-4%, -4%, -4%, -6%]}
expect: []
""").passed


def test_a_price_that_no_series_speaks_of_is_not_frozen(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never"))

    assert desk.one("""
series: {every: 10m, day_change: [-4%, -4%, -4%, -6%]}
expect:
  - {at: 30m, rule: red-day, cancels: {position: 2}}
""").passed


def test_a_hold_runs_at_the_pace_of_the_readings(desk: Desk) -> None:
    """Whatever the rules file's own cycle is."""
    assert desk.one("""
series: {every: 1h, day_change: -6% x 2}
expect:
  - {at: 1h, rule: red-day, cancels: {position: 2}}
""").passed


def test_a_rule_with_a_schedule_is_asked_at_its_times(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never") + "    schedule: {cron: '*/5 * * * *'}\n")

    assert desk.one("""
start: 2026-01-02T03:02
series: {every: 1m, day_change: -6% x 10}
expect:
  - {at: 3m, rule: red-day, cancels: {position: 2}}
""").passed


def test_an_interval_of_its_own_begins_with_the_test(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never") + "    every: 5m\n")

    assert desk.one("""
start: 2026-01-02T03:02
series: {every: 1m, day_change: [-4%, -6% x 9]}
expect:
  - {at: 5m, rule: red-day, cancels: {position: 2}}
""").passed


def test_only_asks_one_rule_and_enable_switches_one_on(desk: Desk) -> None:
    desk.rules(
        AT_ONCE.format(repeat="never")
        + "  - {name: off, enabled: false, when: day_change < -5%, cancel: nearest}\n"
        + "  - {name: other, when: day_change < -5%, cancel: nearest}\n"
    )

    assert desk.one("""
only: [off]
enable: off
set: {day_change: -6%}
expect:
  - {at: 0s, rule: off, cancels: {position: 1}}
""").passed


def test_keep_of_a_rule_that_is_not_asked_still_counts(desk: Desk) -> None:
    desk.rules(
        AT_ONCE.format(repeat="never") + "  - {name: other, when: day_change < -90%, cancel: nearest, keep: 2}\n"
    )

    assert desk.one("""
only: red-day
set: {day_change: -6%}
expect:
  - {at: 0s, rule: red-day, denied: steps-remain}
""").passed


def test_an_account_that_is_not_allowed_is_left_alone(desk: Desk) -> None:
    desk.rules(AT_ONCE.format(repeat="never") + "api: {accounts: [5]}\n")

    assert desk.one("set: {day_change: -6%}\nexpect: []\n").passed
    assert desk.one("""
set: {day_change: -6%, account_id: 5}
expect:
  - {at: 0s, rule: red-day, cancels: {position: 2}}
""").passed


@pytest.mark.parametrize(("start", "happens"), [("2026-01-02T20:00", True), ("2026-01-02T19:59", False)])
def test_the_hour_is_that_of_the_start_in_the_rules_time_zone(desk: Desk, start: str, *, happens: bool) -> None:
    text = AT_ONCE.format(repeat="never").replace("day_change < -5%", 'hour >= 20 and weekday == "fri"')
    desk.rules(text.replace("version: 1", "version: 1\ntimezone: Europe/Berlin"))

    verdict = desk.one(f"start: {start}\nexpect: []\n")

    assert verdict.passed is not happens
    assert rows_of(verdict) == ([(0, "cancelled", None)] if happens else [])


def test_age_is_that_of_the_reading(desk: Desk) -> None:
    """Without a start the test begins when the SmartTrade was last changed; a set age stays what it is."""
    desk.rules(AT_ONCE.format(repeat="never").replace("day_change < -5%", "idle_for >= 1h"))

    assert desk.one("""
series: {every: 30m, profit: 1% x 3}
expect:
  - {at: 1h, rule: red-day, cancels: {position: 2}}
""").passed
    assert desk.one("set: {idle_for: 59m}\nseries: {every: 30m, profit: 1% x 3}\nexpect: []\n").passed


def test_what_is_cancelled_at_once_has_no_step_left_to_deny(desk: Desk) -> None:
    """Two rules want the same SmartTrade in one cycle: the second has to wait for the first."""
    desk.rules(AT_ONCE.format(repeat="never") + "  - {name: other, when: day_change < -5%, cancel: nearest}\n")

    assert desk.one("""
smart_trade: three_steps.json
series: {every: 1m, day_change: -6% x 2}
expect:
  - {at: 0s, rule: red-day, cancels: {position: 3}}
  - {at: 0s, rule: other, deferred: open_question}
  - {at: 1m, rule: other, cancels: {position: 1}}
""").passed


def test_a_fixture_from_the_end_of_time_begins_on_an_ordinary_day(desk: Desk) -> None:
    """A moment without room for a test behind it is none to begin at."""
    desk.change("late.json", data={"updated_at": "9999-12-31T23:59:59Z"})

    verdict = desk.one("smart_trade: late.json\nexpect: []\n")

    assert verdict.test.start.isoformat() == "2026-01-01T00:00:00+00:00"


def test_each_smart_trade_may_have_its_list_of_trades(desk: Desk) -> None:
    """What is not given is derived."""
    desk.rules(AT_ONCE.format(repeat="never"))
    (desk.folder / "trades.json").write_text("[]", encoding="utf-8")

    assert desk.one("""
smart_trades: [two_steps.json, three_steps.json]
trades: {30428625: trades.json}
set: {day_change: -6%}
expect:
  - {at: 0s, rule: red-day, smart_trade: 30428625, denied: step-is-take-profit}
  - {at: 0s, rule: red-day, smart_trade: 30428626, cancels: {position: 3}}
""").passed
