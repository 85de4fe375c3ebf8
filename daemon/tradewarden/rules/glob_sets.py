"""
Two globs beside each other: whether one text can match both, and whether one takes in all that the other does.
"""

from __future__ import annotations

from functools import lru_cache

LONGEST = 60  # characters of a glob that is looked at: the work grows with the product of two


def globs_meet(first: str, second: str) -> bool:
    """
    Tell whether some text matches both. Of globs too long to be looked at it says yes.
    """
    if len(first) > LONGEST or len(second) > LONGEST:
        return True
    return _meet(first, second)


def glob_covers(wide: str, narrow: str) -> bool:
    """
    Tell whether every text that matches *narrow* surely matches *wide*. In doubt it says no.
    """
    if len(wide) > LONGEST or len(narrow) > LONGEST:
        return wide == narrow
    return _covers(wide, narrow)


def is_literal(glob: str) -> bool:
    """
    Tell whether *glob* matches one text alone: itself.
    """
    return "*" not in glob and "?" not in glob


@lru_cache(maxsize=4096)
def _meet(first: str, second: str) -> bool:
    if not first or not second:
        return not (first + second).strip("*")
    one, other = first[0], second[0]
    if one == "*":
        return _meet(first[1:], second) or _meet(first, second[1:])
    if other == "*":
        return _meet(second, first)
    return ("?" in {one, other} or one == other) and _meet(first[1:], second[1:])


@lru_cache(maxsize=4096)
def _covers(wide: str, narrow: str) -> bool:
    if not wide:
        return not narrow
    if wide[0] == "*":
        return _covers(wide[1:], narrow) or (narrow != "" and _covers(wide, narrow[1:]))
    if not narrow or narrow[0] == "*":
        return False
    return wide[0] in {"?", narrow[0]} and _covers(wide[1:], narrow[1:])
