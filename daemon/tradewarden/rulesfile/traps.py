"""
What YAML makes of conditions, globs and cron texts that are not quoted, said so that a trader can repair it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tradewarden.rulesfile.problems import Issue

if TYPE_CHECKING:
    import yaml

    from tradewarden.rulesfile.problems import Source

_KEY_AND_VALUE = re.compile(r"^[ \t]*(?:- +)*([\w-]{1,40}):[ \t]+(\S.{0,300})$")
_NO_SPACE = re.compile(r"^[ \t]*(?:- +)*[\w-]{1,40}:[^\s/]")
_PLAIN_KEYS = re.compile(r"[\w-]+: [\w.-]+(?:, [\w-]+: [\w.-]+)*")
_CLOSED = re.compile(r"\"[^\"]*\"|'[^']*'|\[[^\[\]]*\]")  # a text in quotes, or a list
_SECTIONS = frozenset({"cancel", "schedule", "match", "except", "api", "limits", "safety"})  # what holds keys
_TAG = re.compile(r":[ \t]+!")
_UNCLOSED = "found unexpected end of stream"
_MISFITS = ("expected <block end>", "did not find expected key", "did not find expected '-' indicator")
_SENTENCES = (
    ("unknown escape character", "a backslash means something else in double quotes", "use single quotes"),
    ("sequence entries are not allowed", "a list's entry (`- `) cannot begin here", "begin it on a line of its own"),
    ("<document start>", "the file must end here: it holds more than one YAML document", "keep one document in a file"),
    (
        "find expected ':'",
        "this is neither `key: value` nor a list's entry",
        "is a colon missing, or the space after it?",
    ),
)


def explain(error: yaml.MarkedYAMLError, source: Source) -> Issue:
    """
    Turn an error of YAML's syntax into a sentence at the place where the repair belongs.
    """
    problem = error.problem or ""
    mark = error.problem_mark
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    text = source.shown(line)
    context = error.context_mark
    if context is not None and (_UNCLOSED in problem or "unexpected document indicator" in problem):
        hints = ("close it on the same line",)
        return Issue(line=context.line, column=context.column, message="this quote is never closed", hints=hints)
    if context is not None and (
        "alias" in str(error.context) or "anchor" in str(error.context) or "could not find expected ':'" in problem
    ):
        line, column = context.line, context.column
    if context is not None and "expected ',' or" in problem and text.strip():
        bracket = source.shown(context.line)[context.column : context.column + 1]
        hints = ("close the bracket, or put a text that holds brackets or commas in quotes",)
        message = f"a comma or the end of the `{bracket}` of line {context.line + 1} is missing here"
        return Issue(line=line, column=column, message=message, hints=hints)
    if context is not None and "expected ',' or" in problem:
        hints = ("close it on the same line, or put a text that holds brackets in quotes",)
        return Issue(line=context.line, column=context.column, message="this bracket is never closed", hints=hints)
    message, hint = _word(problem, str(error.context), source, line, column)
    return Issue(line=line, column=column, message=message, hints=(hint,) if hint else ())


def _word(problem: str, context: str, source: Source, line: int, column: int) -> tuple[str, str | None]:
    """
    Return message and hint for a problem in libyaml's words, or those of the pure parser.
    """
    text = source.shown(line)
    if "block scalar" in context:
        return _block_scalar(text)
    if "mapping values are not allowed" in problem:
        return _second_colon(source, line, column)
    if any(words in problem for words in _MISFITS):
        return _misfit(text, column)
    if "cannot start any token" in problem or "alias" in context or "anchor" in context:
        return _first_character(text, column)
    if "<document start>" in problem and _begins_indented(source):
        return "this line is not indented as the first one is", "keys of one mapping begin in the same column"
    for words, message, hint in _SENTENCES:
        if words in problem:
            return message, hint
    return f"this is not valid YAML: {problem}", _in_quotes(text)


def _first_character(text: str, column: int) -> tuple[str, str]:
    first = text[column : column + 1]
    found = _KEY_AND_VALUE.match(text)
    if found and found.group(1) in {"when", "where"} and first in {"*", "&"}:
        return f"a condition cannot begin with `{first}`", 'begin it with a fact: "day_change > 5%"'
    return f"a value cannot begin with `{first}` in YAML", _in_quotes(text)


def _block_scalar(text: str) -> tuple[str, str | None]:
    if _TAG.search(text):
        return "`!` at the start of a value is a tag in YAML", _in_quotes(text, "for a condition, write `not (...)`")
    found = _KEY_AND_VALUE.match(text)
    if found and found.group(2)[0] in "*&":
        return _first_character(text, found.start(2))
    hint = _in_quotes(text)
    if found and found.group(1) in {"when", "where"}:
        hint = 'put the condition in quotes, and begin it with a fact: "day_change > 5%"'
    return "`>` or `|` at the start of a value begins a block of text in YAML", hint


def _second_colon(source: Source, line: int, column: int) -> tuple[str, str | None]:
    text = source.shown(line)
    if ": " in text[:column]:
        message = "a second `: ` in one value: YAML takes what stands before it for a key"
        return message, _in_braces(text) or _in_quotes(text)
    above = next((found for found in reversed(source.lines[:line]) if found.strip()), "")
    if _NO_SPACE.match(above):
        return "the line above is not `key: value`", "put a space after its colon"
    return "this key does not fit the indentation of the line above", "keys of one mapping begin in the same column"


def _begins_indented(source: Source) -> bool:
    written = (line for line in source.lines if line.strip() and not line.lstrip().startswith("#"))
    return next(written, "").startswith(" ")


def _misfit(text: str, column: int) -> tuple[str, str | None]:
    found = _KEY_AND_VALUE.match(text)
    if found and found.start(2) < column and found.group(2)[0] in "\"'":
        return "YAML takes the value to end with its second quote, but it goes on", _in_quotes(text)
    return (
        "this line does not fit the indentation of the lines above",
        "keys of one mapping begin in the same column",
    )


def _in_braces(text: str) -> str | None:
    """
    Write ``cancel: position: 2`` as it should have been written; None if it is something else, or not that plain.
    """
    found = _KEY_AND_VALUE.match(text)
    inner = _KEY_AND_VALUE.match(found.group(2).rstrip()) if found else None
    if found is None or inner is None or found.group(1) not in _SECTIONS or "****" in text:
        return None
    keys, value = inner.group(), inner.group(2)
    if '"' in value and "'" in value:
        return None
    if not _PLAIN_KEYS.fullmatch(keys) and not _CLOSED.fullmatch(value):
        quote = "'" if '"' in value else '"'
        keys = f"{inner.group(1)}: {quote}{value}{quote}"
    return f"write `{found.group(1)}: {{{keys}}}`"


def _unwrapped(value: str) -> str:
    """
    Return *value* without the quotes around it, if those inside cannot go with them: ``side == "long"`` in them.
    """
    quote = value[0]
    before, _, after = value[1:].partition(quote)
    opens = after.rstrip(quote) and not before[-1:].isalnum() and not after[:1].isspace()
    if quote not in "\"'" or not value.endswith(quote) or not opens:
        return value
    # With an odd number of them the one at the end belongs to the text inside.
    return value[1:] if value.count(quote) % 2 else value[1:-1]


def _in_quotes(text: str, otherwise: str = "put the whole value in quotes") -> str:
    """
    Write the line's value as it should have been written.
    """
    found = _KEY_AND_VALUE.match(text)
    if found is None or found.group(2).startswith("!") or "****" in text:  # masked: there is nothing to suggest
        return otherwise
    key, value = found.group(1), found.group(2).rstrip()
    value = _unwrapped(value)
    if value.startswith(("{", "[")) or ("'" in value and '"' in value):
        return otherwise
    return (
        f"put the value in quotes: {key}: '{value}'" if '"' in value else f'put the value in quotes: {key}: "{value}"'
    )
