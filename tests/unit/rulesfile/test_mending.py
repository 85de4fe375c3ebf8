"""
Fixes in a text: each in its place, none inside another, and nothing else changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tradewarden.rulesfile.mending import NotMendedError, is_otherwise_the_same, mended, replace_file
from tradewarden.rulesfile.problems import Fix

if TYPE_CHECKING:
    from pathlib import Path


def fix(line: int, column: int, written: str, replacement: str, *, is_safe: bool = True) -> Fix:
    return Fix(
        line=line,
        column=column,
        end_column=column + len(written),
        written=written,
        replacement=replacement,
        is_safe=is_safe,
    )


def test_several_fixes_of_one_line_do_not_move_one_another() -> None:
    fixes = [fix(0, 3, "one", "three"), fix(0, 7, "two", "2"), fix(1, 3, "x", "yy")]

    assert mended("a: one two\nb: x\n", fixes) == ("a: three 2\nb: yy\n", tuple(fixes))


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_line_breaks_stay(line_break: str) -> None:
    text = line_break.join(["a", "b: x", "c"])

    assert mended(text, [fix(1, 3, "x", "y")])[0] == line_break.join(["a", "b: y", "c"])


@pytest.mark.parametrize(
    "refused",
    [fix(0, 3, "x", "y", is_safe=False), fix(0, 3, "z", "y"), fix(9, 3, "x", "y"), fix(0, 4, "x", "y")],
)
def test_what_is_not_safe_or_not_there_is_left(refused: Fix) -> None:
    assert mended("a: x", [refused]) == ("a: x", ())


def test_the_same_fix_is_applied_once_and_of_two_that_overlap_the_last() -> None:
    assert mended("a: xx", [fix(0, 3, "xx", "y")] * 2)[0] == "a: y"
    assert mended("a: xyz", [fix(0, 3, "xyz", "1"), fix(0, 4, "yz", "2")])[0] == "a: x2"
    assert mended("a: xyz", [fix(0, 3, "x", "1"), fix(0, 4, "yz", "2")])[0] == "a: 12"


def test_only_what_is_fixed_may_mean_something_else() -> None:
    change = [fix(0, 3, "x", "y")]

    assert is_otherwise_the_same("a: x\nb: 1\n", "a: y\nb: 1\n", change)
    assert not is_otherwise_the_same("a: x\nb: 1\n", "a: y\nb: 2\n", change)
    assert not is_otherwise_the_same("a: x\nb: 1\n", "a: y\nc: 1\n", change)
    assert not is_otherwise_the_same("a: x\n", "a: y # c: {\nb: 1", change)
    assert not is_otherwise_the_same("a: x\n", "a: [\n", change)
    assert not is_otherwise_the_same("a: [x, z]\n", "a: [y, w]\n", [fix(0, 4, "x", "y")])


def test_of_a_value_a_list_may_be_made_and_nothing_deeper() -> None:
    change = [fix(0, 3, "x", "[y, z]")]

    assert is_otherwise_the_same("a: x\nb: 1\n", "a: [y, z]\nb: 1\n", change)
    assert not is_otherwise_the_same("a: x\nb: 1\n", "a: [y, z]\nb: 2\n", change)
    assert not is_otherwise_the_same("a: x\nb: 1\n", "a: [y, [z]]\nb: 1\n", change)
    assert not is_otherwise_the_same("a: x\nb: 1\n", "a: y\nb: [1, 2]\n", change)


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o604)

    replace_file(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o604
    assert [one.name for one in tmp_path.iterdir()] == ["rules.yaml"]


def test_a_file_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotMendedError, match=r"rules\.yaml was not changed: it cannot be written: No such file"):
        replace_file(tmp_path / "rules.yaml", b"new")


def test_a_folder_in_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "rules.yaml"
    folder.mkdir()

    with pytest.raises(NotMendedError):
        replace_file(folder, b"new")

    assert [one.name for one in tmp_path.iterdir()] == ["rules.yaml"]
