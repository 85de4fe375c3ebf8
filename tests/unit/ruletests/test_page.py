"""
docs/rule-tests.md says nothing that is not so: its files are written, its commands typed, its tables compared.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tradewarden.cli.main import main
from tradewarden.ruletests.case_reader import KEYS
from tradewarden.ruletests.expect_reader import WANTED
from tradewarden.ruletests.settable import NOT_SETTABLE, SETTABLE, STEP_NOT_SETTABLE, STEP_SETTABLE
from unit.ruletests.conftest import EXAMPLES, HEAD

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

PAGE = Path(__file__).parents[3] / "docs" / "rule-tests.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^```(yaml|console)\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
FILES = {found[1]: text for kind, text in BLOCKS if kind == "yaml" and (found := re.match(r"# (\S+)\n", text))}
FRAGMENTS = [text for kind, text in BLOCKS if kind == "yaml" and text.startswith("  - name: ")]
COMMANDS = [text.removeprefix("$ tradewarden ") for kind, text in BLOCKS if kind == "console"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("two_steps.json", "three_steps.json"):
        shutil.copy(EXAMPLES / name, tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_block_is_one_of_these() -> None:
    """A file, tests that go into a file, or a command."""
    assert len(FILES) + len(FRAGMENTS) + len(COMMANDS) == len(BLOCKS) == TEXT.count("```") // 2


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("transcript", COMMANDS, ids=lambda text: text.partition("\n")[0])
def test_a_command_answers_as_the_page_says(transcript: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, _, answer = transcript.partition("\n")

    main(shlex.split(command))

    captured = capsys.readouterr()
    assert captured.out + captured.err == answer


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda text: text.partition("\n")[0])
def test_a_test_of_the_page_passes(desk: Desk, fragment: str) -> None:
    desk.rules(FILES["rules.yaml"])

    assert [list(verdict.differences) for verdict in desk.run(fragment)] == [[]] * fragment.count("  - name: ")


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
    assert HEAD in FILES["red-day.test.yaml"]
