"""
Texts of the other side, made fit for a message: nothing secret, nothing that a terminal obeys, one short line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"
SHORTEST_PART = 8  # characters: so long a part of a key or signature is not shown either
LIKE_A_KEY = re.compile("[A-Za-z0-9+/=]{32,}")  # a secret, or the signature of another request; no word is so long
LONGEST_GLANCE = 10_000
LONGEST_QUOTE = 200


def quote(text: str, hidden: Iterable[str]) -> str:
    """
    Return *text* on one line, cut short, without any of *hidden*, their longer parts, and what looks like a key.
    """
    text = text[:LONGEST_GLANCE]
    for secret in hidden:
        text = _without(secret, text)
    text = LIKE_A_KEY.sub(MASK, text)
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"


def _without(secret: str, text: str) -> str:
    """
    Mask every run of *text* that is made of parts of *secret*, in whichever case.
    """
    size = SHORTEST_PART
    if len(secret) < size:
        return text.replace(secret, MASK) if secret else text
    parts = {secret[start : start + size].lower() for start in range(len(secret) - size + 1)}
    kept: list[str] = []
    end_of_part = 0
    for at, mark in enumerate(text):
        if text[at : at + size].lower() in parts:
            if at >= end_of_part:
                kept.append(MASK)
            end_of_part = at + size
        elif at >= end_of_part:
            kept.append(mark)
    return "".join(kept)
