"""
`test --json`: one document, whatever happens, with the keys that docs/rule-tests.md tells.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tradewarden.cli.test_json import errors_to_json
from unit.cli.test_test import EXAMPLES, FAILS, GOOD
from unit.test_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said

PAGE = (ROOT / "docs" / "rule-tests.md").read_text("utf-8")
SECTION = PAGE.split("## For programs: `--json`\n")[1].split("\n## ")[0]
UNASKED = (
    GOOD.replace("{day_change: -6%}", "{status: finished}").replace("a red day", "an ended one").split("expect:")[0]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    code: int
    err: str
    document: Any


@pytest.fixture
def ask(type_in: Callable[..., Said], write_rules: Callable[[str], Path], environment: Path) -> Callable[..., Answer]:
    write_rules("dry-run")
    shutil.copy(EXAMPLES / "two_steps.json", environment)
    (environment / "good.yaml").write_text(GOOD, encoding="utf-8")
    (environment / "both.yaml").write_text(GOOD + FAILS, encoding="utf-8")

    def ask(*words: str) -> Answer:
        said = type_in("test", "--json", *words)
        return Answer(code=said.code, err=said.err, document=json.loads(said.out))

    return ask


def _keys_below(heading: str) -> list[str]:
    """
    Return the keys in the first column of the table below *heading*; of the document, if it is empty.
    """
    part = SECTION.partition(f"### {heading}\n")[2] if heading else SECTION
    rows = [row for row in part.partition("\n### ")[0].splitlines() if row.startswith("| `")]
    return [name for row in rows for name in row.split("|")[1].replace("`", "").split()]


def test_what_passed_and_what_failed(ask: Callable[..., Answer]) -> None:
    answer = ask("good.yaml", "both.yaml")

    assert (answer.code, answer.err) == (1, "")
    assert answer.document["files"] == [
        {"file": "good.yaml", "rules_file": "rules.yaml", "passed": 1, "failed": 0},
        {"file": "both.yaml", "rules_file": "rules.yaml", "passed": 1, "failed": 1},
    ]
    assert [(one["file"], one["line"], one["passed"]) for one in answer.document["tests"]] == [
        ("good.yaml", 3, True),
        ("both.yaml", 3, True),
        ("both.yaml", 8, False),
    ]
    assert answer.document["tests"][2]["differences"] == [
        {
            "at": "0s",
            "rule": "far-off",
            "smart_trade_id": 30428625,
            "line": None,
            "expected": None,
            "happened": "it cancels step 2 at 0.4 of SmartTrade 30428625",
            "note": None,
        }
    ]
    assert (answer.document["passed"], answer.document["failed"]) == (2, 1)
    assert (answer.document["coverage"], answer.document["errors"]) == (None, [])


def test_what_was_expected_has_its_line(ask: Callable[..., Answer], environment: Path) -> None:
    (environment / "late.yaml").write_text(GOOD.replace("-6%", "-4%"), encoding="utf-8")

    [test] = ask("late.yaml").document["tests"]

    assert test["differences"] == [
        {
            "at": "0s",
            "rule": "far-off",
            "smart_trade_id": 30428625,
            "line": 7,
            "expected": "it cancels step 2 of SmartTrade 30428625",
            "happened": "its condition is not true: day_change -4 % < -5 %: false",
            "note": None,
        }
    ]


def test_a_test_that_asks_no_rule_says_why(ask: Callable[..., Answer], environment: Path) -> None:
    (environment / "unasked.yaml").write_text(f"{UNASKED}expect: []\n", encoding="utf-8")

    [test] = ask("unasked.yaml").document["tests"]

    assert test["passed"]
    assert test["not_asked"] == "the SmartTrade's status is finished, not waiting_targets"


def test_coverage_is_there_if_it_is_asked_for(ask: Callable[..., Answer]) -> None:
    [coverage] = ask("good.yaml", "both.yaml", "--coverage").document["coverage"]

    assert coverage == {
        "rules_file": "rules.yaml",
        "tried": 2,
        "of": 6,
        "rules": [
            {
                "rule": "far-off",
                "tried": 2,
                "of": 6,
                "cancelled": True,
                "conditions": [
                    {
                        "clause": "when",
                        "text": "day_change < -5%",
                        "parts": [
                            {
                                "text": "day_change < -5%",
                                "tried": ["true"],
                                "never": ["false", "unknown", "exactly -5 %", "just beyond it, such as -5.1 %"],
                            }
                        ],
                        "decided": {"tried": [], "never": []},
                    }
                ],
            }
        ],
    }


def test_what_each_part_of_an_and_has_decided(ask: Callable[..., Answer], environment: Path) -> None:
    rules = environment / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("< -5%", "< -5% and profit < 50%"), encoding="utf-8")
    (environment / "calm.yaml").write_text(GOOD.replace("-6%", "-4%").split("expect:")[0] + "expect: []\n", "utf-8")

    [coverage] = ask("calm.yaml", "--coverage").document["coverage"]

    assert coverage["rules"][0]["conditions"][0]["decided"] == {
        "tried": ["alone false: day_change < -5%"],
        "never": ["alone false: profit < 50%"],
    }


def test_each_mistake_of_a_file_has_its_place(ask: Callable[..., Answer], environment: Path) -> None:
    """Those of the test file, then those of the rules file; what concerns two test files is told once."""
    (environment / "bad.yaml").write_text(GOOD.replace("-6%", "-6"), encoding="utf-8")
    rules = environment / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("< -5%", "< -5"), encoding="utf-8")

    answer = ask("bad.yaml", "good.yaml", "nowhere.yaml", "--coverage")

    assert answer.code == 78
    assert "bad.yaml:5:23: `day_change` must be a percentage" in answer.err
    assert answer.document["errors"][0] == {
        "error": "config",
        "message": "`day_change` must be a percentage such as -4%, or unknown, not -6",
        "file": "bad.yaml",
        "line": 5,
        "column": 23,
        "end_column": 25,
        "help": ["write -6%"],
    }
    assert [(each["file"], each["line"]) for each in answer.document["errors"][1:]] == [
        ("rules.yaml", 5),
        ("nowhere.yaml", None),
    ]
    assert answer.document["errors"][2]["message"] == "there is no such file"
    assert {key: answer.document[key] for key in ("files", "tests", "passed", "failed", "coverage")} == {
        "files": [],
        "tests": [],
        "passed": None,
        "failed": None,
        "coverage": None,
    }


def test_what_is_no_yaml_has_its_place_too(ask: Callable[..., Answer], environment: Path) -> None:
    (environment / "bad.yaml").write_text("rules: [a\n", encoding="utf-8")

    [error] = ask("bad.yaml").document["errors"]

    assert (error["file"], error["line"], error["column"]) == ("bad.yaml", 1, 8)


def test_a_rules_file_that_cannot_be_read_is_named(ask: Callable[..., Answer]) -> None:
    [error] = ask("good.yaml", "--rules", "nowhere.yaml").document["errors"]

    assert (error["file"], error["message"]) == (None, "nowhere.yaml: there is no such file")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no test file is named: tradewarden test rules.test.yaml"),
        (("good.yaml", "--run", "nothing"), "no test has a name that matches 'nothing'."),
    ],
)
def test_wrong_usage_is_a_document_too(ask: Callable[..., Answer], words: tuple[str, ...], message: str) -> None:
    answer = ask(*words)

    assert (answer.code, answer.err) == (2, f"tradewarden: {message}\n")
    assert [(error["error"], error["message"]) for error in answer.document["errors"]] == [("usage", message)]


def test_what_was_played_is_told_also_if_a_file_cannot_be_written(ask: Callable[..., Answer]) -> None:
    answer = ask("both.yaml", "--junit", "no/where.xml", "--coverage")

    assert answer.code == 1
    assert (answer.document["passed"], answer.document["failed"]) == (1, 1)
    assert answer.document["coverage"][0]["tried"] == 2
    [error] = answer.document["errors"]
    assert (error["error"], error["message"], error["file"]) == ("failed", "No such file or directory", "no/where.xml")


def test_an_interruption_is_a_word_of_its_own() -> None:
    assert [error["error"] for error in errors_to_json(KeyboardInterrupt())] == ["interrupted"]
    assert [error["message"] for error in errors_to_json(OSError("no room"))] == ["no room"]


def test_every_key_is_told_and_none_is_invented(ask: Callable[..., Answer]) -> None:
    document = ask("both.yaml", "--coverage").document
    test = document["tests"][1]

    assert _keys_below("") == list(document)
    assert _keys_below("A test in it") == list(test)
    assert _keys_below("A difference in it") == list(test["differences"][0])
    assert _keys_below("Coverage in it") == list(document["coverage"][0])
    assert _keys_below("An error in it") == list(ask().document["errors"][0])
    told = set(SECTION.replace("`", " ").split())
    inner = [document["files"][0], document["coverage"][0]["rules"][0]]
    inner += [inner[1]["conditions"][0], inner[1]["conditions"][0]["parts"][0]]
    assert [key for each in inner for key in each if key not in told] == []
