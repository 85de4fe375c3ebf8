from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tradewarden import __version__
from tradewarden.cli.main import COMMANDS, NOT_YET

if TYPE_CHECKING:
    from collections.abc import Callable

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
