"""
``tradewarden vocabulary``: every fact that a rule may use, drawn from the one place that declares them.
"""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter
from rich.markup import escape
from rich.table import Table

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.terminal import json_text, open_console
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.faults import bounds_text
from tradewarden.rules.reference import FUNCTIONS, OPERATORS
from tradewarden.rules.reference import UNITS as UNITS_OF_VALUES
from tradewarden.rules.schema import FactSchema, Kind, OverTime, Scope

TITLES = {
    Scope.SMART_TRADE: "Facts of a SmartTrade",
    Scope.STEP: "Facts of the step under consideration: only in `cancel: {where: ...}`",
}
UNITS = {
    Kind.NUMBER: "number",
    Kind.PERCENT: "percent",
    Kind.DURATION: "duration",
    Kind.TEXT: "text",
    Kind.BOOL: "yes or no",
}


_FUNCTIONS = {
    OverTime.NOTHING: [],
    OverTime.EXTREMES: ["lowest", "highest"],
    OverTime.ALL: ["change", "lowest", "highest"],
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
        sys.stdout.write(json_text([_as_json(fact) for fact in VOCABULARY.values()], sys.stdout) + "\n")
        return
    console = open_console(sys.stdout)
    for scope, title in TITLES.items():
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for fact in VOCABULARY.values():
            if fact.scope is scope:
                table.add_row(fact.name, UNITS[fact.kind], _meaning(fact))
        console.print(table)
        console.print()
    for title, entries in (("Operators", OPERATORS), ("Functions", FUNCTIONS), ("Units", UNITS_OF_VALUES)):
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=False)
        for _ in range(3):
            table.add_column(overflow="fold")
        for entry in entries:
            table.add_row(escape(entry.symbol), escape(entry.meaning), escape(entry.example))
        console.print(table)
        console.print()


def _meaning(fact: FactSchema) -> str:
    values = f" One of: {', '.join(fact.values)}." if fact.values else ""
    bounds = bounds_text(fact)
    bounds = f" {bounds[0].upper()}{bounds[1:]}." if bounds else ""
    unknown = "" if fact.unknown_when == "never" else f" Unknown when {fact.unknown_when}."
    back = "" if fact.over_time is OverTime.NOTHING else f" Over time: {fact.over_time}."
    return escape(f"{fact.meaning}{values}{bounds}{unknown}{back}")


def _as_json(fact: FactSchema) -> dict[str, object]:
    return {
        "name": fact.name,
        "unit": fact.kind.value,
        "scope": fact.scope.value,
        "meaning": fact.meaning,
        "source": fact.source,
        "unknown_when": fact.unknown_when,
        "values": list(fact.values),
        "lowest": None if fact.lowest is None else str(fact.lowest),
        "highest": None if fact.highest is None else str(fact.highest),
        "whole": fact.is_whole,
        "over_time": _FUNCTIONS[fact.over_time],
        "of_market": fact.of_market,
    }
