"""
`explain` as a process of its own, beside nothing and beside a running daemon.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from process.running import deletes

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from process.running import Running
    from tradewarden.simulator.api import Api

pytestmark = pytest.mark.process

HOLDS_ON = "day_change < -5%\n    for: 1h"


@pytest.fixture
def ask(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., dict[str, Any]]:
    """
    Run `explain --json` and return its document.
    """

    def ask(*words: str) -> dict[str, Any]:
        process = start("explain", "--json", *words)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert "demo-secret" not in out + err
        found: dict[str, Any] = json.loads(out)
        return found

    return ask


def the_rule(document: dict[str, Any]) -> dict[str, Any]:
    [smart_trade] = document["smart_trades"]
    [rule] = smart_trade["rules"]
    found: dict[str, Any] = rule
    return found


def test_beside_nothing(ask: Callable[..., dict[str, Any]], exchange: Api, tmp_path: Path) -> None:
    """It asks with GET alone, and leaves nothing behind."""
    document = ask("--smart-trade", "30428625")

    assert the_rule(document)["verdict"] == "would_cancel"
    assert all(check["holds"] for check in the_rule(document)["invariants"])
    assert len(the_rule(document)["invariants"]) == 15
    assert (document["armed"], document["requests"], len(exchange.requests)) == (None, 3, 3)
    assert {entry.method for entry in exchange.requests} == {"GET"}
    assert [path.name for path in tmp_path.iterdir()] == ["rules.yaml"]


def test_beside_a_running_daemon(
    begin: Callable[..., Running], ask: Callable[..., dict[str, Any]], exchange: Api
) -> None:
    """It sees the hold that the daemon has observed, takes neither its locks nor its place, and never acts."""
    daemon = begin(when=HOLDS_ON)
    daemon.until_cycle()
    daemon.until_cycle()
    daemon.until_cycle()

    document = ask()

    assert document["notes"] == []  # a daemon runs, by this very file
    assert document["armed"] is True
    assert the_rule(document)["verdict"] == "holding"
    assert 1 <= the_rule(document)["hold"]["held_s"] < 60
    assert [near["verdict"] for near in document["nearest"]] == ["holding"]
    daemon.until_cycle()
    assert deletes(exchange) == 0
    daemon.end()


def test_what_the_daemon_did_is_known_and_what_it_saw(
    begin: Callable[..., Running], ask: Callable[..., dict[str, Any]], exchange: Api
) -> None:
    daemon = begin()
    daemon.until_cycle()
    daemon.until(lambda: daemon.intents() == [("accepted", "cancelled")], "a cancel")

    running = the_rule(ask())
    daemon.end()
    ended = ask()

    assert (running["verdict"], running["repeat"]["spent"], running["repeat"]["last_outcome"]) == (
        *("spent", True, "cancelled"),
    )
    assert the_rule(ended)["verdict"] == "spent"
    assert [note.partition(":")[2] for note in ended["notes"]] == [" nobody asks these rules."]
    assert deletes(exchange) == 1
    requests = len(exchange.requests)
    past = ask("--at", "-0s")
    assert the_rule(past)["verdict"] in {"would_cancel", "spent"}  # a reading of that cycle, or of one a minute later
    assert [row.get("outcome") for row in past["journal"]] == ["cancelled"]
    assert (past["requests"], len(exchange.requests)) == (0, requests)
