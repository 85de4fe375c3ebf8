"""
The documented SmartTrade, fresh for each test to bend.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Entity = dict[str, Any]


@pytest.fixture
def entity() -> Entity:
    """
    Return the SmartTrade of the documentation.
    """
    text = (Path(__file__).parent / "smart_trade.json").read_text()
    return dict(json.loads(text))


@pytest.fixture
def trades(entity: Entity) -> list[Entity]:
    """
    Return its list of trades: two targets and the stop loss.
    """
    rows = [(step["id"], "take_profit", "order_placed") for step in entity["take_profit"]["steps"]]
    return [
        {
            "id": trade_id,
            "trade_purpose": purpose,
            "status": status,
            "cancelable": True,
            "realised_amount": "0.0",
            "realised_percentage": "0.0",
        }
        for trade_id, purpose, status in [*rows, (1008300675, "stop_loss", "to_process")]
    ]
