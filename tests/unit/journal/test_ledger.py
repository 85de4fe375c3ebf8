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
from tradewarden.journal.queries import load_queries
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Memory
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from fakes import FakeClock
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


class TestOfSome:
    """
    Asked about some SmartTrades, the ledger says of them what the whole one does, however long the past.
    """

    OTHER = SmartTradeId(7)

    async def fill(self, journal: SqliteJournal, clock: FakeClock) -> None:
        """
        Do on two SmartTrades everything that outlasts a day, and something of late on the other one.
        """
        for number, smart_trade_id in enumerate([SMART_TRADE, self.OTHER], start=1):
            await attempt(journal, Outcome.CANCELLED, trade_id=10 * number, smart_trade_id=smart_trade_id)
            await attempt(journal, Outcome.REJECTED, trade_id=10 * number + 1, smart_trade_id=smart_trade_id)
            denial = make_outcome(Outcome.DENIED, rule="another", smart_trade_id=smart_trade_id)
            await journal.record_outcome(denial, cycle_id="cycle-1", mode=Mode.LIVE, at=clock.now())
            await journal.record_outcome(
                make_outcome(Outcome.WOULD_CANCEL, smart_trade_id=smart_trade_id),
                cycle_id="cycle-1",
                mode=Mode.DRY_RUN,
                at=clock.now(),
            )
        for mode in Mode:
            await journal.save_memory(Memory(), mode=mode, resets=[KEY, (RULE, self.OTHER)])
        clock.advance(LONG_AGO)
        await attempt(journal, Outcome.NOT_APPLIED, trade_id=30, smart_trade_id=self.OTHER)

    async def of(self, journal: SqliteJournal, mode: Mode, *smart_trades: SmartTradeId) -> Ledger:
        journal._ledger._copy = None  # as if something had been written
        return await journal.ledger(mode=mode, smart_trades=smart_trades)

    @pytest.mark.parametrize("mode", Mode)
    async def test_all_of_them_is_everything(self, journal: SqliteJournal, clock: FakeClock, mode: Mode) -> None:
        await self.fill(journal, clock)

        assert await self.of(journal, mode, SMART_TRADE, self.OTHER) == await journal.ledger(mode=mode)

    @pytest.mark.parametrize("mode", Mode)
    async def test_one_of_them_is_its_part_and_what_limits_count(
        self, journal: SqliteJournal, clock: FakeClock, mode: Mode
    ) -> None:
        await self.fill(journal, clock)
        whole = await journal.ledger(mode=mode)

        part = await self.of(journal, mode, SMART_TRADE)

        lasting = {Outcome.CANCELLED, Outcome.WOULD_CANCEL}
        assert part.attempts == tuple(
            a for a in whole.attempts if a.smart_trade_id == SMART_TRADE or a.outcome not in lasting
        )
        assert part.reset_since == {KEY}
        assert part.put_off == {("another", SMART_TRADE)}
        assert part.sent_steps == {TradeId(10), TradeId(11)}

    async def test_what_was_deferred_has_its_turn_before_what_was_denied(
        self, journal: SqliteJournal, clock: FakeClock
    ) -> None:
        """
        And of each kind the one that has waited longest; a repetition waits since its first time.
        """
        wanted = [(3, Outcome.DENIED), (2, Outcome.DEFERRED), (4, Outcome.DENIED), (1, Outcome.DEFERRED)]
        for number, outcome in [*wanted, *wanted[:2]]:
            row = make_outcome(outcome, smart_trade_id=SmartTradeId(number))
            await journal.record_outcome(row, cycle_id="cycle-1", mode=Mode.LIVE, at=clock.now())
            clock.advance(timedelta(minutes=1))

        expected = [(RULE, number) for number in (2, 1, 3, 4)]
        assert list((await live(journal)).waiting) == expected
        asked = [SmartTradeId(number) for number in range(1, 5)]
        assert list((await self.of(journal, Mode.LIVE, *asked)).waiting) == expected


class TestCopy:
    """
    A ledger that was read is given out again for as long as it would be read the same.
    """

    async def test_it_is_given_out_again(self, journal: SqliteJournal) -> None:
        first = await live(journal)

        assert await live(journal) is first
        assert await journal.ledger(mode=Mode.LIVE, smart_trades=[SMART_TRADE]) is first

    async def test_not_to_who_asks_for_more(self, journal: SqliteJournal) -> None:
        part = await journal.ledger(mode=Mode.LIVE, smart_trades=[SMART_TRADE])

        assert await journal.ledger(mode=Mode.LIVE, smart_trades=[SMART_TRADE]) is part
        assert await journal.ledger(mode=Mode.LIVE, smart_trades=[SMART_TRADE, SmartTradeId(7)]) is not part
        assert await live(journal) is not part

    async def test_not_for_the_other_mode(self, journal: SqliteJournal) -> None:
        await would_cancel(journal)
        assert (await live(journal)).attempts == ()

        assert len((await journal.ledger(mode=Mode.DRY_RUN)).attempts) == 1

    async def test_not_after_a_write_of_our_own(self, journal: SqliteJournal) -> None:
        await live(journal)
        await attempt(journal, None)

        assert len((await live(journal)).attempts) == 1

    async def test_not_after_another_process_wrote(
        self, journal: SqliteJournal, folder: Path, clock: FakeClock
    ) -> None:
        """
        The kill switch takes effect before the next DELETE.
        """
        assert (await live(journal)).armed
        async with await SqliteJournal.open(folder, clock=clock) as other:
            await other.disarm(reason="enough")

            assert not (await live(journal)).armed

    @pytest.mark.parametrize("step", [timedelta(hours=1), -timedelta(seconds=1)], ids=["later", "set back"])
    async def test_not_at_another_time(self, journal: SqliteJournal, clock: FakeClock, step: timedelta) -> None:
        """
        What is of late is not the same any more.
        """
        first = await live(journal)
        clock.step_wall(step)

        assert await live(journal) is not first


async def test_a_long_past_of_others_costs_nothing(journal: SqliteJournal) -> None:
    """
    Every query for some SmartTrades goes by an index: none reads a table from its beginning.
    """

    def plans(connection: sqlite3.Connection) -> dict[str, list[str]]:
        queries = {name: text for name, text in load_queries("ledger.sql").items() if name.endswith("_of")}
        bounds = {"asked": "[1]"}
        return {
            name: [str(row["detail"]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", bounds)]
            for name, text in queries.items()
        }

    for name, steps in (await journal._database.run(plans)).items():
        scanned = [step for step in steps if step.startswith("SCAN") and not step.startswith("SCAN asked")]
        assert scanned == [], name
