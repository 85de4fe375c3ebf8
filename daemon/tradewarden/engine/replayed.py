"""
What the daemon remembered at a moment of the past, worked out anew from the cycles that were recorded before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.engine.decide import evaluate
from tradewarden.engine.suspicion import judge_listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.memory import Memory
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing
    from tradewarden.rules.ruleset import Rule, RuleSet


def memory_after(
    listing: Listing,
    memory: Memory,
    ruleset: RuleSet,
    *,
    settings: Settings,
    hold_gap_of: Callable[[Rule], timedelta],
    plan: WindowPlan,
) -> Memory:
    """
    Return the memory after a cycle that read *listing*, had these rules been in force.

    A second read that ended a hold is not recorded, and so not known here.
    """
    suspicious, listing_memory = judge_listing(listing, memory.listing)
    if suspicious is None:
        memory = evaluate(
            listing, ruleset.enabled, memory, settings=settings, hold_gap_of=hold_gap_of, plan=plan
        ).memory
    return replace(memory, listing=listing_memory)
