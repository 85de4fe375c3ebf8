"""
``tradewarden capture``: a test of a rule, written from a decision in the journal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tradewarden.cli.awaited import awaited
from tradewarden.cli.options import DEFAULTS, Options, not_empty
from tradewarden.cli.remembered import find_folder
from tradewarden.cli.terminal import say
from tradewarden.clock import SystemClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import NotRecorded, StateError, UsageError, UserError
from tradewarden.journal.recorded import recorded
from tradewarden.journal.rows import JournalOutcome
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.places import find_rules, find_state
from tradewarden.rules.ruleset import Rule
from tradewarden.rulesfile.loader import RulesFile, load_rules
from tradewarden.ruletests.capture import Decision, about
from tradewarden.ruletests.capture import capture as capture_test
from tradewarden.ruletests.loader import load_tests
from tradewarden.ruletests.look_back import needed_history
from tradewarden.ruletests.own_reading import alone_for
from tradewarden.ruletests.recording import RecordedReading
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests

if TYPE_CHECKING:
    from tradewarden.journal.rows import JournalRow
    from tradewarden.model.cancel import Attempt
    from tradewarden.ruletests.capture import CapturedTest


LONGER = timedelta(hours=1)  # more than is needed is read, since nobody knows how far apart the readings are


def capture(
    *,
    row_id: Annotated[
        int | None, Parameter(name="--id", help="The row of the journal: `journal --json` shows the ids.")
    ] = None,
    smart_trade: Annotated[int | None, Parameter(help="The latest decision about this SmartTrade.")] = None,
    out: Annotated[Path, Parameter(converter=not_empty, help="The folder for the two files.")] = Path(),
    options: Options = DEFAULTS,
) -> None:
    """
    Write a test file and its SmartTrade from a decision in the journal: the latest, or the one that is named.
    """
    if row_id is not None and smart_trade is not None:
        raise UsageError("--id names a decision already: leave --smart-trade out.")
    rules_place = find_rules(options.rules, os.environ)
    rules = load_rules(rules_place.path, VOCABULARY)
    state = find_state(options.state, os.environ)
    if not find_folder(state):
        msg = f"there is no state folder {state}, so there is no journal. Name that of your daemon with --state."
        raise StateError(msg)
    say(f"rules {rules_place}; state {state}")
    decision, rule, readings = awaited(_read(state.path, rules, row_id=row_id, smart_trade=smart_trade))
    alone = alone_for(rules, rule, now=decision.at)
    write_captured(decision, readings, rule=rule, rules=rules.path, out=out, alone=alone)


async def _read(
    state: Path, rules: RulesFile, *, row_id: int | None, smart_trade: int | None
) -> tuple[Decision, Rule, Sequence[RecordedReading]]:
    """
    Read the decision that is meant, its rule, and the readings before it. Raises UserError and JournalError.
    """
    async with await SqliteJournal.open(state, clock=SystemClock()) as journal:
        decision = choose(await journal.rows(), row_id=row_id, smart_trade=smart_trade)
        rule = next((rule for rule in rules.ruleset.rules if rule.name == decision.row.rule), None)
        if rule is None:
            msg = f"{rules.path} has no rule {decision.row.rule!r} any more: name the file that has it with --rules."
            raise UsageError(msg)
        decision = sent_before(decision, (await journal.ledger(mode=decision.mode)).attempts)
        last = (await recorded(journal, decision.decided_at)).asked_at.wall
        found = await journal.recorded_listings(
            since=last - needed_history(rule) - LONGER, until=last, smart_trade_id=decision.row.smart_trade_id
        )
    return decision, rule, [RecordedReading(listing=listing, markets=sample.markets) for listing, sample in found]


def choose(rows: Sequence[JournalRow], *, row_id: int | None, smart_trade: int | None) -> Decision:
    """
    Return the decision that is meant among *rows*, newest first. Raises UsageError.
    """
    for row in rows:
        if row_id is not None and row.id != row_id:
            continue
        if not isinstance(row, JournalOutcome):
            if row_id is not None:
                msg = f"row {row_id} of the journal is no decision about a SmartTrade: it is `{row.event}`."
                raise UsageError(msg)
            continue
        if smart_trade in {None, row.row.smart_trade_id}:
            return Decision(number=row.id, row=row.row, mode=row.mode, at=row.at, decided_at=_decided_at(row, rows))
    what = f"no row {row_id}" if row_id is not None else "no decision"
    about = "" if smart_trade is None else f" about SmartTrade {smart_trade}"
    msg = f"the journal has {what}{about}: `tradewarden journal --json` shows what it has."
    raise UsageError(msg)


def _decided_at(row: JournalOutcome, rows: Sequence[JournalRow]) -> datetime:
    """
    Return when the first row of the same cycle was written: the others waited for it.

    A row that was counted on names its latest cycle beside its first time, so it tells nothing of either.
    """
    beside = [one for one in rows if isinstance(one, JournalOutcome) and one.cycle_id == row.cycle_id]
    return min([row.at, *(one.at for one in beside if one.count == 1)])


def sent_before(decision: Decision, attempts: Iterable[Attempt]) -> Decision:
    """
    Return *decision* as decided no later than its DELETE was written down, if its row tells what became of one.
    """
    row = decision.row
    step = (row.rule, row.smart_trade_id, row.trade_id, row.outcome)
    sent = [
        one.at
        for one in attempts
        if (one.rule, one.smart_trade_id, one.trade_id, one.outcome) == step and one.at <= decision.at
    ]
    return replace(decision, decided_at=min(decision.decided_at, max(sent))) if sent else decision


def write_captured(
    decision: Decision,
    readings: Sequence[RecordedReading],
    *,
    rule: Rule,
    rules: Path,
    out: Path,
    alone: timedelta,
) -> None:
    """
    Write the two files into the folder *out*, play the test, and tell both. Raises UserError; overwrites nothing.

    For the time *alone* after a reading there is no other.
    """
    captured = capture_test(decision, readings, rule=rule, rules=_seen_from(out, rules), alone_for=alone)
    if captured is None:
        whose = decision.row.smart_trade_id
        msg = f"the readings of that time do not hold the step of SmartTrade {whose}: nothing is captured."
        raise NotRecorded(msg)
    test_file = _write(captured, out)
    loaded = load_tests(test_file, VOCABULARY)
    verdicts = awaited(run_tests(loaded.tests, loaded.rules, SystemClock()))
    sys.stdout.write(f"{test_file}\n{out / captured.fixture_name}\n")
    if captured.older is not None:
        sys.stdout.write(
            f"The decision's own reading was not recorded: where cycles are short, only some are. The test ends with "
            f"the nearest one before it, {about(captured.older)} older.\n"
        )
    lines = [line for verdict in verdicts if not verdict.passed for line in verdict_lines(verdict)]
    if lines:
        sys.stdout.write(f"It does not play as it was recorded: {_why_it_differs(captured, rule)}.\n")
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "It plays as it was recorded.\n")


def _why_it_differs(captured: CapturedTest, rule: Rule) -> str:
    if captured.older is not None:
        return (
            f"what was read in those {about(captured.older)} is missing; if that is not it, the rules, the journal's "
            "past or the switch may differ"
        )
    usual = "the rules, the journal's past or the switch may differ"
    if rule.hold and not rule.hold % captured.every:
        return f"{usual}, or a reading came some milliseconds early, so that `for` took one more"
    return usual


def _seen_from(folder: Path, rules: Path) -> str:
    """
    Return the path of the rules file as a file in *folder* names it.
    """
    return os.path.relpath(rules.resolve(), folder.resolve())


def _write(captured: CapturedTest, out: Path) -> Path:
    """
    Write both files, or none, and return the path of the test file. Raises UserError if one is there already.
    """
    files = {out / captured.fixture_name: captured.fixture_text, out / captured.test_name: captured.test_text}
    for path in files:
        if path.exists():
            msg = f"{path} is there already: remove it, or name another folder with --out."
            raise UserError(msg)
    out.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return out / captured.test_name
