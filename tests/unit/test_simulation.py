"""
The simulation and its plants still find what they replace: `scripts/check` says so when a refactoring moves it.
"""

from __future__ import annotations

import pytest

from simulation.house import nothing_by_accident
from simulation.plants import PLANTS


def test_what_is_drawn_at_random_can_be_replaced() -> None:
    with nothing_by_accident("1", page=2, heartbeat_s=10):
        pass


@pytest.mark.parametrize("mistake", PLANTS)
def test_a_mistake_can_be_planted(mistake: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        PLANTS[mistake].sow(patch)
