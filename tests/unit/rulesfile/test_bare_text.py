"""
What a reader takes from a text, and where it stands.
"""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rulesfile.bare_text import readings, through


def _stars(text: str) -> str:
    return "*" * len(text)


def test_a_plain_text_is_read_as_it_stands() -> None:
    (reading,) = readings("a b")

    assert reading.text == "a b"
    assert reading.place(2, 3) == (2, 3)


def test_what_nobody_sees_is_left_out() -> None:
    (reading,) = readings("a\u200bb\u2028\tc\ufffd")

    assert reading.text == "ab\tc"
    assert reading.place(0, 2) == (0, 3)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\x41", "A"),
        (r"\u0041b", "Ab"),
        (r"a\U00000041", "aA"),
        (r"a\x01b\0c\Ld", "abcd"),
        (r"a\nb\tc\_d", "a b c d"),
        (r"a\\x41", "a\\x41"),
        (r"\"\/", '"/'),
        (r"\UFFFFFFFFa", "a"),
        (r"\q", r"\q"),
    ],
)
def test_escapes_are_read_beside_the_text_as_it_stands(written: str, read: str) -> None:
    plain, with_escapes = readings(written)

    assert plain.text == written
    assert with_escapes.text == read


def test_an_escape_is_masked_as_a_whole() -> None:
    assert through(r"a\x41b", lambda text: text.replace("A", "*")) == "a****b"
    assert through("a\u200bb", _stars) == "*\u200b*"


@given(st.text(st.sampled_from("ab\\\\xu019n \t\u200b\u0301")))
def test_masking_keeps_every_character_s_place(written: str) -> None:
    shown = through(written, _stars)

    assert len(shown) == len(written)
    assert all(now in {"*", was} for was, now in zip(written, shown, strict=True))


@pytest.mark.parametrize("written", ["\\" * 100_000, r"\x41" * 25_000, "ä\u200b" * 50_000], ids=["\\", "x41", "unseen"])
def test_a_long_line_takes_no_memory_to_speak_of(written: str) -> None:
    """
    The daemon reads a changed file beside its own work: a hostile one must not end it.
    """
    tracemalloc.start()
    try:
        shown = through(written, _stars)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(shown) == len(written)
    assert peak < 120 * len(written)
