"""
How large a day of minutes of a thousand SmartTrades is, by an hour of it.
"""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

from day_of_minutes import MINUTE, PLAN, Market, judged
from fakes import FakeClock
from tradewarden.journal.folder import JOURNAL_FILE
from tradewarden.journal.samples import KEPT_FOR, TIDY_EVERY
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.history import SAMPLES_IN_A_BLOCK
from tradewarden.model.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradewarden.model.smart_trade import Listing

MIB = 1 << 20
ON_DISK = KEPT_FOR // MINUTE + TIDY_EVERY  # samples, just before the journal is tidied
BLOCKS = PLAN.reach // (MINUTE * SAMPLES_IN_A_BLOCK) + 2  # in memory: the oldest in part, and those not yet whole


async def _recorded(folder: Path, clock: FakeClock, market: Iterator[Listing], *, cycles: int) -> int:
    """
    Let a daemon run for some cycles, and return how large its journal is then.
    """
    async with await SqliteJournal.open(folder, clock=clock, create=True) as journal:
        memory = Memory(history=await journal.load_history(columns=PLAN.columns, reach=PLAN.reach))
        for _ in range(cycles):
            listing = next(market)
            found = judged(listing, memory)
            memory = found.memory
            assert found.sample is not None
            await journal.keep_sample(found.sample, listing, history=memory.history)
    return (folder / JOURNAL_FILE).stat().st_size


async def test_a_day_of_a_thousand_smart_trades_is_small(tmp_path: Path) -> None:
    """
    Under 50 MiB on disk and 20 MiB in memory: what the first cycle takes, and as much again for each as for one of
    the first hour.
    """
    clock = FakeClock()

    def minutes() -> Iterator[Listing]:
        market = Market()
        while True:
            clock.advance(MINUTE)
            yield market.listing(clock.now())

    market = minutes()
    first = await _recorded(tmp_path, clock, market, cycles=1)
    both = await _recorded(tmp_path, clock, market, cycles=SAMPLES_IN_A_BLOCK - 1)

    on_disk = first + (both - first) / (SAMPLES_IN_A_BLOCK - 1) * (ON_DISK - 1)
    tracemalloc.start()
    async with await SqliteJournal.open(tmp_path, clock=clock) as journal:
        history = await journal.load_history(columns=PLAN.columns, reach=PLAN.reach)
        for column in PLAN.columns:
            history.extremes_since(0, column)
        in_memory = tracemalloc.get_traced_memory()[0] * BLOCKS
    tracemalloc.stop()

    assert len(history.blocks) == 1
    assert on_disk < 50 * MIB
    assert in_memory < 20 * MIB
