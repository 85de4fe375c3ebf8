"""
The pages of the documentation say what the program says: every file and command of them is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from page import DOCS, PAGES, played

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_what_the_program_answers(name: str, tmp_path: Path) -> None:
    """
    Else `scripts/docs` writes it anew: look at what has changed.
    """
    text = (DOCS / name).read_text("utf-8")

    assert played(text, tmp_path) == text
    for picture in (tmp_path / "pictures").iterdir():
        assert (DOCS / "pictures" / picture.name).read_text("utf-8") == picture.read_text("utf-8")
        assert f"(pictures/{picture.name})" in text


def test_every_picture_is_made_by_a_page() -> None:
    shown = "".join((DOCS / name).read_text("utf-8") for name in PAGES)

    assert all(f"--plot pictures/{picture.name}" in shown for picture in (DOCS / "pictures").iterdir())
