"""
``check --json``: one document, whatever happens.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said


def test_a_file_without_findings_is_an_empty_list(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path]
) -> None:
    write_rules("live")

    said = type_in("check", "--json")

    assert (said.code, json.loads(said.out), said.err) == (0, [], "")


def test_an_error_with_its_fix(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    path = write_rules("live")
    path.write_text(path.read_text("utf-8").replace("-5%", "-5"), encoding="utf-8")

    said = type_in("check", "--json", "rules.yaml")

    assert said.code == 78
    assert json.loads(said.out) == [
        {
            "file": "rules.yaml",
            "line": 5,
            "column": 24,
            "end_column": 26,
            "severity": "error",
            "code": "condition",
            "message": "day_change is a percentage, write -5%",
            "help": ["a percentage is written as 3Commas shows it: 5% is five of a hundred"],
            "fix": {"line": 5, "column": 24, "end_column": 26, "replacement": "-5%", "safe": True},
        }
    ]


def test_all_kinds_in_the_order_of_the_file(type_in: Callable[..., Said], environment: Path) -> None:
    (environment / "rules.yaml").write_text(
        "version: 1\n"
        "rules:\n"
        "  - {name: a, when: day_change < -0.05%, cancel: farthest, for: 90s}\n"
        "  - {name: b, when: profit < -5%, cancel: farthest}\n",
        encoding="utf-8",
    )

    found = json.loads(type_in("check", "--json").out)

    assert [(one["line"], one["severity"], one["code"]) for one in found] == [
        (3, "warning", "tiny-percentage"),
        (3, "note", "hold-between-cycles"),
        (4, "note", "rules-overlap"),
    ]
    assert found[0]["fix"] == {"line": 3, "column": 35, "end_column": 40, "replacement": "5%", "safe": False}


@pytest.mark.parametrize(
    ("words", "reason"), [(("nowhere.yaml",), "there is no such file"), (("/",), "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_a_document_too(
    type_in: Callable[..., Said], words: tuple[str, ...], reason: str
) -> None:
    said = type_in("check", "--json", *words)

    [found] = json.loads(said.out)
    assert (said.code, found["code"], found["severity"], found["file"]) == (78, "unreadable", "error", words[0])
    assert reason in found["message"]
    assert said.err == ""


@pytest.mark.parametrize("other", ["--fix", "--say"])
def test_what_prints_something_else_does_not_go_with_it(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], other: str
) -> None:
    write_rules("live")

    said = type_in("check", "--json", other)

    assert (said.code, said.out) == (2, "")
    assert "--json prints findings and nothing else" in said.err


def test_missing_credentials_leave_what_the_file_says(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rules("live")
    monkeypatch.delenv("THREECOMMAS_API_KEY")

    said = type_in("check", "--json", "--account")

    assert (said.code, json.loads(said.out)) == (77, [])
    assert "no API credentials found" in said.err
