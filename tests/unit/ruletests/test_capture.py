"""
A test that was written from a decision plays as it was recorded.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import NOON, make_listing, make_price, make_proposal, make_rule, make_smart_trade, without_step
from fakes import FakeClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.ruletests.capture import Decision, about, capture
from tradewarden.ruletests.json_schema import schema_of_tests
from tradewarden.ruletests.loader import load_tests
from tradewarden.ruletests.recording import RecordedReading, recording_of
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests
from unit.rulesfile.editor_yaml import read_as_editor
from unit.rulesfile.schema_samples import AsInAnEditor
from unit.ruletests.conftest import EXAMPLES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.ruletests.play import Played

NO_TIME = timedelta(0)
A_MINUTE = timedelta(minutes=1)


def decision_of(row: OutcomeRow, *, at: datetime, number: int = 1, mode: Mode = Mode.LIVE) -> Decision:
    return Decision(number=number, row=row, mode=mode, at=at, decided_at=at)


def readings_of(*trades: SmartTrade, every: int = 60) -> list[RecordedReading]:
    return [RecordedReading(listing=make_listing(trade, seconds=index * every)) for index, trade in enumerate(trades)]


def falling(*day_changes: str) -> list[SmartTrade]:
    return [make_smart_trade(price=make_price(day_change=text)) for text in day_changes]


def play_examples() -> list[Played]:
    loaded = load_tests(EXAMPLES / "rules.test.yaml", VOCABULARY)
    return [verdict.played for verdict in asyncio.run(run_tests(loaded.tests, loaded.rules, FakeClock()))]


def test_every_decision_of_the_examples_can_be_captured(tmp_path: Path) -> None:
    """The written test, with its data, passes, and no editor marks anything in it."""
    as_in_an_editor = AsInAnEditor(schema_of_tests(VOCABULARY))
    captured_count = 0
    for played in play_examples():
        for frame in played.frames:
            for row in frame.new:
                captured_count += 1
                rule = next(rule for rule in played.ruleset.rules if rule.name == row.rule)
                is_on = row.rule not in played.test.enabled
                listings = [one.listing for one in played.frames[: frame.index + 1] if one.listing is not None]
                decision = decision_of(
                    row, at=listings[-1].asked_at.wall, number=captured_count, mode=played.settings.mode
                )
                read = [RecordedReading(listing=listing) for listing in listings]
                captured = capture(
                    decision,
                    read,
                    rule=replace(rule, enabled=is_on),
                    rules=str(EXAMPLES.parents[1] / "rules.example.yaml"),
                    alone_for=A_MINUTE,
                )
                assert captured is not None
                (tmp_path / captured.fixture_name).write_text(captured.fixture_text, encoding="utf-8")
                path = tmp_path / captured.test_name
                path.write_text(captured.test_text, encoding="utf-8")
                loaded = load_tests(path, VOCABULARY)
                (verdict,) = asyncio.run(run_tests(loaded.tests, loaded.rules, FakeClock()))
                assert verdict.passed, list(verdict_lines(verdict))
                assert as_in_an_editor.is_valid(read_as_editor(captured.test_text))
    assert captured_count >= 10


def test_the_series_is_what_changed() -> None:
    recording = recording_of(readings_of(*falling("-4", "-6.25", "-6.25")), make_smart_trade().id, history=NO_TIME)

    assert recording is not None
    assert (recording.start, recording.every, recording.readings) == (NOON, timedelta(minutes=1), 3)
    assert recording.lines == ("day_change: [-4%, -6.25% x 2]",)


def test_bid_and_ask_are_told_where_the_last_price_moves() -> None:
    """Else a test would move them with it."""
    trades = [make_smart_trade(price=make_price(last=last)) for last in ("0.1026", "0.1027")]

    recording = recording_of(readings_of(*trades), trades[0].id, history=NO_TIME)

    assert recording is not None
    assert recording.lines == (
        "day_change: [-6% x 2]",
        "last: [0.1026, 0.1027]",
        "bid: [0.10257 x 2]",
        "ask: [0.1027 x 2]",
    )


def test_steps_and_stop_loss_are_told() -> None:
    first = make_smart_trade()
    step = replace(first.steps[1], price=None, share_pct=Decimal(30))
    second = replace(
        first, steps=(first.steps[0], step), stop_loss=replace(first.stop_loss, breakeven=True), profit_pct=None
    )

    recording = recording_of(readings_of(first, second), first.id, history=NO_TIME)

    assert recording is not None
    assert recording.lines == (
        "day_change: [-6% x 2]",
        "profit: [-0.21%, unknown]",
        "breakeven: [false, true]",
        "steps: {2: {price: [0.4, unknown], share: [35.0%, 30%]}}",
    )


def test_it_begins_after_what_a_test_cannot_tell() -> None:
    whole = make_smart_trade()
    other = without_step(whole, whole.steps[0].id)

    recording = recording_of(readings_of(whole, other, whole, whole), whole.id, history=NO_TIME)

    assert recording is not None
    assert (recording.readings, recording.start) == (2, NOON + timedelta(minutes=2))


def test_it_goes_no_farther_back_than_it_needs() -> None:
    trades = falling(*["-6"] * 100)

    short = recording_of(readings_of(*trades), trades[0].id, history=NO_TIME)
    long = recording_of(readings_of(*trades), trades[0].id, history=timedelta(minutes=30))

    assert short is not None
    assert long is not None
    assert (short.readings, long.readings) == (10, 32)
    assert long.start == NOON + timedelta(minutes=68)


def test_the_usual_pause_is_the_pace() -> None:
    moments = (0, 60.2, 120.1, 300, 359.8)
    read = [RecordedReading(listing=make_listing(make_smart_trade(), seconds=seconds)) for seconds in moments]

    recording = recording_of(read, make_smart_trade().id, history=NO_TIME)

    assert recording is not None
    assert recording.every == timedelta(minutes=1)


def test_a_smart_trade_that_was_not_read_gives_nothing() -> None:
    assert recording_of([], make_smart_trade().id, history=NO_TIME) is None
    assert recording_of(readings_of(*falling("-6")), SmartTradeId(5), history=NO_TIME) is None
    row = make_proposal().row(Outcome.CANCELLED, None)
    decision = decision_of(row, at=NOON)
    assert capture(decision, [], rule=make_rule(), rules="rules.yaml", alone_for=A_MINUTE) is None


def test_it_rests_on_the_last_reading_that_has_the_step() -> None:
    """A cancel may have been settled after the cycle that found the step gone."""
    whole = make_smart_trade()
    gone = without_step(whole, whole.steps[1].id)
    row = make_proposal().row(Outcome.CANCELLED, None)
    decision = decision_of(row, at=NOON)

    captured = capture(
        decision, readings_of(whole, whole, gone), rule=make_rule(), rules="rules.yaml", alone_for=A_MINUTE
    )

    assert captured is not None
    assert "      day_change: [-6% x 2]\n" in captured.test_text


def test_other_markets_are_told() -> None:
    trade = make_smart_trade()
    told = [{'market("USDT_BTC").last': Decimal(5), 'market("USDT_DOGE").last': Decimal(1)}, {}]
    read = [replace(one, markets=markets) for one, markets in zip(readings_of(trade, trade), told, strict=True)]

    recording = recording_of(read, trade.id, history=NO_TIME)

    assert recording is not None
    assert recording.lines == ("day_change: [-6% x 2]", 'market("USDT_BTC").last: [5, unknown]')


def test_of_a_markets_spread_its_prices_are_told(tmp_path: Path) -> None:
    """A spread cannot be set: it follows from them, and the test plays as it was recorded."""
    trade = make_smart_trade()
    rule = make_rule('market("USDT_BTC").spread > 0.5%', name="wide-btc")
    markets = {"USDT_BTC": make_price(last="61000", bid="60600", ask="61000", day_change=None)}
    spread = Decimal(400) / 61000 * 100
    read = [
        RecordedReading(
            listing=replace(one.listing, markets=markets if index else {}),
            markets={'market("USDT_BTC").spread': spread},
        )
        for index, one in enumerate(readings_of(trade, trade))
    ]
    row = replace(make_proposal().row(Outcome.CANCELLED, None), rule=rule.name)
    rules = tmp_path / "rules.yaml"
    condition = f"when: '{rule.when.text}'"
    rules.write_text(
        f"version: 1\nrules:\n  - {{name: {rule.name}, {condition}, cancel: farthest}}\n", encoding="utf-8"
    )

    captured = capture(decision_of(row, at=NOON), read, rule=rule, rules="rules.yaml", alone_for=A_MINUTE)

    assert captured is not None
    (tmp_path / captured.fixture_name).write_text(captured.fixture_text, encoding="utf-8")
    (tmp_path / captured.test_name).write_text(captured.test_text, encoding="utf-8")
    loaded = load_tests(tmp_path / captured.test_name, VOCABULARY)
    (verdict,) = asyncio.run(run_tests(loaded.tests, loaded.rules, FakeClock()))
    told = [line.strip() for line in captured.test_text.splitlines() if "USDT_BTC" in line]
    assert told == [
        'market("USDT_BTC").ask: [unknown, 61000]',
        'market("USDT_BTC").bid: [unknown, 60600]',
        'market("USDT_BTC").last: [unknown, 61000]',
    ]
    assert verdict.passed, list(verdict_lines(verdict))


@pytest.mark.parametrize(
    ("outcome", "reason", "position", "wanted"),
    [
        (Outcome.CANCELLED, None, 2, "cancels: {position: 2}"),
        (Outcome.UNKNOWN, None, 2, "cancels: {position: 2}"),
        (Outcome.WOULD_CANCEL, None, None, "cancels: {id: 1008300674}"),
        (Outcome.DENIED, "steps-remain", 2, "denied: steps-remain"),
        (Outcome.DEFERRED, "cancels_per_hour", 2, "deferred: cancels_per_hour"),
    ],
)
def test_what_is_expected_is_what_was_decided(
    outcome: Outcome, reason: str | None, position: int | None, wanted: str
) -> None:
    row = make_proposal().row(outcome, reason)
    row = replace(row, rule="it's mine", trade_id=TradeId(1008300674), step=replace(row.step, position=position))
    decision = decision_of(row, at=NOON + timedelta(seconds=61), number=17, mode=Mode.DRY_RUN)

    captured = capture(
        decision,
        readings_of(*falling("-6", "-7")),
        rule=make_rule(name="it's mine", enabled=False),
        rules="../my rules.yaml",
        alone_for=A_MINUTE,
    )

    assert captured is not None
    assert captured.test_name == "captured-17.test.yaml"
    assert (
        captured.test_text
        == f"""\
# Row 17 of the journal, written by `tradewarden capture`. The list of trades is not
# recorded: the test derives it from the SmartTrade. `only` keeps other rules out of it.
rules: '../my rules.yaml'
tests:
  - name: 'it''s mine: USDT_DOGE 30428625, 2026-01-02 12:01:01 UTC'
    smart_trade: captured-17.smart_trade.json
    only: 'it''s mine'
    enable: 'it''s mine'
    start: 2026-01-02T12:00:00Z
    mode: dry-run
    series:
      every: 1m
      day_change: [-6%, -7%]
    expect:
      - {{at: 1m, rule: 'it''s mine', {wanted}}}
"""
    )


@pytest.mark.parametrize(
    ("seconds", "older"), [(64.4, None), (64.5, "4s"), (80.2, "20s"), (119.0, "59s"), (60.0, None)]
)
def test_a_reading_is_the_decisions_own_only_if_no_cycle_can_lie_between(seconds: float, older: str | None) -> None:
    """With a cycle every five seconds and a reading recorded each minute, most decisions have none of their own."""
    row = make_proposal().row(Outcome.WOULD_CANCEL, None)
    decision = decision_of(row, at=NOON + timedelta(seconds=seconds))

    captured = capture(
        decision,
        readings_of(*falling("-5.5", "-6.103")),
        rule=make_rule(),
        rules="rules.yaml",
        alone_for=timedelta(seconds=4.5),
    )

    assert captured is not None
    assert (None if captured.older is None else about(captured.older)) == older
    assert f"{decision.at:%Y-%m-%d %H:%M:%S} UTC'" in captured.test_text
    assert ("of 12:01:00 UTC, which is" in captured.test_text) == (older is not None)
    assert "day_change: [-5.5%, -6.103%]" in captured.test_text


def test_the_test_says_that_the_reading_was_not_recorded_and_loads(tmp_path: Path) -> None:
    row = replace(make_proposal().row(Outcome.WOULD_CANCEL, None), rule="red-day")
    decision = decision_of(row, at=NOON + timedelta(seconds=20))
    rule = make_rule(name="red-day")

    captured = capture(
        decision, readings_of(*falling("-6.1")), rule=rule, rules="rules.yaml", alone_for=timedelta(seconds=4)
    )

    assert captured is not None
    assert captured.test_text.splitlines()[:4] == [
        "# Row 1 of the journal, written by `tradewarden capture`. The list of trades is not",
        "# recorded: the test derives it from the SmartTrade. `only` keeps other rules out of it.",
        "# The decision's own reading, of 12:00:20 UTC, was not recorded: where cycles are short, only some",
        "# readings are. This test ends with the nearest one before it, of 12:00:00 UTC, which is 20s older.",
    ]
    (tmp_path / "rules.yaml").write_text(
        "version: 1\nrules:\n  - {name: red-day, when: day_change < -5%, cancel: farthest}\n", encoding="utf-8"
    )
    (tmp_path / captured.fixture_name).write_text(captured.fixture_text, encoding="utf-8")
    (tmp_path / captured.test_name).write_text(captured.test_text, encoding="utf-8")
    assert len(load_tests(tmp_path / captured.test_name, VOCABULARY).tests) == 1
