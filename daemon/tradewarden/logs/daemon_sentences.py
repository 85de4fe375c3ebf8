"""
The daemon's own events, told so that a trader understands them: start and stop, rules, clocks, access.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tradewarden.logs.events import Line
from tradewarden.logs.words import clipped, count, duration_text, listed, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradewarden.engine.change import Impact, RulesChange

MOST_PROBLEM_CHARACTERS = 9_000  # journald cuts a line of more than 48 KiB in two
MOST_NAMES = 50
MOST_IMPACTS_IN_WORDS = 3


def started_line(data: Mapping[str, Any]) -> Line:
    """
    Tell what runs, on which rules and against what.
    """
    message = (
        f"TradeWarden {data['version']} has started (process {data['pid']}, {data['mode']}): "
        f"{count(data['rules'], 'rule')} of {data['rules_file']}, state in {data['state']}, API {data['api_url']}."
    )
    names = ("version", "pid", "mode", "rules", "generation", "rules_file", "state", "api_url")
    fields = {name: data[name] if isinstance(data[name], int) else str(data[name]) for name in names}
    return Line(level="info", message=message, fields=fields)


def stopping_line(data: Mapping[str, Any]) -> Line:
    """
    Tell that the daemon is about to end.
    """
    signal = data["signal"]
    why = f" ({signal})" if signal else ""
    message = f"Stopping{why}: nothing new is begun, a cancel that is under way is finished."
    return Line(level="info", message=message, fields={"signal": signal or None})


def stopped_line(_data: Mapping[str, Any]) -> Line:
    """
    Tell that the daemon has ended in order.
    """
    return Line(level="info", message="Stopped.")


def failed_line(data: Mapping[str, Any]) -> Line:
    """
    Tell what keeps the daemon from starting, or has ended it.
    """
    problems: Sequence[str] = data["problems"]
    fields = {"exit_code": data["exit_code"], "problems": [clipped(text) for text in problems[:MOST_NAMES]]}
    if len(problems) == 1 and "\n" not in problems[0]:
        return Line(level="error", message=f"TradeWarden ends: {sentence(problems[0])}", fields=fields)
    message = f"TradeWarden ends: the rules file is invalid, {count(len(problems), 'problem')}."
    return Line(level="error", message=message, fields=fields)


def reloaded_line(data: Mapping[str, Any]) -> Line:
    """
    Tell what a reload changed, and what the changed rules would find now.
    """
    change: RulesChange = data["change"]
    impacts: Sequence[Impact] | None = data["impact"]
    message = f"Rules reloaded: {_changes_text(change) or 'nothing has changed'}"
    if impacts is None and (change.changed or change.added or change.mode):
        message += "; what they would match now could not be read"
    elif impacts:
        message += f"; {_impacts_text(impacts, change)}"
    fields = {
        "changed": change.changed[:MOST_NAMES],
        "added": change.added[:MOST_NAMES],
        "removed": change.removed[:MOST_NAMES],
        "settings": change.settings[:MOST_NAMES],
        "impact": None if impacts is None else [_impact_fields(impact) for impact in impacts[:MOST_NAMES]],
    }
    return Line(level="info", message=f"{message}.", fields=fields)


def refused_line(data: Mapping[str, Any]) -> Line:
    """
    Tell each problem of a rules file that was not taken, complete: place, source line and caret.
    """
    problems: Sequence[str] = data["problems"]
    message = f"The rules file is refused, the last good rules go on: {count(len(problems), 'problem')}."
    shown: list[str] = []
    room = MOST_PROBLEM_CHARACTERS
    for problem in problems:
        room -= len(problem)
        if room < 0 and shown:
            message += f" The first {len(shown)} are shown, `tradewarden check` shows all."
            break
        shown.append(clipped(problem, MOST_PROBLEM_CHARACTERS))
    return Line(level="error", message=message, fields={"problems": shown})


def warned_line(data: Mapping[str, Any]) -> Line:
    """
    Tell what the owner should mend in the rules file or its surroundings, though it works.
    """
    warnings: Sequence[str] = data["warnings"]
    message = f"It works, but look at this: {count(len(warnings), 'warning')}."
    return Line(
        level="warning", message=message, fields={"problems": [clipped(text) for text in warnings[:MOST_NAMES]]}
    )


def clock_stepped_line(data: Mapping[str, Any]) -> Line:
    """
    Tell that somebody set the wall clock.
    """
    by = _duration(data)
    where = "back" if by < timedelta(0) else "forward"
    message = f"The wall clock was set {where} by {duration_text(by)}. No hold runs and no cycle comes twice for that."
    return Line(level="warning", message=message, fields={"by_s": round(by.total_seconds(), 3)})


def clock_slept_line(data: Mapping[str, Any]) -> Line:
    """
    Tell that the machine was suspended.
    """
    slept = _duration(data)
    message = f"The machine slept for {duration_text(slept)}. What was due meanwhile is made up for by one cycle."
    return Line(level="info", message=message, fields={"slept_s": round(slept.total_seconds(), 3)})


def access_stopped_line(reason: str) -> Line:
    """
    Tell that nothing is cancelled until 3Commas accepts the credentials again.
    """
    message = f"TradeWarden no longer acts for this account: {sentence(reason)}"
    return Line(level="error", message=message, fields={"reason": clipped(reason)})


def access_regained_line() -> Line:
    """
    Tell that acting goes on.
    """
    return Line(level="info", message="3Commas accepts the credentials again: TradeWarden acts for this account.")


def _changes_text(change: RulesChange) -> str:
    """
    Write ``2 rules changed, 1 new``: the noun stands with the first number.
    """
    parts: list[str] = []
    for names, word in ((change.changed, "changed"), (change.added, "new"), (change.removed, "removed")):
        if names:
            parts.append(f"{len(names)} {word}" if parts else f"{count(len(names), 'rule')} {word}")
    if change.mode is not None:
        parts.append(f"the mode is {change.mode} now")
    others = tuple(name for name in change.settings if name != "mode" or change.mode is None)
    if others:
        parts.append(f"settings changed: {listed(others)}")
    return ", ".join(parts)


def _impacts_text(impacts: Sequence[Impact], change: RulesChange) -> str:
    parts = []
    for impact in impacts[:MOST_IMPACTS_IN_WORDS]:
        alone = {change.added: "the new one", change.changed: "the changed one"}
        who = alone.get((impact.rule,), impact.rule)
        holds = f" and be true of {impact.true_now}" if impact.true_now else ""
        parts.append(f"{who} would match {count(impact.matching, 'SmartTrade')} now{holds}")
    left = len(impacts) - MOST_IMPACTS_IN_WORDS
    return ", ".join(parts) + (f", and so on for {left} more" if left > 0 else "")


def _impact_fields(impact: Impact) -> dict[str, object]:
    return {"rule": impact.rule, "matching": impact.matching, "true_now": impact.true_now}


def _duration(data: Mapping[str, Any]) -> timedelta:
    """
    Return the one duration that the event tells, whatever it is called.
    """
    return next(value for value in data.values() if isinstance(value, timedelta))
