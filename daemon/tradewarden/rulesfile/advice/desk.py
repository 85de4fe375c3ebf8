"""
What all advice has at hand: the file as it was read, what came of it, and how a place in it is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tradewarden.rules.domains import Domains
from tradewarden.rules.ruleset import Where
from tradewarden.rulesfile.conditions import fix_in, shown_length
from tradewarden.rulesfile.problems import Fix, Issue, Severity, issue_at
from tradewarden.rulesfile.scalar_places import span_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.model.settings import Settings
    from tradewarden.rules.condition import Condition
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.rules.schema import Vocabulary
    from tradewarden.rulesfile.document import Document, Path, Place
    from tradewarden.rulesfile.problems import Source


@dataclass(frozen=True)
class Desk:
    """
    A valid file: its *document* and *source*, the *settings* and *ruleset* that they say, the *vocabulary* of facts.
    """

    document: Document
    source: Source
    settings: Settings
    ruleset: RuleSet
    vocabulary: Vocabulary

    @cached_property
    def domains(self) -> Domains:
        """
        Return what the facts can be.
        """
        return Domains(self.vocabulary)

    def place(self, *path: str | int) -> Place | None:
        """
        Return what stands at *path*; ``None`` if the file leaves it out.
        """
        return self.document.places.get(path)

    def setting(self, section: str, key: str, value: object) -> str:
        """
        Write a setting as it can be pasted: with its *section*, or where the file has that, what to put there.
        """
        written = f"{key}: {value}"
        if self.place(section, key) is not None:
            return f"`{written}` on line {self.document.key_span((section, key)).line + 1}"
        if self.place(section) is not None:
            return f"`{written}` into `{section}` on line {self.document.key_span((section,)).line + 1}"
        return f"`{section}: {{{written}}}`"

    def line_of(self, index: int) -> int:
        """
        Return the line of the rule's name, as people count it.
        """
        return self.document.key_span(("rules", index, "name")).line + 1

    def warn(self, path: Path, code: str, message: str, *hints: str | None) -> Issue:
        """
        Make a warning about the value at *path*, or about the key or rule around it that stands in the file.
        """
        while path not in self.document.places:
            path = path[:-1]
        place = self.document.places[path]
        span = place.span if place.text is not None or place.key is None else place.key
        return replace(issue_at(span, message, *hints), severity=Severity.WARNING, code=code)

    def warn_in(self, path: Path, start: int, end: int, code: str, message: str, *hints: str | None) -> Issue:
        """
        Make a warning about a part of the condition at *path*.
        """
        issue = self.warn(path, code, message, *hints)
        span = span_in(self.document.places[path], self.source, start, end)
        if span is None:
            return issue
        return replace(issue, line=span.line, column=span.column, length=shown_length(span, self.source))

    def fix_of(self, path: Path, replacement: str) -> Fix | None:
        """
        Return the fix that writes *replacement* for the plain or quoted text at *path*, its quotes kept.
        """
        place = self.document.places[path]
        span, quotes = place.span, place.style or ""
        if span.line != span.end_line or quotes not in {"", "'", '"'}:
            return None
        width = len(quotes)
        written = self.source.line(span.line)[span.column + width : span.end_column - width]
        if written != place.text:
            return None
        return Fix(
            line=span.line,
            column=span.column + width,
            end_column=span.end_column - width,
            written=written,
            replacement=replacement,
        )

    def fix_in(self, path: Path, start: int, end: int, replacement: str, *, is_safe: bool = True) -> Fix | None:
        """
        Return the fix that writes *replacement* for a part of the condition at *path*.
        """
        return fix_in(self.document.places[path], self.source, start, end, replacement, is_safe=is_safe)


def conditions_of(index: int, rule: Rule) -> Iterator[tuple[Path, Condition]]:
    """
    Yield the conditions of a rule with their paths.
    """
    path = ("rules", index)
    yield (*path, "when"), rule.when
    if isinstance(rule.cancel, Where):
        yield (*path, "cancel", "where"), rule.cancel.condition
