"""
The credentials reach the daemon and nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from systemd.unit import API_SECRET, CREDENTIALS, rules_text

if TYPE_CHECKING:
    from systemd.unit import Unit
    from tradewarden.simulator.server import SimulatorServer

GIVEN = "/run/credentials/tradewarden.service"
SECRET = f"{GIVEN}/threecommas_api_secret"
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
AS_ANOTHER_SERVICE = ("systemd-run", "--quiet", "--wait", "--pipe", "-p", "DynamicUser=yes")


def test_nobody_else_can_read_them(unit: Unit, server: SimulatorServer) -> None:
    machine = unit.machine
    unit.write_rules(rules_text(server.url))
    unit.install()
    unit.systemctl("start")
    unit.until_told("cancel.settled")
    process = machine.path(f"/proc/{unit.pid}")
    user = process.stat().st_uid

    assert user != 0
    for path in machine.path(GIVEN).iterdir():
        assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (user, 0o400)
    assert machine.run("cat", SECRET).stdout.strip() == API_SECRET  # root's own look, lest the next two prove nothing
    assert machine.run(*AS_NOBODY, "cat", SECRET, check=False).returncode != 0
    assert machine.run(*AS_ANOTHER_SERVICE, "cat", SECRET, check=False).returncode != 0

    told = [
        (process / "environ").read_bytes(),
        (process / "cmdline").read_bytes(),
        machine.run("systemctl", "show", "--all", "tradewarden.service").stdout.encode(),
        machine.run("systemctl", "status", "--full", "tradewarden.service").stdout.encode(),
        unit.text.encode(),
        *(path.read_bytes() for path in unit.state.iterdir()),
    ]
    assert [text for text in told if API_SECRET.encode() in text] == []
    unit.systemctl("stop")
    assert not machine.path(GIVEN).exists()


def test_they_may_be_encrypted_on_disk(unit: Unit, server: SimulatorServer) -> None:
    """As the comment in the unit says: a line in a drop-in takes the place of the plain file."""
    plain, sealed = f"{CREDENTIALS}/threecommas_api_secret", f"{CREDENTIALS}/threecommas_api_secret.cred"
    unit.machine.run("systemd-creds", "encrypt", "--with-key=host", "--name=threecommas_api_secret", plain, sealed)
    unit.machine.run("rm", plain)
    unit.write_rules(rules_text(server.url))
    unit.install(f"LoadCredentialEncrypted=threecommas_api_secret:{sealed}")

    unit.systemctl("start")
    unit.until_told("cancel.settled")

    assert unit.show("ActiveState") == "active"
