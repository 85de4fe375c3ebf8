"""
One machine with a real systemd for all tests of the unit, and a simulated 3Commas that it reaches.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from systemd.installation import lay_out
from systemd.machine import Machine, what_is_missing
from systemd.unit import Unit
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradewarden.simulator.api import Api

REQUIRED = "TRADEWARDEN_REQUIRE_SYSTEMD"  # set where a skip would hide that the unit is not tested
PROBE = Path(__file__).with_name("probe.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Let one worker run them all: there is one machine.
    """
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("systemd"))
            item.add_marker(pytest.mark.process)


@pytest.fixture(scope="session")
def needs_systemd() -> None:
    """
    Skip, or fail where nothing may be skipped, if no machine can be started here.
    """
    missing = what_is_missing()
    if missing is not None:
        message = f"THE SYSTEMD UNIT WAS NOT TESTED: no systemd can be started here: {missing}."
        if os.environ.get(REQUIRED):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


@pytest.fixture(scope="session")
def machine(needs_systemd: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """
    Boot it, with the program installed.
    """
    del needs_systemd
    folder = tmp_path_factory.mktemp("machine")
    installed = folder / "installed"
    installed.mkdir()
    shown = lay_out(installed)
    shutil.copy(PROBE, installed)
    with Machine(folder / "systemd", binds=shown) as machine:
        yield machine


@pytest.fixture
def make_unit(machine: Machine) -> Iterator[Callable[..., Unit]]:
    """
    Make a unit, with its credentials in place; it is gone when the test is over.
    """
    made: list[Unit] = []

    def make(name: str = "tradewarden") -> Unit:
        unit = Unit(machine, name)
        made.append(unit)
        unit.give_credentials()
        return unit

    yield make
    for unit in made:
        unit.remove()
    machine.run("rm", "-rf", "/etc/tradewarden")


@pytest.fixture
def unit(make_unit: Callable[..., Unit]) -> Unit:
    """
    The unit under its own name.
    """
    return make_unit()


@pytest.fixture
def exchange() -> Api:
    """
    Make the default scenario, with the price fallen to -6 %.
    """
    api = shipped_scenario("default").api(now=time.time)
    api.world.set_prices(smart_trade_id=30428625, last="0.0995", bid="0.0994", ask="0.0996", day_change="-6")
    return api


@pytest.fixture
def server(exchange: Api) -> Iterator[SimulatorServer]:
    """
    Serve it.
    """
    with SimulatorServer(exchange) as server:
        yield server
