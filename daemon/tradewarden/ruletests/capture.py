"""
A test from a decision in the journal: the rules, the SmartTrade as it was, the readings up to it, and what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.model.decision import Deferral, Outcome
from tradewarden.rulesfile.values import duration_text
from tradewarden.ruletests.entity import smart_trade_text
from tradewarden.ruletests.look_back import needed_history
from tradewarden.ruletests.recording import recording_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.settings import Mode
    from tradewarden.rules.ruleset import Rule
    from tradewarden.ruletests.recording import RecordedReading, Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    The row *number* of the journal, made in *mode*.
    """

    number: int
    row: OutcomeRow
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedTest:
    """
    The texts of two files and their names.
    """

    test_name: str
    test_text: str
    fixture_name: str
    fixture_text: str


def capture(decision: Decision, readings: Sequence[RecordedReading], *, rule: Rule, rules: str) -> CapturedTest | None:
    """
    Write the test of *decision* of *rule*. *readings* are those before it, oldest first.

    It rests on the last of them that has the step. *rules* is the path of the rules file as the test will name it.
    Returns ``None`` if there is no such reading.
    """
    row = decision.row
    count = len(readings)
    while count and not _has_step(readings[count - 1], row):
        count -= 1
    recording = recording_of(readings[:count], row.smart_trade_id, history=needed_history(rule))
    if recording is None:
        return None
    stem = f"captured-{decision.number}"
    fixture_name = f"{stem}.smart_trade.json"
    return CapturedTest(
        test_name=f"{stem}.test.yaml",
        test_text=_test_text(decision, recording, rule, rules=rules, fixture_name=fixture_name),
        fixture_name=fixture_name,
        fixture_text=smart_trade_text(recording.trade),
    )


def _has_step(reading: RecordedReading, row: OutcomeRow) -> bool:
    """
    Tell whether a reading shows the step. One that was settled late may lie after the cycle that found it gone.
    """
    return any(
        trade.id == row.smart_trade_id and trade.step(row.trade_id) is not None
        for trade in reading.listing.smart_trades
    )


def _test_text(decision: Decision, recording: Recording, rule: Rule, *, rules: str, fixture_name: str) -> str:
    row = decision.row
    at = (recording.readings - 1) * recording.every
    name = _quoted(row.rule)
    moment = recording.start + at
    lines = [
        f"# Row {decision.number} of the journal, written by `tradewarden capture`. The list of trades is not",
        "# recorded: the test derives it from the SmartTrade. `only` keeps other rules out of it.",
        f"rules: {_quoted(rules)}",
        "tests:",
        f"  - name: {_quoted(f'{row.rule}: {row.pair} {row.smart_trade_id}, {moment:%Y-%m-%d %H:%M:%S} UTC')}",
        f"    smart_trade: {fixture_name}",
        f"    only: {name}",
        *([] if rule.enabled else [f"    enable: {name}"]),
        f"    start: {recording.start:%Y-%m-%dT%H:%M:%SZ}",
        f"    mode: {decision.mode}",
        "    series:",
        f"      every: {duration_text(recording.every)}",
        *(f"      {line}" for line in recording.lines),
        "    expect:",
        f"      - {{at: {duration_text(at)}, rule: {name}, {_wanted(row)}}}",
    ]
    return "\n".join(lines) + "\n"


def _wanted(row: OutcomeRow) -> str:
    """
    Say what was decided. Whatever became of a DELETE, the decision was to cancel.
    """
    if row.outcome is Outcome.DENIED:
        return f"denied: {row.reason}"
    if row.outcome is Outcome.DEFERRED:
        return f"deferred: {Deferral(row.reason or '')}"
    step = row.step
    return f"cancels: {{id: {row.trade_id}}}" if step.position is None else f"cancels: {{position: {step.position}}}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
