"""
What a rule's `match` and `except` say of the facts, and how two of them stand to each other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.claims import Alike, Listed
from tradewarden.rules.glob_sets import glob_covers, globs_meet, is_literal
from tradewarden.rules.ruleset import MatchKey
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Fact, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tradewarden.rules.claims import Case, Claim
    from tradewarden.rules.ruleset import Match, Rule

_TEXT_FACTS = (MatchKey.PAIR, MatchKey.QUOTE, MatchKey.SIDE, MatchKey.EXCHANGE, MatchKey.KIND, MatchKey.NOTE)


def claims_of(rule: Rule) -> Case:
    """
    Return what surely holds of every SmartTrade that *rule* speaks of.
    """
    claims = list(_matched(rule.match))
    if rule.except_ is not None and len(rule.except_.patterns) == 1:
        [(key, patterns)] = rule.except_.patterns.items()
        if key in _TEXT_FACTS:
            claims.append(Alike(_fact(key), patterns, holds=False))
    return tuple(claims)


def matches_meet(first: Rule, second: Rule) -> bool:
    """
    Tell whether the two rules can speak of the same SmartTrade, as far as their patterns tell.
    """
    if any(not _meet(patterns, second.match.patterns[key]) for key, patterns in _shared(first.match, second.match)):
        return False
    return not (_is_excepted(first.match, second.except_) or _is_excepted(second.match, first.except_))


def patterns_beside(first: Rule, second: Rule) -> int:
    """
    Return how many comparisons of two patterns it may take to compare the two rules.
    """
    matches = [[match for match in (rule.match, rule.except_) if match is not None] for rule in (first, second)]
    return sum(
        len(patterns) * len(other.patterns.get(key, ()))
        for one in matches[0]
        for other in matches[1]
        for key, patterns in one.patterns.items()
    )


def match_covers(wide: Rule, narrow: Rule) -> bool:
    """
    Tell whether *wide* surely speaks of every SmartTrade that *narrow* speaks of.
    """
    if not _covers(wide.match, narrow.match):
        return False
    if wide.except_ is None or wide.except_ == narrow.except_:
        return True
    return any(
        key in narrow.match.patterns and not _meet(patterns, narrow.match.patterns[key])
        for key, patterns in wide.except_.patterns.items()
    )


def _matched(match: Match) -> Iterator[Claim]:
    for key, patterns in match.patterns.items():
        if key in _TEXT_FACTS:
            yield Alike(_fact(key), patterns, holds=True)
        elif key is MatchKey.ACCOUNT_ID and all(pattern.isdecimal() for pattern in patterns):
            values = tuple(Literal(start=0, end=0, kind=Kind.NUMBER, value=Decimal(one)) for one in patterns)
            yield Listed(Fact(start=0, end=0, kind=Kind.NUMBER, name=key.value), values, holds=True)


def _fact(key: MatchKey) -> Fact:
    return Fact(start=0, end=0, kind=Kind.TEXT, name=key.value)


def _shared(first: Match, second: Match) -> Iterator[tuple[MatchKey, Sequence[str]]]:
    for key, patterns in first.patterns.items():
        if key in second.patterns:
            yield key, patterns


def _meet(first: Sequence[str], second: Sequence[str]) -> bool:
    return any(globs_meet(one, other) for one in first for other in second)


def _covers(wide: Match, narrow: Match) -> bool:
    for key, patterns in wide.patterns.items():
        asked = narrow.patterns.get(key)
        if asked is None or not all(any(glob_covers(one, other) for one in patterns) for other in asked):
            return False
    return True


def _is_excepted(match: Match, except_: Match | None) -> bool:
    """
    Tell whether *except_* surely takes in everything that *match* does.
    """
    return except_ is not None and _covers(except_, match)


def example_of(rule: Rule, other: Rule) -> dict[MatchKey, str] | None:
    """
    Return texts for the keys of both rules that both accept; ``None`` if none is found.
    """
    found: dict[MatchKey, str] = {}
    for key in {*rule.match.patterns, *other.match.patterns}:
        groups = [match.patterns[key] for match in (rule.match, other.match) if key in match.patterns]
        text = next((one for one in _tried(groups) if all(_fits(one, group) for group in groups)), None)
        if text is None:
            return None
        found[key] = text
    return found


def _tried(groups: list[tuple[str, ...]]) -> Iterator[str]:
    for group in groups:
        for glob in group:
            yield from (
                (glob.replace("?", letter).replace("*", letter) for letter in ("A", ""))
                if not is_literal(glob)
                else (glob,)
            )


def _fits(text: str, group: Sequence[str]) -> bool:
    return any(glob_covers(glob, text) for glob in group)
