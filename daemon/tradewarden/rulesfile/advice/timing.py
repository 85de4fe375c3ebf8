"""
Advice about time: holds and windows that do not fit the cycle, and a gap that is shorter than a hold can bear.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import gcd
from typing import TYPE_CHECKING

from tradewarden.rules.origin import LONGEST_WINDOW, Held, Window, all_facts
from tradewarden.rulesfile.advice.desk import conditions_of
from tradewarden.rulesfile.pauses import Pauses, pauses_of
from tradewarden.rulesfile.problems import Severity
from tradewarden.rulesfile.values import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue

GAPS_IN_CYCLES = 2  # a hold survives a gap of so many cycles, whatever `hold_gap` says
LONGEST_GAP = timedelta(days=1)  # that `hold_gap` may be
NO_TIME = timedelta(0)
LATE = timedelta(minutes=1)  # a cycle may be


def about_timing(desk: Desk) -> Iterator[Issue]:
    """
    Warn of a `hold_gap` that is shorter than what any hold bears anyhow.
    """
    if desk.place("safety", "hold_gap") is None:
        return
    cycles = [_pauses(desk, rule).shortest for rule in desk.ruleset.enabled if rule.hold]
    known = [cycle for cycle in cycles if cycle is not None]
    gap = desk.settings.safety.hold_gap
    if known and len(known) == len(cycles):
        borne = min(known) * GAPS_IN_CYCLES
        if gap < borne:
            message = (
                f"a hold bears a gap of two cycles, {duration_text(borne)}, so {duration_text(gap)} changes nothing"
            )
            hint = f"write {duration_text(borne)} or more" if borne <= LONGEST_GAP else "leave `hold_gap` out"
            yield desk.warn(("safety", "hold_gap"), "hold-gap-idle", message, hint)


def about_rule_timing(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a hold and of windows that are shorter than the cycle, and of a hold that never comes to its end; note a
    hold that ends between two cycles.
    """
    yield from _about_windows(desk, index, rule)
    pauses = _pauses(desk, rule)
    cycle = pauses.shortest
    if cycle is None or rule.hold == NO_TIME:
        return
    borne = max(desk.settings.safety.hold_gap, cycle * GAPS_IN_CYCLES)
    jitter = (rule.schedule or desk.settings.schedule).jitter
    run = pauses.longest_run(up_to=borne + jitter)
    if run is not None and rule.hold > run + _slack(desk, rule):
        message = (
            f"a pause of more than {duration_text(borne)} begins a hold anew, and the cron expression comes for "
            f"{duration_text(run)} at most without one{_aside(desk)}, so this rule hardly ever fires"
        )
        yield desk.warn(("rules", index, "for"), "hold-never-reached", message, f"write less than {duration_text(run)}")
    elif rule.hold % cycle and not jitter and (run is None or rule.hold <= run):
        yield from _about_real_length(desk, index, rule, is_told=pauses.are_all(cycle, up_to=borne))


def _slack(desk: Desk, rule: Rule) -> timedelta:
    """
    Return how much longer than by its cron expression a run of cycles may be, on a day that has its 24 hours.
    """
    return LATE + (rule.schedule or desk.settings.schedule).jitter


def _aside(desk: Desk) -> str:
    return "" if desk.settings.timezone.key == "UTC" else ", the days aside on which clocks are changed"


def _about_real_length(desk: Desk, index: int, rule: Rule, *, is_told: bool) -> Iterator[Issue]:
    """
    Tell how long a hold is in fact that is no multiple of its cycle. *is_told*: every cycle of it surely is as long.

    It is not to be written as long as that: where a reading comes some milliseconds early, it waits for one more.
    """
    cycle = _pauses(desk, rule).shortest or NO_TIME
    is_timed = _is_timed(desk, rule)
    comes, real = _comes(cycle, is_timed=is_timed), duration_text(cycle * (rule.hold // cycle + 1))
    path = ("rules", index, "for")
    if rule.hold < cycle:
        message = f"{comes}, so this hold is in fact {real} long{'' if is_told else ' or longer'}"
        hint = f"leave it if that is meant, or {_more_often(desk, index, rule.hold, is_timed=is_timed)}"
        yield desk.warn(path, "hold-shorter-than-cycle", message, hint)
    elif is_told:
        message = f"{comes}, so this hold is in fact {real} long"
        issue = desk.warn(path, "hold-between-cycles", message, "leave it if that is meant")
        yield replace(issue, severity=Severity.NOTE)


def _pauses(desk: Desk, rule: Rule) -> Pauses:
    return pauses_of(rule.schedule or desk.settings.schedule)


def _about_windows(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a window that is shorter than the time between two readings: it reaches back to the one before.
    """
    pauses = _between_readings(desk)
    cycle = None if pauses is None else pauses.shortest
    if pauses is None or cycle is None or not rule.enabled:
        return
    is_timed = _is_timed(desk, rule)
    real = duration_text(cycle)
    more = "" if pauses.others is None else " or more"
    apart = _comes(cycle, is_timed=True) if is_timed else f"readings are {real} apart{more}"
    for path, condition in conditions_of(index, rule):
        for fact in all_facts(condition.expression):
            if not isinstance(fact.origin, Window | Held) or fact.origin.length >= cycle:
                continue
            is_told = pauses.are_all(cycle, up_to=fact.origin.length + cycle)
            reaches = f"{real} in fact, to the one before" if is_told else f"{real} or longer, to the one before"
            message = f"{apart}, so {fact.name} looks back {reaches}"
            longer = f"write {real} or more, or " if cycle <= LONGEST_WINDOW else ""
            hint = f"{longer}{_more_often(desk, index, fact.origin.length, is_timed=is_timed)}"
            yield desk.warn_in(path, fact.start, fact.end, "window-shorter-than-cycle", message, hint)


def _between_readings(desk: Desk) -> Pauses | None:
    """
    Return the pauses between two readings, whichever rules they are for; ``None`` if they are not known.
    """
    schedules = {rule.schedule or desk.settings.schedule for rule in desk.ruleset.enabled}
    intervals = [schedule.every for schedule in schedules if schedule.every is not None]
    if len(intervals) < len(schedules):
        return pauses_of(schedules.pop()) if len(schedules) == 1 else None
    # All intervals share a grid: what they have in common is the least that two readings are apart.
    nearest = gcd(*(interval // timedelta.resolution for interval in intervals)) * timedelta.resolution
    others = None if nearest in intervals else nearest
    return Pauses(overnight=frozenset({nearest}), others=others) if intervals else None


def _is_timed(desk: Desk, rule: Rule) -> bool:
    return (rule.schedule or desk.settings.schedule).cron is not None


def _comes(cycle: timedelta, *, is_timed: bool) -> str:
    length = duration_text(cycle)
    return (
        f"the times of the cron expression are {length} apart or more" if is_timed else f"a cycle comes every {length}"
    )


def _more_often(desk: Desk, index: int, wanted: timedelta, *, is_timed: bool) -> str:
    if is_timed:
        return "let the cron expression come more often"
    every = f"`every: {duration_text(wanted)}`"
    own = ("rules", index, "schedule", "every")
    if desk.place(*own) is not None:  # it cannot have both
        return f"write {every} on line {desk.document.key_span(own).line + 1}"
    return f"give the rule {every}"
