"""
Tests for tradewarden.journal.control.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import START
from journal_samples import SMART_TRADE, make_intent, make_verdict, moment
from tradewarden.errors import JournalError, NotPermitted
from tradewarden.journal.rows import JournalEvent
from tradewarden.model.memory import Penalty, SetAside
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    import sqlite3

    from fakes import FakeClock
    from tradewarden.journal.sqlite import SqliteJournal


async def test_a_new_journal_is_armed(journal: SqliteJournal) -> None:
    assert await journal.is_armed()
    assert (await journal.ledger(mode=Mode.LIVE)).armed_at is None


async def test_disarmed_is_disarmed_until_the_owner_arms(journal: SqliteJournal, clock: FakeClock) -> None:
    await journal.disarm(reason="going on holiday")
    assert not await journal.is_armed()
    assert not (await journal.ledger(mode=Mode.LIVE)).armed
    clock.advance(timedelta(days=14))

    await journal.arm(reason="back again")

    assert await journal.is_armed()
    ledger = await journal.ledger(mode=Mode.LIVE)
    assert ledger.armed
    assert ledger.armed_at == START + timedelta(days=14)
    assert await journal.rows() == [
        JournalEvent(id=2, at=START + timedelta(days=14), event="armed", reason="back again"),
        JournalEvent(id=1, at=START, event="disarmed", reason="going on holiday"),
    ]


async def test_disarming_keeps_when_the_owner_armed(journal: SqliteJournal) -> None:
    await journal.arm(reason="hello")
    await journal.disarm(reason="bye")

    assert (await journal.ledger(mode=Mode.LIVE)).armed_at == START


async def test_a_breach_is_an_event_of_its_own(journal: SqliteJournal) -> None:
    await journal.disarm(reason="the stop loss is gone", event="breach")

    rows = await journal.rows()
    assert rows == [JournalEvent(id=1, at=START, event="breach", reason="the stop loss is gone")]


async def test_an_event_that_does_not_exist_changes_nothing(journal: SqliteJournal) -> None:
    with pytest.raises(JournalError):
        await journal.disarm(reason="oops", event="exploded")

    assert await journal.is_armed()
    assert await journal.rows() == []


async def test_a_journal_without_its_switch_is_not_armed(journal: SqliteJournal) -> None:
    def lose_it(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM switch")

    await journal._database.run(lose_it)

    assert not await journal.is_armed()
    assert not (await journal.ledger(mode=Mode.LIVE)).armed
    with pytest.raises(NotPermitted):
        await journal.record_intent(make_intent())


async def test_arming_lifts_what_waits_for_the_owner(journal: SqliteJournal) -> None:
    intent_id = await journal.record_intent(make_intent())
    await journal.settle(intent_id, make_verdict(set_aside=True), at=moment())
    await journal.stop_access("401")

    await journal.arm(reason="looked at it")

    assert (await journal.ledger(mode=Mode.LIVE)).set_aside == {}
    assert await journal.access_stopped() is None


async def test_set_aside_lasts_a_day_and_is_never_shortened(journal: SqliteJournal, clock: FakeClock) -> None:
    for trade_id, wall in ((1, START), (2, START - timedelta(hours=1))):
        intent_id = await journal.record_intent(make_intent(trade_id=trade_id))
        verdict = make_verdict(set_aside=True, detail=f"step {trade_id} changed")
        await journal.settle(intent_id, verdict, at=moment(wall))

    until = START + timedelta(hours=24)
    ledger = await journal.ledger(mode=Mode.LIVE)
    assert ledger.set_aside == {SMART_TRADE: SetAside(until=until, reason="step 2 changed")}
    clock.advance(timedelta(hours=24))
    assert (await journal.ledger(mode=Mode.LIVE)).set_aside == {}


async def test_a_stopped_account_is_remembered_with_its_reason(journal: SqliteJournal) -> None:
    assert await journal.access_stopped() is None

    await journal.stop_access("the key was revoked")
    assert await journal.access_stopped() == "the key was revoked"
    await journal.stop_access(None)

    assert await journal.access_stopped() is None


async def test_the_last_penalty_is_remembered(journal: SqliteJournal) -> None:
    assert await journal.penalty() is None
    first = Penalty(began=moment(), pause=timedelta(seconds=300), bans=0, reason="429")
    second = Penalty(began=moment(START + timedelta(hours=1)), pause=timedelta(days=3), bans=2, reason="418")

    await journal.record_penalty(first)
    assert await journal.penalty() == first
    await journal.record_penalty(second)

    assert await journal.penalty() == second


async def test_a_penalty_that_cannot_be_read_is_not_taken_for_none(journal: SqliteJournal) -> None:
    await journal.record_penalty(Penalty(began=moment(), pause=timedelta(seconds=300), bans=0, reason="429"))

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE penalties SET began_wall = 'yesterday'")

    await journal._database.run(spoil)

    with pytest.raises(JournalError, match="a penalty that cannot be read"):
        await journal.penalty()
