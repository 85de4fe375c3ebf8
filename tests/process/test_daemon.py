"""
The daemon as a process: its timer, its signals, and what becomes of a cancel that one of them meets.
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holding import Held
from process.running import PATIENCE_S, Running, deletes, events
from tradewarden.simulator.api import Faults
from tradewarden.simulator.messages import Response

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Request

pytestmark = pytest.mark.process


class Denied(Faults):
    """
    Rejects the key in every request.
    """

    def before(self, request: Request) -> Response | None:
        """
        Say so.
        """
        del request
        body = {"error": "api_key_invalid_or_expired", "error_description": "Unauthorized. Invalid or expired api key."}
        return Response(status=401, body=json.dumps(body).encode())


def _listings(exchange: Api) -> int:
    return sum("status=active" in entry.target for entry in exchange.requests)


def test_it_cancels_on_its_timer_once_and_ends_in_order(begin: Callable[..., Running], exchange: Api) -> None:
    daemon = begin()
    daemon.until(lambda: deletes(exchange), "the DELETE")
    daemon.until(lambda: daemon.intents() == [("accepted", "cancelled")], "it is read back")
    daemon.until(lambda: _listings(exchange) >= 2, "the next cycle")  # the first may not have ended yet
    daemon.until_cycle()

    log = daemon.end()

    assert deletes(exchange) == 1
    told = events(log)
    assert (told[0], told[-2:]) == ("daemon.started", ["daemon.stopping", "daemon.stopped"])
    assert {"cancel.intended", "cancel.answered", "cancel.settled"} <= set(told)
    assert "demo-secret" not in json.dumps(log)
    assert daemon.status()["stopped_at"] is not None


def test_a_stop_in_the_delete_waits_for_the_answer_and_the_outcome(
    begin: Callable[..., Running], exchange: Api
) -> None:
    held = exchange.faults = Held("DELETE", "/trades/")
    daemon = begin()
    held.wait()

    daemon.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert daemon.process.poll() is None
    held.let_go()
    log = daemon.ended()

    assert daemon.intents() == [("accepted", "cancelled")]
    assert deletes(exchange) == 1
    assert events(log)[-1] == "daemon.stopped"


def test_a_kill_in_the_delete_costs_a_delay_only(begin: Callable[..., Running], exchange: Api) -> None:
    held = exchange.faults = Held("DELETE", "/trades/")
    daemon = begin()
    held.wait()

    daemon.process.kill()
    daemon.process.communicate()
    held.let_go()
    again = begin()
    again.until(lambda: again.intents() == [(None, "cancelled")], "it is settled")
    log = again.end()

    assert deletes(exchange) == 1
    assert "settling.taken_up" in events(log)


def test_a_daemon_that_was_stopped_too_long_does_not_act_on_what_it_read_before(
    begin: Callable[..., Running], exchange: Api
) -> None:
    """SIGSTOP while the second read is under way, for longer than it may be old: it is read once more."""
    held = exchange.faults = Held("GET", "/trades")
    daemon = begin(age="1s")
    held.wait()

    daemon.process.send_signal(signal.SIGSTOP)
    held.let_go()
    time.sleep(1.5)
    before = len(exchange.requests)
    assert deletes(exchange) == 0
    daemon.process.send_signal(signal.SIGCONT)
    daemon.until(lambda: deletes(exchange), "the DELETE, on a fresh read")
    daemon.end()

    after = [entry.method for entry in exchange.requests[before:]]
    assert after[:3] == ["GET", "GET", "DELETE"]


def test_a_reload_takes_over_good_rules_and_refuses_bad_ones(
    begin: Callable[..., Running], write_rules: Callable[..., None], exchange: Api, tmp_path: Path
) -> None:
    daemon = begin(when="day_change < -50%")
    daemon.until_cycle()

    (tmp_path / "rules.yaml").write_text("version: 1\nmode: wrong\n", encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until(lambda: daemon.status()["troubles"], "the file is refused")
    daemon.until_cycle()
    assert [trouble["kind"] for trouble in daemon.status()["troubles"]] == ["rules"]
    assert deletes(exchange) == 0

    write_rules(name="another")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until(lambda: deletes(exchange), "the new rule cancels")
    log = daemon.end()

    [refused] = [line for line in log if line["event"] == "rules.refused"]
    assert any("rules.yaml:2:7" in problem for problem in refused["problems"])
    [reloaded] = [line for line in log if line["event"] == "rules.reloaded"]
    assert (reloaded["added"], reloaded["removed"]) == (["another"], ["far-off"])
    assert daemon.status()["troubles"] == []


def test_a_storm_of_reloads_harms_nothing(begin: Callable[..., Running], exchange: Api) -> None:
    daemon = begin()
    daemon.until_cycle()
    for _ in range(100):
        daemon.process.send_signal(signal.SIGHUP)
        time.sleep(0.002)
    daemon.until(lambda: daemon.intents() == [("accepted", "cancelled")], "the cancel")

    daemon.end(signal.SIGINT)

    assert deletes(exchange) == 1


def test_rejected_credentials_end_the_start_with_77(begin: Callable[..., Running], exchange: Api) -> None:
    exchange.faults = Denied()
    daemon = begin()

    log = daemon.ended(77)

    assert "daemon.started" in events(log)
    assert len(exchange.requests) == 1


def test_rejected_credentials_while_it_runs_stop_the_acting_alone(begin: Callable[..., Running], exchange: Api) -> None:
    daemon = begin(when="day_change < -50%")
    daemon.until_cycle()
    exchange.faults = Denied()
    daemon.until(lambda: daemon.status()["troubles"], "access is denied")
    before = len(exchange.requests)
    daemon.until_cycle()
    daemon.until_cycle()

    log = daemon.end()

    assert len(exchange.requests) == before, "the key is tried again after a minute, not in each cycle"
    assert events(log).count("access.stopped") == 1


def test_a_second_daemon_says_so_and_ends_with_75(
    begin: Callable[..., Running], start: Callable[..., subprocess.Popen[str]]
) -> None:
    daemon = begin(when="day_change < -50%")
    daemon.until_cycle()

    for options in ((), ("--state", "elsewhere")):
        second = start("run", *options)
        _, err = second.communicate(timeout=PATIENCE_S)
        assert second.returncode == 75
        assert str(daemon.process.pid) in err
    daemon.end()


def test_status_beside_it(begin: Callable[..., Running], start: Callable[..., subprocess.Popen[str]]) -> None:
    daemon = begin(when="day_change < -50%")
    daemon.until_cycle()

    out, _ = start("status", "--json").communicate(timeout=PATIENCE_S)
    told = json.loads(out)
    assert (told["healthy"], told["alive"], told["pid"]) == (True, True, daemon.process.pid)
    daemon.end()

    after = start("status", "--json")
    out, _ = after.communicate(timeout=PATIENCE_S)
    assert (after.returncode, json.loads(out)["alive"]) == (3, False)


def test_a_log_that_nobody_reads_stops_nothing(begin: Callable[..., Running], exchange: Api) -> None:
    daemon = begin()
    assert daemon.process.stderr is not None
    assert daemon.process.stdout is not None
    daemon.process.stderr.close()
    daemon.until(lambda: deletes(exchange), "the DELETE")
    daemon.until(lambda: daemon.intents() == [("accepted", "cancelled")], "it is read back")

    daemon.process.send_signal(signal.SIGTERM)

    assert daemon.process.wait(PATIENCE_S) == 0
    daemon.process.stdout.close()


def test_a_reload_that_comes_too_early_does_not_kill_it(begin: Callable[..., Running], exchange: Api) -> None:
    """By default SIGHUP kills, and systemd takes that for an end that was wanted."""
    daemon = begin()
    for _ in range(60):
        time.sleep(0.02)
        if (daemon.folder / "state").exists():
            break
        if _has_begun(daemon.process.pid):
            daemon.process.send_signal(signal.SIGHUP)
    daemon.until(lambda: deletes(exchange), "the DELETE")

    daemon.end()


def test_a_stop_that_comes_before_anything_has_begun_is_an_end_in_order(begin: Callable[..., Running]) -> None:
    daemon = begin()
    while not _has_begun(daemon.process.pid):
        time.sleep(0.005)

    daemon.process.send_signal(signal.SIGINT)
    daemon.ended()


def _has_begun(pid: int) -> bool:
    """
    Tell whether the process guards its start already: SIGTERM, the last it sets, is caught. Before, it is Python that
    comes up, with whatever its parent ignored: SIGHUP and SIGINT, if that runs in the background.
    """
    with Path(f"/proc/{pid}/status").open(encoding="ascii") as file:
        [caught] = [int(line.split()[1], 16) for line in file if line.startswith("SigCgt")]
    return bool(caught & 1 << (signal.SIGTERM - 1))
