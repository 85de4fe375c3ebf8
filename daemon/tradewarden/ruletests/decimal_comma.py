"""
A number that was written with a decimal comma, as in `-6,5%`: to YAML the comma ends a value inside of brackets.
"""

from __future__ import annotations

import re

_NUMBER = r"(?P<whole>-?[0-9]{1,9}),(?P<rest>[0-9]{1,9}(?P<unit> ?%|[wdhms])?)"
_IN_A_TEXT = re.compile(_NUMBER, re.ASCII)
# Space on both sides, or a bracket: in `[4%,6,5%]` it may be a comma between two values.
_IN_A_LINE = re.compile(rf"(?<![^\s\[{{]){_NUMBER}(?=[\s\]}}]|,\s|,?$)", re.ASCII)


def meant_in_text(text: str) -> str | None:
    """
    Return the number that *text* is with a decimal point; ``None`` if it is no number with a comma.
    """
    found = _IN_A_TEXT.fullmatch(text)
    return None if found is None else _with_a_point(found)


def meant_in_line(line: str, column: int, *, needs_unit: bool) -> str | None:
    """
    Return the number with a decimal point that was meant around *column* of *line*; ``None`` if that is not certain.

    One that *needs_unit* is meant only if a unit stands at its end: `-6,5%`.
    """
    for found in _IN_A_LINE.finditer(line):
        if found.start() <= column < found.end() and (found["unit"] or not needs_unit):
            return _with_a_point(found)
    return None


def meant_in_list(line: str, column: int) -> str | None:
    """
    Return what may be meant by two whole numbers that begin at *column*: ``0,1025`` in `[0,1025, 0,1024]`.

    Where all that the list holds is `[100,101]`, its two numbers are meant.
    """
    for found in _IN_A_LINE.finditer(line):
        is_all = line[: found.start()].endswith("[") and line[found.end() :].startswith("]")
        if found.start() == column and found["unit"] is None and not is_all:
            return _with_a_point(found)
    return None


def _with_a_point(found: re.Match[str]) -> str:
    return f"{found['whole']}.{found['rest'].replace(' ', '')}"
