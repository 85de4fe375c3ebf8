"""
The judge notices: with a mistake planted in the daemon, the simulation breaks off and says which promise was broken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulation.episode import play
from tradewarden.engine import invariants

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.engine.invariants import Case, Verdict

    Plant = Callable[[pytest.MonkeyPatch], None]

SEEDS = range(1, 7)
DAYS = 0.5


def _with_check(name: str, check: Callable[[Case], Verdict]) -> Plant:
    """
    Plant another *check* in the place of an invariant's.
    """

    def plant(patch: pytest.MonkeyPatch) -> None:
        planted = tuple(replace(one, check=check) if one.name == name else one for one in invariants.INVARIANTS)
        patch.setattr(invariants, "INVARIANTS", planted)

    return plant


def _blind_to_the_past(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("tradewarden.engine.gates.is_spent", lambda *_: False)
    patch.setattr("tradewarden.service.acting.is_spent", lambda *_: False)


PLANTS: dict[str, tuple[Plant, str]] = {
    "one step too few remains": (
        _with_check("steps-remain", lambda case: (len(invariants._remaining(case)) >= case.keep - 1, "planted")),
        "steps would remain",
    ),
    "repeat is not heeded": (_blind_to_the_past, "`repeat"),
    "it never acts": (_with_check("data-plausible", lambda _: (False, "planted")), "nothing happens"),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mistake", PLANTS)
def test_a_planted_mistake_is_noticed(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, complaint = PLANTS[mistake]
    plant(monkeypatch)

    found = next((result.broken for seed in SEEDS if (result := play(seed, DAYS)).broken), None)

    assert found is not None
    assert complaint in found
