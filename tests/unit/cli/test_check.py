from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.conftest import Said


def test_a_valid_file_is_said_to_be_valid(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    path = write_rules("dry-run")

    said = type_in("check", str(path))

    assert said.code == 0
    assert said.out == f"{path}: valid, 1 rule, mode dry-run\n"


def test_the_file_in_this_folder_is_found(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    write_rules("live")

    assert type_in("check").out == "rules.yaml: valid, 1 rule, mode live\n"


def test_switched_off_rules_are_counted(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    path = write_rules("live")
    path.write_text(path.read_text("utf-8") + "    enabled: false\n", encoding="utf-8")

    assert "valid, 1 rule, 1 switched off, mode live" in type_in("check").out


def test_all_errors_at_once_with_their_places(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    """Exit 78, one block for each error, on stderr."""
    path = write_rules("sometimes")
    path.write_text(path.read_text("utf-8").replace("< -5%", "< -0.05"), encoding="utf-8")

    said = type_in("check", "rules.yaml")

    assert said.code == 78
    assert said.out == ""
    assert "rules.yaml:2:7: " in said.err
    assert "rules.yaml:5:24: " in said.err
    assert "-0.05% or -5%" in said.err


def test_warnings_do_not_fail(type_in: Callable[..., Said], write_rules: Callable[[str], Path]) -> None:
    path = write_rules("live")
    path.write_text("api: {requests_per_minute: 5}\n" + path.read_text("utf-8"), encoding="utf-8")

    said = type_in("check")

    assert said.code == 0
    assert ", 1 warning" in said.out
    assert "warning" in said.err


def test_a_missing_file(type_in: Callable[..., Said]) -> None:
    said = type_in("check", "nowhere.yaml")

    assert said.code == 78
    assert "nowhere.yaml" in said.err
    assert "Traceback" not in said.err


def test_no_file_at_all(type_in: Callable[..., Said]) -> None:
    said = type_in("check")

    assert said.code == 78
    assert "--rules" in said.err
