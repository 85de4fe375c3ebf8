"""
`systemctl stop`: at once, unless a cancel is under way.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from holding import Held
from systemd.machine import until
from systemd.unit import FAR_OFF, rules_text

if TYPE_CHECKING:
    from systemd.unit import Unit
    from tradewarden.simulator.api import Api
    from tradewarden.simulator.server import SimulatorServer

NEVER_YET = FAR_OFF.replace("-5%", "-50%")
CYCLE = re.compile(r"last cycle \d\d:\d\d:\d\d: 1 read; next \d\d:\d\d:\d\d \(UTC\)")


def test_it_ends_within_five_seconds(unit: Unit, server: SimulatorServer) -> None:
    """Until then its status tells the last cycle and the next."""
    unit.write_rules(rules_text(server.url, NEVER_YET, schedule="{every: 10s}"))
    unit.install()
    unit.systemctl("start")
    until(lambda: CYCLE.search(unit.status), "the status tells the last and the next cycle")
    began = time.monotonic()

    unit.systemctl("stop")

    assert time.monotonic() - began < 5
    assert (unit.show("Result"), unit.show("ExecMainStatus"), unit.show("ActiveState")) == ("success", "0", "inactive")
    assert unit.events[-2:] == ["daemon.stopping", "daemon.stopped"]
    assert {line.priority for line in unit.log} == {6}


def test_a_cancel_under_way_comes_to_its_end(unit: Unit, server: SimulatorServer, exchange: Api) -> None:
    """The answer is still waited for, and what became of it is read back, before the process ends."""
    held = exchange.faults = Held("DELETE", "/trades/")
    unit.write_rules(rules_text(server.url))
    unit.install()
    unit.systemctl("start")
    held.wait()

    unit.systemctl("stop", "--no-block")
    unit.until_told("daemon.stopping")
    meanwhile = unit.show("ActiveState")
    held.let_go()
    unit.until_state("inactive")

    assert meanwhile == "deactivating"
    assert (unit.show("Result"), unit.show("ExecMainStatus")) == ("success", "0")
    assert unit.query("SELECT answer, outcome FROM intents") == [["accepted", "cancelled"]]
    assert sum(entry.method == "DELETE" for entry in exchange.requests) == 1
