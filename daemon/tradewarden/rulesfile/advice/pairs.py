"""
Advice about pairs in a notation that 3Commas does not use, with the fix.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.rules.origin import Held, MarketFact, Window
from tradewarden.rules.pair_notation import QUOTES, as_3commas_writes
from tradewarden.rules.ruleset import MatchKey
from tradewarden.rules.tree import Comparison, Fact, Likeness, Literal, Membership, walk
from tradewarden.rulesfile.advice.desk import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.tree import Expression
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.problems import Issue

CODE = "pair-notation"
_SEPARATORS = re.compile(r"[^A-Z0-9*?]")


def about_pairs(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a pair or a quote that is written otherwise than 3Commas writes it.
    """
    for section, match in (("match", rule.match), ("except", rule.except_)):
        if match is None:
            continue
        for key, meant_by in ((MatchKey.PAIR, as_3commas_writes), (MatchKey.QUOTE, _upper_quote)):
            for at, pattern in enumerate(match.patterns.get(key, ())):
                meant = meant_by(pattern)
                if meant is not None:
                    yield _in_match(desk, ("rules", index, section, key.value), at, pattern, meant)
    for path, condition in conditions_of(index, rule):
        for start, end, written in _pairs_in(condition.expression, condition.text):
            meant = as_3commas_writes(written)
            if meant is not None:
                issue = desk.warn_in(path, start, end, CODE, *_words(written, meant))
                yield replace(issue, fix=desk.fix_in(path, start + 1, end - 1, meant))


def _in_match(desk: Desk, path: Path, at: int, pattern: str, meant: str) -> Issue:
    own = (*path, at) if (*path, at) in desk.document.places else path
    return replace(desk.warn(own, CODE, *_words(pattern, meant)), fix=desk.fix_of(own, meant))


def _words(pattern: str, meant: str) -> tuple[str, str]:
    letters = _SEPARATORS.sub("", pattern.upper())
    if pattern.upper() == meant:
        why = "in capitals"
    elif letters == meant.replace("_", ""):
        why = "an underscore behind the quote"
    elif "_" in pattern:
        why = "the quote first"
    else:
        why = "the quote first, then an underscore"
    return f"3Commas writes {why}, so {pattern} hardly matches anything", f'write "{meant}"'


def _upper_quote(pattern: str) -> str | None:
    return pattern.upper() if pattern.upper() != pattern and pattern.upper() in QUOTES else None


def _pairs_in(expression: Expression, text: str) -> Iterator[tuple[int, int, str]]:
    """
    Yield each text with which the pair is compared: where it stands, quotes included, and what it says.
    """
    for node in walk(expression):
        match node:
            case Comparison(operands=operands) if any(map(_is_pair, operands)):
                yield from _literals(operands)
            case Membership(operand=operand, values=values) if _is_pair(operand):
                yield from _literals(values)
            case Likeness(operand=operand, glob=glob, end=end) if _is_pair(operand):
                start = end - len(glob) - 2
                if text[start + 1 : end - 1] == glob:
                    yield start, end, glob
            case Fact():
                yield from _within(node, text)


def _within(fact: Fact, text: str) -> Iterator[tuple[int, int, str]]:
    """
    Yield the pairs within a fact that is made of others, as in ``market("USDT_BTC").last``, where they are written.
    """
    match fact.origin:
        case Window(base=base):
            yield from _within(base, text)
        case Held(condition=condition):
            yield from _pairs_in(condition, text)
        case MarketFact(pair=pair):
            start = text.find(pair, fact.start, fact.end) - 1
            if start >= fact.start:
                yield start, start + len(pair) + 2, pair


def _literals(values: tuple[Expression, ...]) -> Iterator[tuple[int, int, str]]:
    for value in values:
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield value.start, value.end, value.value


def _is_pair(expression: Expression) -> bool:
    return isinstance(expression, Fact) and expression.name == MatchKey.PAIR
