"""
Reports and the journal as people read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.markup import escape
from rich.table import Table

from tradewarden.cli.terminal import open_console, plain
from tradewarden.engine.report import plain_number
from tradewarden.journal.rows import JournalEvent
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from rich.console import Console

    from tradewarden.journal.rows import JournalRow
    from tradewarden.model.decision import CycleReport, OutcomeRow

WORDS = {
    Outcome.CANCELLED: ("cancelled", "green"),
    Outcome.WOULD_CANCEL: ("would cancel", "green"),
    Outcome.DENIED: ("denied", "yellow"),
    Outcome.DEFERRED: ("deferred", "yellow"),
    Outcome.REJECTED: ("rejected", "red"),
    Outcome.GONE: ("gone", "cyan"),
    Outcome.FILLED: ("filled", "cyan"),
    Outcome.ENDED: ("ended", "cyan"),
    Outcome.NOT_APPLIED: ("not applied", "yellow"),
    Outcome.NOT_SENT: ("not sent", "yellow"),
    Outcome.UNKNOWN: ("unknown", "red"),
    Outcome.BREACH: ("BREACH", "bold red"),
}


def write_report(report: CycleReport, stream: TextIO) -> None:
    """
    Write what a cycle did.
    """
    console = open_console(stream)
    armed = "armed" if report.armed else "[red]disarmed[/]"
    trades, requests = count(report.smart_trades_read, "SmartTrade"), count(report.requests, "request")
    console.print(f"{report.mode}, {armed}: {trades} read, {requests}.")
    if report.outcomes:
        console.print(_outcomes_table(report.outcomes))
    for holding in report.holding:
        console.print(
            f"[cyan]holding[/] {quoted(holding.rule)} on SmartTrade {holding.smart_trade_id}: "
            f"true for {duration_text(holding.held)} of {duration_text(holding.needed)}"
        )
    for error in report.errors:
        whose = "" if error.smart_trade_id is None else f" (SmartTrade {error.smart_trade_id})"
        console.print(f"[red]{quoted(error.error)}[/]{whose}: {quoted(error.message)}")
    if not (report.outcomes or report.holding or report.errors):
        console.print("No rule wanted anything.")


def _outcomes_table(rows: Sequence[OutcomeRow]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for row in rows:
        word, style = WORDS[row.outcome]
        table.add_row(f"[{style}]{word}[/]", quoted(step_text(row)), quoted(why_text(row)))
    return table


def step_text(row: OutcomeRow) -> str:
    """
    Name the step: pair, SmartTrade, position, price and share.
    """
    step = row.step
    parts = [f"{row.pair} {row.smart_trade_id}", f"step {step.position or row.trade_id}"]
    if step.price is not None:
        parts.append(f"at {plain_number(step.price)}")
    if step.share_pct is not None:
        parts.append(f"({plain_number(step.share_pct)} %)")
    return " ".join(parts)


def why_text(row: OutcomeRow) -> str:
    """
    Say why it ended so, and what it leaves without a target.
    """
    words = [part for part in (row.reason, row.detail) if part]
    text = f"{row.rule}: {': '.join(words)}" if words else row.rule
    if row.outcome in {Outcome.CANCELLED, Outcome.WOULD_CANCEL} and row.share_without_target_pct is not None:
        text += f"; {plain_number(row.share_without_target_pct)} % of the position then has no target"
    if row.window is not None:
        text += f"; {row.window.total_seconds() * 1000:.0f} ms from second read to DELETE"
    return text


def write_journal(rows: Sequence[JournalRow], stream: TextIO) -> None:
    """
    Write the journal, newest first.
    """
    console = open_console(stream)
    if not rows:
        console.print("The journal is empty for what was asked.")
        return
    write_rows(rows, console)


def write_rows(rows: Sequence[JournalRow], console: Console) -> None:
    """
    Write rows of the journal as a table.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(4):
        table.add_column(overflow="fold")
    for row in rows:
        at = f"{row.at:%Y-%m-%d %H:%M:%S}Z"
        if isinstance(row, JournalEvent):
            table.add_row(at, f"[bold]{quoted(row.event)}[/]", "", quoted(row.reason or ""))
            continue
        word, style = WORDS[row.row.outcome]
        times = f" ({row.count} times, last {row.last_at:%H:%M:%S}Z)" if row.count > 1 else ""
        mode = "" if row.mode == "live" else f" [{row.mode}]"
        table.add_row(
            at, f"[{style}]{word}[/]", quoted(step_text(row.row)), quoted(f"{why_text(row.row)}{times}{mode}")
        )
    console.print(table)


def quoted(text: str) -> str:
    """
    Write text of others as it is: no markup of ours in it, nothing that a terminal obeys.
    """
    return escape(plain(text))


def count(number: int, noun: str) -> str:
    """
    Write ``1 request`` or ``2 requests``.
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def duration_text(duration: timedelta) -> str:
    """
    Write a duration as the rules file does: 90s, 2m, 1h30m.
    """
    seconds = int(duration.total_seconds())
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"
