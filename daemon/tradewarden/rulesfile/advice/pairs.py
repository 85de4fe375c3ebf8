"""
Advice about pairs in a notation that 3Commas does not use, with the fix.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.rules.origin import Held, MarketFact, Window
from tradewarden.rules.pair_notation import QUOTES, as_3commas_writes, several_pairs, with_any_quote
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
        for key, about in ((MatchKey.PAIR, _about_pair), (MatchKey.QUOTE, _about_quote)):
            for at, pattern in enumerate(match.patterns.get(key, ())):
                issue = about(desk, _own(desk, ("rules", index, section, key.value), at), pattern)
                if issue is not None:
                    yield issue
    for path, condition in conditions_of(index, rule):
        for start, end, written in _pairs_in(condition.expression, condition.text):
            issue = _in_condition(desk, path, (start, end), written)
            if issue is not None:
                yield issue


def _own(desk: Desk, path: Path, at: int) -> Path:
    return (*path, at) if (*path, at) in desk.document.places else path


def _about_pair(desk: Desk, own: Path, pattern: str) -> Issue | None:
    pairs, any_quote, meant = several_pairs(pattern), with_any_quote(pattern), as_3commas_writes(pattern)
    if pairs:
        return _about_several(desk, own, pattern, pairs)
    if any_quote is not None:
        fix = desk.fix_of(own, any_quote if desk.document.places[own].style else f'"{any_quote}"')
        issue = desk.warn(own, CODE, _is_a_coin(pattern), f'for any quote, write "{any_quote}"')
        return replace(issue, fix=None if fix is None else replace(fix, is_safe=False))  # one quote may be meant
    return None if meant is None else _misspelt(desk, own, pattern, meant)


def _about_quote(desk: Desk, own: Path, pattern: str) -> Issue | None:
    upper = pattern.upper()
    return _misspelt(desk, own, pattern, upper) if upper != pattern and upper in QUOTES else None


def _misspelt(desk: Desk, own: Path, pattern: str, meant: str) -> Issue:
    return replace(desk.warn(own, CODE, *_words(pattern, meant)), fix=desk.fix_of(own, meant))


def _about_several(desk: Desk, own: Path, pattern: str, pairs: tuple[str, ...]) -> Issue:
    """
    Warn of pairs that are one text. Where they are all that `pair` has, the fix makes a list of them.
    """
    listed = ", ".join(f'"{pair}"' if {*pair} & {*"*?"} else pair for pair in pairs)
    if isinstance(own[-1], int):
        return desk.warn(own, CODE, _is_one_text(pattern), f"write each as an entry of its own: {listed}")
    issue = desk.warn(own, CODE, _is_one_text(pattern), f"write [{listed}]")
    inner = desk.fix_of(own, f"[{listed}]")
    if inner is None:
        return issue
    quotes = desk.document.places[own].style or ""
    start, end = inner.column - len(quotes), inner.end_column + len(quotes)
    return replace(issue, fix=replace(inner, column=start, end_column=end, written=f"{quotes}{inner.written}{quotes}"))


def _in_condition(desk: Desk, path: Path, span: tuple[int, int], written: str) -> Issue | None:
    """
    Warn of *written*, a text of the condition at *path*; its *span* includes the quotes.
    """
    pairs, any_quote, meant = several_pairs(written), with_any_quote(written), as_3commas_writes(written)
    if pairs:
        hint = f"one of them is `({' or '.join(map(_asks_for, pairs))})`"
        return desk.warn_in(path, *span, CODE, _is_one_text(written), hint)
    if any_quote is not None:
        return desk.warn_in(path, *span, CODE, _is_a_coin(written), f"with any quote it is `{_asks_for(any_quote)}`")
    if meant is None:
        return None
    issue = desk.warn_in(path, *span, CODE, *_words(written, meant))
    return replace(issue, fix=desk.fix_in(path, span[0] + 1, span[1] - 1, meant))


def _asks_for(pair: str) -> str:
    return f'pair {"like" if {*pair} & {*"*?"} else "=="} "{pair}"'


def _is_one_text(pattern: str) -> str:
    return f"{pattern} is one text, and no pair is called so"


def _is_a_coin(pattern: str) -> str:
    return f"a pair begins with its quote, as USDT_BTC does, so {pattern} hardly matches anything"


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
