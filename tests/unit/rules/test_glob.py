"""
Globs know ``*`` and ``?`` and nothing else.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.glob import Shape, matches_glob, simple_shape


@pytest.mark.parametrize(
    ("text", "glob", "matches"),
    [
        ("USDT_DOGE", "USDT_*", True),
        ("USDT_DOGE", "usdt_*", False),
        ("USDT_DOGE", "*_D?GE", True),
        ("USDT_DOGE", "USDT", False),
        ("USDT_DOGE", "*", True),
        ("", "*", True),
        ("", "?", False),
        ("a[b]c", "a[b]c", True),
        ("abc", "a[b]c", False),
        ("a]c", "a]c", True),
        ("two\nlines", "two*", True),
    ],
)
def test_matching(text: str, glob: str, matches: bool) -> None:
    assert matches_glob(text, glob) is matches


@given(st.text(alphabet="ab[]!-^.\\", max_size=8))
def test_without_star_and_question_mark_a_glob_matches_itself_alone(text: str) -> None:
    assert matches_glob(text, text)
    assert not matches_glob(text + "x", text)


@pytest.mark.parametrize(
    ("glob", "shape"),
    [
        ("USDT_DOGE", (Shape.WHOLE, "USDT_DOGE")),
        ("USDT_*", (Shape.START, "USDT_")),
        ("*_DOGE", (Shape.END, "_DOGE")),
        ("*DOGE*", (Shape.INSIDE, "DOGE")),
        ("*", (Shape.START, "")),
        ("", (Shape.WHOLE, "")),
        ("U*E", None),
        ("US?T", None),
    ],
)
def test_most_globs_need_no_pattern(glob: str, shape: tuple[Shape, str] | None) -> None:
    assert simple_shape(glob) == shape


@given(st.text(alphabet="ab*?", max_size=5), st.text(alphabet="ab", max_size=6))
def test_a_simple_shape_matches_what_its_glob_matches(glob: str, text: str) -> None:
    simple = simple_shape(glob)
    if simple is None:
        return
    shape, literal = simple
    found = {
        Shape.WHOLE: text == literal,
        Shape.START: text.startswith(literal),
        Shape.END: text.endswith(literal),
        Shape.INSIDE: literal in text,
    }
    assert found[shape] is matches_glob(text, glob)
