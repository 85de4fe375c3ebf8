"""
Globs with ``*`` and ``?`` only: what `like` and `match` share.
"""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import translate
from functools import lru_cache

REMEMBERED = 4096  # patterns: more than any file has


class Shape(Enum):
    """
    Globs that need no pattern: their literal is the text, or where it stands in it.
    """

    WHOLE = "whole"
    START = "start"
    END = "end"
    INSIDE = "inside"


def simple_shape(glob: str) -> tuple[Shape, str] | None:
    """
    Return the shape and the literal of a glob that is as simple as most are: ``USDT_*``; ``None`` for any other.
    """
    literal = glob.removeprefix("*").removesuffix("*")
    if "*" in literal or "?" in literal:
        return None
    if literal == glob:
        return Shape.WHOLE, literal
    if glob == f"{literal}*":
        return Shape.START, literal
    return (Shape.END if glob == f"*{literal}" else Shape.INSIDE), literal


def matches_glob(text: str, glob: str) -> bool:
    """
    Tell whether the whole *text* matches *glob*, case-sensitive. A bracket stands for itself.
    """
    return _pattern(glob).match(text) is not None


@lru_cache(maxsize=REMEMBERED)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(translate(glob.replace("[", "[[]")))
