from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from factories import make_listing, make_proposal, make_rule, make_smart_trade
from fakes import FakeClock
from tradewarden.cli.capture import choose, recorded, write_captured
from tradewarden.errors import StateError, UsageError, UserError
from tradewarden.journal.rows import JournalEvent, JournalOutcome
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode

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
    assert choose(ROWS, row_id=None, smart_trade=None)[0].number == 2
    assert choose(ROWS, row_id=None, smart_trade=30428625)[0].number == 2


def test_a_row_by_its_id() -> None:
    decision, at = choose(ROWS, row_id=1, smart_trade=None)

    assert (decision.number, decision.mode, at) == (1, Mode.LIVE, OLDER.at)


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


def decide() -> Decision:
    return choose(ROWS, row_id=None, smart_trade=None)[0]


def test_both_files_are_written_and_played(
    environment: Path, write_rules: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rules = write_rules("live")
    out = environment / "cases"

    write_captured(decide(), [make_listing(make_smart_trade())], rules=rules, out=out)

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

    write_captured(decide(), [make_listing(make_smart_trade())], rules=rules, out=environment)

    out = capsys.readouterr().out
    assert "It does not play as it was recorded" in out
    assert "happened: its condition is not true: day_change -6 % < -50 %: false" in out


def test_nothing_is_overwritten(environment: Path, write_rules: Callable[[str], Path]) -> None:
    rules = write_rules("live")
    there = environment / "captured-2.test.yaml"
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(UserError) as caught:
        write_captured(decide(), [make_listing(make_smart_trade())], rules=rules, out=environment)

    assert str(caught.value) == f"{there} is there already: remove it, or name another folder with --out."
    assert there.read_text("utf-8") == "mine"
    assert not (environment / "captured-2.smart_trade.json").exists()


def test_a_rule_that_is_gone_is_told(environment: Path, write_rules: Callable[[str], Path]) -> None:
    rules = write_rules("live")
    rules.write_text(rules.read_text("utf-8").replace("far-off", "another"), encoding="utf-8")

    with pytest.raises(UsageError, match="has no rule 'far-off' any more: name the file that has it with --rules"):
        write_captured(decide(), [make_listing(make_smart_trade())], rules=rules, out=environment)


def test_readings_without_the_smart_trade_give_nothing(environment: Path, write_rules: Callable[[str], Path]) -> None:
    rules = write_rules("live")

    with pytest.raises(UserError, match="do not hold SmartTrade 30428625: nothing is captured"):
        write_captured(decide(), [], rules=rules, out=environment)


async def test_a_journal_without_readings_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="keeps no readings"):
        await recorded(tmp_path, FakeClock().now().wall, make_smart_trade().id)


def test_the_command_says_what_it_lacks(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("live")

    said = type_in("capture", "--state", "nowhere")
    assert (said.code, said.out) == (1, "")
    assert "there is no state folder nowhere (--state), so there is no journal" in said.err

    said = type_in("capture", "--id", "1", "--smart-trade", "2")
    assert (said.code, said.err) == (2, "tradewarden: --id names a decision already: leave --smart-trade out.\n")


def test_the_command_finds_the_decision(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], environment: Path
) -> None:
    write_rules("dry-run")

    async def fill() -> None:
        clock = FakeClock()
        async with await SqliteJournal.open(environment / "state", clock=clock, create=True) as journal:
            row = make_proposal(rule=make_rule(name="far-off")).row(Outcome.WOULD_CANCEL, None)
            await journal.record_outcome(row, cycle_id="cycle-1", mode=Mode.DRY_RUN, at=clock.now())

    asyncio.run(fill())

    said = type_in("capture", "--state", "state")

    assert said.code == 1
    assert "rules rules.yaml; state state (--state)" in said.err
    assert (
        "keeps no readings, and a test needs those of SmartTrade 30428625 before 2026-01-02 03:04:05 UTC." in said.err
    )
