"""
A listing that is too strange to be news: a fault until three cycles in a row have said the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.model.memory import ListingMemory

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import CurrentPrice, Listing

SMALLEST_LISTING = 5  # below, half of it is one or two SmartTrades: ordinary
CYCLES_TO_ACCEPT = 3


def known_count(listing: Listing) -> int:
    """
    Count the SmartTrades that could be read with a price.
    """
    return sum(_is_known(trade.price) for trade in listing.smart_trades)


def _is_known(price: CurrentPrice) -> bool:
    # By `is`: to ask a Decimal whether it equals None takes longer than everything else here.
    return not (price.bid is None or price.ask is None or price.last is None or price.day_change_pct is None)


def judge_listing(listing: Listing, memory: ListingMemory | None) -> tuple[str | None, ListingMemory]:
    """
    Return why the listing is suspicious (``None``: it is accepted), and what to remember of it.

    Suspicious is one in which half or more of the SmartTrades that were known are missing or turned unknown. The
    third in a row that says the same is still not acted on, but it is what the next ones are compared with.
    """
    count = known_count(listing)
    if memory is None or not _is_odd(memory.accepted_count, count):
        return None, ListingMemory(accepted_count=count)
    reason = f"only {count} SmartTrades are readable with a price, {memory.accepted_count} were before"
    odd_counts = (*memory.odd_counts, count)
    if memory.odd_counts and not _is_consistent(memory.odd_counts[-1], count):
        odd_counts = (count,)  # another picture again: count anew
    if len(odd_counts) >= CYCLES_TO_ACCEPT:
        return reason, ListingMemory(accepted_count=count)
    return reason, ListingMemory(accepted_count=memory.accepted_count, odd_counts=odd_counts)


def _is_odd(before: int, now: int) -> bool:
    return before >= SMALLEST_LISTING and now * 2 <= before


def _is_consistent(before: int, now: int) -> bool:
    return before == now or min(before, now) * 2 > max(before, now)
