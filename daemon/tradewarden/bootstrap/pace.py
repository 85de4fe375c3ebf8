"""
How often each rule of a file is asked, and what follows from that: which gaps a hold survives, and how windows fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.window_plan import plan_windows
from tradewarden.service.triggers import cycle_length

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.loader import RulesFile

GAPS_IN_CYCLES = 2  # a hold survives a gap of so many cycles, or of `hold_gap`, whichever is more


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """
    *hold_gap_of* tells how far apart two readings may be for a rule's hold to go on.
    """

    hold_gap_of: Callable[[Rule], timedelta]
    plan: WindowPlan


def pace_of(rules: RulesFile, *, now: datetime) -> Pace:
    """
    Work out the pace of a file's rules, as its schedules run from *now* on.
    """
    settings, ruleset = rules.settings, rules.ruleset
    lengths = {
        rule.name: cycle_length(rule.schedule or settings.schedule, settings.timezone, now=now)
        for rule in ruleset.rules
    }
    gaps = {name: max(settings.safety.hold_gap, length * GAPS_IN_CYCLES) for name, length in lengths.items()}
    return Pace(
        hold_gap_of=lambda rule: gaps[rule.name], plan=plan_windows(ruleset.enabled, lambda rule: lengths[rule.name])
    )
