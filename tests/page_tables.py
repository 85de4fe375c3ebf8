"""
The tables of the documentation that are drawn from the vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.schema import Kind, OverTime, Scope

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactSchema

_UNITS = {
    Kind.NUMBER: "number",
    Kind.PERCENT: "percentage",
    Kind.DURATION: "duration",
    Kind.TEXT: "text",
    Kind.BOOL: "yes or no",
}


def facts_table() -> str:
    """
    Return the table of all facts, as Markdown.
    """
    rows = ["| fact | is a | meaning | unknown when | over time |", "|---|---|---|---|---|"]
    rows += [_row(fact) for fact in VOCABULARY.values() if fact.scope is Scope.SMART_TRADE]
    rows += ["", "Of the step under consideration, only in `cancel: {where: ...}`:", ""]
    rows += ["| fact | is a | meaning | unknown when |", "|---|---|---|---|"]
    rows += [_row(fact) for fact in VOCABULARY.values() if fact.scope is Scope.STEP]
    return "\n".join([*rows, ""])


def _row(fact: FactSchema) -> str:
    meaning = fact.meaning if not fact.values else f"{fact.meaning} One of {', '.join(fact.values)}."
    cells = [f"`{fact.name}`", _UNITS[fact.kind], meaning, fact.unknown_when]
    if fact.scope is Scope.SMART_TRADE:
        cells.append("" if fact.over_time is OverTime.NOTHING else fact.over_time.value)
    return f"| {' | '.join(cells)} |"
