"""
`systemctl reload`: all of a new file, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from systemd.machine import until
from systemd.unit import FAR_OFF, rules_text

if TYPE_CHECKING:
    from systemd.unit import Unit
    from tradewarden.simulator.api import Api
    from tradewarden.simulator.server import SimulatorServer

NEVER_YET = FAR_OFF.replace("-5%", "-50%")


def test_a_good_file_is_in_force_at_once(unit: Unit, server: SimulatorServer, exchange: Api) -> None:
    """The rule that was false becomes true by the edit, in the same process."""
    unit.write_rules(rules_text(server.url, NEVER_YET))
    unit.install()
    unit.systemctl("start")
    unit.until_told("cycle.ended")
    before, pid = sum(entry.method == "DELETE" for entry in exchange.requests), unit.pid

    unit.write_rules(rules_text(server.url))
    unit.systemctl("reload")
    unit.until_told("rules.reloaded", "cancel.settled")

    assert before == 0
    assert (unit.pid, unit.show("ActiveState"), unit.show("NRestarts")) == (pid, "active", "0")
    [told] = [line for line in unit.log if line.said.get("event") == "rules.reloaded"]
    assert "1 rule changed" in told.said["message"]
    assert sum(entry.method == "DELETE" for entry in exchange.requests) == 1


def test_a_bad_file_changes_nothing(unit: Unit, server: SimulatorServer, exchange: Api) -> None:
    """It is told as an error, shows in the status, and the rules of before go on."""
    unit.write_rules(rules_text(server.url, NEVER_YET))
    unit.install()
    unit.systemctl("start")
    unit.until_told("cycle.ended")
    pid = unit.pid

    unit.write_rules(rules_text(server.url, FAR_OFF.replace("when", "wenn")))
    unit.systemctl("reload")
    unit.until_told("rules.refused")
    cycles = unit.events.count("cycle.ended")
    until(lambda: unit.events.count("cycle.ended") > cycles, "the cycles go on")

    assert (unit.pid, unit.show("ActiveState"), unit.show("NRestarts")) == (pid, "active", "0")
    [told] = [line for line in unit.log if line.said.get("event") == "rules.refused"]
    assert told.priority == 3
    assert "rules trouble since" in unit.status
    assert not any(entry.method == "DELETE" for entry in exchange.requests)
