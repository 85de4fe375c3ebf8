"""
A problem and its place in the file, and how both are printed: position, source line, caret, help.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from tradewarden.rulesfile.masking import masked, masked_lines, masked_runs

if TYPE_CHECKING:
    from collections.abc import Iterable


MAX_SHOWN = 200  # problems of one file
WIDEST_LINE = 120
LEFT_OF_CARET = 60
LONGEST_QUOTE = 40
TAB = "    "
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Span:
    """
    From here to there, lines and columns from 0; the end is the first place that does not belong to it.
    """

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """
    A text that does not stand in the file as it is (an escaped or folded scalar), with a place in it.
    """

    text: str
    column: int
    length: int


class Severity(StrEnum):
    """
    An error keeps the file from being used, a warning is hardly meant, a note is good to know.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """
    What to write instead of *written*, which stands on one line from *column* to *end_column*, all counted from 0.

    *is_safe*: nothing else can have been meant, so `check --fix` may write it.
    """

    line: int
    column: int
    end_column: int
    written: str
    replacement: str
    is_safe: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """
    One problem or warning. *line* and *column* count from 0 here, from 1 where people read them.

    *code* is the stable word of its kind, for programs; it tells no two issues apart.
    """

    line: int
    column: int
    message: str
    hints: tuple[str, ...] = ()
    length: int = 1
    quote: Quote | None = None
    severity: Severity = Severity.ERROR
    code: str = field(default="", compare=False)
    fix: Fix | None = field(default=None, compare=False)


class Source:
    """
    The text of a file, line by line, and its masked twin: the only one that is ever printed.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = printable(name)
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._shown = masked_lines(self.lines)

    def line(self, number: int) -> str:
        """
        Return a line as it stands in the file; an empty one past the end.
        """
        return self.lines[number] if number < len(self.lines) else ""

    def shown(self, number: int) -> str:
        """
        Return a line as it may be shown: masked, every character in its place.
        """
        return self._shown[number] if number < len(self._shown) else ""

    def hide(self, span: Span) -> None:
        """
        Never show what stands there.
        """
        for number in range(span.line, min(span.end_line + 1, len(self.lines))):
            shown = self._shown[number]
            start = span.column if number == span.line else 0
            end = span.end_column if number == span.end_line else len(shown)
            self._shown[number] = shown[:start] + "*" * len(shown[start:end]) + shown[end:]

    def hide_all(self) -> None:
        """
        Never show a line of the file.
        """
        self._shown = [""] * len(self.lines)

    def show(self, issue: Issue, *, warning: bool = False) -> str:
        """
        Return the complete text of an issue.
        """
        line = min(issue.line, len(self.lines) - 1)
        severity = Severity.WARNING if warning else issue.severity
        kind = "" if severity is Severity.ERROR else f"{severity}: "
        texts = [f"{self.name}:{line + 1}:{issue.column + 1}: {kind}{printable(masked_runs(issue.message))}"]
        if self._shown[line].strip():
            texts += _picture(self._shown[line], issue.column, issue.length)
        if issue.quote is not None:
            texts += [f"{INDENT}which reads:"]
            texts += _picture(masked(issue.quote.text), issue.quote.column, issue.quote.length)
        texts += [f"{INDENT}help: {printable(masked_runs(hint))}" for hint in issue.hints]
        return "\n".join(texts)

    def show_all(self, issues: Iterable[Issue], *, warning: bool = False) -> tuple[str, ...]:
        """
        Return the texts of all issues in the order of the file.
        """
        ordered = in_order(issues)
        texts = [self.show(issue, warning=warning) for issue in ordered[:MAX_SHOWN]]
        if len(ordered) > MAX_SHOWN:
            texts.append(f"{self.name}: there are more problems, the first {MAX_SHOWN} are shown")
        return tuple(texts)


def in_order(issues: Iterable[Issue]) -> list[Issue]:
    """
    Return the issues in the order of the file, each once.
    """
    return sorted(dict.fromkeys(issues), key=lambda issue: (issue.line, issue.column))


def issue_at(span: Span, message: str, *hints: str | None) -> Issue:
    """
    Make an issue about what stands at *span*; hints that are ``None`` are left out.
    """
    length = span.end_column - span.column if span.line == span.end_line else 1
    given = tuple(hint for hint in hints if hint is not None)
    return Issue(line=span.line, column=span.column, message=message, hints=given, length=max(1, length))


def printable(text: str) -> str:
    """
    Replace what would be obeyed or hidden where a text is shown: control and formatting characters, breaks of a line.
    """
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_obeyed_or_hidden(c) else c for c in text)


def _is_obeyed_or_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in {"Zl", "Zp"}


def shortened(text: str) -> str:
    """
    Return a text fit to be quoted in a message: masked, on one line, not too long.
    """
    shown = printable(masked(text))
    return shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + "…"


def describe(value: object) -> str:
    """
    Say what stands there, as it would be written in the file.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return shortened(str(value))
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f'"{shortened(str(value))}"'


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """
    Suggest the known word that is nearest to *word*, whatever its case.
    """
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word[:LONGEST_QUOTE].lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean {by_lower[close[0]]}?" if close else None


def _picture(line: str, column: int, length: int) -> list[str]:
    """
    Draw a line with carets under its part; a long line is cut to the surroundings of the caret.
    """
    start = max(0, column - LEFT_OF_CARET) if len(line) > WIDEST_LINE else 0
    before, after = "…" * (start > 0), "…" * (len(line) > start + WIDEST_LINE)
    window = line[start : start + WIDEST_LINE]
    at = min(column - start, len(window))
    left = before + window[:at]
    marked = window[at : at + length]
    shown = before + window + after
    carets = " " * _width(left) + "^" * max(1, _width(marked))
    return [INDENT + _drawn(shown), INDENT + carets]


def _drawn(text: str) -> str:
    return "".join(TAB if character == "\t" else printable(character) for character in text)


def _width(text: str) -> int:
    """
    Count the cells of a terminal that *text* fills.
    """
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if character == "\t":
        return len(TAB)
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
