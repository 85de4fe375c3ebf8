"""
The shipped unit on a machine: its settings, its life and its log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from systemd.machine import until

if TYPE_CHECKING:
    from systemd.machine import Machine

SHIPPED = Path(__file__).parents[2] / "systemd" / "tradewarden.service"
CREDENTIALS = "/etc/tradewarden/credentials"
API_KEY, API_SECRET = "demo-key", "demo-secret"
AT_ONCE = "RestartSec=100ms"
PYTHON = "/opt/tradewarden/bin/python"
QUERY = """\
import json, sqlite3, sys
file = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
print(json.dumps(file.execute(sys.argv[2]).fetchall()))
"""
FAR_OFF = """\
  - name: far-off
    when: day_change < -5%
    cancel: farthest
"""


def rules_text(url: str, rules: str = FAR_OFF, *, schedule: str = "{every: 1s}") -> str:
    """
    Write a rules file for the simulator at *url*.
    """
    budget = "requests_per_minute: 100"  # as much as so quick a schedule needs, and no more cancels than fit
    head = f'version: 1\nmode: live\nschedule: {schedule}\napi: {{url: "{url}", {budget}}}\n'
    return f"{head}limits: {{cancels_per_cycle: 6}}\nrules:\n{rules}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A line of the journal. *said* is what a JSON line of the program holds; empty for any other.
    """

    text: str
    priority: int
    by: str
    said: dict[str, Any]


class Unit:
    """
    The shipped unit under *name*: a second one has its own state folder and its own rules.
    """

    def __init__(self, machine: Machine, name: str = "tradewarden") -> None:
        self.machine = machine
        self.name = name
        self.rules = f"/etc/{name}/rules.yaml"
        self._since = ""

    # --- before it starts

    def install(self, *settings: str) -> None:
        """
        Put the unit in place, with *settings* of ``[Service]`` that a test needs otherwise.
        """
        text = SHIPPED.read_text("utf-8")
        if self.name != "tradewarden":
            text = text.replace("StateDirectory=tradewarden\n", f"StateDirectory={self.name}\n")
            settings = (f"Environment=TRADEWARDEN_RULES={self.rules}", *settings)
        folder = "/etc/systemd/system"
        self.machine.write(f"{folder}/{self.name}.service", text)
        self.machine.write(f"{folder}/{self.name}.service.d/test.conf", "\n".join(["[Service]", *settings, ""]))
        self.machine.run("systemctl", "daemon-reload")
        cursor = self.machine.run("journalctl", "--quiet", "--lines=0", "--show-cursor").stdout
        self._since = cursor.rpartition("-- cursor: ")[2].strip()

    def give_credentials(self, *, key: str = API_KEY, secret: str = API_SECRET) -> None:
        """
        Put them where the unit takes them from: files of root's alone.
        """
        self.machine.write(f"{CREDENTIALS}/threecommas_api_key", f"{key}\n", mode=0o600)
        self.machine.write(f"{CREDENTIALS}/threecommas_api_secret", f"{secret}\n", mode=0o600)
        self.machine.path(CREDENTIALS).chmod(0o700)

    def write_rules(self, text: str) -> None:
        """
        Write the rules file, which everybody may read.
        """
        self.machine.write(self.rules, text)

    def remove(self) -> None:
        """
        End it, however it hangs, and leave nothing behind.
        """
        service, folder = f"{self.name}.service", "/etc/systemd/system"
        commands = [
            f"systemctl kill --signal=KILL {service}",
            f"systemctl stop {service}",
            f"systemctl reset-failed {service}",
            f"systemctl clean --what=state {service}",
            f"rm -rf /etc/{self.name} {folder}/{service} {folder}/{service}.d",
        ]
        self.machine.run("sh", "-c", "; ".join(commands))

    # --- its life

    def systemctl(self, verb: str, *options: str, check: bool = True) -> int:
        """
        Tell systemd to do something with it; return the exit code.
        """
        return self.machine.run("systemctl", verb, *options, f"{self.name}.service", check=check).returncode

    def kill(self, signal: str, *, check: bool = True) -> None:
        """
        Send a signal to its main process.
        """
        self.systemctl("kill", f"--signal={signal}", "--kill-who=main", check=check)

    def show(self, name: str) -> str:
        """
        Return a property as systemd has it now.
        """
        return self.machine.run("systemctl", "show", "-P", name, f"{self.name}.service").stdout.strip()

    @property
    def pid(self) -> int:
        """
        Return its main process, as numbered on the machine; 0 if there is none.
        """
        return int(self.show("MainPID"))

    @property
    def status(self) -> str:
        """
        Return the line that it told systemd last.
        """
        return self.show("StatusText")

    def until_state(self, state: str, *, within_s: float = 15) -> None:
        """
        Wait until it is ``active``, ``failed``, ...
        """
        until(lambda: self.show("ActiveState") == state, f"{self.name} is {state}", within_s=within_s)

    def until_told(self, *events: str, within_s: float = 15) -> None:
        """
        Wait until its log has told each of *events*.
        """
        until(lambda: set(events) <= set(self.events), f"its log tells {events}", within_s=within_s)

    # --- what it left behind

    @property
    def log(self) -> list[Line]:
        """
        Return what it, and systemd of it, wrote to the journal since `install`.
        """
        since = [f"--after-cursor={self._since}"] if self._since else []
        told = self.machine.run("journalctl", "--quiet", "--output=json", "--all", "-u", self.name, *since).stdout
        return [_line(json.loads(line)) for line in told.splitlines()]

    @property
    def events(self) -> list[str]:
        """
        Return the names of the events that the program logged.
        """
        return [line.said["event"] for line in self.log if "event" in line.said]

    @property
    def text(self) -> str:
        """
        Return all that was said, for a message of a test that fails.
        """
        return "\n".join(line.text for line in self.log)

    @property
    def state(self) -> Path:
        """
        Return its state folder, as reached from here.
        """
        return self.machine.path(f"/var/lib/private/{self.name}")

    def query(self, sql: str) -> list[list[Any]]:
        """
        Look into its journal as it is on disk at this moment: from inside, since SQLite follows our way there itself.
        """
        said = self.machine.run(PYTHON, "-c", QUERY, f"/var/lib/private/{self.name}/journal.sqlite3", sql).stdout
        rows: list[list[Any]] = json.loads(said)
        return rows


def _line(entry: dict[str, Any]) -> Line:
    text = entry["MESSAGE"] if isinstance(entry["MESSAGE"], str) else bytes(entry["MESSAGE"]).decode(errors="replace")
    said = {}
    if text.startswith("{"):
        said = json.loads(text)
    return Line(text=text, priority=int(entry["PRIORITY"]), by=entry.get("SYSLOG_IDENTIFIER", ""), said=said)
