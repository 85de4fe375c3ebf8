"""
What the documentation lists is what the program says.
"""

from __future__ import annotations

import re
from pathlib import Path

from tradewarden.engine.invariants import INVARIANTS
from tradewarden.model.decision import Deferral, Outcome

ROOT = Path(__file__).parents[2]


def names_under(heading: str) -> list[str]:
    """
    Return the names in the first column of the table below *heading*.
    """
    text = (ROOT / "docs" / "outcomes.md").read_text("utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, flags=re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_every_outcome_is_explained() -> None:
    assert names_under("Outcomes") == [outcome.value for outcome in Outcome]


def test_every_deferral_is_explained() -> None:
    assert names_under("Why something is deferred") == [reason.value for reason in Deferral]


def test_every_check_is_explained_in_its_order() -> None:
    assert names_under("The fifteen checks") == [invariant.name for invariant in INVARIANTS]
    assert len(INVARIANTS) == 15
