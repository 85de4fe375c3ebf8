"""
What a command that only looks learns of a state folder.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from factories import make_settings
from fakes import FakeClock
from journal_samples import GENERATION, SMART_TRADE, make_intent
from status_samples import make_status
from tradewarden.cli.remembered import FROM_NOTHING, look_back
from tradewarden.engine.surroundings import NO_WINDOWS
from tradewarden.errors import StateError
from tradewarden.journal.locks import DaemonInfo, StateLock
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.journal.status_file import STATUS_FILE, write_status
from tradewarden.model.settings import Mode
from tradewarden.places import Place
from tradewarden.rules.ruleset import RuleSet
from tradewarden.rulesfile.loader import RulesFile
from unit.cli.test_status import a_stranger_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tradewarden.cli.remembered import Remembered


SO = f"So {FROM_NOTHING}."


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def journal(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteJournal]:
    async with await SqliteJournal.open(tmp_path / "state", clock=clock, create=True) as opened:
        await opened.begin(mode=Mode.LIVE, generation=GENERATION)
        yield opened


@contextmanager
def a_daemon(folder: Path, clock: FakeClock) -> Iterator[None]:
    """
    Hold the folder as a daemon does.
    """
    info = DaemonInfo(pid=os.getpid(), rules_file="rules.yaml", started_at=clock.now().wall, mode=Mode.LIVE)
    with StateLock.acquire(folder, info):
        yield


async def looked(
    folder: Path,
    clock: FakeClock,
    *,
    is_explicit: bool = True,
    generation: str = GENERATION,
    path: str = "/etc/tradewarden/rules.yaml",
) -> Remembered:
    place = Place(folder, "--state", is_explicit=is_explicit)
    ruleset = RuleSet(rules=(), generation=generation)
    rules = RulesFile(path=Path(path), settings=make_settings(mode=Mode.LIVE), ruleset=ruleset, warnings=())
    return await look_back(place, clock=clock, rules=rules, plan=NO_WINDOWS)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_folder_that_was_named_must_be_there(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(StateError, match="name that of your daemon, or leave --state out"):
        await looked(tmp_path / "nowhere", clock)


async def test_without_one_nothing_is_remembered_and_nothing_made(tmp_path: Path, clock: FakeClock) -> None:
    found = await looked(tmp_path / "nowhere", clock, is_explicit=False)

    assert not found.is_known
    assert found.notes == (f"there is no state folder {tmp_path}/nowhere (--state). {SO}",)
    assert names_in(tmp_path) == []


async def test_a_folder_without_a_journal(tmp_path: Path, clock: FakeClock) -> None:
    found = await looked(tmp_path, clock)

    assert not found.is_known
    assert found.notes == (f"There is no journal in the state folder {tmp_path}: no daemon has run there. {SO}",)
    assert names_in(tmp_path) == []


async def test_a_folder_that_may_not_be_read(tmp_path: Path, clock: FakeClock) -> None:
    with a_stranger_to(tmp_path):
        found = await looked(tmp_path, clock)

    assert not found.is_known
    assert found.notes == (
        f"the state folder {tmp_path} (--state) may not be read. Run this as the daemon's user, or as root. {SO}",
    )


async def test_a_folder_behind_a_closed_door(tmp_path: Path, clock: FakeClock) -> None:
    """Whether it is there cannot even be told."""
    with a_stranger_to(tmp_path):
        found = await looked(tmp_path / "state", clock)

    assert f"the state folder {tmp_path}/state (--state) may not be read" in found.notes[0]


async def test_nobody_runs(journal: SqliteJournal, tmp_path: Path, clock: FakeClock) -> None:
    found = await looked(tmp_path / "state", clock)

    assert journal is not None
    assert (found.is_known, found.ledger.armed, found.penalty) == (True, True, None)
    assert found.notes == (f"no daemon runs on the state folder {tmp_path}/state: nobody asks these rules.",)


@pytest.mark.usefixtures("journal")
async def test_a_daemon_that_goes_by_this_file_needs_no_word(tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "state"
    write_status(folder, make_status(pid=os.getpid()))

    with a_daemon(folder, clock):
        assert (await looked(folder, clock)).notes == ()
        (folder / STATUS_FILE).unlink()
        assert (await looked(folder, clock)).notes == ()


@pytest.mark.usefixtures("journal")
async def test_a_daemon_that_goes_by_another_file_is_told(tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "state"
    write_status(folder, make_status(pid=os.getpid()))

    with a_daemon(folder, clock):
        found = await looked(folder, clock, generation="another")
        write_status(folder, make_status(pid=os.getpid(), mode=Mode.DRY_RUN))
        dry = await looked(folder, clock)

    assert found.notes == ("the running daemon goes by an earlier version of this rules file: reload it (SIGHUP).",)
    assert dry.notes == ("the running daemon runs as dry-run.",)


@pytest.mark.usefixtures("journal")
async def test_a_daemon_that_has_a_file_of_another_name_is_told_with_its_mode(tmp_path: Path, clock: FakeClock) -> None:
    """
    A reload would change nothing about it.
    """
    folder = tmp_path / "state"
    write_status(folder, make_status(pid=os.getpid(), mode=Mode.DRY_RUN))

    with a_daemon(folder, clock):
        found = await looked(folder, clock, generation="another", path="other.yaml")

    assert found.notes == (
        (
            "the running daemon goes by the rules file /etc/tradewarden/rules.yaml, and these are the rules of "
            "other.yaml: name its file with --rules. If both are the same file, it goes by an earlier version: reload "
            "it (SIGHUP)."
        ),
        "the running daemon runs as dry-run.",
    )


@pytest.mark.usefixtures("journal")
async def test_a_record_that_cannot_be_read(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "state" / STATUS_FILE).write_text("{", encoding="utf-8")

    [note] = (await looked(tmp_path / "state", clock)).notes

    assert note.startswith("whether a daemon runs cannot be told: The status record ")


async def test_what_holds_the_daemon_back(journal: SqliteJournal, tmp_path: Path, clock: FakeClock) -> None:
    await journal.record_intent(make_intent())
    await journal.stop_access("the key is not valid")
    await journal.disarm(reason="wild")

    found = await looked(tmp_path / "state", clock)

    assert found.notes[:3] == (
        "TradeWarden is disarmed since 2026-01-02 03:04:05 UTC: wild. Nothing is cancelled until `tradewarden arm`.",
        "acting is stopped since 2026-01-02 03:04:05 UTC: the key is not valid",
        (
            f"a cancel on SmartTrade {SMART_TRADE} (trade 1008300674), sent at 2026-01-02 03:04:05 UTC, is not settled "
            "yet: that SmartTrade is left alone until it is."
        ),
    )
    assert found.ledger.attempts[0].outcome is None
