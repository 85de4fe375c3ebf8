"""
The answer of `status` as people read it: the verdict in the first line, then what it rests on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

from rich.table import Table

from tradewarden.cli.report_text import WORDS, count, duration_text, quoted
from tradewarden.cli.terminal import open_console
from tradewarden.engine.allowance import cancels_left, penalty_left, requests_left
from tradewarden.engine.findings import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tradewarden.engine.findings import Known
    from tradewarden.engine.health import Health
    from tradewarden.model.daemon_status import DaemonStatus, LastCycle
    from tradewarden.model.standing import Switch

MOST_HOLDING = 20  # the JSON lists all
Row = tuple[str, str]

_WORDS = {outcome.value: word for outcome, (word, _) in WORDS.items()}


def write_status(known: Known, health: Health, stream: TextIO) -> None:
    """
    Write the verdict and what is known.
    """
    console = open_console(stream)
    console.print(_verdict(known, health), soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _rows(known, health):
        table.add_row(f"  {name}", quoted(text))
    if table.row_count:
        console.print(table)


def _verdict(known: Known, health: Health) -> str:
    record = known.current
    if record is not None and health.is_healthy:
        return f"[green]healthy[/]: {record.mode.value}, armed; pid {record.pid}, {_running(known, record)}"
    if health.is_healthy:
        return f"[green]healthy[/]: {quoted(health.notes[0].message)}" if health.notes else "[green]healthy[/]"
    first, *others = health.problems
    more = f", and {count(len(others), 'problem')} more" if others else ""
    return f"[bold red]NOT healthy[/]: {quoted(_found(first.message, first.since))}{more}"


def _rows(known: Known, health: Health) -> Iterator[Row]:
    yield from (("problem", _found(found.message, found.since)) for found in health.problems[1:])
    yield from (("note", _found(found.message, found.since)) for found in health.notes)
    record = known.current
    if record is not None:
        yield "daemon", f"pid {record.pid}, {_running(known, record)}"
        yield "rules", f"{record.rules_file}, {count(record.rules_enabled, 'rule')} enabled, {record.mode.value}"
    if known.standing is not None:
        yield "switch", _switch(known.standing.switch)
    if known.record is not None and known.record.last_cycle is not None:
        yield "last cycle", _cycle(known.record.last_cycle, known.now.wall)
    if record is not None:
        yield "next cycle", _next(record, known.now.wall)
        yield from _holding(record)
        yield "budget", _budget(known, record)
    left = penalty_left(known)
    if left:
        yield "penalty", f"still {duration_text(left)}, until {instant_text(known.now.wall + left)}"
    if known.standing is not None:
        yield "questions", f"{len(known.standing.questions)} open"


def _running(known: Known, record: DaemonStatus) -> str:
    since = "" if known.since is None else f"since {instant_text(known.since)}, "
    return f"{since}version {record.version}"


def _found(message: str, since: datetime | None) -> str:
    message = message.rstrip(".")  # more follows it
    return message if since is None else f"{message} (since {instant_text(since)})"


def _switch(switch: Switch) -> str:
    word, turn = "armed" if switch.armed else "disarmed", switch.turn
    return word if turn is None else f"{word} since {instant_text(turn.at)}: {turn.reason}"


def _cycle(cycle: LastCycle, now: datetime) -> str:
    ago = duration_text(max(now - cycle.started_at, timedelta(0)))
    seconds = f"{cycle.took.total_seconds():.1f}"
    read, sent = count(cycle.smart_trades_read, "SmartTrade"), count(cycle.requests, "request")
    outcomes = ", ".join(f"{number} {_word(name)}" for name, number in cycle.outcomes.items() if number)
    return f"{ago} ago, took {seconds} s: {read} read, {sent}; {outcomes or 'no rule wanted anything'}"


def _word(outcome: str) -> str:
    return _WORDS.get(outcome, outcome)


def _next(record: DaemonStatus, now: datetime) -> str:
    if record.cycle_began_at is not None:
        return f"one runs, since {instant_text(record.cycle_began_at)}"
    if record.next_cycle_at is None:
        return "none"
    ahead = record.next_cycle_at - now
    when = f"in {duration_text(ahead)}" if ahead > timedelta(0) else "due now"
    return f"{when} ({instant_text(record.next_cycle_at)})"


def _holding(record: DaemonStatus) -> Iterator[Row]:
    for holding in record.holding[:MOST_HOLDING]:
        held = f"{duration_text(holding.held)} of {duration_text(holding.needed)}"
        yield "holding", f"{holding.rule} on SmartTrade {holding.smart_trade_id}: true for {held}"
    rest = len(record.holding) - MOST_HOLDING
    if rest > 0:
        yield "holding", f"and {rest} more, see --json"


def _budget(known: Known, record: DaemonStatus) -> str:
    requests = f"{requests_left(known)} of {count(record.requests_per_minute, 'request')} left this minute"
    left = cancels_left(known)
    of_hour = count(record.cancels_per_hour, "cancel")
    return f"{requests}, {'an unknown number' if left is None else left} of {of_hour} left this hour"
