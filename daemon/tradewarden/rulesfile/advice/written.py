"""
Advice about how a condition is written: what YAML cut off, percentages that are suspiciously small, no fact at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rulesfile.advice.desk import conditions_of
from tradewarden.rulesfile.conditions import cut_comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.problems import Issue

TINY_PERCENTAGE = Decimal("0.1")

_TEXTS = re.compile(r"\"[^\"]*\"|'[^']*'")
_PERCENTAGE = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)\s*%")
_MEASURED_IN_WHOLE_PERCENT = re.compile(r"\b(?:day_change|profit|roe)\b")
_CONTINUED = re.compile(r"#\s*(?:and|or|not)\b")


def about_written(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of what stands in a rule's conditions and was probably meant otherwise.
    """
    for path, condition in conditions_of(index, rule):
        if not condition.facts:
            message = f"`{path[-1]}` asks for no fact, so it is always the same"
            yield desk.warn(path, "no-fact", message, "`tradewarden vocabulary` lists the facts")
        place = desk.document.places[path]
        if _CONTINUED.match(cut_comment(place, desk.source) or ""):
            message = "YAML reads the rest of this line as a comment: it is not a part of the condition"
            hint = "put the whole condition in single quotes, or reword the comment"
            issue = desk.warn(path, "cut-off", message, hint)
            yield replace(issue, line=place.span.end_line, column=place.span.end_column, length=1)
        yield from _about_tiny_percentages(desk, path, condition)


def _about_tiny_percentages(desk: Desk, path: Path, condition: Condition) -> Iterator[Issue]:
    text = _TEXTS.sub(lambda found: " " * len(found.group()), condition.text)
    if not _MEASURED_IN_WHOLE_PERCENT.search(text):
        return
    for literal in _PERCENTAGE.finditer(text):
        if 0 < Decimal(literal[1]) < TINY_PERCENTAGE:
            meant = f"{(Decimal(literal[1]) * 100).normalize():f}%"
            message = f"{literal[1]}% is less than a tenth of a percent"
            hint = f"if {meant} is meant, write {meant}"
            start, end = literal.span()
            issue = desk.warn_in(path, start, end, "tiny-percentage", message, hint)
            yield replace(issue, fix=desk.fix_in(path, start, end, meant, is_safe=False))
