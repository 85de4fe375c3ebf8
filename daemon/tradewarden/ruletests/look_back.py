"""
How far a rule looks back: so long a test must be for the rule to have had its time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.window_plan import conditions_of
from tradewarden.rules.origin import Held, Window

if TYPE_CHECKING:
    from tradewarden.rules.ruleset import Rule


def needed_history(rule: Rule) -> timedelta:
    """
    Return over how long readings are needed for *rule* to decide: its hold, and the longest of its windows.
    """
    lengths = [
        fact.origin.length
        for condition in conditions_of(rule)
        for fact in condition.beyond
        if isinstance(fact.origin, Window | Held)
    ]
    return rule.hold + max(lengths, default=timedelta(0))
