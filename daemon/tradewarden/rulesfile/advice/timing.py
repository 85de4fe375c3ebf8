"""
Advice about time: holds that end between two cycles, and a gap that is shorter than a hold can bear.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

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
    Warn of a hold that is shorter than the cycle; note one that ends between two cycles.
    """
    every = (rule.schedule or desk.settings.schedule).every
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
