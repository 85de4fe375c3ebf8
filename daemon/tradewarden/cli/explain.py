"""
``tradewarden explain``: why each rule does or does not act on each SmartTrade, now or at a moment of the past.

It asks what the daemon would ask, by the same functions, and never acts.
"""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from tradewarden.cli.awaited import awaited
from tradewarden.cli.explain_json import explained_to_json, failure_to_json
from tradewarden.cli.explain_now import explain_now
from tradewarden.cli.explain_past import explain_past
from tradewarden.cli.explain_text import write_explained
from tradewarden.cli.explained import Asked
from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.terminal import complain, json_text
from tradewarden.errors import AccessDenied, TradeWardenError

REJECTED_CREDENTIALS = 77


def explain(
    *,
    smart_trade: Annotated[
        int | None, Parameter(help="Only this SmartTrade's id, in full: it is read a second time, for all the checks.")
    ] = None,
    rule: Annotated[str | None, Parameter(help="Only the rule of this name.")] = None,
    full: Annotated[
        bool, Parameter(negative="", help="Read what a rule wants to act on a second time: two requests for each.")
    ] = False,
    at: Annotated[
        str | None,
        Parameter(
            allow_leading_hyphen=True,
            help="A moment of the past, from the journal alone: 2026-01-02T03:04 (in the file's time zone) or -10m.",
        ),
    ] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="As one JSON document.")] = False,
    options: Options = DEFAULTS,
) -> int:
    """
    Show why each rule does or does not act on each SmartTrade, and how near it is to it. It never acts.
    """
    asked = Asked(smart_trade=smart_trade, rule=rule, full=full, at=at)
    try:
        asked.check()
        found = awaited(explain_now(asked, options) if at is None else explain_past(asked, options))
    except TradeWardenError as error:
        if as_json:
            _print_json(failure_to_json(error))
        if not isinstance(error, AccessDenied):
            raise
        complain(f"tradewarden: {error}")
        return REJECTED_CREDENTIALS
    if as_json:
        _print_json(explained_to_json(found))
    else:
        write_explained(found, asked, sys.stdout)
    return 0


def _print_json(document: dict[str, object]) -> None:
    sys.stdout.write(json_text(document, sys.stdout) + "\n")
