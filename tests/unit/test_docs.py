"""
What the documentation lists is what the program says.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from process.test_crash_points import (
    BEFORE_THE_DELETE,
    FIRST_AND_LAST_BEFORE_THE_DELETE,
    WITH_THE_DELETE_OUT,
    WITHOUT_AN_INTENT,
)
from simulation.plants import PLANTS
from status_samples import make_known
from tradewarden.cli.status_json import status_to_json
from tradewarden.engine.findings import Ill, Worth
from tradewarden.engine.health import judge
from tradewarden.engine.invariants import INVARIANTS
from tradewarden.model.decision import Deferral, Outcome

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))


def names_under(heading: str, *, page: str = "outcomes.md") -> list[str]:
    """
    Return the names in the first column of the table below *heading*.
    """
    text = (ROOT / "docs" / page).read_text("utf-8")
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


def test_every_key_of_the_status_is_explained() -> None:
    known = make_known()

    assert names_under("The JSON", page="status.md") == list(status_to_json(known, judge(known), state=None))


def test_every_problem_and_note_of_the_status_is_explained() -> None:
    assert names_under("Problems", page="status.md") == [problem.value for problem in Ill]
    assert names_under("Notes", page="status.md") == [note.value for note in Worth]


def test_the_exit_codes_with_which_the_unit_gives_up_are_told() -> None:
    """And what it does after the others."""
    unit = (ROOT / "systemd" / "tradewarden.service").read_text("utf-8")
    [given_up] = re.findall(r"^RestartPreventExitStatus=(.*)$", unit, flags=re.MULTILINE)
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (\d+) \| .*? \| (.*?) \|", page, flags=re.MULTILINE))

    assert [code for code, does in rows.items() if does == "**stays down**"] == given_up.split()
    assert {code for code, does in rows.items() if "again" in does} == {"1", "75", "203"}
    assert "\nRestartSec=30\n" in unit


def test_the_crashes_and_mistakes_that_are_told_are_those_that_are_tried() -> None:
    page = " ".join((ROOT / "docs" / "reliability.md").read_text("utf-8").split())
    kills = len([*WITHOUT_AN_INTENT, *BEFORE_THE_DELETE, *FIRST_AND_LAST_BEFORE_THE_DELETE, *WITH_THE_DELETE_OUT])

    assert f"{len(PLANTS)} mistakes" in page
    assert f"SIGKILLed at {kills} moments" in page


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_what_is_linked_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    for target in re.findall(r"\]\(([^)]+)\)", text):
        name, _, anchor = target.partition("#")
        assert name.startswith("https:") or (page.parent / name).exists(), target
        assert name or anchor in anchors, target
