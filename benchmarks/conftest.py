"""
What `scripts/bench` prints: the ratios, below pytest-benchmark's own table of ours in absolute terms.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from benchmarks.ratio import Keep, Ratio

RATIOS = pytest.StashKey[list["Ratio"]]()
TITLES = f"{'':<62} {'ours':>12} {'plain':>12} {'ratio':>6} {'bound':>6}"


def pytest_configure(config: pytest.Config) -> None:
    """
    Begin the table.
    """
    config.stash[RATIOS] = []


@pytest.fixture
def keep(pytestconfig: pytest.Config) -> Keep:
    """
    Return what takes a ratio into the table, and fails if it is above its bound.
    """

    def take(ratio: Ratio) -> None:
        pytestconfig.stash[RATIOS].append(ratio)
        assert ratio.value <= ratio.bound, f"{ratio.name}: {ratio.value:.2f} times, at most {ratio.bound} is allowed"

    return take


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """
    Print the table, with how busy the machine is.
    """
    if ratios := config.stash[RATIOS]:
        terminalreporter.section("ratios: medians of interleaved turns")
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        terminalreporter.line(f"{os.cpu_count()} processors, load {load} (1, 5 and 15 minutes)")
        terminalreporter.line(TITLES)
        for ratio in ratios:
            terminalreporter.line(str(ratio))
