"""
What a crash and a hang cost: a delay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holding import Held
from systemd.machine import until
from systemd.unit import AT_ONCE, rules_text

if TYPE_CHECKING:
    from systemd.unit import Unit
    from tradewarden.simulator.api import Api
    from tradewarden.simulator.server import SimulatorServer

HOLDING = "  - name: far-off\n    when: day_change < -5%\n    for: 1h\n    cancel: farthest\n"
HOLDS = "SELECT held_us, last_boot_us, last_boot_id FROM holds"


def test_a_crash_in_the_middle_of_a_cancel_loses_nothing(unit: Unit, server: SimulatorServer, exchange: Api) -> None:
    """SIGKILL while the DELETE is under way: restarted, it finds out what became of it, and sends no second one."""
    held = exchange.faults = Held("DELETE", "/trades/")
    unit.write_rules(rules_text(server.url))
    unit.install(AT_ONCE)
    unit.systemctl("start")
    held.wait()

    unit.kill("KILL")
    held.let_go()
    unit.until_told("cancel.settled")

    assert (unit.show("ActiveState"), unit.show("NRestarts")) == ("active", "1")
    assert unit.events.count("cancel.intended") == 1
    assert unit.query("SELECT trade_id, outcome FROM intents") == [[1008300674, "cancelled"]]
    assert sum(entry.method == "DELETE" for entry in exchange.requests) == 1


def test_a_hung_daemon_is_ended_and_its_holds_go_on(unit: Unit, server: SimulatorServer) -> None:
    """
    Stopped in its tracks it feeds no watchdog. The next one knows by the boot id that it may count on.
    """
    unit.write_rules(rules_text(server.url, HOLDING))
    unit.install(AT_ONCE, "WatchdogSec=2")
    unit.systemctl("start")
    unit.until_told("cycle.ended")
    until(lambda: "1 holding; next " in unit.status, "the status tells the hold")
    first = unit.pid

    unit.kill("STOP")
    [[held_us, boot_us, boot_id]] = unit.query(HOLDS)
    until(lambda: unit.show("NRestarts") == "1", "the watchdog ends it and it is started again")
    unit.until_state("active")
    until(lambda: unit.query(HOLDS)[0][1] > boot_us, "a cycle of the next one")

    assert unit.pid not in {0, first}
    assert "Watchdog timeout" in unit.text
    assert "Fatal Python error: Aborted" in unit.text  # and where: for whoever mends it
    [[held_on_us, boot_on_us, boot_id_on]] = unit.query(HOLDS)
    assert boot_id_on == boot_id == unit.machine.run("cat", "/proc/sys/kernel/random/boot_id").stdout.strip()
    assert held_on_us - held_us == boot_on_us - boot_us > 0
