from __future__ import annotations

import asyncio
import json
import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journal_samples import GENERATION, make_intent, make_outcome
from status_samples import make_status
from tradewarden.cli.status_json import status_to_json
from tradewarden.clock import SystemClock
from tradewarden.engine.findings import Known
from tradewarden.engine.health import judge
from tradewarden.journal.locks import DaemonInfo, StateLock
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.journal.status_file import STATUS_FILE, write_status
from tradewarden.model.memory import Penalty
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradewarden.model.decision import OutcomeRow
    from unit.cli.conftest import Said

MINUTE = timedelta(minutes=1)


class Daemon:
    """
    What a running daemon leaves in its state folder, without a daemon.
    """

    def __init__(self, folder: Path, runner: asyncio.Runner) -> None:
        self.folder, self.runner, self.clock = folder, runner, SystemClock()
        self.journal = runner.run(SqliteJournal.open(folder, clock=self.clock, create=True))
        runner.run(self.journal.begin(mode=Mode.LIVE, generation=GENERATION))
        self.tell()

    def tell(self, **changes: Any) -> None:
        """
        Write the record of now: a cycle is over, the next one is due in a minute.
        """
        now = self.clock.now().wall
        status = make_status(pid=os.getpid(), started_at=now, written_at=now, next_cycle_at=now + MINUTE)
        assert status.last_cycle is not None
        status = replace(status, last_cycle=replace(status.last_cycle, started_at=now))
        write_status(self.folder, replace(status, **changes))


@pytest.fixture
def folder(environment: Path) -> Path:
    return environment / "state"


@contextmanager
def running(folder: Path) -> Iterator[Daemon]:
    """
    Hold a state folder as a running daemon does.
    """
    folder.mkdir(mode=0o700)
    info = DaemonInfo(pid=os.getpid(), rules_file="rules.yaml", started_at=SystemClock().now().wall, mode=Mode.LIVE)
    with StateLock.acquire(folder, info), asyncio.Runner() as runner:
        daemon = Daemon(folder, runner)
        yield daemon
        runner.run(daemon.journal.aclose())


@contextmanager
def a_stranger_to(folder: Path) -> Iterator[None]:
    """
    Act as somebody who may not look into *folder*: root may look everywhere.
    """
    if os.geteuid() == 0:
        os.seteuid(65534)
    else:
        folder.chmod(0)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        folder.chmod(0o700)


@pytest.fixture
def daemon(folder: Path) -> Iterator[Daemon]:
    with running(folder) as daemon:
        yield daemon


@pytest.fixture
def look(type_in: Callable[..., Said], folder: Path) -> Callable[[], tuple[int, Any]]:
    """
    Type ``status --json`` and return the exit code and the document.
    """

    def look() -> tuple[int, Any]:
        said = type_in("status", "--json", "--state", str(folder))
        return said.code, json.loads(said.out)

    return look


def words(document: Any) -> list[str]:
    return [found["problem"] for found in document["problems"]]


def test_a_healthy_daemon(daemon: Daemon, look: Callable[[], tuple[int, Any]]) -> None:
    code, document = look()

    assert (code, document["healthy"], document["alive"], document["pid"]) == (0, True, True, os.getpid())
    assert (document["mode"], document["armed"], document["armed_since"]) == ("live", True, None)
    assert document["last_cycle"]["outcomes"] == {"cancelled": 1, "denied": 2}
    assert document["last_cycle"]["took_ms"] == 1234
    assert document["holding"] == [{"rule": "far-off", "smart_trade_id": 30428626, "held_s": 60, "needed_s": 120}]
    assert document["budget"]["requests_per_minute"] == 50
    assert document["budget"]["cancels_left_this_hour"] == 60
    assert (document["penalty"], document["open_questions"], document["troubles"]) == (None, [], [])
    assert (document["problems"], document["notes"]) == ([], [])
    assert document["state"] == str(daemon.folder)


def test_a_healthy_daemon_as_text(daemon: Daemon, type_in: Callable[..., Said]) -> None:
    said = type_in("status", "--state", str(daemon.folder))

    first, *rest = said.out.splitlines()
    assert said.code == 0
    assert first.startswith(f"healthy: live, armed; pid {os.getpid()}, since 20")
    assert said.err == f"state {daemon.folder} (--state)\n"
    text = "\n".join(rest)
    assert "12 SmartTrades read, 5 requests; 1 cancelled, 2 denied" in text
    assert "far-off on SmartTrade 30428626: true for 1m of 2m" in text
    assert "60 of 60 cancels left this hour" in text
    assert "next cycle" in text
    assert "0 open" in text


def test_a_cancel_under_way_is_shown_and_counts(daemon: Daemon, look: Callable[[], tuple[int, Any]]) -> None:
    """Beside a writer with an open connection, from one moment to the next."""
    daemon.runner.run(daemon.journal.record_intent(make_intent(at=daemon.clock.now())))

    code, document = look()

    assert code == 0
    assert document["budget"]["cancels_left_this_hour"] == 59
    (question,) = document["open_questions"]
    assert (question["smart_trade_id"], question["trade_id"], question["answer"]) == (30428625, 1008300674, None)
    assert [note["note"] for note in document["notes"]] == ["open_question"]


def test_a_cancel_that_is_not_settled_is_a_problem(daemon: Daemon, look: Callable[[], tuple[int, Any]]) -> None:
    now = daemon.clock.now()
    long_ago = replace(now, wall=now.wall - 3 * MINUTE)
    daemon.runner.run(daemon.journal.record_intent(make_intent(at=long_ago)))

    code, document = look()

    assert (code, words(document)) == (3, ["open_question"])


def test_a_writer_at_full_speed_is_not_disturbed(daemon: Daemon, look: Callable[[], tuple[int, Any]]) -> None:
    """Record and journal are written all the time, from another thread, while `status` reads them."""
    enough = threading.Event()
    written: list[OutcomeRow] = []

    def write() -> None:
        while not enough.is_set():
            daemon.tell()
            row = make_outcome(reason=str(len(written)))
            now = daemon.clock.now()
            daemon.runner.run(daemon.journal.record_outcome(row, cycle_id="cycle-1", mode=Mode.LIVE, at=now))
            written.append(row)

    with ThreadPoolExecutor() as threads:
        writing = threads.submit(write)
        try:
            answers = [look() for _ in range(3)]
        finally:
            enough.set()
        writing.result()

    assert [(code, document["healthy"]) for code, document in answers] == [(0, True)] * 3
    assert len(daemon.runner.run(daemon.journal.rows())) == len(written) > 0


def test_disarmed_is_not_healthy_and_told_why(
    daemon: Daemon, look: Callable[[], tuple[int, Any]], type_in: Callable[..., Said]
) -> None:
    type_in("disarm", "--state", str(daemon.folder), "--reason", "a wild market")

    code, document = look()
    said = type_in("status", "--state", str(daemon.folder))

    assert (code, said.code, words(document)) == (3, 3, ["disarmed"])
    assert (document["armed"], document["armed_reason"]) == (False, "a wild market")
    assert document["armed_since"] is not None
    assert said.out.startswith(
        "NOT healthy: disarmed (a wild market): nothing is cancelled until `tradewarden arm` (si"
    )
    assert f"disarmed since {document['armed_since'][:10]}" in said.out


def test_armed_again_is_healthy_and_told_why(
    daemon: Daemon, look: Callable[[], tuple[int, Any]], type_in: Callable[..., Said]
) -> None:
    for word in ("disarm", "arm"):
        type_in(word, "--state", str(daemon.folder), "--reason", word)

    code, document = look()

    assert (code, document["armed"], document["armed_reason"]) == (0, True, "arm")


def test_a_penalty_and_a_stopped_account(
    daemon: Daemon, look: Callable[[], tuple[int, Any]], type_in: Callable[..., Said]
) -> None:
    penalty = Penalty(began=daemon.clock.now(), pause=5 * MINUTE, bans=1, reason="418")
    daemon.runner.run(daemon.journal.record_penalty(penalty))
    daemon.runner.run(daemon.journal.stop_access("401"))

    code, document = look()
    text = type_in("status", "--state", str(daemon.folder)).out

    assert (code, words(document)) == (3, ["access_stopped", "penalty"])
    assert (document["penalty"]["reason"], document["penalty"]["bans"]) == ("418", 1)
    assert document["budget"]["requests_left"] == 0
    assert text.startswith("NOT healthy: acting for the account was stopped: 401 (since ")
    assert text.splitlines()[0].endswith(", and 1 problem more")
    assert "  problem " in text
    assert "  penalty     still 4m" in text


def test_a_dry_run_is_healthy_and_said(daemon: Daemon, type_in: Callable[..., Said]) -> None:
    daemon.tell(mode=Mode.DRY_RUN)

    said = type_in("status", "--state", str(daemon.folder))

    assert said.code == 0
    assert said.out.startswith("healthy: dry-run, armed; pid ")
    assert "dry-run: it decides, but sends no DELETE" in said.out


def test_a_daemon_that_hangs(daemon: Daemon, look: Callable[[], tuple[int, Any]]) -> None:
    daemon.tell(written_at=daemon.clock.now().wall - 6 * MINUTE)

    code, document = look()

    assert (code, words(document), document["alive"]) == (3, ["hanging"], True)


@pytest.mark.parametrize("changes", ["running", "due", "none"])
def test_the_next_cycle_as_text(daemon: Daemon, type_in: Callable[..., Said], changes: str) -> None:
    now = daemon.clock.now().wall
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "running": ({"cycle_began_at": now, "next_cycle_at": None}, "one runs, since 20"),
        "due": ({"next_cycle_at": now}, "due now (20"),
        "none": ({"next_cycle_at": None, "last_cycle": None}, "next cycle  none"),
    }
    told, shown = cases[changes]
    daemon.tell(**told)

    assert shown in type_in("status", "--state", str(daemon.folder)).out
    document = json.loads(type_in("status", "--json", "--state", str(daemon.folder)).out)
    assert (document["last_cycle"] is None) is (changes == "none")


def test_only_some_of_many_holds_are_shown(daemon: Daemon, type_in: Callable[..., Said]) -> None:
    daemon.tell(holding=make_status().holding * 25)

    out = type_in("status", "--state", str(daemon.folder)).out

    assert out.count("true for 1m of 2m") == 20
    assert "and 5 more, see --json" in out


def test_a_daemon_that_is_starting(daemon: Daemon, look: Callable[[], tuple[int, Any]], type_in: Any) -> None:
    """The record is that of the daemon before it: it tells of the last cycle, and of nothing else."""
    daemon.tell(pid=1)

    code, document = look()
    said = type_in("status", "--state", str(daemon.folder))

    assert (code, document["healthy"], document["alive"], document["mode"]) == (0, True, True, None)
    assert [note["note"] for note in document["notes"]] == ["starting"]
    assert document["last_cycle"] is not None
    assert (document["budget"], document["next_cycle_at"]) == (None, None)
    assert said.out.startswith(f"healthy: process {os.getpid()} is starting")


def test_no_daemon_runs(folder: Path, look: Callable[[], tuple[int, Any]], type_in: Callable[..., Said]) -> None:
    with running(folder) as daemon:
        daemon.tell(stopped_at=daemon.clock.now().wall)

    code, document = look()

    assert (code, words(document), document["alive"], document["pid"]) == (3, ["not_running"], False, None)
    assert document["last_cycle"] is not None
    assert type_in("status", "--state", str(folder)).out.startswith(
        "NOT healthy: no daemon is running on this state folder: the last one was stopped (since "
    )


@pytest.mark.parametrize("explicit", [True, False])
def test_no_folder_is_made(type_in: Callable[..., Said], environment: Path, explicit: bool) -> None:
    words_ = ("status", "--json", *(("--state", "typo") if explicit else ()))

    said = type_in(*words_)

    assert said.code == 3
    assert words(json.loads(said.out)) == ["no_state", "not_running"]
    assert list(environment.iterdir()) == []


def test_it_says_which_folder_it_used(type_in: Callable[..., Said], environment: Path) -> None:
    said = type_in("status")

    assert said.err == f"state {environment}/.local/state/tradewarden (your own state)\n"
    assert said.out.startswith("NOT healthy: there is no state folder ")


def test_a_folder_without_a_journal_stays_without(look: Callable[[], tuple[int, Any]], folder: Path) -> None:
    folder.mkdir()

    code, document = look()

    assert (code, words(document)) == (3, ["not_running", "journal"])
    assert "no daemon has run there" in document["problems"][1]["message"]
    assert list(folder.iterdir()) == []


def test_a_damaged_record_is_told_and_the_journal_still_is(daemon: Daemon, look: Callable[[], tuple[int, Any]]) -> None:
    (daemon.folder / STATUS_FILE).write_bytes(b"{")

    code, document = look()

    assert (code, words(document)) == (3, ["no_record"])
    assert (document["alive"], document["armed"], document["last_cycle"]) == (True, True, None)


def test_a_damaged_journal_is_told_and_the_record_still_is(
    folder: Path, look: Callable[[], tuple[int, Any]], type_in: Callable[..., Said]
) -> None:
    with running(folder) as daemon:
        daemon.runner.run(daemon.journal.aclose())
        for path in folder.glob("journal*"):
            path.write_bytes(b"not a journal" * 1000)
        daemon.tell()

        code, document = look()
        text = type_in("status", "--state", str(folder)).out

    assert (code, words(document)) == (3, ["journal"])
    assert (document["alive"], document["mode"], document["armed"]) == (True, "live", None)
    assert document["budget"]["cancels_left_this_hour"] is None
    assert "an unknown number of 60 cancels left this hour" in text


def test_a_folder_of_somebody_else(type_in: Callable[..., Said]) -> None:
    """One sentence, not one for each file in it."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others from above
        parent = Path(name)
        parent.chmod(0o755)
        state = parent / "state"
        state.mkdir(mode=0o700)
        type_in("status", "--state", str(state))  # imports what it needs, while it may
        with a_stranger_to(state):
            said = type_in("status", "--json", "--state", str(state))

    assert (said.code, words(json.loads(said.out))) == (3, ["state_unreadable"])
    assert json.loads(said.out)["problems"][0]["message"].startswith(f"the state folder {state} (--state) may not be")


def test_a_lock_that_cannot_be_opened(look: Callable[[], tuple[int, Any]], folder: Path) -> None:
    folder.mkdir()
    (folder / "lock").symlink_to("lock")

    code, document = look()

    assert (code, document["alive"]) == (3, None)
    assert words(document)[0] == "state_unreadable"


def test_a_path_that_cannot_be_looked_for(type_in: Callable[..., Said]) -> None:
    """Not even whether it is there can be told."""
    said = type_in("status", "--json", "--state", "x" * 5000)

    assert said.code == 3
    assert words(json.loads(said.out)) == ["state_unreadable"]
    assert json.loads(said.out)["alive"] is None
    text = type_in("status", "--state", "x" * 5000)
    assert text.code == 3
    assert text.out.startswith("NOT healthy: File name too long: xxx")
    assert text.out.count("\n") == 1


def test_wrong_usage_stays_wrong_usage(type_in: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever reads JSON gets it."""
    monkeypatch.setenv("STATE_DIRECTORY", ":")

    said, text = type_in("status", "--json"), type_in("status")

    assert (said.code, text.code, text.out) == (2, 2, "")
    assert json.loads(said.out)["healthy"] is False
    assert "$STATE_DIRECTORY" in said.err


def test_every_key_is_always_there() -> None:
    """A reader of JSON need not ask whether it is."""
    nothing = Known(now=SystemClock().now())

    assert None in status_to_json(nothing, judge(nothing), state=None).values()
    assert status_to_json(nothing, judge(nothing), state=None).keys() == {
        "healthy", "alive", "pid", "state", "started_at", "version", "rules_file", "rules_enabled", "mode", "armed",
        "armed_since", "armed_reason", "last_cycle", "cycle_began_at", "next_cycle_at", "holding", "budget", "penalty",
        "open_questions", "set_aside", "troubles", "problems", "notes",
    }  # fmt: skip
