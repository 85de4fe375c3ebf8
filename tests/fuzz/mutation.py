"""
New inputs of old ones, byte by byte and word by word: whatever language they are in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fuzz.lexicon import words_of
from fuzz.target import LARGEST_INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")
_WORD = re.compile(rb"[A-Za-z_][\w.-]*")

NUMBERS = (*words_of("numbers"), b"1" * 5000, b"0." + b"3" * 90, b"-" + b"9" * 400)
LETTERS = words_of("letters")


@dataclass(frozen=True)
class Mutator:
    """
    Draws inputs: one in a few built anew by *build*, the others of kept ones. *words* are those of their language.
    """

    words: Sequence[bytes]
    build: Callable[[Random, Sequence[bytes]], bytes]
    built: float = 0.3

    def __call__(self, chance: Random, pool: Sequence[bytes]) -> bytes:
        """
        Draw one.
        """
        is_new = not pool or chance.random() < self.built
        data = self.build(chance, pool) if is_new else chance.choice(pool)
        if is_new and chance.random() < 0.5:
            return data[:LARGEST_INPUT]
        for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
            data = self._changed(chance, data, pool)
        return data[:LARGEST_INPUT]

    def _changed(self, chance: Random, data: bytes, pool: Sequence[bytes]) -> bytes:
        change = chance.choice(
            (_flipped, _cut, _repeated, _nested, _renumbered, _moved, self._inserted, self._inserted, self._reworded)
        )
        if pool and chance.random() < 0.1:
            return _spliced(chance, data, chance.choice(pool))
        return change(chance, data)

    def _piece(self, chance: Random) -> bytes:
        return chance.choice(chance.choice((self.words, self.words, LETTERS, NUMBERS)))

    def _inserted(self, chance: Random, data: bytes) -> bytes:
        start, end = _span(chance, data, longest=chance.choice((0, 0, 4)))
        return data[:start] + self._piece(chance) + data[end:]

    def _reworded(self, chance: Random, data: bytes) -> bytes:
        return _replaced(chance, data, _WORD, self._piece(chance))


def _span(chance: Random, data: bytes, longest: int = 40) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + chance.randint(0, longest))


def _flipped(chance: Random, data: bytes) -> bytes:
    if not data:
        return bytes([chance.randrange(256)])
    at = chance.randrange(len(data))
    byte = data[at] ^ (1 << chance.randrange(8)) if chance.random() < 0.5 else chance.randrange(256)
    return data[:at] + bytes([byte]) + data[at + 1 :]


def _cut(chance: Random, data: bytes) -> bytes:
    if chance.random() < 0.05:
        return data[: chance.randint(0, len(data))]
    start, end = _span(chance, data, longest=chance.choice((1, 8, 200)))
    return data[:start] + data[end:]


def _repeated(chance: Random, data: bytes) -> bytes:
    start, end = _span(chance, data)
    times = chance.choice((2, 2, 3, 17, 70, 1200))
    return data[:start] + data[start:end] * times + data[end:]


def _nested(chance: Random, data: bytes) -> bytes:
    opening, closing = chance.choice(((b"(", b")"), (b"[", b"]"), (b"{", b"}"), (b'{"a":', b"}"), (b"not (", b")")))
    depth = chance.choice((1, 2, 9, 17, 33, 1100, 3000))
    start, end = _span(chance, data)
    return data[:start] + opening * depth + data[start:end] + closing * depth + data[end:]


def _moved(chance: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data[::-1] if chance.random() < 0.01 else _cut(chance, data)
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randint(0, len(lines)), line)
    return b"".join(lines)


def _renumbered(chance: Random, data: bytes) -> bytes:
    return _replaced(chance, data, _NUMBER, chance.choice(NUMBERS))


def _replaced(chance: Random, data: bytes, pattern: re.Pattern[bytes], by: bytes) -> bytes:
    places = [found.span() for found in pattern.finditer(data[:LARGEST_INPUT])]
    if not places:
        return data + by
    start, end = chance.choice(places)
    return data[:start] + by + data[end:]


def _spliced(chance: Random, data: bytes, other: bytes) -> bytes:
    start, end = _span(chance, other, longest=chance.choice((20, 200, 4000)))
    at = chance.randint(0, len(data))
    return data[:at] + other[start:end] + data[at:]
