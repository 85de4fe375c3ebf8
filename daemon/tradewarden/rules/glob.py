"""
Globs with ``*`` and ``?`` only: what `like` and `match` share.
"""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches_glob(text: str, glob: str) -> bool:
    """
    Tell whether the whole *text* matches *glob*, case-sensitive. A bracket stands for itself.
    """
    return fnmatchcase(text, glob.replace("[", "[[]"))
