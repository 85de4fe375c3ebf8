"""
The canonical line: one for each cycle, which alone tells the cycle's story.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tradewarden.logs.events import Line
from tradewarden.logs.words import count, instant_text, sentence
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from tradewarden.logs.events import Level
    from tradewarden.model.decision import CycleReport

ORDERLY = frozenset({"interrupted"})  # somebody stopped the daemon: no trouble
IN_WORDS = {
    Outcome.CANCELLED: "cancelled",
    Outcome.WOULD_CANCEL: "would be cancelled",
    Outcome.DENIED: "denied",
    Outcome.DEFERRED: "deferred",
    Outcome.REJECTED: "refused by 3Commas",
    Outcome.GONE: "gone already",
    Outcome.FILLED: "filled first",
    Outcome.ENDED: "ended meanwhile",
    Outcome.NOT_APPLIED: "not applied",
    Outcome.NOT_SENT: "not sent",
    Outcome.UNKNOWN: "not settled yet",
    Outcome.BREACH: "BREACH",
}


def cycle_line(report: CycleReport, took: timedelta, troubles: Sequence[Mapping[str, object]]) -> Line:
    """
    Tell a cycle in one line. *troubles* are those of its errors that were told when they began: here they only count.
    """
    rows = Counter((row.outcome, row.reason) for row in report.outcomes)
    outcomes, reasons = _by_outcome(rows), _by_reason(rows)
    errors = Counter(error.error for error in report.errors)
    fields: dict[str, object] = {
        "cycle_id": report.cycle_id,
        "mode": report.mode.value,
        "armed": report.armed,
        "started_at": instant_text(report.started_at),
        "took_s": round(took.total_seconds(), 3),
        "smart_trades_read": report.smart_trades_read,
        "requests": report.requests,
        "outcomes": {outcome.value: number for outcome, number in outcomes.items()},
        "reasons": reasons,
        "holding": len(report.holding),
        "errors": dict(errors),
    }
    if troubles:
        fields["trouble"] = troubles
    is_well = errors.keys() <= ORDERLY and Outcome.BREACH not in outcomes
    level: Level = "info" if is_well else "warning"
    return Line(level=level, message=_message(report, outcomes) + _errors_text(report, errors, troubles), fields=fields)


def more_line(kind: tuple[str, str | None], number: int) -> Line:
    """
    Tell how many more of a *kind* (an outcome or ``chose_nothing``, and its reason) there were in a cycle.
    """
    what, reason = kind
    if what in {outcome.value for outcome in Outcome}:
        message = f"{count(number, 'more proposal')} {what}, by {reason}: `tradewarden journal` lists them."
    else:
        message = f"{count(number, 'more time')} a rule is true but names no step: {reason}."
    return Line(level="info", message=message, fields={"told": what, "reason": reason, "count": number})


def _message(report: CycleReport, outcomes: Mapping[Outcome, int]) -> str:
    state = [] if report.mode is Mode.LIVE else [report.mode.value]
    state += [] if report.armed else ["disarmed"]
    parts = [f"{count(report.smart_trades_read, 'SmartTrade')} read"]
    parts += [f"{number} {IN_WORDS[outcome]}" for outcome, number in outcomes.items()]
    if report.holding:
        parts.append(f"{len(report.holding)} holding")
    if len(parts) == 1 and not report.errors:
        parts.append("no rule wants anything")
    remark = f" ({', '.join(state)})" if state else ""
    return f"Cycle{remark}: {', '.join(parts)}."


def _errors_text(report: CycleReport, errors: Mapping[str, int], troubles: Sequence[Mapping[str, Any]]) -> str:
    """
    Say each kind of error: with its text if it is new, with its number if it was told before.
    """
    told = {trouble["kind"]: trouble for trouble in troubles}
    texts = []
    for kind, number in errors.items():
        if kind in told:
            texts.append(f" Trouble goes on: {kind}, {told[kind]['times']} times since {told[kind]['since']}.")
            continue
        message = next(error.message for error in report.errors if error.error == kind)
        more = f" And {number - 1} more of that kind." if number > 1 else ""
        text = f"Trouble: {message}" if kind not in ORDERLY else message[:1].upper() + message[1:]
        texts.append(f" {sentence(text)}{more}")
    return "".join(texts)


def _by_outcome(rows: Mapping[tuple[Outcome, str | None], int]) -> dict[Outcome, int]:
    """
    Sum up by outcome, in the order of the contract.
    """
    sums: Counter[Outcome] = Counter()
    for (outcome, _), number in rows.items():
        sums[outcome] += number
    return {outcome: sums[outcome] for outcome in Outcome if outcome in sums}


def _by_reason(rows: Mapping[tuple[Outcome, str | None], int]) -> dict[str, int]:
    """
    Sum up why proposals were denied or deferred, the most frequent first.
    """
    put_off = {Outcome.DENIED, Outcome.DEFERRED}
    found = [(reason or "", number) for (outcome, reason), number in rows.items() if outcome in put_off]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
