"""
Where a fact comes from that is not read off the SmartTrade itself.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tradewarden.rules.origin import LONGEST_WINDOW, all_facts
from unit.rules.language import condition

BTC = 'market("USDT_BTC").last'


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("stop_loss", ["stop_loss"]),
        ("change(last, 5m) < 5%", ["change(last, 5m)", "last"]),
        (f"{BTC} < last", [BTC, "last"]),
        (f"lowest({BTC}, 5m) < 5", [f"lowest({BTC}, 5m)", BTC]),
        ("held(stop_loss or age > 5m, 1h)", ["held(stop_loss or age > 5m, 1h)", "stop_loss", "age"]),
        (
            "held(change(profit, 5m) < 5%, 1h) and known(last)",
            ["held(change(profit, 5m) < 5%, 1h)", "change(profit, 5m)", "profit", "last"],
        ),
    ],
)
def test_every_fact_is_found_those_within_windows_too(text: str, names: list[str]) -> None:
    assert [fact.name for fact in all_facts(condition(text).expression)] == names


def test_readings_reach_back_a_day() -> None:
    assert timedelta(days=1) == LONGEST_WINDOW
