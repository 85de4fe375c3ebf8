"""
A market of the simulated 3Commas besides those that its scenario trades.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradewarden.simulator.api import Api


def add_market(api: Api, pair: str) -> None:
    """
    Let the simulated 3Commas know *pair*: a SmartTrade of the paper account trades it.
    """
    entity = json.loads(json.dumps(api.world.body(api.world.smart_trade(30428625))))
    for at, step in enumerate(entity["take_profit"]["steps"]):
        step["id"] = 9_000 + at
    api.world.add_smart_trade({**entity, "id": 9, "pair": pair}, mode="paper")
