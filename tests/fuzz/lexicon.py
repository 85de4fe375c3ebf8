"""
The words of the languages that are fuzzed, a list of each in ``words/``: one a line, with the escapes of Python.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "words"


def words_of(name: str) -> tuple[bytes, ...]:
    """
    Return the list *name*, in its order.
    """
    lines = (_FOLDER / f"{name}.txt").read_text("ascii").splitlines()
    return tuple(line.encode().decode("unicode_escape").encode("latin-1") for line in lines)


def texts_of(name: str) -> tuple[str, ...]:
    """
    Return a list whose words are texts.
    """
    return tuple(word.decode("utf-8", "surrogatepass") for word in words_of(name))
