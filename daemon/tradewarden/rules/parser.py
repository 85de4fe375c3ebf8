"""
From text to syntax tree: lark's LALR parser with our words for its errors.
"""

from __future__ import annotations

import re
from functools import cache

from lark import Lark, Token, Tree, UnexpectedToken

from tradewarden.rules.diagnostics import ConditionError, Problem
from tradewarden.rules.literals import SECONDS, calendar_hint, with_point
from tradewarden.rules.scanner import scan
from tradewarden.rules.tables import GRAMMAR, TABLES, load_parser, read

SyntaxTree = Tree[Token]

_VALUE_TOKENS = frozenset({"NUMBER", "PERCENTAGE", "DURATION", "TEXT", "TRUTH"})


@cache
def _parser() -> Lark:
    return load_parser(read(GRAMMAR), read(TABLES))


_DIGITS = re.compile(r"([0-9][0-9.]*)((?:[ ]*%|[wdhms]\b)?)")
_LENGTH = re.compile(r"[ ]*((?:[0-9]+[wdhms])+)\b")
_BARE_PATTERN = re.compile(r"\blike\s+(?P<pattern>[\w.-]*\*[^\s\"'()\[\],]*)\s*")
_LONG_UNITS = {
    "second": "s",
    "sec": "s",
    "minute": "m",
    "min": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "week": "w",
}


def parse(text: str) -> SyntaxTree:
    """
    Return the syntax tree of a condition.

    Raises ConditionError: all that the scanner finds, or the first syntax error.
    """
    scan(text)
    try:
        return _parser().parse(text)
    except UnexpectedToken as error:
        raise ConditionError([_problem(error, text)]) from None


def _problem(error: UnexpectedToken, text: str) -> Problem:
    """
    Say where the text stopped making sense, and what could stand there.
    """
    token = error.token
    ends = token.type == "$END"
    start = len(text.rstrip()) if ends else token.start_pos or 0
    before = _token_before(start, text)
    after = "at the start" if before is None else f"after `{before}`"
    # Of the tokens that the parser's state names, those that really lead on.
    accepted = set(error.accepts or ())
    after_token = text[start + len(token) :]
    hint = _pattern_hint(text, start) or _special_hint(before, token, accepted, after_token) or _wanted(accepted)
    if ends:
        return Problem(start=start, end=start, message=f"the condition ends too early, {after}", hint=hint)
    return Problem(start=start, end=start + len(token), message=f"`{token}` cannot stand {after}", hint=hint)


def _token_before(start: int, text: str) -> Token | None:
    tokens = [token for token in _parser().lex(text) if (token.start_pos or 0) < start]
    return tokens[-1] if tokens else None


def _special_hint(before: Token | None, token: Token, accepted: set[str], after: str) -> str | None:
    """
    Recognize what people write in good faith. *after* is the text behind the token.
    """
    amount = before is not None and before.type in {"NUMBER", "DURATION"}
    if amount and (token.value in SECONDS or token.type == "DURATION"):
        return f"write it as one word: {before}{token}"
    if before is not None and before.type == "NUMBER" and token.type == "NAME":
        return calendar_hint(str(before), str(token)) or _unit_hint(before, token) or _currency_hint(before, token)
    if token.value == "for":
        length = _LENGTH.match(after)
        return f"`for: {length[1] if length else '2m'}` is a line of its own, not a part of the condition"
    if token.type == "COMMA":
        return _comma_hint(before, after)
    if "LSQB" in accepted and "NUMBER" not in accepted:
        return 'a list stands in square brackets: pair in ["USDT_BTC", "USDT_ETH"]'
    return None


def _pattern_hint(text: str, start: int) -> str | None:
    """
    Return the hint for a pattern without quotes in which, or behind which, the text stops making sense at *start*.
    """
    for found in _BARE_PATTERN.finditer(text):
        if found.start("pattern") <= start <= found.end():
            return f'a pattern stands in quotes: like "{found["pattern"]}"'
    return None


def _comma_hint(before: Token | None, after: str) -> str:
    """
    Say what to write instead of a comma: between conditions, or in a number, where three digits may be thousands.
    """
    digits = _DIGITS.match(after)
    meant = None if before is None or digits is None else with_point(str(before), digits[1])
    if digits is not None and meant is not None:
        return f"a number has a point, not a comma: write {meant}{digits[2]}"
    if digits is not None or before is None or before.type == "TEXT":
        return "write numbers without separators, and lists in square brackets"
    return "conditions are joined by `and` or `or`"


def _unit_hint(before: Token, token: Token) -> str | None:
    unit = _LONG_UNITS.get(token.lower().removesuffix("s"))
    return None if unit is None else f"write {before}{unit}"


def _currency_hint(before: Token, token: Token) -> str | None:
    return f"write the number alone: {before}" if token.isupper() else None


def _wanted(accepted: set[str]) -> str:
    """
    Say in words what may come next.
    """
    if accepted & _VALUE_TOKENS:
        return "here comes a fact, a value or a bracket"
    if "COMPARATOR" in accepted:
        return "here comes an operator such as < or and"
    closing = {"RPAR": "`)`", "RSQB": "`]`", "LSQB": "a list in square brackets", "IN": "`in` or `like`"}
    wanted = [words for name, words in closing.items() if name in accepted]
    return f"here comes {' or '.join(wanted)}" if wanted else "here comes `and`, `or` or the end"
