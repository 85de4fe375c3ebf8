"""
A renamed rule begins its `repeat` anew: `check` says so where a journal knows the old name.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from typing import TYPE_CHECKING

from fakes import FakeClock
from journal_samples import make_intent
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said


async def _record(folder: Path) -> str:
    async with await SqliteJournal.open(folder, clock=FakeClock(), create=True) as journal:
        intent = make_intent()
        await journal.begin(mode=Mode.LIVE, generation=intent.generation)
        await journal.record_intent(intent)
    return intent.rule


def _rename(path: Path, name: str) -> None:
    path.write_text(path.read_text("utf-8").replace("name: far-off", f"name: {name}"), encoding="utf-8")


def test_a_rule_that_the_journal_knows_and_the_file_does_not(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], tmp_path: Path
) -> None:
    path = write_rules("live")
    old = asyncio.run(_record(tmp_path / "state"))
    _rename(path, f"{old}-2")

    said = type_in("check", "--state", "state")

    assert said.out == "rules.yaml: valid, 1 rule, mode live, 1 note\n"
    assert f"rules.yaml:3:1: note: the journal in state has cancels by {old}, and no rule here is named so" in said.err
    assert f"help: {old}: did you mean {old}-2?" in said.err


def test_a_rule_that_both_know(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], tmp_path: Path
) -> None:
    path = write_rules("live")
    _rename(path, asyncio.run(_record(tmp_path / "state")))

    assert type_in("check", "--state", "state").err == ""


def test_a_rule_whose_repeat_is_a_time_forgets_by_itself(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], tmp_path: Path
) -> None:
    path = write_rules("live")
    asyncio.run(_record(tmp_path / "state"))
    path.write_text(path.read_text("utf-8") + "    repeat: 6h\n", encoding="utf-8")

    assert type_in("check", "--state", "state").err == ""


def test_without_a_journal_nothing_is_said_and_nothing_is_made(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], tmp_path: Path
) -> None:
    write_rules("live")

    assert type_in("check", "--state", "state").err == ""
    assert not (tmp_path / "state").exists()


def test_the_journal_is_read_and_not_touched(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], tmp_path: Path
) -> None:
    """Not even migrated: a daemon of an older version may be using it."""
    write_rules("live")
    asyncio.run(_record(tmp_path / "state"))
    journal = tmp_path / "state" / "journal.sqlite3"
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        connection.execute("DELETE FROM migrations")
        connection.commit()
    before = journal.read_bytes()

    said = type_in("check", "--state", "state")

    assert "1 note" in said.out
    assert journal.read_bytes() == before


def test_a_damaged_journal_is_not_the_business_of_check(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], tmp_path: Path
) -> None:
    write_rules("live")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.sqlite3").write_bytes(b"no database" * 500)

    said = type_in("check", "--state", "state")

    assert (said.code, said.err) == (0, "")
