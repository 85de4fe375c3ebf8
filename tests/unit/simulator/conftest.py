"""
A clock that only tests move, the documented SmartTrade in a world of its own, and a client that signs.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tradewarden.simulator.api import Api
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.world import World
from unit.simulator.setting import ID, Caller, Clock

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def entity() -> dict[str, Any]:
    return deepcopy(shipped_scenario("default").smart_trades[0].entity)


@pytest.fixture
def world(clock: Clock, entity: dict[str, Any]) -> World:
    world = World(now=clock)
    world.add_smart_trade(entity)
    return world


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


@pytest.fixture
def call(api: Api) -> Caller:
    return Caller(api)


@pytest.fixture
def body(world: World) -> Callable[[], dict[str, Any]]:
    """
    The entity of the one SmartTrade, as it is shown now.
    """

    def read() -> dict[str, Any]:
        world.advance()
        return world.body(world.smart_trade(ID))

    return read


@pytest.fixture
def rows(world: World) -> Callable[[], dict[int, dict[str, Any]]]:
    """
    The list of trades by id, as it is shown now.
    """

    def read() -> dict[int, dict[str, Any]]:
        world.advance()
        return {row["id"]: row for row in world.rows(world.smart_trade(ID))}

    return read
