"""
The pages of the documentation say what the program says: every file and command of them is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from page import DOCS, PAGES, Page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_answers_what_the_program_answers(page: Page, tmp_path: Path) -> None:
    """
    Else `scripts/docs` writes it anew: look at what has changed. Tests without an answer pass; no block is left out.
    """
    assert page.played(tmp_path) == page.text
    for picture in (tmp_path / "pictures").iterdir():
        assert (DOCS / "pictures" / picture.name).read_text("utf-8") == picture.read_text("utf-8")
        assert f"(pictures/{picture.name})" in page.text


def test_every_picture_is_made_by_a_page() -> None:
    shown = "".join(page.text for page in PAGES)

    assert all(f"--plot pictures/{picture.name}" in shown for picture in (DOCS / "pictures").iterdir())


def test_every_page_with_commands_is_tried() -> None:
    with_commands = {path.name for path in DOCS.glob("*.md") if "```console\n" in path.read_text("utf-8")}

    assert with_commands == {page.name for page in PAGES}


RULES = """\
```yaml
# rules.yaml
version: 1
rules: [{name: red-day, when: day_change < -5%, cancel: farthest}]
```
"""
TEST = """\
```yaml
  - name: a red day
    smart_trade: two_steps.json
    set: {day_change: -6%}
    expect: []
```
"""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{RULES}\n{TEST}", "FAIL  a red day"),
        ("```yaml\nversion: 1\n```\n", "a block that nobody tries"),
        ("```sh\nls\n```\n", "a block that nobody tries"),
        ("```console\nrules.yaml: valid\n```\n", "a block of answers to nothing"),
        ("```console\n$ ls\n```\n", "ls"),
        ("```yaml\n# rules.yaml\n", "a block that is not closed"),
    ],
    ids=["test that fails", "no name", "other kind", "no command", "other program", "not closed"],
)
def test_what_nobody_could_try_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()

    with pytest.raises(AssertionError, match=problem):
        Page(name=str(path)).played(tmp_path / "folder")


def test_a_wrong_answer_is_put_right(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"{RULES}\n```console\n$ tradewarden check rules.yaml\nwrong\n```\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()

    assert Page(name=str(path)).played(tmp_path / "folder") == path.read_text("utf-8").replace(
        "wrong", "rules.yaml: valid, 1 rule, mode dry-run"
    )
