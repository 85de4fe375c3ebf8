"""
Globs know ``*`` and ``?`` and nothing else.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.glob import matches_glob


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
