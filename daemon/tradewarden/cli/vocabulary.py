"""
``tradewarden vocabulary``: every fact that a rule may use, drawn from the one place that declares them.
"""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.schema import FactSchema, Kind, Scope

UNITS = {
    Kind.NUMBER: "number",
    Kind.PERCENT: "percent: -5%",
    Kind.DURATION: "duration: 2h",
    Kind.TEXT: 'text: "…"',
    Kind.BOOL: "yes or no",
}


def vocabulary(
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="As one JSON document.")] = False,
    options: Options = DEFAULTS,  # noqa: ARG001 (every command takes them)
) -> None:
    """
    Print the facts with unit, meaning, source and when they are unknown.
    """
    if as_json:
        print(json.dumps([_as_json(fact) for fact in VOCABULARY.values()], indent=2))  # noqa: T201 (the result)
        return
    console = Console(soft_wrap=False)
    for scope, title in (
        (Scope.SMART_TRADE, "Facts of a SmartTrade"),
        (Scope.STEP, "Facts of the step under consideration: only in `cancel: {where: ...}`"),
    ):
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        for heading in ("fact", "unit", "meaning", "unknown when"):
            table.add_column(heading, overflow="fold", no_wrap=heading == "fact")
        for fact in VOCABULARY.values():
            if fact.scope is scope:
                table.add_row(fact.name, UNITS[fact.kind], _meaning(fact), fact.unknown_when)
        console.print(table)
        console.print()


def _meaning(fact: FactSchema) -> str:
    return fact.meaning if not fact.values else f"{fact.meaning} One of: {', '.join(fact.values)}."


def _as_json(fact: FactSchema) -> dict[str, object]:
    return {
        "name": fact.name,
        "unit": fact.kind.value,
        "scope": fact.scope.value,
        "meaning": fact.meaning,
        "source": fact.source,
        "unknown_when": fact.unknown_when,
        "values": list(fact.values),
    }
