"""
A test from a decision in the journal: the rules, the SmartTrade as it was, the readings up to it, and what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.model.decision import Deferral, Outcome
from tradewarden.rulesfile.values import duration_text
from tradewarden.ruletests.entity import smart_trade_text
from tradewarden.ruletests.look_back import needed_history
from tradewarden.ruletests.recording import A_SECOND, recording_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.settings import Mode
    from tradewarden.rules.ruleset import Rule
    from tradewarden.ruletests.recording import RecordedReading, Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    The row *number* of the journal, made in *mode*. *at* is its time as the journal shows it; the cycle had decided by
    *decided_at*, which is earlier if the row tells what became of a DELETE.
    """

    number: int
    row: OutcomeRow
    mode: Mode
    at: datetime
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedTest:
    """
    The texts of two files and their names. *every* is the pause between its readings.

    *older* is ``None`` if the last of them is the decision's own; else that one was not recorded, and the last is so
    much older than the decision.
    """

    test_name: str
    test_text: str
    fixture_name: str
    fixture_text: str
    every: timedelta
    older: timedelta | None


def capture(
    decision: Decision, readings: Sequence[RecordedReading], *, rule: Rule, rules: str, alone_for: timedelta
) -> CapturedTest | None:
    """
    Write the test of *decision* of *rule*. *readings* are those before it, oldest first.

    It rests on the last of them that has the step, which is the decision's own only if it was made less than
    *alone_for* before it: then no other cycle lies between. *rules* is the path of the rules file as the test will name
    it. Returns ``None`` if there is no such reading.
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
    last = readings[count - 1].listing.asked_at.wall
    passed = decision.decided_at - last
    older = None if passed < alone_for else passed
    notes = [] if older is None else _notes(decision, last, older)
    return CapturedTest(
        test_name=f"{stem}.test.yaml",
        test_text=_test_text(decision, recording, rule, rules=rules, fixture_name=fixture_name, notes=notes),
        fixture_name=fixture_name,
        fixture_text=smart_trade_text(recording.trade),
        every=recording.every,
        older=older,
    )


def about(older: timedelta) -> str:
    """
    Write how much older a reading is, in whole seconds.
    """
    return duration_text(max(A_SECOND, timedelta(seconds=round(older.total_seconds()))))


def _notes(decision: Decision, last: datetime, older: timedelta) -> list[str]:
    decided, read = f"{decision.decided_at:%H:%M:%S} UTC", f"{last:%H:%M:%S} UTC"
    return [
        f"# The decision's own reading, of {decided}, was not recorded: where cycles are short, only some",
        f"# readings are. This test ends with the nearest one before it, of {read}, which is {about(older)} older.",
    ]


def _has_step(reading: RecordedReading, row: OutcomeRow) -> bool:
    """
    Tell whether a reading shows the step. One that was settled late may lie after the cycle that found it gone.
    """
    return any(
        trade.id == row.smart_trade_id and trade.step(row.trade_id) is not None
        for trade in reading.listing.smart_trades
    )


def _test_text(
    decision: Decision, recording: Recording, rule: Rule, *, rules: str, fixture_name: str, notes: Sequence[str]
) -> str:
    row = decision.row
    at = (recording.readings - 1) * recording.every
    name = _quoted(row.rule)
    lines = [
        f"# Row {decision.number} of the journal, written by `tradewarden capture`. The list of trades is not",
        "# recorded: the test derives it from the SmartTrade. `only` keeps other rules out of it.",
        *notes,
        f"rules: {_quoted(rules)}",
        "tests:",
        f"  - name: {_quoted(f'{row.rule}: {row.pair} {row.smart_trade_id}, {decision.at:%Y-%m-%d %H:%M:%S} UTC')}",
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
