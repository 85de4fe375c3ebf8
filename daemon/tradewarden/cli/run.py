"""
``tradewarden run``: the daemon, or with ``--once`` one full cycle and its report.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tradewarden.bootstrap import open_daemon
from tradewarden.cli.awaited import awaited
from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.own_schedules import names_of_timed
from tradewarden.cli.serve import serve
from tradewarden.cli.terminal import json_text, say
from tradewarden.cli.wired import find_all, open_observer
from tradewarden.clock import SystemClock
from tradewarden.engine.report import report_to_json
from tradewarden.errors import NotAvailableYet, TradeWardenError, UsageError
from tradewarden.model.decision import CycleReport, Outcome
from tradewarden.service.cycle import CycleInterrupted

FAILED, REJECTED_CREDENTIALS = 1, 77
NO_ACCESS = frozenset({"access", "forbidden"})
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
    Watch the SmartTrades by the rules, on a timer, and cancel what they want if every safety check holds.

    Live or dry-run is decided by the line `mode:` of the rules file alone. SIGHUP reads it again, SIGTERM ends it.
    """
    if record is not None:
        raise NotAvailableYet("`run --record` is not available yet.")
    if not once:
        if as_json:
            raise UsageError("--json prints the report of one cycle: it goes with --once.")
        return serve(options, dry_run=dry_run)
    try:
        report = awaited(_run_once(options, dry_run=dry_run))
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
        from tradewarden.cli.report_text import write_report  # noqa: PLC0415 (the daemon needs no tables)

        write_report(report, sys.stdout)
    return exit_code(report)


def exit_code(report: CycleReport) -> int:
    """
    Return 0 if the cycle did its work, 77 if the credentials were rejected, else 1.
    """
    errors = {error.error for error in report.errors}
    if errors & NO_ACCESS:
        return REJECTED_CREDENTIALS
    is_breach = any(row.outcome is Outcome.BREACH for row in report.outcomes)
    return FAILED if errors & FATAL_ERRORS or is_breach else 0


async def _run_once(options: Options, *, dry_run: bool) -> CycleReport:
    found = find_all(options, dry_run=dry_run, observer=open_observer())
    for warning in found.warnings:
        say(warning)
    say(str(found))
    if timed := names_of_timed(found.rules):
        say(f"--once asks every rule now, also what otherwise waits for its own `schedule`: {', '.join(timed)}.")
    async with open_daemon(found.wiring) as daemon:
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
