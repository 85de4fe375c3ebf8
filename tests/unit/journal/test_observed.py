"""
Tests for tradewarden.journal.observed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import START
from journal_samples import RULE, SMART_TRADE, make_price, moment
from tradewarden.errors import JournalError
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.memory import Hold, ListingMemory, Memory, PriceWatch
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from fakes import FakeClock

OTHER_TRADE = SmartTradeId(30428626)
HOLD = Hold(held=timedelta(seconds=60), last=moment(), fingerprint="text-1")
WATCH = PriceWatch(price=make_price(), since=moment())
MEMORY = Memory(
    holds={(RULE, SMART_TRADE): HOLD, (RULE, OTHER_TRADE): HOLD, ("another", SMART_TRADE): HOLD},
    prices={SMART_TRADE: WATCH, OTHER_TRADE: replace(WATCH, price=make_price(None))},
    listing=ListingMemory(accepted_count=12, odd_counts=(5, 4)),
)


async def save(journal: SqliteJournal, memory: Memory) -> None:
    await journal.save_memory(memory, mode=Mode.LIVE, resets=())


async def load(journal: SqliteJournal) -> Memory:
    return await journal.load_memory(mode=Mode.LIVE)


async def changes(journal: SqliteJournal) -> int:
    """
    Count the rows that this connection has written so far.
    """
    return await journal._database.run(lambda connection: connection.total_changes)


async def reloaded(folder: Path, clock: FakeClock) -> Memory:
    """
    Return what a daemon that starts now would find.
    """
    async with await SqliteJournal.open(folder, clock=clock) as other:
        return await load(other)


async def test_a_new_journal_has_observed_nothing(journal: SqliteJournal) -> None:
    assert await load(journal) == Memory()


async def test_memory_survives_a_restart(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    await save(journal, MEMORY)

    assert await load(journal) == MEMORY
    assert await reloaded(folder, clock) == MEMORY


async def test_it_is_of_no_mode(journal: SqliteJournal) -> None:
    await journal.save_memory(MEMORY, mode=Mode.DRY_RUN, resets=())

    assert await load(journal) == MEMORY


@pytest.mark.parametrize(
    "memory",
    [
        Memory(),
        replace(MEMORY, holds={(RULE, OTHER_TRADE): replace(HOLD, held=timedelta(seconds=120), fingerprint="text-2")}),
        replace(MEMORY, prices={SMART_TRADE: WATCH, SmartTradeId(1): WATCH}),
        replace(MEMORY, listing=ListingMemory(accepted_count=11)),
        replace(MEMORY, holds={key: replace(HOLD, last=moment(START + timedelta(1))) for key in MEMORY.holds}),
    ],
    ids=["nothing", "holds", "prices", "listing", "moments"],
)
async def test_the_new_replaces_the_old(journal: SqliteJournal, folder: Path, clock: FakeClock, memory: Memory) -> None:
    await save(journal, MEMORY)
    await save(journal, memory)

    assert await load(journal) == memory
    assert await reloaded(folder, clock) == memory


async def test_only_what_changed_is_written(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    holds = {(f"rule-{number % 100}", SmartTradeId(number)): HOLD for number in range(1, 2001)}
    await save(journal, Memory(holds=holds))
    before = await changes(journal)

    holds["rule-1", SmartTradeId(1)] = replace(HOLD, held=timedelta(hours=1))
    await save(journal, Memory(holds=holds))

    assert await changes(journal) == before + 1
    assert await reloaded(folder, clock) == Memory(holds=holds)


async def test_a_restarted_daemon_too_writes_only_what_changed(
    journal: SqliteJournal, folder: Path, clock: FakeClock
) -> None:
    await save(journal, MEMORY)
    async with await SqliteJournal.open(folder, clock=clock) as other:
        before = await changes(other)
        await save(other, MEMORY)
        assert await changes(other) == before


async def test_a_price_that_keeps_moving_is_not_written_each_time(
    journal: SqliteJournal, folder: Path, clock: FakeClock
) -> None:
    """
    It is once it has stood still: so a restart costs its clock one cycle at most, and the disk is spared.
    """
    moves = [Memory(prices={SMART_TRADE: replace(WATCH, price=make_price(f"0.{number}"))}) for number in range(1, 4)]
    for memory in moves:
        await save(journal, memory)

    assert await load(journal) == moves[2]
    assert await reloaded(folder, clock) == moves[0]

    before = await changes(journal)
    await save(journal, moves[2])
    await save(journal, moves[2])

    assert await reloaded(folder, clock) == moves[2]
    assert await changes(journal) == before + 1


async def test_a_process_that_saves_for_the_first_time_writes_what_moved(
    journal: SqliteJournal, folder: Path, clock: FakeClock
) -> None:
    """
    Else `run --once`, called again and again, would never see a price stand still.
    """
    await save(journal, MEMORY)
    moved = replace(MEMORY, prices={SMART_TRADE: replace(WATCH, price=make_price("0.7"))})
    async with await SqliteJournal.open(folder, clock=clock) as other:
        await save(other, moved)

    assert await reloaded(folder, clock) == moved


async def test_a_price_that_is_gone_is_not_written_any_more(
    journal: SqliteJournal, folder: Path, clock: FakeClock
) -> None:
    await save(journal, MEMORY)
    await save(journal, replace(MEMORY, prices={SMART_TRADE: replace(WATCH, price=make_price("0.7"))}))
    await save(journal, replace(MEMORY, prices={}))

    assert (await reloaded(folder, clock)).prices == {}


async def test_what_another_process_wrote_is_seen(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    await save(journal, MEMORY)
    async with await SqliteJournal.open(folder, clock=clock) as other:
        await save(other, Memory())

    assert await load(journal) == Memory()
    await save(journal, MEMORY)
    assert await reloaded(folder, clock) == MEMORY


async def test_a_failed_save_changes_nothing(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    await save(journal, MEMORY)
    too_large = replace(MEMORY, listing=ListingMemory(accepted_count=2**63))

    with pytest.raises(JournalError):
        await save(journal, replace(too_large, holds={}))

    assert await load(journal) == MEMORY
    await save(journal, Memory())
    assert await reloaded(folder, clock) == Memory()


async def test_what_cannot_be_read_is_not_guessed(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    await save(journal, MEMORY)

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE holds SET held_us = 'long'")

    await journal._database.run(spoil)

    with pytest.raises(JournalError, match="an observation that cannot be read"):
        await reloaded(folder, clock)
