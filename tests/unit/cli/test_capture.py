from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import make_listing, make_proposal, make_rule, make_smart_trade
from fakes import FakeClock
from tradewarden.cli.capture import choose, sent_before, write_captured
from tradewarden.errors import NotRecorded, UsageError, UserError
from tradewarden.journal.rows import JournalEvent, JournalOutcome
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode
from tradewarden.ruletests.recording import RecordedReading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.journal.rows import JournalRow
    from tradewarden.ruletests.capture import Decision
    from unit.cli.conftest import Said


def make_row(number: int) -> JournalOutcome:
    at = FakeClock().now().wall
    row = make_proposal(rule=make_rule(name="far-off")).row(Outcome.CANCELLED, None)
    return JournalOutcome(id=number, at=at, last_at=at, count=1, mode=Mode.LIVE, cycle_id="cycle-1", row=row)


EVENT = JournalEvent(id=3, at=FakeClock().now().wall, event="armed", reason=None)
OLDER = make_row(1)
ROWS: list[JournalRow] = [EVENT, make_row(2), OLDER]


def test_the_latest_decision_is_meant_if_nothing_is_said() -> None:
    assert choose(ROWS, row_id=None, smart_trade=None).number == 2
    assert choose(ROWS, row_id=None, smart_trade=30428625).number == 2


def test_a_row_by_its_id() -> None:
    decision = choose(ROWS, row_id=1, smart_trade=None)

    assert (decision.number, decision.mode, decision.at) == (1, Mode.LIVE, OLDER.at)


def test_a_decision_was_made_when_its_cycle_wrote_its_first_row() -> None:
    """The row tells its own time; the reading is that of the cycle, however long the rows before it took."""
    later = OLDER.at + timedelta(minutes=2)
    rows: list[JournalRow] = [
        replace(make_row(4), at=later, cycle_id="cycle-2"),
        replace(make_row(3), at=later - timedelta(minutes=1), cycle_id="cycle-2"),
        replace(make_row(2), cycle_id="cycle-2", count=5),
        replace(make_row(1), cycle_id="cycle-1"),
    ]

    decision = choose(rows, row_id=4, smart_trade=None)
    counted = choose(rows, row_id=2, smart_trade=None)

    assert (decision.at, decision.decided_at) == (later, later - timedelta(minutes=1))
    assert (counted.at, counted.decided_at) == (OLDER.at, OLDER.at)


@pytest.mark.parametrize(
    ("row_id", "smart_trade", "problem"),
    [
        (9, None, "the journal has no row 9: `tradewarden journal --json` shows what it has."),
        (None, 5, "the journal has no decision about SmartTrade 5: `tradewarden journal --json` shows what it has."),
        (3, None, "row 3 of the journal is no decision about a SmartTrade: it is `armed`."),
    ],
)
def test_what_is_not_there_is_a_sentence(row_id: int | None, smart_trade: int | None, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose(ROWS, row_id=row_id, smart_trade=smart_trade)

    assert str(caught.value) == problem


def test_a_decision_whose_delete_was_settled_late_was_made_before_it_was_sent() -> None:
    """An answer that never came is settled minutes later: the reading is that of the cycle which sent it."""
    late = OLDER.at + timedelta(minutes=3)
    decision = replace(choose(ROWS, row_id=1, smart_trade=None), at=late, decided_at=late)
    row = decision.row
    sent = Attempt(
        rule=row.rule,
        smart_trade_id=row.smart_trade_id,
        trade_id=row.trade_id,
        at=OLDER.at,
        outcome=row.outcome,
        fingerprint=None,
    )
    others = [
        replace(sent, at=late - timedelta(minutes=1), outcome=Outcome.NOT_APPLIED),
        replace(sent, at=late + timedelta(minutes=1)),
    ]

    assert sent_before(decision, [*others, sent]).decided_at == OLDER.at
    assert sent_before(decision, others) == decision


READINGS = [RecordedReading(listing=make_listing(make_smart_trade()))]
RULE = make_rule(name="far-off")
A_MINUTE = timedelta(minutes=1)


def decide() -> Decision:
    return choose(ROWS, row_id=None, smart_trade=None)


def test_both_files_are_written_and_played(
    environment: Path, write_rules: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rules = write_rules("live")
    out = environment / "cases"

    write_captured(decide(), READINGS, rule=RULE, rules=rules, out=out, alone=A_MINUTE)

    assert sorted(path.name for path in out.iterdir()) == ["captured-2.smart_trade.json", "captured-2.test.yaml"]
    assert "rules: '../rules.yaml'\n" in (out / "captured-2.test.yaml").read_text("utf-8")
    assert json.loads((out / "captured-2.smart_trade.json").read_text("utf-8"))["pair"] == "USDT_DOGE"
    assert capsys.readouterr().out == (
        f"{out}/captured-2.test.yaml\n{out}/captured-2.smart_trade.json\nIt plays as it was recorded.\n"
    )


def test_what_plays_differently_is_told(
    environment: Path, write_rules: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rules = write_rules("live")
    rules.write_text(rules.read_text("utf-8").replace("-5%", "-50%"), encoding="utf-8")

    write_captured(decide(), READINGS, rule=RULE, rules=rules, out=environment, alone=A_MINUTE)

    out = capsys.readouterr().out
    assert "It does not play as it was recorded" in out
    assert "happened: its condition is not true: day_change -6 % < -50 %: false" in out


def test_a_reading_that_is_not_the_decisions_own_is_told_and_named_as_the_cause(
    environment: Path, write_rules: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rules = write_rules("live")
    late = READINGS[0].listing.asked_at.wall + timedelta(seconds=20)
    decision = replace(decide(), at=late, decided_at=late)
    alone = timedelta(seconds=4)

    write_captured(decision, READINGS, rule=RULE, rules=rules, out=environment / "one", alone=alone)
    passing = capsys.readouterr().out
    rules.write_text(rules.read_text("utf-8").replace("-5%", "-50%"), encoding="utf-8")
    write_captured(decision, READINGS, rule=RULE, rules=rules, out=environment / "two", alone=alone)
    failing = capsys.readouterr().out

    told = (
        "The decision's own reading was not recorded: where cycles are short, only some are. The test ends with the "
        "nearest one before it, 20s older.\n"
    )
    assert passing.endswith(f"{told}It plays as it was recorded.\n")
    assert (
        f"{told}It does not play as it was recorded: what was read in those 20s is missing; if that is not it, "
        "the rules, the journal's past or the switch may differ.\n"
    ) in failing


@pytest.mark.parametrize(("hold", "is_told"), [("2m", True), ("90s", False)])
def test_a_hold_that_took_one_reading_more_is_named_where_it_can_be_the_cause(
    environment: Path,
    write_rules: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    hold: str,
    is_told: bool,
) -> None:
    rules = write_rules("live")
    rules.write_text(f"{rules.read_text('utf-8')}    for: {hold}\n", encoding="utf-8")
    seconds = {"2m": 120, "90s": 90}[hold]
    rule = replace(RULE, hold=timedelta(seconds=seconds))

    write_captured(decide(), READINGS, rule=rule, rules=rules, out=environment, alone=A_MINUTE)

    out = capsys.readouterr().out
    assert "It does not play as it was recorded: the rules, the journal's past or the switch may differ" in out
    assert (", or a reading came some milliseconds early, so that `for` took one more.\n" in out) == is_told


def test_nothing_is_overwritten(environment: Path, write_rules: Callable[[str], Path]) -> None:
    rules = write_rules("live")
    there = environment / "captured-2.test.yaml"
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(UserError) as caught:
        write_captured(decide(), READINGS, rule=RULE, rules=rules, out=environment, alone=A_MINUTE)

    assert str(caught.value) == f"{there} is there already: remove it, or name another folder with --out."
    assert there.read_text("utf-8") == "mine"
    assert not (environment / "captured-2.smart_trade.json").exists()


def test_readings_without_the_smart_trade_give_nothing(environment: Path, write_rules: Callable[[str], Path]) -> None:
    rules = write_rules("live")

    with pytest.raises(NotRecorded, match="do not hold the step of SmartTrade 30428625: nothing is captured"):
        write_captured(decide(), [], rule=RULE, rules=rules, out=environment, alone=A_MINUTE)


def test_the_command_says_what_it_lacks(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("live")

    said = type_in("capture", "--state", "nowhere")
    assert (said.code, said.out) == (1, "")
    assert "there is no state folder nowhere (--state), so there is no journal" in said.err

    said = type_in("capture", "--id", "1", "--smart-trade", "2")
    assert (said.code, said.err) == (2, "tradewarden: --id names a decision already: leave --smart-trade out.\n")


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize("mode", ["live", "dry-run"])
def test_what_a_daemon_did_is_captured_from_its_journal(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], environment: Path, mode: str
) -> None:
    """From the cycle of a real daemon to a test that passes, and that `tradewarden test` runs."""
    write_rules(mode)
    assert type_in("run", "--once", "--state", "state").code == 0

    said = type_in("capture", "--state", "state", "--smart-trade", "30428625", "--out", "cases")

    assert (said.code, said.out.splitlines()[-1]) == (0, "It plays as it was recorded.")
    assert said.err == "rules rules.yaml (in this folder); state state (--state)\n"
    (test_file,) = (environment / "cases").glob("*.test.yaml")
    assert f"    mode: {mode}\n" in test_file.read_text("utf-8")
    assert "far-off, cancels: {position: 2}}" in test_file.read_text("utf-8").replace("'", "")
    assert type_in("test", str(test_file)).out.endswith("\n1 test passed\n")


@pytest.mark.usefixtures("exchange")
def test_a_denial_is_captured_too(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    """Two steps are to be kept, and there are two."""
    rules = write_rules("live")
    rules.write_text(rules.read_text("utf-8") + "    keep: 2\n", encoding="utf-8")
    type_in("run", "--once", "--state", "state")
    rows = json.loads(type_in("journal", "--json", "--state", "state").out)
    denied = next(row["id"] for row in rows if row.get("reason") == "steps-remain")

    said = type_in("capture", "--state", "state", "--id", str(denied))

    assert (said.code, said.out.splitlines()[-1]) == (0, "It plays as it was recorded.")


def fill(folder: Path) -> None:
    """
    Write a decision into the journal, and no readings.
    """

    async def work() -> None:
        clock = FakeClock()
        async with await SqliteJournal.open(folder, clock=clock, create=True) as journal:
            row = make_proposal(rule=make_rule(name="far-off")).row(Outcome.WOULD_CANCEL, None)
            await journal.record_outcome(row, cycle_id="cycle-1", mode=Mode.DRY_RUN, at=clock.now())

    asyncio.run(work())


def test_a_journal_without_readings_of_that_time_says_so(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], environment: Path
) -> None:
    write_rules("dry-run")
    fill(environment / "state")

    said = type_in("capture", "--state", "state")

    assert (said.code, said.out) == (1, "")
    assert "nothing is recorded of that time (2026-01-02 03:04:05 UTC): no readings are kept here." in said.err


def test_a_rule_that_is_gone_is_told(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], environment: Path
) -> None:
    rules = write_rules("live")
    rules.write_text(rules.read_text("utf-8").replace("far-off", "another"), encoding="utf-8")
    fill(environment / "state")

    said = type_in("capture", "--state", "state")

    assert said.code == 2
    assert "rules.yaml has no rule 'far-off' any more: name the file that has it with --rules." in said.err
