"""
Tests for tradewarden.journal.sqlite: the promises that need a second process, and opening and closing.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import fakes
from journal_samples import make_intent
from tradewarden.errors import JournalError, NotPermitted, StateError
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from fakes import FakeClock
    from tradewarden.ports import Journal

TESTS = str(Path(fakes.__file__).parent)
PRELUDE = """
import asyncio, os, pathlib, signal, sys
from fakes import FakeClock
from journal_samples import GENERATION, make_intent
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.settings import Mode

async def main():
    journal = await SqliteJournal.open(pathlib.Path(sys.argv[1]), clock=FakeClock(), create=True)
"""
COMMIT_AND_DIE = """
    await journal.begin(mode=Mode.LIVE, generation=GENERATION)
    await journal.record_intent(make_intent())
    os.kill(os.getpid(), signal.SIGKILL)
"""
DISARM = """
    await journal.disarm(reason="from elsewhere")
    await journal.aclose()
"""


async def another_process(body: str, folder: Path) -> int:
    """
    Run *body* with a journal of its own in another process and return how it ended.
    """
    code = f"{PRELUDE}{body}\nasyncio.run(main())"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(folder), env={**os.environ, "PYTHONPATH": TESTS}
    )
    return await process.wait()


def test_it_fulfils_the_port() -> None:
    journal: type[Journal] = SqliteJournal

    assert journal is SqliteJournal


async def test_a_committed_intent_survives_a_kill(folder: Path, clock: FakeClock) -> None:
    assert await another_process(COMMIT_AND_DIE, folder) == -signal.SIGKILL

    async with await SqliteJournal.open(folder, clock=clock) as journal:
        (question,) = await journal.open_questions()
        assert question.intent == make_intent()
        assert question.answer is None


async def test_disarming_from_another_process_is_seen_at_once(journal: SqliteJournal, folder: Path) -> None:
    assert await journal.is_armed()

    assert await another_process(DISARM, folder) == 0

    assert not await journal.is_armed()
    with pytest.raises(NotPermitted):
        await journal.record_intent(make_intent())


async def test_two_journals_work_side_by_side(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    """
    As a command beside a running daemon: each sees what the other committed.
    """
    async with await SqliteJournal.open(folder, clock=clock) as other:
        await asyncio.gather(
            *(journal.disarm(reason=str(number)) for number in range(10)),
            *(other.arm(reason=str(number)) for number in range(10)),
        )

        assert len(await journal.rows()) == 20
        assert await journal.rows() == await other.rows()
        assert await journal.is_armed() == await other.is_armed()


async def test_a_new_journal_may_be_opened_by_two_at_once(folder: Path, clock: FakeClock) -> None:
    journals = await asyncio.gather(
        *(SqliteJournal.open(folder, clock=clock, create=True) for _ in range(2)),
    )

    for journal in journals:
        assert await journal.is_armed()
        await journal.aclose()


async def test_without_being_told_nothing_is_made(folder: Path, clock: FakeClock) -> None:
    for _ in range(2):
        with pytest.raises(StateError, match="no state folder"):
            await SqliteJournal.open(folder, clock=clock)


async def test_a_relative_folder_with_odd_letters_works(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async with await SqliteJournal.open(Path("a ?#% folder"), clock=clock, create=True) as journal:
        assert await journal.is_armed()

    async with await SqliteJournal.open(tmp_path / "a ?#% folder", clock=clock) as journal:
        assert await journal.is_armed()


async def test_a_closed_journal_refuses_everything(journal: SqliteJournal) -> None:
    await journal.aclose()
    await journal.aclose()

    with pytest.raises(JournalError, match="was closed"):
        await journal.record_intent(make_intent())
    with pytest.raises(JournalError, match="was closed"):
        await journal.is_armed()
    with pytest.raises(JournalError, match="was closed"):
        await journal.ledger(mode=Mode.LIVE)


async def test_a_caller_that_is_cancelled_does_not_undo_what_began(journal: SqliteJournal) -> None:
    """
    A stop signal may come at any moment: either the row is there, or the job never began.
    """
    recording = asyncio.create_task(journal.record_intent(make_intent()))
    await asyncio.sleep(0)
    recording.cancel()
    await asyncio.gather(recording, return_exceptions=True)

    questions = await journal.open_questions()
    assert len(questions) in {0, 1}
    assert len(await journal.rows()) == len(questions)
