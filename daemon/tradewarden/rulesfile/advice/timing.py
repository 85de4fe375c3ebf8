"""
Advice about time: holds and windows that do not fit the cycle, and a gap that is shorter than a hold can bear.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.rules.origin import Held, Window, all_facts
from tradewarden.rulesfile.advice.desk import conditions_of
from tradewarden.rulesfile.problems import Severity
from tradewarden.rulesfile.values import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue

GAPS_IN_CYCLES = 2  # a hold survives a gap of so many cycles, whatever `hold_gap` says
NO_TIME = timedelta(0)


def about_timing(desk: Desk) -> Iterator[Issue]:
    """
    Warn of a `hold_gap` that is shorter than what any hold bears anyhow.
    """
    if desk.place("safety", "hold_gap") is None:
        return
    cycles = [
        every
        for rule in desk.ruleset.enabled
        if rule.hold and (every := (rule.schedule or desk.settings.schedule).every) is not None
    ]
    gap = desk.settings.safety.hold_gap
    if cycles and len(cycles) == sum(bool(rule.hold) for rule in desk.ruleset.enabled):
        borne = min(cycles) * GAPS_IN_CYCLES
        if gap < borne:
            message = (
                f"a hold bears a gap of two cycles, {duration_text(borne)}, so {duration_text(gap)} changes nothing"
            )
            yield desk.warn(("safety", "hold_gap"), "hold-gap-idle", message, f"write {duration_text(borne)} or more")


def about_rule_timing(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a hold and of windows that are shorter than the cycle; note a hold that ends between two cycles.
    """
    every = (rule.schedule or desk.settings.schedule).every
    yield from _about_windows(desk, index, rule)
    if every is None or rule.hold == NO_TIME or rule.hold % every == NO_TIME:
        return
    real = every * (rule.hold // every + 1)
    message = f"a cycle comes every {duration_text(every)}, so this hold is in fact {duration_text(real)} long"
    path = ("rules", index, "for")
    if rule.hold < every:
        hint = f"write {duration_text(real)}, or give the rule `every: {duration_text(rule.hold)}`"
        yield desk.warn(path, "hold-shorter-than-cycle", message, hint)
    else:
        issue = desk.warn(path, "hold-between-cycles", message, f"write {duration_text(real)} to say so")
        yield replace(issue, severity=Severity.NOTE)


def _about_windows(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a window that is shorter than the time between two readings: it reaches back to the one before.
    """
    cycles = [(other.schedule or desk.settings.schedule).every for other in desk.ruleset.enabled]
    known = [every for every in cycles if every is not None]
    if not known or len(known) < len(cycles) or not rule.enabled:
        return  # a cron expression has no interval: who knows what it reads in between
    every = min(known)
    for path, condition in conditions_of(index, rule):
        for fact in all_facts(condition.expression):
            if not isinstance(fact.origin, Window | Held) or fact.origin.length >= every:
                continue
            length, real = duration_text(fact.origin.length), duration_text(every)
            message = f"readings are {real} apart, so {fact.name} looks back {real} in fact, to the one before"
            hint = f"write {real} or more, or give the rule `every: {length}`"
            yield desk.warn_in(path, fact.start, fact.end, "window-shorter-than-cycle", message, hint)
