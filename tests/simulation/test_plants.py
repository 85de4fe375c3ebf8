"""
The judge notices: with a mistake planted in the daemon, the simulation breaks off and says which promise was broken.

Each is played in a process of its own: power cuts between statements go by `sys.settrace`, as the coverage does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.plants import PLANTS

TESTS = Path(__file__).parents[1]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mistake", PLANTS)
def test_a_planted_mistake_is_noticed(mistake: str) -> None:
    played = subprocess.run(  # noqa: S603 (the command is ours, word by word)
        [sys.executable, "-m", "simulation.soak", "--plant", mistake],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 0, played.stdout + played.stderr
    assert "BROKEN: " in played.stdout
