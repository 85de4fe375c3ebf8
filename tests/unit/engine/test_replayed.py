"""
What was remembered at a moment of the past, worked out anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from factories import (
    RULE,
    SMART_TRADE,
    gap_of,
    make_listing,
    make_moment,
    make_price,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
)
from tradewarden.engine.decide import evaluate
from tradewarden.engine.replayed import memory_after
from tradewarden.engine.surroundings import NO_WINDOWS
from tradewarden.model.memory import ListingMemory, Memory

RULES = make_ruleset(make_rule(hold=timedelta(minutes=2)))
SETTINGS = make_settings()


@given(st.lists(st.sampled_from(["-6", "-6", "-4", None]), min_size=1, max_size=8))
def test_it_is_what_the_daemon_remembers(changes: list[str | None]) -> None:
    """Cycle by cycle, its holds and its prices."""
    memory = kept = Memory()
    for minute, day_change in enumerate(changes):
        trade = make_smart_trade(price=make_price(day_change=day_change))
        listing = make_listing(trade, seconds=60 * minute)
        memory = memory_after(listing, memory, RULES, settings=SETTINGS, hold_gap_of=gap_of(), plan=NO_WINDOWS)
        kept = evaluate(listing, RULES.rules, kept, settings=SETTINGS, hold_gap_of=gap_of()).memory

    assert memory.holds == kept.holds
    assert memory.prices == kept.prices


def test_a_suspicious_listing_was_not_believed() -> None:
    hold = evaluate(
        make_listing(make_smart_trade()), RULES.rules, Memory(), settings=SETTINGS, hold_gap_of=gap_of()
    ).memory.holds
    memory = Memory(holds=hold, listing=ListingMemory(accepted_count=9))
    listing = make_listing(make_smart_trade(), asked_at=make_moment(60))

    after = memory_after(listing, memory, RULES, settings=SETTINGS, hold_gap_of=gap_of(), plan=NO_WINDOWS)

    assert after == replace(memory, listing=ListingMemory(accepted_count=9, odd_counts=(1,)))
    assert (RULE, SMART_TRADE) in after.holds
