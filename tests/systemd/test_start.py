"""
When the unit counts as started, and when it gives up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holding import Held
from systemd.machine import until
from systemd.unit import API_KEY, AT_ONCE, CREDENTIALS, rules_text
from tradewarden.journal.locks import AccountLock, running_daemon
from tradewarden.simulator.messages import text_response

if TYPE_CHECKING:
    from systemd.unit import Unit
    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Request, Response
    from tradewarden.simulator.server import SimulatorServer


def test_it_is_ready_when_the_first_read_is_answered(unit: Unit, server: SimulatorServer, exchange: Api) -> None:
    """Not before: whoever orders a unit after this one finds it at work."""
    held = exchange.faults = Held("GET", "/ver1/validate")
    unit.write_rules(rules_text(server.url))
    unit.install()

    unit.systemctl("start", "--no-block")
    held.wait()
    before = unit.show("ActiveState")
    holder = running_daemon(unit.state)
    held.let_go()
    unit.until_state("active")

    assert before == "activating"
    assert holder is not None  # its journal was locked by then
    assert holder.rules_file == "/etc/tradewarden/rules.yaml"
    assert unit.show("WatchdogUSec") == "2min"


def test_it_is_ready_when_the_first_read_failed(unit: Unit, server: SimulatorServer, exchange: Api) -> None:
    """That the API is down keeps nobody from starting: the trouble shows in the status, and in the log as a warning."""

    class Down(Held):
        def before(self, request: Request) -> Response | None:
            del request
            return text_response(503, "maintenance")

    exchange.faults = Down("GET", "/")
    unit.write_rules(rules_text(server.url))
    unit.install()

    unit.systemctl("start")
    unit.until_told("trouble.began")

    assert unit.show("ActiveState") == "active"
    until(lambda: "api trouble since" in unit.status, "the status tells the trouble")
    priorities = {line.said["event"]: line.priority for line in unit.log if line.said}
    assert priorities["daemon.started"] == 6
    assert priorities["trouble.began"] == 4
    assert all(line.said["priority"] == line.priority for line in unit.log if line.said)


def test_wrong_credentials_end_it_for_good(unit: Unit, server: SimulatorServer) -> None:
    unit.give_credentials(secret="another")
    unit.write_rules(rules_text(server.url))
    unit.install(AT_ONCE)

    unit.systemctl("start", check=False)

    assert_given_up(unit, code=77)
    assert "3Commas rejected the credentials" in unit.text


def test_missing_credentials_end_it_for_good(unit: Unit) -> None:
    """And it says so itself: without a default the start would fail in systemd's hands, over and over."""
    unit.machine.run("rm", "-r", CREDENTIALS)
    unit.write_rules(rules_text("http://127.0.0.1:9/public/api"))
    unit.install(AT_ONCE)

    unit.systemctl("start", check=False)

    assert_given_up(unit, code=77)
    assert "threecommas_api_key" in unit.text


def test_wrong_rules_end_it_for_good(unit: Unit) -> None:
    unit.write_rules(rules_text("http://127.0.0.1:9/public/api", "  - name: far-off\n    wenn: day_change < -5%\n"))
    unit.install(AT_ONCE)

    unit.systemctl("start", check=False)

    assert_given_up(unit, code=78)
    assert "/etc/tradewarden/rules.yaml:7:5" in unit.text


def assert_given_up(unit: Unit, *, code: int) -> None:
    """
    See that it has ended with *code*. One that is to be started again is never ``failed`` in between.
    """
    unit.until_state("failed")
    assert (unit.show("Result"), unit.show("ExecMainStatus"), unit.show("NRestarts")) == ("exit-code", str(code), "0")


def test_it_takes_over_when_the_other_daemon_is_gone(unit: Unit, server: SimulatorServer) -> None:
    """75 is not for good: somebody tried `run --once` at this very moment."""
    unit.write_rules(rules_text(server.url))
    unit.install(AT_ONCE)

    with AccountLock.acquire(api_key=API_KEY, api_url=server.url):
        unit.systemctl("start", check=False)
        until(lambda: int(unit.show("NRestarts")) > 0, "it is started again")
    unit.until_state("active")

    assert "status=75" in unit.text
