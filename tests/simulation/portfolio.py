"""
The SmartTrades of a simulated owner: long and short, two to six steps, with and without stop loss.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulation.market import RememberedPath
from tradewarden.simulator.reader import Reader
from tradewarden.simulator.short_form import spelled_out

if TYPE_CHECKING:
    from random import Random

    from simulation.market import Pair
    from tradewarden.simulator.smart_trade import SmartTrade
    from tradewarden.simulator.world import World

ACCOUNTS = (32402783, 32402784)
VOLUME_PER_MINUTE = Decimal("84.25")


class Portfolio:
    """
    Opens SmartTrades in a world.
    """

    def __init__(self, world: World, pairs: list[Pair], chance: Random) -> None:
        self._world = world
        self._pairs = pairs
        self._chance = chance
        self._number = 30428000

    def open_one(self, at_s: float) -> SmartTrade:
        """
        Open a SmartTrade, *at_s* seconds after the beginning.
        """
        chance = self._chance
        pair = chance.choice(self._pairs)
        self._number += 1
        entity = spelled_out(Reader(self._short(pair, at_s), "simulation"))
        for step in entity["take_profit"]["steps"]:
            del step["id"]
        trade = self._world.add_smart_trade(entity, moves=pair.moves_from(at_s), volume_per_minute=VOLUME_PER_MINUTE)
        trade.prices = RememberedPath(trade.prices)
        return trade

    def _short(self, pair: Pair, at_s: float) -> dict[str, Any]:
        """
        Return the short form of one that was entered not long ago.
        """
        chance = self._chance
        change = pair.change_at(at_s)
        last = pair.price_of(change)
        unit = pair.opening / 100000
        is_long = chance.random() < 0.75
        favour = 1 if is_long else -1
        count = chance.choices((1, 2, 3, 4, 5, 6), (5, 35, 25, 15, 10, 10))[0]
        distances = sorted(chance.sample(range(2, 90 if is_long else 60), count))
        entry = (last * Decimal(str(round(chance.uniform(0.97, 1.03), 4)))).quantize(unit)
        steps = [
            {
                "price": str((entry * (100 + favour * distance) / 100).quantize(unit)),
                "share": str(100 // count),
                "order_type": chance.choice(("limit", "limit", "market")),
                **({"trailing_pct": "1.5"} if chance.random() < 0.15 else {}),
            }
            for distance in distances
        ]
        at = datetime.fromtimestamp(self._world.now, UTC).isoformat(timespec="milliseconds")
        short: dict[str, Any] = {
            "id": self._number,
            "account_id": chance.choices(ACCOUNTS, (4, 1))[0],
            "pair": pair.name,
            "side": "long" if is_long else "short",
            "units": "1000",
            "entry_price": str(entry),
            "steps": steps,
            "last": str(last),
            "day_change": str(Decimal(str(round(change, 3)))),
            "created_at": at.replace("+00:00", "Z"),
        }
        if chance.random() < 0.85:
            loss = chance.choice((6, 10, 20, 30))
            short["stop_loss"] = str((entry * (100 - favour * loss) / 100).quantize(unit))
            short["breakeven"] = count > 1 and chance.random() < 0.2
        return short
