"""
Tests for tradewarden.journal.standing, and what of tradewarden.journal.control it reads.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import START
from journal_samples import make_intent, make_outcome, make_verdict, moment
from tradewarden.errors import JournalError
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Penalty
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.model.standing import Standing, Stop, Switch, Turn

if TYPE_CHECKING:
    import sqlite3

    from fakes import FakeClock
    from tradewarden.journal.sqlite import SqliteJournal

HOUR = timedelta(hours=1)


async def test_a_new_journal_holds_nothing_back(journal: SqliteJournal) -> None:
    assert await journal.standing() == Standing(switch=Switch(armed=True))


async def test_who_armed_last_and_why(journal: SqliteJournal, clock: FakeClock) -> None:
    for reason in ("first", "second"):
        await journal.disarm(reason="holiday")
        clock.advance(HOUR)
        await journal.arm(reason=reason)

    switch = (await journal.standing()).switch

    assert switch == Switch(armed=True, turns=(Turn(event="armed", reason="second", at=START + 2 * HOUR),))


async def test_all_that_disarmed_since_the_owner_armed(journal: SqliteJournal, clock: FakeClock) -> None:
    """In the order in which it happened, whatever the clock said."""
    await journal.disarm(reason="long ago")
    await journal.arm(reason="back")
    clock.step_wall(-HOUR)
    await journal.disarm(reason="a wild market")
    await journal.record_outcome(make_outcome(), cycle_id="cycle-1", mode=Mode.LIVE, at=clock.now())
    clock.advance(2 * HOUR)
    await journal.disarm(reason="the stop loss is gone", event="breach")

    switch = (await journal.standing()).switch

    assert switch == Switch(
        armed=False,
        turns=(
            Turn(event="disarmed", reason="a wild market", at=START - HOUR),
            Turn(event="breach", reason="the stop loss is gone", at=START + HOUR),
        ),
    )


async def test_a_breach_of_a_settled_cancel_is_a_turn(journal: SqliteJournal) -> None:
    intent_id = await journal.record_intent(make_intent())
    await journal.settle(intent_id, make_verdict(Outcome.BREACH, detail="the stop loss is gone"), at=moment())

    turn = (await journal.standing()).switch.turn

    assert turn is not None
    assert turn.event == "breach"
    assert turn.reason == "SmartTrade 30428625 (USDT_DOGE): the stop loss is gone"


async def test_what_holds_the_daemon_back_and_what_is_open(journal: SqliteJournal) -> None:
    penalty = Penalty(began=moment(), pause=timedelta(minutes=5), bans=0, reason="429")
    await journal.record_penalty(penalty)
    await journal.stop_access("the key was revoked")
    await journal.record_intent(make_intent())
    await journal.record_intent(make_intent(smart_trade_id=SmartTradeId(7)))

    standing = await journal.standing()

    assert standing.access == Stop(reason="the key was revoked", since=START)
    assert standing.penalty == penalty
    assert [question.intent.smart_trade_id for question in standing.questions] == [30428625, 7]


async def test_an_account_is_stopped_since_the_first_reason(journal: SqliteJournal, clock: FakeClock) -> None:
    """Each cycle says so again; an owner wants to know since when."""
    await journal.stop_access("401")
    clock.advance(HOUR)
    await journal.stop_access("still 401")

    assert (await journal.standing()).access == Stop(reason="still 401", since=START)

    await journal.stop_access(None)
    assert (await journal.standing()).access is None
    clock.advance(HOUR)
    await journal.stop_access("401 again")

    assert (await journal.standing()).access == Stop(reason="401 again", since=START + 2 * HOUR)


@pytest.mark.parametrize(
    ("spoiling", "what"),
    [
        ("UPDATE log SET at = 'yesterday'", "a turn of the kill switch"),
        ("UPDATE access SET since = 'yesterday'", "why acting was stopped"),
    ],
)
async def test_what_cannot_be_read_is_said(journal: SqliteJournal, spoiling: str, what: str) -> None:
    await journal.stop_access("401")
    await journal.disarm(reason="holiday")

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute(spoiling)

    await journal._database.run(spoil)

    with pytest.raises(JournalError, match=what):
        await journal.standing()
