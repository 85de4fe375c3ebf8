"""
A rule read back in plain sentences: of whom it speaks, when it fires, what it cancels, and how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rules.ruleset import AtPosition, Farthest, MatchKey, Nearest, RepeatPolicy
from tradewarden.rules.speech import duration, like

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.model.settings import Schedule
    from tradewarden.rules.ruleset import Match, Repeat, Rule, Selector
    from tradewarden.rules.speech import Speech

_KEYS = {
    MatchKey.ID: "id",
    MatchKey.PAIR: "pair",
    MatchKey.QUOTE: "quote currency",
    MatchKey.SIDE: "side",
    MatchKey.ACCOUNT_ID: "account",
    MatchKey.EXCHANGE: "exchange",
    MatchKey.KIND: "kind",
    MatchKey.NOTE: "note",
}


def sentences_of(rule: Rule, speech: Speech, *, schedule: Schedule, timezone: str) -> tuple[str, ...]:
    """
    Return what *rule* does, a sentence each. *schedule* is the file's, for a rule without one of its own.
    """
    return tuple(_sentences(rule, speech, rule.schedule or schedule, timezone))


def _sentences(rule: Rule, speech: Speech, schedule: Schedule, timezone: str) -> Iterator[str]:
    yield f"It looks {_when(schedule, timezone)} at {_whom(rule.match)}{_but(rule.except_)}."
    held = f", and this has been so in every cycle for {duration(rule.hold)}" if rule.hold else ""
    yield f"It fires when {speech.condition(rule.when.expression)}{held}."
    keep = "1 live step stays" if rule.keep == 1 else f"{rule.keep} live steps stay"
    yield f"It cancels {_step(rule.cancel, speech)}, if at least {keep}."
    yield _how_often(rule.repeat)


def _when(schedule: Schedule, timezone: str) -> str:
    jitter = f", up to {duration(schedule.jitter)} late" if schedule.jitter else ""
    if schedule.every is not None and schedule.cron is None:
        return f"every {duration(schedule.every)}{jitter}"
    return f'at the times of cron "{schedule.cron}" ({timezone}){jitter}'


def _whom(match: Match) -> str:
    if not match.patterns:
        return "every open SmartTrade"
    return f"every open SmartTrade whose {_asked(match)}"


def _but(except_: Match | None) -> str:
    return "" if except_ is None else f", but not at one whose {_asked(except_)}"


def _asked(match: Match) -> str:
    return " and whose ".join(
        f"{_KEYS[key]} {' or '.join(like(pattern, holds=True) for pattern in patterns)}"
        for key, patterns in match.patterns.items()
    )


def _step(selector: Selector, speech: Speech) -> str:
    match selector:
        case Farthest():
            return "the take-profit step that is farthest in the trade's favour"
        case Nearest():
            return "the take-profit step that is nearest in the trade's favour"
        case AtPosition(position=position):
            return f"the take-profit step at position {position}"
        case _:
            return (
                f"the one take-profit step of which it is true that {speech.condition(selector.condition.expression)}"
            )


def _how_often(repeat: Repeat) -> str:
    match repeat.policy:
        case RepeatPolicy.NEVER:
            return "It cancels one step of a SmartTrade, and never another of the same."
        case RepeatPolicy.ON_RESET:
            return "It cancels another step of the same SmartTrade only after its condition was false in between."
        case _:
            return f"It cancels another step of the same SmartTrade after {duration(repeat.after)} at the earliest."
