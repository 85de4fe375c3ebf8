from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tradewarden.cli.journal import parse_age
from tradewarden.errors import UsageError
from tradewarden.journal.locks import DaemonInfo, StateLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.simulator.api import Api
    from unit.cli.conftest import Said


def test_disarmed_defers_and_armed_goes_on(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api
) -> None:
    """The kill switch holds from one run to the next, and the journal tells who threw it and why."""
    del exchange
    write_rules("dry-run")
    type_in("disarm", "--state", "state", "--reason", "a wild market")

    deferred = json.loads(type_in("run", "--once", "--json", "--state", "state").out)
    armed = type_in("arm", "--state", "state", "--reason", "calm")
    acting = json.loads(type_in("run", "--once", "--json", "--state", "state").out)
    rows = json.loads(type_in("journal", "--state", "state", "--json").out)

    assert [(row["outcome"], row["reason"]) for row in deferred["outcomes"]] == [("deferred", "disarmed")]
    assert deferred["armed"] is False
    assert armed.out.startswith("Armed: state state (--state). No daemon is running on it")
    assert [row["outcome"] for row in acting["outcomes"]] == ["would_cancel"]
    assert [row.get("event") or row["outcome"] for row in rows] == ["would_cancel", "armed", "deferred", "disarmed"]
    assert [row["reason"] for row in rows] == [None, "calm", "disarmed", "a wild market"]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)


@pytest.mark.parametrize("word", ["arm", "disarm", "journal"])
def test_no_folder_is_made_that_nobody_named(type_in: Callable[..., Said], word: str, environment: Path) -> None:
    """A kill switch that disarms the wrong folder is worse than none."""
    said = type_in(word)

    assert said.code == 1
    assert "no state folder" in said.err
    assert list(environment.iterdir()) == []


@pytest.mark.parametrize("word", ["arm", "disarm"])
def test_a_folder_that_cannot_be_looked_into_is_no_success(type_in: Callable[..., Said], word: str) -> None:
    """Whoever forgot `sudo` reads first that nothing was done."""
    said = type_in(word, "--state", "x" * 300)

    assert said.code == 1
    assert said.err.startswith(f"tradewarden: nothing was {word}ed: File name too long: the state folder x")
    assert "as root" in said.err


def test_disarm_names_the_daemon_that_it_reached(type_in: Callable[..., Said], environment: Path) -> None:
    folder = environment / "state"
    folder.mkdir(mode=0o700)
    with StateLock.acquire(folder, DaemonInfo(pid=os.getpid(), rules_file="/etc/tradewarden/rules.yaml")):
        said = type_in("disarm", "--state", str(folder))

    assert said.code == 0
    assert f"process {os.getpid()}" in said.out
    assert "/etc/tradewarden/rules.yaml" in said.out


def test_a_second_daemon_is_refused(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api, environment: Path
) -> None:
    write_rules("live")
    folder = environment / "state"
    folder.mkdir(mode=0o700)
    with StateLock.acquire(folder, DaemonInfo(pid=os.getpid())):
        said = type_in("run", "--once", "--json", "--state", str(folder))

    assert said.code == 75
    assert json.loads(said.out)["errors"][0]["error"] == "already_running"
    assert exchange.requests == []


def test_the_journal_as_text(type_in: Callable[..., Said], write_rules: Callable[[str], Path], exchange: Api) -> None:
    del exchange
    write_rules("dry-run")
    type_in("run", "--once", "--state", "state")
    type_in("disarm", "--state", "state", "--reason", "enough")

    lines = type_in("journal", "--state", "state", "--since", "1h").out.splitlines()

    assert "disarmed" in lines[0]
    assert "enough" in lines[0]
    assert "would cancel" in lines[1]
    assert "USDT_DOGE 30428625 step 2 at 0.4 (35.0 %)" in lines[1]
    assert type_in("journal", "--state", "state", "--smart-trade", "1").out.startswith("The journal is empty")


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("2h", 7200), ("1h30m", 5400), ("1w", 604_800)])
def test_since_takes_durations(text: str, seconds: int) -> None:
    assert parse_age(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2 h", "1.5h", "yesterday", "999999w", "1h1h", "30m1h", "٣h"])
def test_since_refuses_the_rest(text: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        parse_age(text)


@pytest.mark.parametrize("word", ["arm", "disarm"])
def test_a_folder_that_was_made_is_told(type_in: Callable[..., Said], word: str) -> None:
    """A typo in --state must be noticed: the daemon goes on."""
    first, second = type_in(word, "--state", "typo"), type_in(word, "--state", "typo")

    assert (first.code, second.code) == (0, 0)
    assert "There was no such folder: it was made. No daemon is running on it." in first.out
    assert "it was made" not in second.out


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("B\udcf6rse", "B\ufffdrse"),
        ("a\x1b[2J\u202eb\nc", "a\ufffd[2J\ufffdb c"),
        ("x" * 100_000, "x" * 500),
        ("", "by hand"),
    ],
    ids=["not-utf-8", "control", "long", "empty"],
)
def test_no_reason_keeps_the_switch_from_being_thrown(type_in: Callable[..., Said], reason: str, kept: str) -> None:
    for word in ("disarm", "arm"):
        assert type_in(word, "--state", "state", "--reason", reason).code == 0

    rows = json.loads(type_in("journal", "--state", "state", "--json").out)

    assert [(row["event"], row["reason"]) for row in rows] == [("armed", kept), ("disarmed", kept)]


@pytest.mark.parametrize("number", ["-1", "0", str(2**63), "9" * 100])
def test_what_cannot_be_an_id_is_refused(type_in: Callable[..., Said], number: str) -> None:
    said = type_in("journal", "--smart-trade", number)

    assert (said.code, said.err) == (2, f"tradewarden: --smart-trade {number} is not a SmartTrade's id.\n")


def test_a_damaged_journal_is_a_sentence(type_in: Callable[..., Said], environment: Path) -> None:
    """What was not thrown must not be told as thrown."""
    type_in("disarm", "--state", "state")
    for path in (environment / "state").iterdir():
        path.write_bytes(b"not a journal" * 1000)

    said = type_in("disarm", "--state", "state")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("tradewarden: the journal cannot be used: ")
