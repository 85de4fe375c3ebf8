"""
Some simulated days of the whole daemon: a cycle a minute, through faults, crashes and the hands of others.

For more of them: ``scripts/soak --days 365``.
"""

from __future__ import annotations

import pytest

from simulation.episode import play
from simulation.figures import Figures
from simulation.soak import days_of

GROUPS = 2  # tests, so that several processes share the work
SEEDS = range(1, 5)


def test_these_are_some_days() -> None:
    assert sum(map(days_of, SEEDS)) >= 3


@pytest.mark.timeout(600)
@pytest.mark.parametrize("group", range(GROUPS))
def test_every_promise_is_kept_and_something_is_cancelled(group: int) -> None:
    total = Figures()
    for seed in SEEDS[group::GROUPS]:
        result = play(seed, days_of(seed))
        assert result.broken is None, result.story
        total.add(result.figures)

    assert total.cancels > 0, f"nothing was cancelled in {total.days:.1f} days\n{total}"
