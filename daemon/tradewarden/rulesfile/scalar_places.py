"""
Where a part of a scalar's text stands in the file: on one line, folded over several, in a block, quoted, escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tradewarden.rulesfile.problems import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rulesfile.document import Place
    from tradewarden.rulesfile.problems import Source

BLOCKS = frozenset({"|", ">"})

_ESCAPE = re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|.)")
_BLANKS = frozenset(" \t\r\n")


def span_in(place: Place, source: Source, start: int, end: int) -> Span | None:
    """
    Return where the text from *start* to *end* stands; ``None`` where that cannot be told. Ends without a letter (the
    condition ends too early) stand right behind the last one.
    """
    if place.text is None:
        return None
    span = place.span
    if span.line == span.end_line and place.style not in BLOCKS:
        column, until = (_column_of(place, source, offset) for offset in (start, end))
        return Span(span.line, column, span.line, max(until, column))
    return _aligned(place, place.text, source, start, end)


def _column_of(place: Place, source: Source, offset: int) -> int:
    span, text = place.span, place.text or ""
    start = span.column + (place.style is not None)
    if place.style == "'":
        return start + offset + text[:offset].count("'")  # each is written twice
    if place.style == '"':
        return start + _skip(source.line(span.line)[start : span.end_column - 1], offset)
    return start + offset


def _skip(written: str, count: int) -> int:
    """
    Return how many characters of a double-quoted scalar stand for its first *count*.
    """
    at = 0
    for _ in range(count):
        escape = _ESCAPE.match(written, at)
        at = escape.end() if escape else at + 1
    return at


def _aligned(place: Place, text: str, source: Source, start: int, end: int) -> Span | None:
    """
    Find the part by the letters before it: YAML changes nothing but the blanks of a scalar of several lines.
    """
    offsets = [at for at, letter in enumerate(text) if letter not in _BLANKS]
    written: list[tuple[int, int, int]] = []
    for offset, (line, column, width, letter) in zip(offsets, _letters(place, source), strict=False):
        if letter != text[offset]:
            return None
        written.append((line, column, width))
    if not offsets or len(written) != len(offsets):
        return None
    first = next((at for at, offset in enumerate(offsets) if offset >= start), None)
    line, column, width = written[-1]
    if first is None:
        return Span(line, column + width, line, column + width)
    begin = written[first]
    last = max((at for at, offset in enumerate(offsets) if offset < end), default=first)
    line, column, width = written[max(first, last)]
    return Span(begin[0], begin[1], line, column + width)


def _letters(place: Place, source: Source) -> Iterator[tuple[int, int, int, str]]:
    """
    Yield each letter of the scalar as it stands in the file: line, column, how wide it is written, and what it means.
    """
    span, style = place.span, place.style
    is_block = style in BLOCKS
    for number in range(span.line + is_block, span.end_line + 1):
        line = source.line(number)
        at = span.column + (style is not None) if number == span.line else 0
        while at < len(line):
            letter, width = line[at], 1
            if letter == style == "'" and line[at + 1 : at + 2] == "'":
                width = 2
            elif letter == "\\" and style == '"' and line[at + 1 : at + 2] in {'"', "\\"}:
                letter, width = line[at + 1], 2
            if letter not in _BLANKS:
                yield number, at, width, letter
            at += width
