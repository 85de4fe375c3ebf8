"""
Tests for tradewarden.journal.ledger.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import START
from journal_samples import RULE, SMART_TRADE, TRADE, fingerprint, make_intent, make_outcome, make_verdict, moment
from tradewarden.errors import JournalError
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Memory
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3

    from fakes import FakeClock
    from tradewarden.journal.sqlite import SqliteJournal
    from tradewarden.model.memory import Ledger

KEY = (RULE, SMART_TRADE)
LONG_AGO = timedelta(hours=26)
CONSUMING = [Outcome.CANCELLED, Outcome.GONE, Outcome.FILLED, Outcome.ENDED]
WITHOUT_EFFECT = [Outcome.REJECTED, Outcome.NOT_APPLIED, Outcome.NOT_SENT]


async def attempt(
    journal: SqliteJournal, outcome: Outcome | None, *, trade_id: int = TRADE, smart_trade_id: int = SMART_TRADE
) -> None:
    """
    Send a DELETE now, as the journal sees it; without an outcome it stays open.
    """
    at = journal._clock.now()
    intent = make_intent(trade_id=TradeId(trade_id), smart_trade_id=SmartTradeId(smart_trade_id), at=at)
    intent_id = await journal.record_intent(intent)
    if outcome is not None:
        await journal.settle(intent_id, make_verdict(outcome), at=at)


async def would_cancel(journal: SqliteJournal, *, mode: Mode = Mode.DRY_RUN) -> None:
    row = make_outcome(Outcome.WOULD_CANCEL)
    await journal.record_outcome(row, cycle_id="cycle-1", mode=mode, at=journal._clock.now())


async def false_now(journal: SqliteJournal, *, mode: Mode = Mode.LIVE) -> None:
    await journal.save_memory(Memory(), mode=mode, resets=[KEY, ("another", SMART_TRADE)])


async def live(journal: SqliteJournal) -> Ledger:
    return await journal.ledger(mode=Mode.LIVE)


async def test_a_new_journal_remembers_nothing(journal: SqliteJournal) -> None:
    ledger = await live(journal)

    assert ledger.attempts == ()
    assert ledger.reset_since == ledger.put_off == frozenset()
    assert ledger.sent_steps == frozenset()
    assert ledger.set_aside == {}


class TestAttempts:
    @pytest.mark.parametrize("outcome", [None, *CONSUMING, *WITHOUT_EFFECT])
    async def test_those_of_late_are_all_there(self, journal: SqliteJournal, outcome: Outcome | None) -> None:
        await attempt(journal, outcome)

        assert (await live(journal)).attempts == (
            Attempt(
                rule=RULE,
                smart_trade_id=SMART_TRADE,
                trade_id=TRADE,
                at=START,
                outcome=outcome,
                fingerprint=fingerprint(),
            ),
        )

    async def test_they_come_newest_first(self, journal: SqliteJournal) -> None:
        for trade_id in (1, 2, 3):
            await attempt(journal, Outcome.CANCELLED, trade_id=trade_id)

        assert [attempt.trade_id for attempt in (await live(journal)).attempts] == [3, 2, 1]

    @pytest.mark.parametrize("outcome", [None, *CONSUMING])
    async def test_what_consumes_repeat_is_never_forgotten(
        self, journal: SqliteJournal, clock: FakeClock, outcome: Outcome | None
    ) -> None:
        await attempt(journal, outcome)
        clock.advance(timedelta(days=1000))

        assert len((await live(journal)).attempts) == 1

    async def test_of_the_old_ones_the_newest_of_each_rule_and_smart_trade_is_enough(
        self, journal: SqliteJournal, clock: FakeClock
    ) -> None:
        await attempt(journal, Outcome.CANCELLED, trade_id=1)
        await attempt(journal, Outcome.CANCELLED, trade_id=2)
        await attempt(journal, Outcome.CANCELLED, trade_id=3, smart_trade_id=7)
        await attempt(journal, Outcome.NOT_SENT, trade_id=4)
        clock.advance(LONG_AGO)

        assert [attempt.trade_id for attempt in (await live(journal)).attempts] == [3, 2]

    @pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.NOT_APPLIED])
    async def test_failures_hold_a_target_back_until_the_owner_arms(
        self, journal: SqliteJournal, clock: FakeClock, outcome: Outcome
    ) -> None:
        for _ in range(3):
            await attempt(journal, outcome)
        clock.advance(LONG_AGO)
        assert len((await live(journal)).attempts) == 3

        await journal.arm(reason="try again")

        assert (await live(journal)).attempts == ()

    async def test_an_attempt_dated_in_the_future_still_counts(self, journal: SqliteJournal, clock: FakeClock) -> None:
        await attempt(journal, Outcome.REJECTED)
        clock.step_wall(-timedelta(days=2))

        assert len((await live(journal)).attempts) == 1

    async def test_one_that_cannot_be_read_is_an_error(self, journal: SqliteJournal) -> None:
        await attempt(journal, None)

        def spoil(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE intents SET outcome = 'exploded'")

        await journal._database.run(spoil)

        with pytest.raises(JournalError, match="an attempt that cannot be read"):
            await live(journal)


class TestDryRun:
    async def test_it_has_a_ledger_of_its_own(self, journal: SqliteJournal) -> None:
        """
        Going live starts clean, and what live did does not keep the dry run from telling.
        """
        await attempt(journal, Outcome.CANCELLED, trade_id=1)
        await would_cancel(journal)

        dry = await journal.ledger(mode=Mode.DRY_RUN)
        assert dry.attempts == (
            Attempt(
                rule=RULE,
                smart_trade_id=SMART_TRADE,
                trade_id=TRADE,
                at=START,
                outcome=Outcome.WOULD_CANCEL,
                fingerprint=None,
            ),
        )
        assert [attempt.trade_id for attempt in (await live(journal)).attempts] == [1]

    async def test_a_would_cancel_is_never_forgotten(self, journal: SqliteJournal, clock: FakeClock) -> None:
        await would_cancel(journal)
        await would_cancel(journal)
        assert len((await journal.ledger(mode=Mode.DRY_RUN)).attempts) == 2
        clock.advance(LONG_AGO)

        assert len((await journal.ledger(mode=Mode.DRY_RUN)).attempts) == 1

    async def test_its_resets_are_its_own(self, journal: SqliteJournal) -> None:
        await would_cancel(journal)
        await attempt(journal, Outcome.CANCELLED)
        await false_now(journal, mode=Mode.DRY_RUN)

        assert (await journal.ledger(mode=Mode.DRY_RUN)).reset_since == {KEY}
        assert (await live(journal)).reset_since == frozenset()

    async def test_the_next_would_cancel_ends_a_reset(self, journal: SqliteJournal) -> None:
        await would_cancel(journal)
        await false_now(journal, mode=Mode.DRY_RUN)
        await would_cancel(journal)

        assert (await journal.ledger(mode=Mode.DRY_RUN)).reset_since == frozenset()


class TestResets:
    async def test_a_condition_that_was_false_after_the_attempt_is_reset(self, journal: SqliteJournal) -> None:
        await attempt(journal, Outcome.CANCELLED)
        assert (await live(journal)).reset_since == frozenset()

        await false_now(journal)
        await false_now(journal)

        assert (await live(journal)).reset_since == {KEY}

    async def test_before_the_attempt_it_does_not_count(self, journal: SqliteJournal) -> None:
        await false_now(journal)
        await attempt(journal, Outcome.CANCELLED)

        assert (await live(journal)).reset_since == frozenset()

    @pytest.mark.parametrize("outcome", [None, *CONSUMING])
    async def test_the_next_attempt_ends_it(self, journal: SqliteJournal, outcome: Outcome | None) -> None:
        await attempt(journal, Outcome.CANCELLED, trade_id=1)
        await false_now(journal)
        await attempt(journal, outcome, trade_id=2)
        assert (await live(journal)).reset_since == frozenset()

        await false_now(journal)

        assert (await live(journal)).reset_since == {KEY}

    @pytest.mark.parametrize("outcome", WITHOUT_EFFECT)
    async def test_an_attempt_without_effect_does_not_end_it(self, journal: SqliteJournal, outcome: Outcome) -> None:
        """
        It does not consume `repeat`, so the rule may still have the cancel that the reset gave it.
        """
        await attempt(journal, Outcome.CANCELLED, trade_id=1)
        await false_now(journal)
        await attempt(journal, outcome, trade_id=2)

        assert (await live(journal)).reset_since == {KEY}


class TestPutOff:
    async def record(self, journal: SqliteJournal, outcome: Outcome) -> None:
        await journal.record_outcome(make_outcome(outcome), cycle_id="cycle-1", mode=Mode.LIVE, at=moment())

    @pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.DEFERRED])
    async def test_what_was_denied_or_deferred_last_time_is(self, journal: SqliteJournal, outcome: Outcome) -> None:
        await self.record(journal, outcome)

        assert (await live(journal)).put_off == {KEY}

    async def test_what_was_acted_on_since_is_not(self, journal: SqliteJournal) -> None:
        await self.record(journal, Outcome.DENIED)
        await attempt(journal, None)

        assert (await live(journal)).put_off == frozenset()


class TestSentSteps:
    @pytest.mark.parametrize("outcome", [None, *CONSUMING, Outcome.REJECTED, Outcome.NOT_APPLIED])
    async def test_a_step_that_had_a_delete_never_counts_again(
        self, journal: SqliteJournal, clock: FakeClock, outcome: Outcome | None
    ) -> None:
        await attempt(journal, outcome)
        clock.advance(timedelta(days=1000))

        assert (await live(journal)).sent_steps == {TRADE}

    async def test_one_whose_delete_never_went_out_does(self, journal: SqliteJournal) -> None:
        await attempt(journal, Outcome.NOT_SENT)

        assert (await live(journal)).sent_steps == frozenset()

    async def test_a_breach_is_never_forgotten(self, journal: SqliteJournal, clock: FakeClock) -> None:
        await attempt(journal, Outcome.BREACH)
        clock.advance(LONG_AGO)

        ledger = await live(journal)
        assert [attempt.outcome for attempt in ledger.attempts] == [Outcome.BREACH]
        assert not ledger.armed
        assert ledger.sent_steps == {TRADE}
