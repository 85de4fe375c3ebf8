"""
Bodies as 3Commas sends them: pages of SmartTrades like the documented one, each with prices of its own.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DOCUMENTED = ROOT / "tests" / "unit" / "threecommas" / "smart_trade.json"
PER_PAGE = 100
PAIRS = ("DOGE", "BTC", "ETH", "SOL", "XRP", "ADA", "LTC", "DOT", "LINK", "AVAX")

Entity = dict[str, Any]


def smart_trades(count: int, *, turn: int = 0) -> list[Entity]:
    """
    Return *count* SmartTrades; in another *turn* the same ones, after the market has moved.

    The market of a pair is that of all its SmartTrades, as in life; steps, volumes and profits are each one's own.
    """
    documented = json.loads(DOCUMENTED.read_text())
    return [_one(documented, number, turn) for number in range(count)]


def _one(documented: Entity, number: int, turn: int) -> Entity:
    entity = copy.deepcopy(documented)
    coin = number % len(PAIRS)
    entity["id"] += number
    entity["pair"] = f"USDT_{PAIRS[coin]}"
    bid = 10_000 + 100 * coin + turn % 50
    entity["data"]["current_price"] = {
        "day_change_percent": f"-{2 + coin / 10 + turn % 50 / 100:.3f}",
        "bid": f"0.{bid}",
        "ask": f"0.{bid + 13}",
        "last": f"0.{bid + 11}",
        "quote_volume": f"{136_509 + number % len(PAIRS) + turn}.39725",
    }
    entity["profit"] |= {"percent": f"-{number % 19}.{turn % 90 + 10}", "usd": f"-0.00{42_514 + number + turn}"}
    entity["position"]["units"]["value"] = f"{20 + number}.5"
    entity["position"]["total"]["value"] = f"{2 + number}.0536"
    entity["stop_loss"]["conditional"]["price"]["value"] = f"0.0{9_000 + number % 900}"
    for index, step in enumerate(entity["take_profit"]["steps"]):
        step["id"] += 10 * number
        step["price"]["value"] = f"0.{3_000 + number % 900 + 1_000 * index}"
        step["units"]["value"] = f"{7 + number}.25"
    return entity


def pages(count: int, *, turn: int = 0) -> list[bytes]:
    """
    Return the pages of a listing of *count* SmartTrades.
    """
    entities = smart_trades(count, turn=turn)
    return [
        json.dumps(entities[start : start + PER_PAGE], separators=(",", ":")).encode()
        for start in range(0, count, PER_PAGE)
    ]
