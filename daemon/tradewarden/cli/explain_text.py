"""
The answer of `explain` as people read it: the verdicts, and for one SmartTrade all that stands behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.table import Table

from tradewarden.cli.report_text import count, quoted, write_rows
from tradewarden.cli.terminal import open_console
from tradewarden.engine.explanation import Fate
from tradewarden.engine.findings import instant_text
from tradewarden.engine.verdict_words import hold_text, key_text, patterns_text, repeat_text, step_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from tradewarden.cli.explained import Asked, Explained
    from tradewarden.engine.explanation import RuleExplanation, SmartTradeExplanation
    from tradewarden.engine.nearness import NearMiss

MOST_NEAR = 10  # the JSON lists all
STYLES = {
    Fate.WOULD_CANCEL: "green",
    Fate.DENIED: "yellow",
    Fate.DEFERRED: "yellow",
    Fate.NO_STEP: "yellow",
    Fate.HOLDING: "cyan",
    Fate.UNKNOWN: "red",
}
Row = tuple[str, str]


def write_explained(found: Explained, asked: Asked, stream: TextIO) -> None:
    """
    Write every verdict, and the nearest misses at the end.
    """
    console = open_console(stream)
    console.print(_heading(found), soft_wrap=True)
    for note in found.notes:
        console.print(f"[yellow]note[/] {quoted(note)}", soft_wrap=True)
    explanation = found.explanation
    if explanation is not None:
        if explanation.suspicious is not None:
            console.print(
                f"[red]not acted on[/] this listing is too odd: {quoted(explanation.suspicious)}", soft_wrap=True
            )
        for unreadable in explanation.listing.unreadable:
            console.print(
                f"[red]unreadable[/] SmartTrade {unreadable.smart_trade_id}: {quoted(unreadable.reason)}",
                soft_wrap=True,
            )
        for one in explanation.smart_trades:
            _write_smart_trade(one, asked, console)
        _write_nearest(found.nearest, console)
    if found.rows:
        console.print("\nWhat the journal tells of the ten minutes before and after, newest first")
        write_rows(found.rows, console)


def _heading(found: Explained) -> str:
    armed = {True: "armed", False: "[red]disarmed[/]", None: "no journal"}[found.armed]
    if found.explanation is None:
        when = "" if found.at is None else f" of {instant_text(found.at)}"
        return f"{found.mode}, {armed}: no readings{when}."
    listing = found.explanation.listing
    read = count(len(listing.smart_trades), "SmartTrade")
    how = count(found.requests, "request") if found.at is None else "as recorded"
    return f"{found.mode}, {armed}: {read} read at {instant_text(listing.asked_at.wall)}, {how}."


def _write_smart_trade(one: SmartTradeExplanation, asked: Asked, console: Console) -> None:
    trade = one.smart_trade
    side = "side unknown" if trade.side is None else trade.side.value
    console.print(f"\n[bold]{quoted(trade.pair)}[/] {side}, SmartTrade {trade.id}", soft_wrap=True)
    others = [rule for rule in one.rules if rule.fate is Fate.NO_MATCH] if asked.rule is None else []
    if asked.smart_trade is not None:
        for rule in one.rules:
            _write_in_full(rule, console)
        return
    table = _table(2)
    for rule in one.rules:
        if rule not in others:
            table.add_row(f"  {quoted(rule.rule.name)}", _styled(rule))
    if table.row_count:
        console.print(table)
    if others:
        names = ", ".join(rule.rule.name for rule in others)
        console.print(f"  do not speak of it: {quoted(names)}", soft_wrap=True)


def _write_in_full(rule: RuleExplanation, console: Console) -> None:
    console.print(f"\n  [bold]{quoted(rule.rule.name)}[/]: {_styled(rule)}", soft_wrap=True)
    table = _table(2)
    for name, text in _rows(rule):
        table.add_row(f"    {name}", quoted(text))
    if table.row_count:
        console.print(table)


def _rows(rule: RuleExplanation) -> Iterator[Row]:
    told = ""
    for verdict in rule.match:
        title = "except" if verdict.is_exception else "match"
        fits = "fits" if verdict.fits else "does not fit"
        yield "" if title == told else title, f"{key_text(verdict)} {fits} {patterns_text(verdict)}"
        told = title
    if rule.trace is None:
        return
    title = "when"
    for part in rule.parts:
        gap = "" if part.gap is None else f"   ({part.gap.sentence()})"
        yield title, f"{part.trace.sentence()}{gap}"
        title = ""
    if rule.hold is not None:
        yield "for", hold_text(rule.hold)
    if rule.choice is not None:
        named = "" if rule.choice.step is None else f", {step_text(rule.choice.step)}"
        yield "cancel", f"{rule.choice.why}{named}"
    if rule.repeat is not None:
        yield "repeat", f"{'spent: ' if rule.repeat.is_spent else ''}{repeat_text(rule.rule.repeat, rule.repeat)}"
    if rule.deferred is not None:
        yield "put off", f"{rule.deferred.reason.value}: {rule.deferred.detail}"
    yield from _checks(rule)


def _checks(rule: RuleExplanation) -> Iterator[Row]:
    title = "checks"
    for check in rule.checks:
        yield title, f"{'holds' if check.holds else 'FAILS'}  {check.name}: {check.detail}"
        title = ""
    if rule.not_read:
        yield title, f"not read: {', '.join(rule.not_read)}"


def _write_nearest(nearest: tuple[NearMiss, ...], console: Console) -> None:
    if not nearest:
        return
    console.print("\n[bold]Nearest misses[/]")
    table = _table(3)
    for near in nearest[:MOST_NEAR]:
        whose = f"{near.smart_trade.pair} {near.smart_trade.id}"
        table.add_row(f"  {quoted(near.rule.name)}", quoted(whose), quoted(near.sentence()))
    console.print(table)
    if len(nearest) > MOST_NEAR:
        console.print(f"  and {len(nearest) - MOST_NEAR} more, see --json")


def _styled(rule: RuleExplanation) -> str:
    style = STYLES.get(rule.fate)
    return quoted(rule.sentence) if style is None else f"[{style}]{quoted(rule.sentence)}[/]"


def _table(columns: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    for _ in range(columns - 1):
        table.add_column(overflow="fold")
    return table
