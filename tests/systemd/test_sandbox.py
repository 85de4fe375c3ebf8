"""
What the unit's settings keep from the program, tried by a probe in its place.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from systemd.probe import ACTS
from systemd.unit import PYTHON

if TYPE_CHECKING:
    from systemd.machine import Machine
    from systemd.unit import Unit

RULES = "version: 1\n"
PROBE = f"{PYTHON} /opt/tradewarden/probe.py"
KEPT_FROM_THE_MACHINE_TOO = {
    "set the clock",
    "read the kernel's log",
    "write the kernel's settings",
    "run with priority",
}


@pytest.fixture
def found(unit: Unit) -> dict[str, Any]:
    """
    What the probe found.
    """
    unit.write_rules(RULES)
    unit.machine.write("/tmp/of-somebody-else", "")  # noqa: S108 (of the machine)
    unit.install("Type=oneshot", "ExecReload=", "ExecStart=", f"ExecStart={PROBE}")
    unit.systemctl("start")
    [found] = [line.said for line in unit.log if line.said]
    return found


def test_it_can_do_nothing_but_its_work(found: dict[str, Any], unit: Unit) -> None:
    """One look at all, since each look takes a second."""
    assert found["could"] == []
    assert found["writable"] == ["/tmp", "/var/lib/private/tradewarden", "/var/tmp"]  # noqa: S108 (see the next line)
    assert found["in_tmp"] == []  # both are its own, and go with it
    assert found["capabilities"] == ["0" * 16] * 3
    assert found["no_new_privileges"] == "1"

    assert 61184 <= found["uid"] <= 65519  # a user that exists only while it runs
    assert (unit.state.stat().st_uid, unit.state.stat().st_mode & 0o777) == (found["uid"], 0o700)

    assert found["rules"] == RULES
    assert found["boot_id"] == unit.machine.run("cat", "/proc/sys/kernel/random/boot_id").stdout.strip()
    assert found["credentials"] == {
        "threecommas_api_key": "demo-key\n",
        "threecommas_api_secret": "demo-secret\n",
        "threecommas_rsa_key": "\n",  # no such file: counts as empty
    }


def test_without_the_settings_the_probe_can(machine: Machine) -> None:
    """Else an empty list would prove nothing."""
    settings = ("PrivateMounts=yes", "StateDirectory=probe", "SetCredential=x:y")
    options = [word for setting in settings for word in ("-p", setting)]
    machine.write("/etc/tradewarden/rules.yaml", RULES)
    machine.write("/etc/tradewarden/credentials/threecommas_api_key", "")

    told = machine.run("systemd-run", "--quiet", "--wait", "--pipe", *options, *PROBE.split()).stdout

    found = json.loads(told)
    assert set(ACTS) - set(found["could"]) <= KEPT_FROM_THE_MACHINE_TOO
    assert "/" in found["writable"]
