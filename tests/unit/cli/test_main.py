from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tradewarden import __version__
from tradewarden.cli.main import COMMANDS, NOT_YET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said


def test_help_lists_what_works(type_in: Callable[..., Said]) -> None:
    """`--help` names every command that there is, and none whose time has not come."""
    said = type_in("--help")

    assert said.code == 0
    assert all(f" {name} " in said.out for name in COMMANDS)
    assert not any(f" {name} " in said.out for name in NOT_YET)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(type_in: Callable[..., Said], name: str) -> None:
    """Each command has a help of its own, with the options that all share."""
    said = type_in(name, "--help")

    assert said.code == 0
    assert "--rules" in said.out
    assert "--state" in said.out
    assert "--api-url" in said.out


def test_version(type_in: Callable[..., Said]) -> None:
    assert type_in("--version").out.strip() == __version__


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_what_is_not_there_yet_is_refused_by_name(type_in: Callable[..., Said], name: str) -> None:
    said = type_in(name, "whatever", "--json")

    assert said.code == 2
    assert said.err == f"tradewarden: `{name}` is not available yet.\n"
    assert said.out == ""


@pytest.mark.parametrize(
    "words",
    [("frobnicate",), ("run", "--frobnicate"), ("simulate", "--port", "many"), ("journal", "--smart-trade", "x")],
    ids=["command", "option", "value", "id"],
)
def test_wrong_usage_is_a_sentence_and_2(type_in: Callable[..., Said], words: tuple[str, ...]) -> None:
    said = type_in(*words)

    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("tradewarden: ")
    assert "--help" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("check", "rules.yaml", "extra"), "too much: extra\n"),
        (("--rules", "F", "check"), "--rules stands before the command: options come after it"),
        (("--state=F", "disarm"), "--state stands before the command: options come after it"),
        (("run", "--live"), "there is no option --live: going live is the line `mode: live` of the rules file."),
        (("run", "--live=yes"), "there is no option --live: going live is the line `mode: live` of the rules file."),
        (("check", "a.yaml", "--rules", "b.yaml"), "two rules files are named, a.yaml and --rules b.yaml: name one."),
    ],
)
def test_frequent_slips_are_told_how_it_goes(
    type_in: Callable[..., Said], words: tuple[str, ...], problem: str
) -> None:
    said = type_in(*words)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"tradewarden: {problem}")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("disarm", "--state", ""), "--state"),
        (("disarm", "--state="), "--state"),
        (("arm", "--state", " "), "--state"),
        (("check", ""), "RULES"),
        (("check", "--rules="), "--rules"),
        (("run", "--once", "--api-url", ""), "--api-url"),
    ],
)
def test_an_unset_variable_does_not_mean_the_current_folder(
    type_in: Callable[..., Said], environment: Path, words: tuple[str, ...], name: str
) -> None:
    said = type_in(*words)

    assert (said.code, said.out) == (2, "")
    assert said.err == f"tradewarden: {name} is empty: is a shell variable unset?\n"
    assert list(environment.iterdir()) == []


@pytest.mark.parametrize("url", ["https://user:hunter2@127.0.0.1:1/x", "https://127.0.0.1\n/x", "http://example.com/x"])
def test_a_url_is_checked_before_it_is_shown(
    type_in: Callable[..., Said], write_rules: Callable[[str], Path], url: str
) -> None:
    write_rules("dry-run")

    said = type_in("run", "--once", "--state", "state", "--api-url", url)

    assert (said.code, said.out) == (2, "")
    assert "the API URL" in said.err
    assert "hunter2" not in said.err
    assert "credentials from" not in said.err
