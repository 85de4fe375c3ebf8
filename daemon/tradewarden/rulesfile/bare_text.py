"""
A text as its reader takes it: without what nobody sees, and with the escapes of YAML read, each character in its place.

What is unseen, or written as an escape, within a credential would hide it from every pattern, and not from a reader.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_ESCAPE = re.compile(r"""\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0abefvNLPntr_ "/\\]))""")
_SEEN = {"n": " ", "t": " ", "r": " ", "_": " ", " ": " ", '"': '"', "/": "/", "\\": "\\"}  # the other letters: nothing


@dataclass(frozen=True, slots=True)
class BareText:
    """
    The characters that count, in *text*, and where each is written: from its start, so wide as *widths* says, else one.
    """

    text: str
    starts: Sequence[int]
    widths: Mapping[int, int] = field(default_factory=dict)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """
        Return where the part of *text* from *start* to *end* is written.
        """
        return self.starts[start], self.starts[end - 1] + self.widths.get(end - 1, 1)


def readings(written: str) -> tuple[BareText, ...]:
    """
    Return what can be read of *written*: as it stands, and with its escapes read if it may have some.

    Only a text in double quotes has escapes; a file that is not YAML does not tell which that is.
    """
    if written.isascii() and written.isprintable():
        plain = BareText(written, range(len(written)))
    else:
        plain = _bare(written, ((place, 1, character) for place, character in enumerate(written)))
    return (plain, _bare(written, _with_escapes(written))) if "\\" in written else (plain,)


def through(written: str, mask: Callable[[str], str]) -> str:
    """
    Put asterisks wherever *mask*, which keeps every character's place, has them in a reading of *written*.
    """
    shown = written
    for reading in readings(written):
        masked = mask(reading.text)
        if masked != reading.text:
            shown = _overlaid(shown, reading, masked)
    return shown


def _overlaid(shown: str, reading: BareText, masked: str) -> str:
    characters = list(shown)
    for index, (before, after) in enumerate(zip(reading.text, masked, strict=True)):
        if before != after:
            start, end = reading.place(index, index + 1)
            characters[start:end] = "*" * (end - start)
    return "".join(characters)


def _bare(written: str, characters: Iterable[tuple[int, int, str]]) -> BareText:
    # Of a line of a million characters nothing is kept that need not be: the daemon's memory has a limit.
    seen: list[str] = []
    starts: list[int] = []
    widths: dict[int, int] = {}
    for start, width, character in characters:
        if written[start] != "\t" and _is_unseen(character):
            continue
        if width > 1:
            widths[len(starts)] = width
        seen.append(character)
        starts.append(start)
    return BareText("".join(seen), starts, widths)


def _with_escapes(written: str) -> Iterator[tuple[int, int, str]]:
    """
    Yield the characters of a text in double quotes, each with its start and its width.
    """
    at = 0
    for escape in _ESCAPE.finditer(written):
        yield from ((place, 1, written[place]) for place in range(at, escape.start()))
        yield escape.start(), len(escape.group()), _meant(escape)
        at = escape.end()
    yield from ((place, 1, written[place]) for place in range(at, len(written)))


def _meant(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    if digits is None:
        return _SEEN.get(escape[4], "\0")
    code = int(digits, 16)
    return chr(code) if code <= sys.maxunicode else "\0"


@lru_cache(maxsize=1_024)
def _is_unseen(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "CM" or category in {"Zl", "Zp"} or character == "\N{REPLACEMENT CHARACTER}"
