"""
``tradewarden run``: one full cycle, and its report.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tradewarden.bootstrap import Wiring, open_daemon
from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.report_text import write_report
from tradewarden.cli.terminal import json_text, say
from tradewarden.clock import SystemClock
from tradewarden.credentials import find_credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.report import report_to_json
from tradewarden.errors import NotAvailableYet, TradeWardenError, UsageError
from tradewarden.logs import LogObserver, open_log
from tradewarden.model.decision import CycleReport, Outcome
from tradewarden.places import Place, find_api_url, find_rules, find_state
from tradewarden.rulesfile.loader import RulesFile, load_rules
from tradewarden.service.cycle import CycleInterrupted
from tradewarden.threecommas.transport import check_url

FAILED, REJECTED_CREDENTIALS = 1, 77
FATAL_ERRORS = frozenset({"api", "penalty", "journal", "suspicious_reading", "interrupted"})


def run(
    *,
    once: Annotated[bool, Parameter(negative="", help="Make one full cycle and exit.")] = False,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print the cycle's report as one JSON document.")
    ] = False,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Make any file a dry run: decide, but send no DELETE.")
    ] = False,
    record: Annotated[Path | None, Parameter(help="Not available yet.", show=False)] = None,
    options: Options = DEFAULTS,
) -> int:
    """
    Read the SmartTrades, apply the rules, and cancel what they want if every safety check holds.

    Live or dry-run is decided by the line `mode:` of the rules file alone.
    """
    if record is not None:
        raise NotAvailableYet("`run --record` is not available yet.")
    if not once:
        msg = "the daemon is not available yet: `tradewarden run --once` makes one full cycle."
        raise NotAvailableYet(msg)
    try:
        report = asyncio.run(_run_once(options, dry_run=dry_run))
    except TradeWardenError as error:
        if as_json:
            _print_json(_failure_to_json(_word(error), str(error)))
        raise
    except asyncio.CancelledError:
        message = "interrupted by a stop signal before the cycle began."
        say(f"tradewarden: {message}")
        if as_json:
            _print_json(_failure_to_json("interrupted", message))
        return FAILED
    if as_json:
        _print_json(report_to_json(report))
    else:
        write_report(report, sys.stdout)
    return exit_code(report)


def exit_code(report: CycleReport) -> int:
    """
    Return 0 if the cycle did its work, 77 if the credentials were rejected, else 1.
    """
    errors = {error.error for error in report.errors}
    if "access" in errors:
        return REJECTED_CREDENTIALS
    is_breach = any(row.outcome is Outcome.BREACH for row in report.outcomes)
    return FAILED if errors & FATAL_ERRORS or is_breach else 0


async def _run_once(options: Options, *, dry_run: bool) -> CycleReport:
    rules_place = find_rules(options.rules, os.environ)
    rules = load_rules(rules_place.path, VOCABULARY)
    for warning in rules.warnings:
        say(warning)
    state = find_state(options.state, os.environ)
    url = find_api_url(options.api_url, os.environ, in_file=rules.settings.api.url)
    try:
        check_url(url)  # before it is shown: it may hold a password
    except ValueError as error:
        raise UsageError(str(error)) from None
    credentials = find_credentials(os.environ)
    wiring = Wiring(
        rules=rules,
        state=state.path,
        api_url=url,
        credentials=credentials,
        clock=SystemClock(),
        observer=LogObserver(open_log(sys.stderr, os.environ)),
        dry_run=dry_run,
    )
    _say_places(rules_place, state, url, rules=rules, origin=credentials.origin)
    async with open_daemon(wiring) as daemon:
        _stop_gracefully()
        try:
            return await daemon.cycle.run()
        except CycleInterrupted as interrupted:
            return interrupted.report


def _stop_gracefully() -> None:
    """
    Let a stop signal end the cycle at the next point where nothing is cut in half.
    """
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        if task is not None:
            loop.add_signal_handler(signal_number, task.cancel)


def _say_places(rules_place: Place, state: Place, url: str, *, rules: RulesFile, origin: str) -> None:
    count = len(rules.ruleset.enabled)
    say(f"rules {rules_place}, {count} enabled; state {state}; API {url}; credentials from {origin}")


def _failure_to_json(error: str, message: str) -> dict[str, object]:
    """
    Build the report of a cycle that did not begin, so that a reader of JSON always gets one; what is not known is null.
    """
    return {
        "cycle_id": None,
        "started_at": SystemClock().now().wall.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "mode": None,
        "armed": None,
        "smart_trades_read": 0,
        "requests": 0,
        "outcomes": [],
        "holding": [],
        "errors": [{"error": error, "message": message, "smart_trade_id": None}],
    }


def _word(error: TradeWardenError) -> str:
    words = {75: "already_running", 77: "credentials", 78: "config"}
    return words.get(getattr(error, "exit_code", FAILED), "failed")


def _print_json(report: dict[str, object]) -> None:
    sys.stdout.write(json_text(report, sys.stdout) + "\n")
