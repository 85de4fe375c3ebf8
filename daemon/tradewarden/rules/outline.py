"""
What a condition surely leaves to each of its facts, drawn so simply that many conditions are compared at a glance.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from tradewarden.rules.claims import TooManyCasesError
from tradewarden.rules.satisfiability import ways_to_be_true

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from tradewarden.rules.claims import Case
    from tradewarden.rules.cuts import Cut
    from tradewarden.rules.domains import Domains
    from tradewarden.rules.store import Store
    from tradewarden.rules.tree import Expression

    Span = tuple[Cut, Cut]
    Words = frozenset[str | bool]

_Part = TypeVar("_Part")
MOST_WAYS = 8  # to make a condition true: of one that has more nothing is drawn


class Outline:
    """
    The *spans* that a condition leaves its numbers, and the *words* that it leaves its texts and yes-or-no facts.

    *ways* is how many ways there are to make it true: beyond MOST_WAYS nobody has counted.
    """

    __slots__ = ("spans", "ways", "words")

    def __init__(
        self, ways: int, spans: Mapping[Hashable, Span] | None = None, words: Mapping[Hashable, Words] | None = None
    ) -> None:
        self.ways = ways
        self.spans = spans or {}
        self.words = words or {}

    def excludes(self, other: Outline) -> bool:
        """
        Tell whether what the two were drawn from is surely never true at the same time. In doubt it says no.
        """
        theirs = other.spans
        for name, (low, high) in self.spans.items():
            if name in theirs and (high <= theirs[name][0] or theirs[name][1] <= low):
                return True
        return any(name in other.words and words.isdisjoint(other.words[name]) for name, words in self.words.items())


def outline_of(condition: Expression, domains: Domains, *, given: Case = ()) -> Outline | None:
    """
    Return the outline of *condition* while *given* holds; ``None`` if it is surely never true.
    """
    try:
        ways = list(islice(ways_to_be_true(condition, domains, given=given), MOST_WAYS + 1))
    except TooManyCasesError:
        return Outline(MOST_WAYS + 1)
    if not ways:
        return None
    if len(ways) > MOST_WAYS:
        return Outline(len(ways))
    return Outline(len(ways), _in_all(ways, _spans_of, _hull), _in_all(ways, _words_of, _union))


def _in_all(
    ways: Sequence[Store],
    parts_of: Callable[[Store], Mapping[Hashable, _Part]],
    joined: Callable[[Sequence[_Part]], _Part],
) -> dict[Hashable, _Part]:
    """
    Return what all *ways* together leave the facts that each of them speaks of.
    """
    parts = [parts_of(way) for way in ways]
    return {name: joined([part[name] for part in parts]) for name in parts[0] if all(name in part for part in parts)}


def _spans_of(way: Store) -> Mapping[Hashable, Span]:
    return {name: (numbers.spans[0][0], numbers.spans[-1][1]) for name, numbers in way.numbers.items()}


def _words_of(way: Store) -> Mapping[Hashable, Words]:
    texts: dict[Hashable, Words] = {
        name: frozenset(text for text in texts.allowed if text in texts)
        for name, texts in way.texts.items()
        if texts.allowed is not None
    }
    return texts | {name: frozenset({flag}) for name, flag in way.flags.items()}


def _hull(spans: Sequence[Span]) -> Span:
    return min(low for low, _ in spans), max(high for _, high in spans)


def _union(words: Sequence[Words]) -> Words:
    return frozenset().union(*words)
