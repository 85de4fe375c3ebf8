from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from unit.cli.conftest import Said

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
GOOD = """\
rules: rules.yaml
tests:
  - name: a red day
    smart_trade: two_steps.json
    set: {day_change: -6%}
    expect:
      - {at: 0s, rule: far-off, cancels: {position: 2}}
"""
FAILS = """\
  - name: a calm day
    smart_trade: two_steps.json
    set: {day_change: -6%}
    expect: []
"""


@pytest.fixture
def folder(environment: Path, write_rules: Callable[[str], Path]) -> Path:
    write_rules("dry-run")
    shutil.copy(EXAMPLES / "two_steps.json", environment)
    (environment / "good.yaml").write_text(GOOD, encoding="utf-8")
    (environment / "both.yaml").write_text(GOOD + FAILS, encoding="utf-8")
    return environment


@pytest.mark.usefixtures("folder")
def test_all_that_pass_is_0(type_in: Callable[..., Said]) -> None:
    said = type_in("test", "good.yaml")

    assert (said.code, said.err) == (0, "")
    assert said.out == "good.yaml\n  ok    a red day\n\n1 test passed\n"


@pytest.mark.usefixtures("folder")
def test_one_that_fails_is_1_and_told(type_in: Callable[..., Said]) -> None:
    said = type_in("test", "good.yaml", "both.yaml")

    assert said.code == 1
    assert said.out == (
        "good.yaml\n  ok    a red day\n\n"
        "both.yaml\n  ok    a red day\n"
        "  FAIL  a calm day   (both.yaml:8:5)\n"
        "        at 0s, rule far-off\n"
        "          expected: nothing\n"
        "          happened: it cancels step 2 at 0.4 of SmartTrade 30428625\n\n"
        "2 tests passed, 1 failed\n"
    )


def test_errors_of_all_files_are_told_and_78(type_in: Callable[..., Said], folder: Path) -> None:
    (folder / "bad.yaml").write_text(GOOD.replace("-6%", "-6").replace("two_steps", "three"), encoding="utf-8")

    said = type_in("test", "bad.yaml", "good.yaml", "nowhere.yaml")

    assert (said.code, said.out) == (78, "")
    assert "bad.yaml:5:23: `day_change` must be a percentage" in said.err
    assert "bad.yaml:4:18: `smart_trade` names three.json: there is no such file" in said.err
    assert "nowhere.yaml: there is no such file" in said.err


def test_the_errors_of_one_rules_file_are_told_once(type_in: Callable[..., Said], folder: Path) -> None:
    rules = folder / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("< -5%", "< -5"), encoding="utf-8")

    said = type_in("test", "good.yaml", "both.yaml")

    assert said.code == 78
    assert said.err.count("day_change is a percentage") == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("pattern", "count"), [("calm", 1), ("a * day", 2), ("*red*", 1), ("a ", 2)])
def test_tests_are_chosen_by_name(type_in: Callable[..., Said], pattern: str, count: int) -> None:
    said = type_in("test", "both.yaml", "--run", pattern)

    assert said.out.count("  ok  ") + said.out.count("  FAIL  ") == count


def test_a_whole_name_chooses_its_test_alone(type_in: Callable[..., Said], folder: Path) -> None:
    """Else the one whose name begins as another does could never be drawn."""
    longer = FAILS.replace("a calm day", "a red day, but later")
    (folder / "both.yaml").write_text(GOOD + longer, encoding="utf-8")

    said = type_in("test", "both.yaml", "good.yaml", "--run", "a red day")
    drawn = type_in("test", "both.yaml", "--run", "a red day", "--plot", "red.svg")
    twice = type_in("test", "both.yaml", "good.yaml", "--run", "a red day", "--plot", "red.svg")

    assert said.out.endswith("\n2 tests passed\n")
    assert (drawn.code, drawn.out.count("  ok  ")) == (0, 1)
    assert twice.err == (
        "tradewarden: a picture shows one test, and 2 are chosen: they have the same name, so name one file alone.\n"
    )


@pytest.mark.usefixtures("folder")
def test_a_pattern_without_a_match_is_wrong_usage(type_in: Callable[..., Said]) -> None:
    said = type_in("test", "both.yaml", "--run", "nothing")

    assert (said.code, said.out) == (2, "")
    assert said.err == "tradewarden: no test has a name that matches 'nothing'.\n"


@pytest.mark.usefixtures("folder")
def test_no_file_is_wrong_usage(type_in: Callable[..., Said]) -> None:
    assert type_in("test").err == "tradewarden: no test file is named: tradewarden test rules.test.yaml\n"
    assert type_in("test", "").err == "tradewarden: the name of a test file is empty: is a shell variable unset?\n"


def test_junit_is_written(type_in: Callable[..., Said], folder: Path) -> None:
    said = type_in("test", "both.yaml", "--junit", "results.xml")

    assert said.code == 1
    root = ET.fromstring((folder / "results.xml").read_text("utf-8"))  # noqa: S314 (our own)
    assert root.attrib["failures"] == "1"


@pytest.mark.usefixtures("folder")
def test_junit_that_cannot_be_written_is_a_sentence(type_in: Callable[..., Said]) -> None:
    said = type_in("test", "good.yaml", "--junit", "no/where.xml")

    assert said.code == 1
    assert said.err == "tradewarden: No such file or directory: no/where.xml\n"


def test_one_test_is_drawn(type_in: Callable[..., Said], folder: Path) -> None:
    said = type_in("test", "both.yaml", "--run", "a red day", "--plot", "red.svg")

    assert said.code == 0
    assert ET.fromstring((folder / "red.svg").read_text("utf-8"))[0].text == "a red day"  # noqa: S314 (our own)


@pytest.mark.usefixtures("folder")
def test_several_tests_are_no_picture(type_in: Callable[..., Said]) -> None:
    said = type_in("test", "both.yaml", "--plot", "red.svg")

    assert said.code == 2
    assert said.err == "tradewarden: a picture shows one test, and 2 are chosen: name one with --run.\n"


@pytest.mark.usefixtures("folder")
def test_coverage_is_that_of_all_tests_of_a_rules_file_together(type_in: Callable[..., Said]) -> None:
    said = type_in("test", "good.yaml", "both.yaml", "--coverage")

    assert said.out.count("Coverage of rules.yaml: 2 of 6 tried, 33 %") == 1
    assert "day_change < -5%: seen true; never false, unknown, exactly -5 %" in said.out


def test_other_rules_can_be_named(type_in: Callable[..., Said], folder: Path) -> None:
    (folder / "other.yaml").write_text(
        (folder / "rules.yaml").read_text("utf-8").replace("-5%", "-50%"), encoding="utf-8"
    )

    assert type_in("test", "good.yaml", "--rules", "other.yaml").code == 1


def test_the_environment_does_not_change_which_rules_are_tested(
    type_in: Callable[..., Said], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADEWARDEN_RULES", str(folder / "nowhere.yaml"))

    assert type_in("test", "good.yaml").code == 0


def test_nothing_is_written_and_no_state_is_made(type_in: Callable[..., Said], folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())

    type_in("test", "both.yaml", "--coverage")

    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_name_cannot_forge_lines(type_in: Callable[..., Said], folder: Path) -> None:
    text = GOOD.replace("a red day", json.dumps("ok\x1b[2J\u202e"))
    (folder / "good.yaml").write_text(text, encoding="utf-8")

    said = type_in("test", "good.yaml")

    assert "\x1b" not in said.out + said.err
    assert "\u202e" not in said.out + said.err


@pytest.mark.parametrize("option", ["--junit", "--plot"])
@pytest.mark.parametrize("target", ["good.yaml", "rules.yaml", "./rules.yaml"])
def test_nothing_is_written_over_what_is_tested(
    type_in: Callable[..., Said], folder: Path, option: str, target: str
) -> None:
    """`--junit` with its file forgotten takes the next word, which may be a test file."""
    before = (folder / target).read_bytes()

    said = type_in("test", "good.yaml", option, target)

    assert said.code == 2
    assert f"{Path(target)} is one of the files that are tested: name another file to write to." in said.err
    assert (folder / target).read_bytes() == before
