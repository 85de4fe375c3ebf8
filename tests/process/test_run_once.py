from __future__ import annotations

import json
import signal
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from holding import AtTheDelete
from tradewarden.simulator.api import Faults

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Request, Response

pytestmark = pytest.mark.process


def test_live_it_cancels_one_step_and_reads_back(
    start: Callable[..., subprocess.Popen[str]], exchange: Api, tmp_path: Path
) -> None:
    """On ordinary data with a true rule the cancel happens, with its intent on disk before the DELETE arrives."""
    watch = AtTheDelete(tmp_path / "state" / "journal.sqlite3")
    exchange.faults = watch

    out, err = start("run", "--once", "--json").communicate(timeout=30)

    [row] = json.loads(out)["outcomes"]
    assert (row["outcome"], row["trade_id"], row["share_without_target"]) == ("cancelled", 1008300674, "65.0")
    assert 0 <= row["window_ms"] < 15_000
    paths = [
        (entry.method, entry.target.partition("?")[0].removeprefix("/public/api/v2/smart_trades"))
        for entry in exchange.requests
    ]
    one, trades = ("GET", "/30428625"), ("GET", "/30428625/trades")
    assert paths[0] == ("GET", "")
    assert sorted(paths[1:3]) == [one, trades]
    assert paths[3] == ("DELETE", "/30428625/trades/1008300674")
    assert set(paths[4:]) == {one, trades}
    assert watch.open_intents == [1]
    assert "demo-secret" not in out + err
    assert all(line.startswith(("{", "rules ")) for line in err.splitlines())


def test_a_stop_signal_does_not_cut_a_cancel_in_half(
    start: Callable[..., subprocess.Popen[str]], exchange: Api, tmp_path: Path
) -> None:
    """SIGTERM while the DELETE is under way: the answer still reaches the journal, and the next run settles it."""
    watch = AtTheDelete(tmp_path / "state" / "journal.sqlite3")
    watch.go_on.clear()
    exchange.faults = watch
    process = start("run", "--once", "--json")
    assert watch.arrived.wait(20)

    process.send_signal(signal.SIGTERM)
    watch.go_on.set()
    out, _ = process.communicate(timeout=20)
    with sqlite3.connect(tmp_path / "state" / "journal.sqlite3") as connection:
        answers = connection.execute("SELECT answer FROM intents").fetchall()
    connection.close()
    exchange.faults = Faults()
    second, _ = start("run", "--once", "--json").communicate(timeout=30)

    assert process.returncode == 1
    report = json.loads(out)
    assert report["errors"][0]["error"] == "interrupted"
    assert (report["mode"], report["armed"], report["requests"]) == ("live", True, 4)
    assert [(row["outcome"], row["trade_id"]) for row in report["outcomes"]] == [("unknown", 1008300674)]
    assert answers == [("accepted",)]
    assert [row["outcome"] for row in json.loads(second)["outcomes"]] == ["cancelled"]
    assert sum(entry.method == "DELETE" for entry in exchange.requests) == 1


def test_a_kill_in_the_delete_costs_a_delay_only(
    start: Callable[..., subprocess.Popen[str]], exchange: Api, tmp_path: Path
) -> None:
    watch = AtTheDelete(tmp_path / "state" / "journal.sqlite3")
    watch.go_on.clear()
    exchange.faults = watch
    process = start("run", "--once", "--json")
    assert watch.arrived.wait(20)

    process.kill()
    process.communicate(timeout=20)
    watch.go_on.set()
    exchange.faults = Faults()
    second, _ = start("run", "--once", "--json").communicate(timeout=30)

    assert [row["outcome"] for row in json.loads(second)["outcomes"]] == ["cancelled"]
    assert sum(entry.method == "DELETE" for entry in exchange.requests) == 1


def test_two_daemons_with_two_folders_are_caught(
    start: Callable[..., subprocess.Popen[str]], exchange: Api, tmp_path: Path
) -> None:
    """The account is locked too: each would keep limits of its own."""
    watch = AtTheDelete(tmp_path / "state" / "journal.sqlite3")
    watch.go_on.clear()
    exchange.faults = watch
    first = start("run", "--once", "--json")
    assert watch.arrived.wait(20)

    second = start("run", "--once", "--json", "--state", "elsewhere")
    out, err = second.communicate(timeout=20)
    watch.go_on.set()
    first.communicate(timeout=30)

    assert second.returncode == 75
    assert json.loads(out)["errors"][0]["error"] == "already_running"
    assert str(first.pid) in err


def test_the_kill_switch_reaches_a_running_cycle(start: Callable[..., subprocess.Popen[str]], exchange: Api) -> None:
    """Disarmed while the second read is under way: no DELETE goes out, and `disarm` names the daemon."""
    reading, go_on = threading.Event(), threading.Event()

    class AtTheSecondRead(Faults):
        def before(self, request: Request) -> Response | None:
            if request.target.endswith("/trades"):
                reading.set()
                go_on.wait(10)
            return None

        def after(self, request: Request, response: Response) -> Response:
            del request
            return response

    exchange.faults = AtTheSecondRead()
    process = start("run", "--once", "--json")
    assert reading.wait(20)

    said, _ = start("disarm", "--reason", "stop").communicate(timeout=20)
    go_on.set()
    out, _ = process.communicate(timeout=30)

    assert f"process {process.pid}" in said
    assert [(row["outcome"], row["reason"]) for row in json.loads(out)["outcomes"]] == [("deferred", "disarmed")]
    assert not any(entry.method == "DELETE" for entry in exchange.requests)
