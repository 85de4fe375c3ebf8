"""
docs/operations.md, followed from the first command to the last.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from operations_page import ROOT, answers
from systemd.machine import Machine, until
from systemd.trader import Trader, lay_out_for_a_trader, without_what_differs
from systemd.unit import API_KEY, API_SECRET, CREDENTIALS, Unit
from tradewarden import __version__
from tradewarden.simulator.api import Faults
from tradewarden.simulator.messages import Request, Response, error_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradewarden.simulator.api import Api
    from tradewarden.simulator.server import SimulatorServer

KEY_FILE, SECRET_FILE, RSA_FILE = "threecommas_api_key", "threecommas_api_secret", "threecommas_rsa_key"
RSA_API_KEY = "key-with-rsa"
AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups"
UNIT_FOLDER = "/etc/systemd/system"
# The trader's rules: the example's, asked so often and holding so briefly that a test need not wait.
AT_ONCE = (
    r"s/\{every: 60s\}/{every: 2s}/",
    r"s/^( +for:) 2m/\1 0s/",
    r"s/^# api:$/api:/",
    r"s/^#   requests_per_minute: 50 .*/  requests_per_minute: 100/",
)


class KeysWithRsa(Faults):
    """
    Takes requests of RSA_API_KEY too, if the key pair whose *public* half was registered has signed them.
    """

    def __init__(self, api: Api, public: str) -> None:
        key = load_pem_public_key(public.encode())
        assert isinstance(key, RSAPublicKey)
        self._api, self._public = api, key
        self.accepted = 0

    def before(self, request: Request) -> Response | None:
        """
        Look at the signature, and put one in its place that the simulator knows.
        """
        if request.header("Apikey") != RSA_API_KEY:
            return None
        message = request.target.encode()
        try:
            self._public.verify(base64.b64decode(request.header("Signature") or ""), message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return error_response(401, "signature_invalid", "Provided signature is invalid")
        self.accepted += 1
        signature = hmac.new(API_SECRET.encode(), message, "sha256").hexdigest()
        others = {name: value for name, value in request.headers.items() if name.lower() not in {"apikey", "signature"}}
        return self._api._process(replace(request, headers={**others, "Apikey": API_KEY, "Signature": signature}))


@pytest.fixture
def trader(needs_systemd: None, tmp_path: Path) -> Iterator[Trader]:
    """
    Somebody with a machine on which nothing is installed.
    """
    del needs_systemd
    installed = tmp_path / "installed"
    installed.mkdir()
    with Machine(tmp_path / "systemd", binds=lay_out_for_a_trader(installed, ROOT)) as machine:
        yield Trader(machine, {KEY_FILE: API_KEY, SECRET_FILE: API_SECRET})


@pytest.mark.timeout(120)  # as many commands as an afternoon of the trader's
def test_the_page_as_typed(trader: Trader, exchange: Api, server: SimulatorServer) -> None:
    """Everything on it is typed in its order and works, and what it says will be answered is what is answered."""
    unit = Unit(trader.machine)
    install(trader, unit, server)
    go_live(trader, unit, exchange)
    change_the_rules(trader, unit)
    throw_the_switch(trader, unit)
    look_back(trader)
    keep_the_key_otherwise(trader, unit, exchange)
    update_and_remove(trader, unit)

    assert trader.unread == []
    known = {without_what_differs(line).strip() for line in [*trader.has_read, *messages(unit)]}
    assert [line for line in answers() if without_what_differs(line) not in known] == []


def messages(unit: Unit) -> list[str]:
    return [line.said["message"] for line in unit.log if line.said]


def install(trader: Trader, unit: Unit, server: SimulatorServer) -> None:
    """
    From nothing to a service that runs. Its API is the simulator: that alone the page does not say.
    """
    assert trader.follow("Install") == f"{__version__}\n"
    trader.follow("Give it the API key")
    assert trader.machine.path(f"{CREDENTIALS}/{SECRET_FILE}").read_text("utf-8") == f"{API_SECRET}\n"
    assert trader.machine.path(f"{CREDENTIALS}/{SECRET_FILE}").stat().st_mode & 0o777 == 0o600
    trader.will_edit(*AT_ONCE)
    assert "day_change" in trader.follow("Write the rules")

    simulated = f"[Service]\nEnvironment=TRADEWARDEN_API_URL={server.url}\n"
    trader.machine.write(f"{UNIT_FOLDER}/tradewarden.service.d/simulator.conf", simulated)
    trader.follow("Start it")

    assert unit.show("ActiveState") == "active"
    assert unit.show("UnitFileState") == "enabled"
    until(lambda: "last cycle" in unit.status, "the status tells the first cycle")
    until(lambda: unit.events.count("cycle.ended") > 1, "the second cycle")


def go_live(trader: Trader, unit: Unit, exchange: Api) -> None:
    """
    The dry run tells what it would do; after the one line and a reload it does it.
    """
    said = trader.follow("The first dry run")
    assert "healthy: dry-run, armed" in said
    assert "would cancel" in said
    assert not any(entry.method == "DELETE" for entry in exchange.requests)

    trader.will_edit("s/^mode: dry-run$/mode: live/")
    assert "mode live" in trader.follow("Going live")
    unit.until_told("rules.reloaded", "cancel.settled")
    assert sum(entry.method == "DELETE" for entry in exchange.requests) == 1


def change_the_rules(trader: Trader, unit: Unit) -> None:
    """
    A change is taken over and told; a file that cannot be read is refused, and told too.
    """
    trader.will_edit("s/day_change < -5%/day_change < -4%/")
    trader.follow("Changing the rules")
    until(lambda: unit.events.count("rules.reloaded") > 1, "the change is told")

    rules = trader.machine.path(unit.rules)
    good = rules.read_text("utf-8")
    rules.write_text(good.replace("\nmode: live\n", "\nmode: alive\n"), encoding="utf-8")
    assert "alive" in trader.type("tradewarden check", code=78)
    trader.type("systemctl reload tradewarden")
    unit.until_told("rules.refused")
    assert "was not taken over" in trader.type("tradewarden status", code=3)
    rules.write_text(good, encoding="utf-8")
    trader.type("systemctl reload tradewarden")
    until(lambda: unit.events.count("rules.reloaded") > 2, "the good file is in force again")


def throw_the_switch(trader: Trader, unit: Unit) -> None:
    """
    Between `disarm` and `arm` the daemon lives, and says that it is not well.
    """
    assert "nothing was disarmed: Permission denied" in trader.type(f"{AS_NOBODY} tradewarden disarm", code=1)
    trader.follow("The kill switch", up_to="sudo tradewarden arm")
    assert "disarmed (the market is wild)" in trader.type("sudo tradewarden status", code=3)
    until(lambda: "DISARMED" in unit.status, "the status tells it")

    trader.follow("The kill switch")
    assert "armed since" in trader.type("sudo tradewarden status")


def look_back(trader: Trader) -> None:
    """
    The journal and the log tell what has happened.
    """
    said = trader.follow("Reading the journal and the log")
    assert "USDT_DOGE\tfar-target-off-on-a-red-day" in said
    assert "The rules file is refused" in said  # by its priority
    assert '"outcomes":{"would_cancel":1}' in said
    assert trader.follow("When it ends").split() == [
        "Result=success",
        "NRestarts=0",
        "ExecMainStatus=0",
        "ActiveState=active",
    ]


def keep_the_key_otherwise(trader: Trader, unit: Unit, exchange: Api) -> None:
    """
    A key with RSA takes the place of the secret; then somebody who has a secret gets it encrypted.
    """
    printed = trader.follow("An API key with RSA", up_to="sudo install")
    keys = exchange.faults = KeysWithRsa(exchange, printed[printed.index("-----BEGIN PUBLIC KEY") :])
    trader.clipboard[KEY_FILE] = RSA_API_KEY
    trader.follow("An API key with RSA")
    until(lambda: unit.show("ActiveState") == "active" and keys.accepted > 1, "it signs with the RSA key")

    trader.machine.path(f"{CREDENTIALS}/{RSA_FILE}").unlink()
    unit.give_credentials()
    trader.follow("Credentials encrypted on disk")
    assert unit.show("ActiveState") == "active"
    left = sorted(path.name for path in trader.machine.path(CREDENTIALS).iterdir())
    assert left == [f"{KEY_FILE}.cred", f"{SECRET_FILE}.cred"]


def update_and_remove(trader: Trader, unit: Unit) -> None:
    """
    It comes back with what it knew, and goes without a trace.
    """
    before = unit.pid
    trader.follow("Updating")
    assert unit.show("ActiveState") == "active"
    assert unit.pid != before
    assert trader.machine.path("/root/tradewarden-before/journal.sqlite3").exists()
    assert "cancelled" in trader.type("sudo tradewarden journal")

    trader.follow("Removing")
    assert unit.show("LoadState") == "not-found"
    for place in ("/etc", "/opt", "/var/lib", "/var/lib/private", "/usr/local/bin", UNIT_FOLDER):
        assert list(trader.machine.path(place).glob("tradewarden*")) == []
