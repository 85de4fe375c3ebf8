"""
The tables of docs/rule-tests.md say nothing that is not so. (Its files, tests and commands `test_pages` tries.)
"""

from __future__ import annotations

import re

from page import HEAD_OF_TESTS, page
from tradewarden.ruletests.case_reader import KEYS
from tradewarden.ruletests.expect_reader import WANTED
from tradewarden.ruletests.settable import NOT_SETTABLE, SETTABLE, STEP_NOT_SETTABLE, STEP_SETTABLE
from unit.ruletests.conftest import HEAD

PAGE = page("rule-tests.md")
TEXT = PAGE.text


def test_the_facts_that_can_be_set_are_those_of_the_table() -> None:
    table = TEXT.split("| fact | what it changes |\n|---|---|\n")[1].split("\n\n")[0]
    facts = [name for row in table.splitlines() for name in re.findall("`([a-z_]+)`", row.split("|")[1])]
    of_steps = re.findall("`([a-z_]+)`", table.rpartition("a step has")[2])

    assert sorted(facts) == sorted([*SETTABLE, "steps"])
    assert sorted(of_steps) == sorted(STEP_SETTABLE)


def test_the_facts_that_cannot_be_set_are_told() -> None:
    told = TEXT.split("What follows from these cannot be set: ")[1].split("\n\n")[0]

    assert set(re.findall("`([a-z_]+)`", told)) - {"timezone"} == {*NOT_SETTABLE, *STEP_NOT_SETTABLE} - {"position"}


def test_every_key_of_a_test_and_of_an_expectation_is_told() -> None:
    unsaid = [key for key in (*KEYS, *WANTED) if not re.search(rf"\b{key}\b", TEXT)]

    assert unsaid == ["description"]  # it is for the reader of the test file alone
    assert HEAD == HEAD_OF_TESTS
    assert HEAD in PAGE.files["red-day.test.yaml"]
