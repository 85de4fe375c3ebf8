"""
Sets of texts: what is said to be empty is empty, and what is found is in it.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewarden.rules.texts import Texts

_words = st.lists(st.text("ab", max_size=2), min_size=1, max_size=2)
_globs = st.lists(st.text("ab*?", min_size=1, max_size=3), min_size=1, max_size=2)
_steps = st.one_of(
    st.tuples(st.sampled_from(["among", "without"]), _words),
    st.tuples(st.sampled_from(["like_one_of", "like_none_of"]), _globs),
)


@settings(max_examples=500)
@given(steps=st.lists(_steps, max_size=4), text=st.text("abc", max_size=4))
def test_what_is_surely_empty_holds_no_text(steps: list[tuple[str, list[str]]], text: str) -> None:
    texts = Texts()
    for method, words in steps:
        texts = getattr(texts, method)(words)

    assert not (texts.is_surely_empty and text in texts)
    found = texts.some()
    assert found is None or found in texts
    assert not (texts.is_surely_empty and found is not None)


@pytest.mark.parametrize(
    "texts",
    [
        Texts().among(["a"]).among(["b"]),
        Texts().among(["a"]).without(["a"]),
        Texts().among(["a"]).like_one_of(["b*"]),
        Texts().among(["a"]).like_none_of(["?"]),
        Texts().like_one_of(["a*"]).like_one_of(["b*"]),
        Texts().like_one_of(["a"]).like_one_of(["b", "c"]),
        Texts().like_one_of(["a", "b"]).like_one_of(["a", "c"]).like_one_of(["b", "c"]),
        Texts().like_one_of(["ab*"]).like_none_of(["a*"]),
        Texts().like_one_of(["ab", "a*"]).like_none_of(["a*"]),
        Texts().like_one_of(["ab", "c*"]).without(["ab"]).like_none_of(["c*"]),
        Texts().like_none_of(["*"]),
    ],
)
def test_what_is_surely_empty(texts: Texts) -> None:
    assert texts.is_surely_empty
    assert texts.some() is None


@pytest.mark.parametrize(
    ("texts", "one"),
    [
        (Texts(), ""),
        (Texts().among(["b", "a"]), "a"),
        (Texts().without([""]), "A"),
        (Texts().like_one_of(["USDT_*"]), "USDT_"),
        (Texts().like_one_of(["USDT_?"]).like_none_of(["*_A"]), "USDT_B"),
        (Texts().like_one_of(["a*"]).like_none_of(["ab*"]), "a"),
        (Texts().like_one_of(["a", "b*"]), "a"),
        (Texts().like_none_of(["", "?"]), "AB"),
    ],
)
def test_what_is_not_empty_has_a_text(texts: Texts, one: str) -> None:
    assert not texts.is_surely_empty
    assert texts.some() == one


@pytest.mark.parametrize(
    ("texts", "within", "without"),
    [
        (Texts().like_one_of(["a", "b*"]), ["a", "b", "bc"], ["", "ac", "c"]),
        (Texts().like_one_of(["a*"]).like_one_of(["*b"]), ["ab", "acb"], ["a", "b"]),
        (Texts().like_none_of(["a*"]).like_none_of(["b*"]), ["", "c"], ["a", "bc"]),
        (Texts().without(["a"]).without(["b"]), ["", "c"], ["a", "b"]),
        (Texts().among(["a", "b"]).among(["b", "c"]), ["b"], ["a", "c"]),
    ],
)
def test_what_is_said_later_takes_nothing_back(texts: Texts, within: list[str], without: list[str]) -> None:
    assert [text in texts for text in within] == [True] * len(within)
    assert [text in texts for text in without] == [False] * len(without)
