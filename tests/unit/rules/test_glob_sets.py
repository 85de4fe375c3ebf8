"""
Two globs beside each other, held against texts that match them.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewarden.rules.glob import matches_glob
from tradewarden.rules.glob_sets import glob_covers, globs_meet, is_literal

globs = st.text("ab*?", max_size=4)
texts = st.text("abc", max_size=5)


@settings(max_examples=500)
@given(first=globs, second=globs, text=texts)
def test_what_matches_both_shows_that_they_meet(first: str, second: str, text: str) -> None:
    if matches_glob(text, first) and matches_glob(text, second):
        assert globs_meet(first, second)


@given(first=globs, second=globs)
def test_globs_that_meet_have_a_text(first: str, second: str) -> None:
    """Short ones meet in a short text, if at all."""
    letters = [""]
    for _ in range(len(first) + len(second)):
        letters += [word + letter for word in letters for letter in "ab" if len(word) < 4]
    found = any(matches_glob(text, first) and matches_glob(text, second) for text in dict.fromkeys(letters))

    assert globs_meet(first, second) is found or len(first) + len(second) > 4


@settings(max_examples=500)
@given(wide=globs, narrow=globs, text=texts)
def test_what_a_covered_glob_matches_the_other_does_too(wide: str, narrow: str, text: str) -> None:
    if glob_covers(wide, narrow) and matches_glob(text, narrow):
        assert matches_glob(text, wide)


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ("USDT_*", "*DOGE", True),
        ("USDT_*", "BTC_*", False),
        ("a?c", "abd", False),
        ("a?c", "abc", True),
        ("*", "", True),
        ("?", "", False),
        ("**", "*", True),
        ("a*b", "a", False),
        ("*a", "*b", False),
    ],
)
def test_globs_meet(first: str, second: str, meet: bool) -> None:
    assert (globs_meet(first, second), globs_meet(second, first)) == (meet, meet)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ("USDT_*", "USDT_DOGE", True),
        ("USDT_*", "USDT_D*", True),
        ("USDT_D*", "USDT_*", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a", "", False),
        ("?", "*", False),
        ("?", "?", True),
        ("a", "?", False),
        ("?", "a", True),
        ("*", "*", True),
        ("*_*", "USDT_*", True),
    ],
)
def test_a_glob_covers_another(wide: str, narrow: str, covers: bool) -> None:
    assert glob_covers(wide, narrow) is covers


def test_of_long_globs_nothing_is_claimed() -> None:
    long, longer = "a" * 60, "a" * 61

    assert not globs_meet(long, "b")
    assert not globs_meet("b", long)
    assert globs_meet(longer, "b")
    assert globs_meet("b", longer)
    assert glob_covers("*", long)
    assert not glob_covers("*", longer)
    assert glob_covers("?" * 60, long)
    assert not glob_covers("?" * 61, longer)
    assert not glob_covers("*" * 61, "a")
    assert glob_covers(longer, longer)


@pytest.mark.parametrize(("glob", "literal"), [("USDT_DOGE", True), ("USDT_*", False), ("?", False), ("", True)])
def test_a_literal_has_no_wildcards(glob: str, literal: bool) -> None:
    assert is_literal(glob) is literal
