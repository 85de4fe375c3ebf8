"""
Conditions in the file: compile each, and bring every problem inside one to its line and column.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.rules.condition import compile_condition
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.schema import Scope
from tradewarden.rulesfile.consistency import mapping, rules_of
from tradewarden.rulesfile.problems import Fix, Quote, issue_at
from tradewarden.rulesfile.scalar_places import span_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.diagnostics import Problem
    from tradewarden.rules.schema import Vocabulary
    from tradewarden.rulesfile.document import Document, Path, Place
    from tradewarden.rulesfile.problems import Issue, Source, Span

_GLUED = re.compile(r"#\S")
_COMMENT = re.compile(r"[ \t]+#")


def compile_conditions(
    document: Document, source: Source, vocabulary: Vocabulary
) -> tuple[Mapping[Path, Condition], list[Issue]]:
    """
    Compile every condition; return those that are valid by their path, and what is wrong with the others.
    """
    known: dict[tuple[str, Scope], Condition | ConditionError] = {}
    compiled: dict[Path, Condition] = {}
    issues: list[Issue] = []
    for path, text, scope in conditions_of(document):
        if (text, scope) not in known:
            known[text, scope] = _try(text, vocabulary, scope)
        result = known[text, scope]
        if isinstance(result, ConditionError):
            issues += [_issue(problem, document.places[path], source) for problem in result.problems]
        else:
            compiled[path] = result
    return compiled, issues


def conditions_of(document: Document) -> Iterator[tuple[Path, str, Scope]]:
    """
    Yield the conditions of the file that can be read: path, text and what they speak of.
    """
    for path, rule in rules_of(document):
        for inner, value, scope in (
            ((*path, "when"), rule.get("when"), Scope.SMART_TRADE),
            ((*path, "cancel", "where"), mapping(rule.get("cancel")).get("where"), Scope.STEP),
        ):
            if isinstance(value, str) and value.strip() and not document.is_broken(inner):
                yield inner, value, scope


def cut_comment(place: Place, source: Source) -> str | None:
    """
    Return the comment that ends the line of an unquoted text: it may have been meant as a part of it.
    """
    rest = source.line(place.span.end_line)[place.span.end_column :]
    return rest.strip() if place.style is None and _COMMENT.match(rest) else None


def fix_in(place: Place, source: Source, start: int, end: int, replacement: str, *, is_safe: bool = True) -> Fix | None:
    """
    Return the fix that writes *replacement* from *start* to *end* of a scalar's text; ``None`` where that is not plain.
    """
    span = span_in(place, source, start, end)
    written = (place.text or "")[start:end]
    if span is None or source.line(span.line)[span.column : span.end_column] != written or span.line != span.end_line:
        return None
    if place.style is not None and place.style in replacement:
        return None
    return Fix(
        line=span.line,
        column=span.column,
        end_column=span.end_column,
        written=written,
        replacement=replacement,
        is_safe=is_safe,
    )


def shown_length(span: Span, source: Source) -> int:
    """
    Return how many characters are marked of what stands at *span*: those on its first line.
    """
    until = span.end_column if span.line == span.end_line else len(source.line(span.line).rstrip())
    return max(1, until - span.column)


def _try(text: str, vocabulary: Vocabulary, scope: Scope) -> Condition | ConditionError:
    try:
        return compile_condition(text, vocabulary, scope=scope)
    except ConditionError as error:
        return error


def _issue(problem: Problem, place: Place, source: Source) -> Issue:
    hints = [hint for hint in (problem.hint, _trap(place, source)) if hint]
    span = span_in(place, source, problem.start, problem.end)
    if span is not None:
        fix = None
        if problem.replacement is not None:
            fix = fix_in(place, source, problem.start, problem.end, problem.replacement)
        return replace(issue_at(span, problem.message, *hints), length=shown_length(span, source), fix=fix)
    text = place.text or ""
    begin = text.rfind("\n", 0, problem.start) + 1
    line = text[begin:].partition("\n")[0]
    quote = Quote(text=line, column=problem.start - begin, length=max(1, problem.end - problem.start))
    return replace(issue_at(place.span, problem.message, *hints), quote=quote)


def _trap(place: Place, source: Source) -> str | None:
    """
    Return what YAML may have done to the condition before we saw it.
    """
    comment = cut_comment(place, source)
    if comment and (_GLUED.match(comment) or (place.text or "").count('"') % 2):
        return "YAML reads ` #` and what follows as a comment: put the whole condition in single quotes"
    return None
