"""
The unit as systemd reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from systemd.unit import Unit

FILE = "/etc/systemd/system/tradewarden.service"
SETTINGS = {
    "Type": "notify",
    "NotifyAccess": "main",
    "Restart": "on-failure",
    "RestartUSec": "30s",
    "StartLimitIntervalUSec": "0",
    "TimeoutStartUSec": "2min",
    "TimeoutStopUSec": "2min",
    "RestartPreventExitStatus": "77 78",
    "DynamicUser": "yes",
    "StateDirectory": "tradewarden",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
    "MemoryMax": "536870912",
    "TasksMax": "64",
    "LimitCORE": "0",
}


@pytest.fixture
def installed(unit: Unit) -> Unit:
    unit.install()
    return unit


def test_systemd_understands_every_line(installed: Unit) -> None:
    """Without `--recursive-errors` an unknown key or value is told, and passed."""
    done = installed.machine.run("systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", FILE, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_its_exposure_is_at_most_1_1(installed: Unit) -> None:
    done = installed.machine.run("systemd-analyze", "security", "--offline=yes", "--threshold=11", FILE, check=False)

    assert done.returncode == 0, done.stdout


def test_its_settings_are_in_force(installed: Unit) -> None:
    assert {name: installed.show(name) for name in SETTINGS} == SETTINGS
    assert "network-online.target" in installed.show("After").split()
    assert "network-online.target" in installed.show("Wants").split()
    assert "/opt/tradewarden/bin/tradewarden run" in installed.show("ExecStart")
    assert "/bin/kill -HUP $MAINPID" in installed.show("ExecReload")


def test_it_can_be_enabled(installed: Unit) -> None:
    installed.systemctl("enable", "--quiet")

    assert installed.machine.path("/etc/systemd/system/multi-user.target.wants/tradewarden.service").is_symlink()
    installed.systemctl("disable", "--quiet")
