"""
What `scripts/soak` makes of what it plays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulation import soak
from simulation.episode import Result
from simulation.figures import Figures

if TYPE_CHECKING:
    import pytest

GOOD = Result(
    seed=1, days=1.0, figures=Figures(days=1.0, cancels=2), digest="0123", lines=5, broken=None, last=("the last line",)
)


def _plays(result: Result, patch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    played = []

    def play(seed: int, days: float) -> Result:
        played.append((seed, days))
        return replace(result, seed=seed, days=days)

    patch.setattr(soak, "play", play)
    return played


def test_it_plays_as_many_days_as_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    played = _plays(GOOD, monkeypatch)

    assert soak.main(["--days", "7", "--seed", "4", "--jobs", "1"]) == 0
    assert played == [(4, 1.0), (5, 2.0), (6, 1.0), (7, 1.0), (8, 1.0), (9, 1.0)]


def test_a_broken_promise_ends_it_and_tells_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = _plays(replace(GOOD, broken="a step too many"), monkeypatch)

    assert soak.main(["--days", "7", "--jobs", "1"]) == 1
    assert len(played) == 1
    told = capsys.readouterr().out
    assert "the last line\nseed 1: a step too many" in told
    assert "scripts/soak --seed 1 --each 1 --trace" in told


def test_days_in_which_nothing_is_ever_cancelled_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _plays(replace(GOOD, figures=Figures(days=1.0)), monkeypatch)

    assert soak.main(["--days", "1", "--jobs", "1"]) == 1
    assert "nothing was ever cancelled" in capsys.readouterr().out
