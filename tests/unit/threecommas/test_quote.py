from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.threecommas.quote import LONGEST_GLANCE, LONGEST_QUOTE, MASK, SHORTEST_PART, quote

KEY = "k3yOfTheAccount-0123456789-abcdefghijklmnopqrstuvwxyz"
SIGNATURE = "6b7be7537ea8a01b136b18360ec28dfb701d69c66fa04b2b87152c0b096ac38d"

parts = st.builds(
    lambda secret, start, length: secret[start : start + length],
    st.sampled_from([KEY, SIGNATURE]),
    st.integers(0, 60),
    st.integers(0, 64),
)


@given(st.lists(parts | st.text(max_size=12) | parts.map(str.upper)).map("".join))
def test_no_longer_part_of_a_secret_is_ever_quoted(text: str) -> None:
    shown = quote(text, (KEY, SIGNATURE)).lower()

    for secret in (KEY.lower(), SIGNATURE):
        seen = [
            part
            for start in range(len(secret) - SHORTEST_PART + 1)
            if (part := secret[start : start + SHORTEST_PART]) in shown
        ]
        assert seen == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the key {KEY} is bad", f"the key {MASK} is bad"),
        (f"the key {KEY[:20]}… is bad", f"the key {MASK}… is bad"),
        (f"{KEY[5:13]}{KEY[30:38]}", MASK),
        (f"sig={SIGNATURE[10:40].upper()}", f"sig={MASK}"),
        (KEY[:7], KEY[:7]),
        ("Smart Trade not found", "Smart Trade not found"),
        ("", ""),
    ],
)
def test_what_is_masked(text: str, shown: str) -> None:
    assert quote(text, (KEY, SIGNATURE)).replace(MASK + MASK, MASK) == shown


def test_a_short_secret_is_masked_as_a_whole() -> None:
    assert quote("demo is wrong", ("demo", "")) == f"{MASK} is wrong"


def test_a_huge_text_is_only_glanced_at() -> None:
    """Masking looks at each character: what is not shown is not looked at."""
    shown = quote("word " * 10_000_000 + KEY, (KEY,))

    assert shown == ("word " * LONGEST_GLANCE)[:LONGEST_QUOTE] + "…"
