"""
A rule read back in plain sentences: of whom it speaks, when it fires, what it cancels, and how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rules.match_claims import matches_meet
from tradewarden.rules.origin import Held, Window, all_facts
from tradewarden.rules.ruleset import AtPosition, Farthest, MatchKey, Nearest, RepeatPolicy, Where
from tradewarden.rules.speech import duration, like

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def sentences_of(
    rule: Rule, speech: Speech, *, schedule: Schedule, timezone: str, rules: Sequence[Rule] = ()
) -> tuple[str, ...]:
    """
    Return what *rule* does, a sentence each. *schedule* is the file's, for a rule without one of its own.

    *rules* are all of the file: what one of them keeps, no other takes.
    """
    return tuple(_sentences(rule, speech, rule.schedule or schedule, timezone, rules))


def _sentences(rule: Rule, speech: Speech, schedule: Schedule, timezone: str, rules: Sequence[Rule]) -> Iterator[str]:
    yield f"It looks {_when(schedule, timezone)} at {_whom(rule.match)}{_but(rule.except_)}."
    held = f", and this has been so in every cycle for {duration(rule.hold)}" if rule.hold else ""
    yield f"It fires when {speech.condition(rule.when.expression)}{held}."
    yield from _of_time(rule, timezone)
    keep = "1 live step stays" if rule.keep == 1 else f"{rule.keep} live steps stay"
    yield f"It cancels {_step(rule.cancel, speech)}, if at least {keep}."
    if isinstance(rule.cancel, Where):
        yield "Where that is true of more than one step, it cancels none."
    for other in rules:
        if other.enabled and other.keep > rule.keep and matches_meet(other, rule):
            yield f"Of a SmartTrade that {other.name} matches too, at least {other.keep} live steps stay."
    yield _how_often(rule.repeat)


def _of_time(rule: Rule, timezone: str) -> Iterator[str]:
    """
    Say what a condition that asks for the time, or looks back, rests on.
    """
    names = {fact.name for fact in all_facts(rule.when.expression)} & {"hour", "weekday"}
    if names:
        yield f"The {' and the '.join(sorted(names))} {'is that' if len(names) == 1 else 'are those'} of {timezone}."
    lengths = [fact.origin.length for fact in rule.when.beyond if isinstance(fact.origin, Window | Held)]
    if lengths:
        yield f"What looks back is unknown until the daemon has watched for {duration(max(lengths))}."


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
