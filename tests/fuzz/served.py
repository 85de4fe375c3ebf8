"""
What the simulated 3Commas serves: true bodies, for the fuzzer to bend.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakes import START
from fuzz.lexicon import words_of
from scenario.scripts import short_position, smart_trade
from tradewarden.simulator.world import World

if TYPE_CHECKING:
    from tradewarden.simulator.smart_trade import Json


@dataclass(frozen=True, slots=True)
class Served:
    """
    Both bodies of one SmartTrade.
    """

    entity: bytes
    rows: bytes


def serve(entity: Json) -> Served:
    """
    Return what is served of a SmartTrade on a day of -6 %.
    """
    world = World(now=START.timestamp)
    trade = world.add_smart_trade(entity)
    world.set_prices(day_change="-6")
    return Served(json.dumps(world.body(trade)).encode(), json.dumps(world.rows(trade)).encode())


SERVED = tuple(
    serve(entity)
    for entity in (
        smart_trade(),
        smart_trade(prices=("150", "180.5", "200")),
        short_position(),
        smart_trade(stop_loss=None),
    )
)

WORDS = (*words_of("json"), b"[" * 1100, b"1" * 5000)
