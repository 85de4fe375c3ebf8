"""
The first look at a condition's text, before any parse: its size, and what other languages write and this one does not.

Everything found is reported at once, each with what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from tradewarden.rules.diagnostics import ConditionError, Problem
from tradewarden.rules.literals import calendar_hint, has_ordered_units, with_point

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 1_000
MAX_NODES = 64
MAX_NESTING = 16
MAX_DIGITS = 30

KEYWORDS = frozenset({"and", "or", "not", "in", "like", "true", "false"})

FOREIGN_OPERATORS = {
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `not`",
    "=": "write `==`",
    "===": "write `==`",
    ":=": "write `==`",
    "!==": "write `!=`",
    "<>": "write `!=`",
    "=>": "write `>=`",
    "=<": "write `<=`",
    "$": "write the number alone: prices and amounts carry no currency",
    "=~": 'write `like "USDT_*"`',
    "~": 'write `not`, or `like "USDT_*"`',
    "**": "there are no powers",
    "^": "there are no powers",
    "//": "write `/`; a comment belongs behind a # outside the condition",
    "%": "a percent sign stands right after a number: 5%",
    "{": "a list stands in square brackets",
    "}": "a list stands in square brackets",
    "#": "a comment belongs outside the condition",
    ".": 'a fact of a step is written `step.distance`, of a market `market("USDT_BTC").last`, a number `0.5`',
}

FOREIGN_WORDS = {
    "none": "whether a fact has a value is asked with `known(...)`",
    "null": "whether a fact has a value is asked with `known(...)`",
    "nil": "whether a fact has a value is asked with `known(...)`",
    "is": "write `==`, or `known(...)` to ask whether a fact has a value",
    "xor": "write `!=` between facts, or spell it out with and, or, not",
    "between": "write a chain: -10% < profit < 0%",
    "und": "write `and`",
    "oder": "write `or`",
    "nicht": "write `not`",
    "contains": 'write `like "*text*"`',
    "matches": 'write `like "USDT_*"`',
    "if": "the condition itself is enough",
    "else": "the condition itself is enough",
    "percent": "write the sign right after the number: 5%",
    "pct": "write the sign right after the number: 5%",
}

LOOKALIKES = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{FIGURE DASH}": "-",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{NOT EQUAL TO}": "!=",
    "\N{MULTIPLICATION SIGN}": "*",
    "\N{MIDDLE DOT}": "*",
    "\N{DIVISION SIGN}": "/",
    "\N{LOGICAL AND}": "and",
    "\N{LOGICAL OR}": "or",
    "\N{NOT SIGN}": "not",
    "\N{ELEMENT OF}": "in",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{ARABIC PERCENT SIGN}": "%",
    "\N{NO-BREAK SPACE}": "an ordinary space",
    "\N{NARROW NO-BREAK SPACE}": "an ordinary space",
    "\N{ZERO WIDTH SPACE}": "nothing",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "nothing",
}

# Symbols are tried in this order: what is foreign and longer first, so that `=>` is not read as `=` and `>`.
_LEXEME = re.compile(
    r"""
      (?P<space>    [ \t\r\n]+ )
    | (?P<text>     "[^"\r\n]*" | '[^'\r\n]*' )
    | (?P<quote>    ["'] )
    | (?P<word>     [A-Za-z_]\w* (?: \.[A-Za-z_]\w* )* )
    | (?P<member>   (?<=\)) \.[A-Za-z_]\w* )
    | (?P<number>   \.?\d[\w.]* (?: [ \t\r\n]*% )? )
    | (?P<open>     [(\[] )
    | (?P<close>    [)\]] )
    | (?P<split>    [<>!=][ \t\r\n]+= )
    | (?P<foreign>  === | !== | <> | => | =< | =~ | := | && | \|\| | \*\* | // )
    | (?P<symbol>   <= | >= | == | != | [<>+\-*/] )
    | (?P<comma>    , )
    | (?P<other>    . )
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_NUMBER = re.compile(r"(?P<whole>[0-9]+)(?:\.[0-9]+)?(?:[ \t\r\n]*%)?")
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[wdhms])+")
# Of the words that begin with m only minutes are meant by it: not months, milliseconds or millions.
_LONG_UNIT = re.compile(r"(?P<amount>[0-9]+(?:\.[0-9]+)?)(?P<unit>s|m(?=i?ns?$|inut)|h|d|w)[a-z]+", re.IGNORECASE)
_WORDY = re.compile(r"(?P<amount>[0-9]+(?:\.[0-9]+)?)(?P<unit>[a-z]+)", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"(?<![0-9])(?P<hour>[0-9]{1,2}):[0-9]{2}$", re.ASCII)
_BEFORE_COMMA = re.compile(r"(?<![\w.])(?P<whole>[0-9][0-9.,]*),$", re.ASCII)
_SUFFIXES = {
    "M": "there is no unit M: minutes are {amount}m; a month is 30d, a million 1000000",
    "ms": "there are no milliseconds: the units are s, m, h, d and w",
    "k": "write thousands out: 1000",
    "K": "write thousands out: 1000",
    "x": "write the number alone: {amount}",
    "X": "write the number alone: {amount}",
}
_COUNTED = frozenset({"text", "word", "number", "symbol"})


def scan(text: str) -> None:
    """
    Refuse a text that is too large to be parsed, or that is written in another language.

    Raises ConditionError with all that was found.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"the condition has {len(text):,} characters, {MAX_CHARACTERS:,} are allowed"
        raise ConditionError([Problem(start=MAX_CHARACTERS, end=len(text), message=message, hint=_SPLIT)])
    if not text.strip():
        raise ConditionError([Problem(start=0, end=0, message="the condition is empty", hint="day_change < -5%")])
    lexemes = list(_LEXEME.finditer(text))
    problems = [problem for lexeme in lexemes for problem in _foreign(lexeme)]
    problems.extend(_oversized(lexemes))
    if problems:
        raise ConditionError(problems)


_SPLIT = "make it two rules, or use a list: pair in [...]"


def _oversized(lexemes: list[re.Match[str]]) -> Iterator[Problem]:
    """
    Yield a problem if there are too many nodes or brackets in brackets. A node is a value, an operator or a call.
    """
    end = lexemes[-1].end()
    nodes = [lexeme.start() for lexeme in lexemes if lexeme.lastgroup in _COUNTED]
    if len(nodes) > MAX_NODES:
        message = f"the condition has {len(nodes)} names, values and operators, {MAX_NODES} are allowed"
        yield Problem(start=nodes[MAX_NODES], end=end, message=message, hint=_SPLIT)
    depth = 0
    for lexeme in lexemes:
        depth += (lexeme.lastgroup == "open") - (lexeme.lastgroup == "close")
        if depth > MAX_NESTING:
            message = f"brackets are nested deeper than {MAX_NESTING}"
            yield Problem(start=lexeme.start(), end=lexeme.end(), message=message, hint="leave some out")
            return


def _foreign(lexeme: re.Match[str]) -> Iterator[Problem]:
    """
    Yield what is wrong with one lexeme by itself.
    """
    found = lexeme.group()
    match lexeme.lastgroup:
        case "quote":
            yield _problem(lexeme, "this quote is never closed", f"end the text with {found}")
        case "word":
            yield from _foreign_word(lexeme, found)
        case "number":
            yield from _malformed_number(lexeme, found)
        case "split":
            yield _problem(lexeme, f"`{found}` is torn apart", f"write `{''.join(found.split())}`")
        case "foreign" | "other":
            yield _foreign_symbol(lexeme, found)


def _foreign_word(lexeme: re.Match[str], word: str) -> Iterator[Problem]:
    lower = word.lower()
    if lower in KEYWORDS and word != lower:
        yield _problem(lexeme, f"`{word}` must be written in small letters", f"write `{lower}`")
    elif lower in FOREIGN_WORDS:
        yield _problem(lexeme, f"`{word}` is not a word of this language", FOREIGN_WORDS[lower])


def _foreign_symbol(lexeme: re.Match[str], symbol: str) -> Problem:
    if symbol.isascii():
        shown = symbol if symbol.isprintable() else f"U+{ord(symbol):04X}"
        hint = FOREIGN_OPERATORS.get(symbol, "put it in quotes if it belongs to a text")
        if symbol == ":" and (time := _TIME_OF_DAY.search(lexeme.string[: lexeme.end() + 2])):
            hint = f"a time of day is asked by its hour alone, as in hour >= {int(time['hour'])}"
        return _problem(lexeme, f"`{shown}` is not part of this language", hint)
    name = unicodedata.name(symbol, f"U+{ord(symbol):04X}").lower()
    folded = unicodedata.normalize("NFKC", symbol)
    meant = LOOKALIKES.get(symbol, folded if len(folded) == 1 and folded.isascii() and folded.isprintable() else None)
    if unicodedata.category(symbol) == "Sc":
        return _problem(lexeme, f"a {name} is not part of this language", FOREIGN_OPERATORS["$"])
    if meant is None:
        return _problem(lexeme, f"a {name} cannot stand outside quotes", "facts and operators are plain ASCII")
    shown = meant if meant in {"nothing", "an ordinary space"} else f"`{meant}`"
    return _problem(lexeme, f"this is a {name}, not the character on the keyboard", f"write {shown}")


def _malformed_number(lexeme: re.Match[str], number: str) -> Iterator[Problem]:
    """
    Yield what is wrong with a number, a percentage or a duration.
    """
    plain = _NUMBER.fullmatch(number)
    if sum(character.isdigit() for character in number) > MAX_DIGITS:
        yield _problem(lexeme, f"the number has more than {MAX_DIGITS} digits", "round it")
    elif plain:
        whole = plain["whole"]
        if len(whole) > 1 and whole.startswith("0"):
            if lexeme.string[: lexeme.start()].endswith(":"):
                return  # the minutes of a time of day, of which its colon tells
            yield _leading_zero(lexeme, number, whole)
    elif _DURATION.fullmatch(number):
        if not has_ordered_units(number):
            hint = "write each unit once, the largest first: 1h30m"
            yield _problem(lexeme, f"the units of the duration {number} are out of order", hint)
    elif long := _LONG_UNIT.fullmatch(number):
        hint = f"write {long['amount']}{long['unit'].lower()}; the units are s, m, h, d and w"
        yield _problem(lexeme, f"{number} is not a duration", hint)
    else:
        yield _problem(lexeme, f"{number} is not a number", _number_hint(number))


def _leading_zero(lexeme: re.Match[str], number: str, whole: str) -> Problem:
    """
    Say what is wrong with a number that begins with 0, and goes on: behind a comma it is the end of another.
    """
    torn = _BEFORE_COMMA.search(lexeme.string[: lexeme.start()])
    if torn is None:
        short = (whole.lstrip("0") or "0") + number[len(whole) :]
        return _problem(lexeme, f"{number} begins with a zero too many", f"write {short}")
    sign = "%" * number.endswith("%")
    meant = with_point(torn["whole"], number.removesuffix("%").rstrip())
    hint = "write thousands without a separator, as in 1000, and a fraction with a point, as in 0.05"
    if meant is not None:
        hint = f"a number has a point, not a comma: write {meant}{sign}"
    message = f"{torn['whole']},{number} is not a number"
    return Problem(start=torn.start(), end=lexeme.end(), message=message, hint=hint)


def _number_hint(number: str) -> str:
    wordy = _WORDY.fullmatch(number)
    if wordy:
        amount, unit = wordy["amount"], wordy["unit"]
        hint = calendar_hint(amount, unit) or _SUFFIXES.get(unit)
        if hint:
            return hint.format(amount=amount)
    return "numbers are plain decimals: 0.0975, -5%, 2h, 1h30m"


def _problem(lexeme: re.Match[str], message: str, hint: str) -> Problem:
    return Problem(start=lexeme.start(), end=lexeme.end(), message=message, hint=hint)
