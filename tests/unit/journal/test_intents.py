"""
Tests for tradewarden.journal.intents.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import START
from journal_samples import GENERATION, SMART_TRADE, TRADE, make_intent, make_outcome, make_verdict, moment
from tradewarden.errors import DuplicateIntent, JournalError, NotPermitted
from tradewarden.journal.rows import JournalEvent, JournalOutcome
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.cancel import Answer, OpenQuestion, Refusal
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator
    from pathlib import Path

    from fakes import FakeClock

OTHER_STEP = TradeId(1008300673)
OTHER_TRADE = SmartTradeId(30428626)
FREES_THE_STEP = [Outcome.NOT_APPLIED, Outcome.NOT_SENT, Outcome.REJECTED]
SPENDS_THE_STEP = [Outcome.CANCELLED, Outcome.GONE, Outcome.FILLED, Outcome.ENDED]


@pytest.fixture
async def fresh(folder: Path, clock: FakeClock) -> AsyncIterator[SqliteJournal]:
    async with await SqliteJournal.open(folder, clock=clock, create=True) as journal:
        yield journal


async def refused(journal: SqliteJournal) -> bool:
    """
    Tell whether an intent is not permitted, and check that then nothing was written.
    """
    try:
        await journal.record_intent(make_intent())
    except NotPermitted:
        assert await journal.open_questions() == []
        return True
    return False


class TestPermission:
    async def test_armed_live_and_of_this_generation_is_permitted(self, journal: SqliteJournal) -> None:
        assert not await refused(journal)

    async def test_disarmed_is_not(self, journal: SqliteJournal) -> None:
        await journal.disarm(reason="stop")

        assert await refused(journal)

    async def test_before_a_daemon_said_what_it_runs_it_is_not(self, fresh: SqliteJournal) -> None:
        assert await refused(fresh)

    async def test_dry_run_is_not(self, journal: SqliteJournal) -> None:
        await journal.begin(mode=Mode.DRY_RUN, generation=GENERATION)

        assert await refused(journal)

    async def test_an_older_generation_is_not(self, journal: SqliteJournal) -> None:
        await journal.begin(mode=Mode.LIVE, generation="generation-2")

        assert await refused(journal)

    async def test_what_runs_survives_a_restart(self, journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
        await journal.aclose()
        async with await SqliteJournal.open(folder, clock=clock) as other:
            assert not await refused(other)


class TestUniqueness:
    async def test_a_smart_trade_has_one_open_intent(self, journal: SqliteJournal) -> None:
        await journal.record_intent(make_intent())

        with pytest.raises(DuplicateIntent, match="refused"):
            await journal.record_intent(make_intent(trade_id=OTHER_STEP, rule="another"))
        assert len(await journal.open_questions()) == 1

    async def test_another_smart_trade_may_have_one_too(self, journal: SqliteJournal) -> None:
        await journal.record_intent(make_intent())
        await journal.record_intent(make_intent(smart_trade_id=OTHER_TRADE, trade_id=OTHER_STEP))

        assert len(await journal.open_questions()) == 2

    @pytest.mark.parametrize("outcome", SPENDS_THE_STEP)
    async def test_a_step_has_one_delete(self, journal: SqliteJournal, outcome: Outcome) -> None:
        await journal.settle(await journal.record_intent(make_intent()), make_verdict(outcome), at=moment())

        with pytest.raises(DuplicateIntent):
            await journal.record_intent(make_intent())

    @pytest.mark.parametrize("outcome", FREES_THE_STEP)
    async def test_a_step_whose_delete_had_no_effect_may_have_another(
        self, journal: SqliteJournal, outcome: Outcome
    ) -> None:
        await journal.settle(await journal.record_intent(make_intent()), make_verdict(outcome), at=moment())

        assert not await refused(journal)

    @pytest.mark.parametrize("outcome", SPENDS_THE_STEP)
    async def test_another_step_of_it_may_follow(self, journal: SqliteJournal, outcome: Outcome) -> None:
        await journal.settle(await journal.record_intent(make_intent()), make_verdict(outcome), at=moment())

        assert await journal.record_intent(make_intent(trade_id=OTHER_STEP)) == 2

    @pytest.mark.parametrize("ids", [{"trade_id": 0}, {"smart_trade_id": -1}], ids=["step", "SmartTrade"])
    async def test_an_id_that_is_not_positive_is_no_intent(self, journal: SqliteJournal, ids: dict[str, int]) -> None:
        """
        Without a trade id the DELETE would cancel the whole SmartTrade.
        """
        with pytest.raises(JournalError) as caught:
            await journal.record_intent(make_intent(**ids))

        assert not isinstance(caught.value, DuplicateIntent)
        assert await journal.open_questions() == []


class TestAnswers:
    async def test_an_intent_without_an_answer_is_an_open_question(self, journal: SqliteJournal) -> None:
        intent = make_intent(share_without_target_pct=None, stop_loss_was_live=False)
        intent_id = await journal.record_intent(intent)

        assert await journal.open_questions() == [
            OpenQuestion(intent_id=intent_id, intent=intent, answer=None, reason=None, asked_at=intent.at)
        ]

    async def test_the_answer_stands_beside_it(self, journal: SqliteJournal) -> None:
        intent_id = await journal.record_intent(make_intent())
        ended_at = moment(START + timedelta(seconds=3))
        window = timedelta(milliseconds=412)
        await journal.record_answer(intent_id, answer=Answer.UNKNOWN, reason="read_timeout", at=ended_at, window=window)

        (question,) = await journal.open_questions()
        assert question.answer is Answer.UNKNOWN
        assert question.reason == "read_timeout"
        assert question.asked_at == ended_at
        assert question.window == window
        (row,) = await journal.rows()
        assert isinstance(row, JournalOutcome)
        assert row.row.outcome is Outcome.UNKNOWN
        assert row.row.reason == "read_timeout"
        assert row.row.window == window
        assert row.row.detail is not None
        assert "reads will tell" in row.row.detail

    async def test_questions_come_oldest_first(self, journal: SqliteJournal) -> None:
        await journal.record_intent(make_intent())
        await journal.record_intent(make_intent(smart_trade_id=OTHER_TRADE))

        questions = await journal.open_questions()
        assert [question.intent.smart_trade_id for question in questions] == [SMART_TRADE, OTHER_TRADE]

    @pytest.mark.parametrize("settled", [True, False])
    async def test_only_an_open_intent_has_an_answer(self, journal: SqliteJournal, settled: bool) -> None:
        if settled:
            await journal.settle(await journal.record_intent(make_intent()), make_verdict(), at=moment())

        with pytest.raises(JournalError, match="Intent 1 is not open"):
            await journal.record_answer(1, answer=Answer.ACCEPTED, reason=None, at=moment(), window=None)

    async def test_an_intent_that_cannot_be_read_is_named(self, journal: SqliteJournal) -> None:
        await journal.record_intent(make_intent())

        def spoil(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE intents SET steps = '{'")

        await journal._database.run(spoil)

        with pytest.raises(JournalError, match="intent 1 that cannot be read"):
            await journal.open_questions()


class TestSettling:
    async def test_the_outcome_is_final(self, journal: SqliteJournal) -> None:
        intent_id = await journal.record_intent(make_intent())
        await journal.settle(intent_id, make_verdict(), at=moment())

        assert await journal.open_questions() == []
        with pytest.raises(JournalError, match="not open"):
            await journal.settle(intent_id, make_verdict(Outcome.FILLED), at=moment())

    async def test_the_log_tells_it_once(self, journal: SqliteJournal) -> None:
        """
        While it is open the intent is *unknown*; then its outcome takes the place of that row.
        """
        intent_id = await journal.record_intent(make_intent())
        window = timedelta(milliseconds=412)
        await journal.record_answer(intent_id, answer=Answer.ACCEPTED, reason=None, at=moment(), window=window)
        settled_at = START + timedelta(seconds=1)
        await journal.settle(intent_id, make_verdict(), at=moment(settled_at))

        expected = make_outcome(Outcome.CANCELLED, detail="the step is gone", window=window)
        assert await journal.rows() == [
            JournalOutcome(
                id=2, at=settled_at, last_at=settled_at, count=1, mode=Mode.LIVE, cycle_id="cycle-1", row=expected
            )
        ]

    async def test_a_breach_disarms_in_the_same_transaction(self, journal: SqliteJournal) -> None:
        intent_id = await journal.record_intent(make_intent())
        verdict = make_verdict(Outcome.BREACH, reason="cancelled", detail="the SmartTrade was cancelled")
        await journal.settle(intent_id, verdict, at=moment())

        assert not await journal.is_armed()
        event, row = await journal.rows()
        assert isinstance(event, JournalEvent)
        assert event.event == "breach"
        assert event.reason == "SmartTrade 30428625 (USDT_DOGE): the SmartTrade was cancelled"
        assert isinstance(row, JournalOutcome)
        assert row.row.outcome is Outcome.BREACH

    async def test_a_breach_that_cannot_be_written_leaves_the_question_open(self, journal: SqliteJournal) -> None:
        intent_id = await journal.record_intent(make_intent())

        def spoil(connection: sqlite3.Connection) -> None:
            connection.execute(
                "CREATE TRIGGER no_events BEFORE INSERT ON log WHEN new.event IS NOT NULL "
                "BEGIN SELECT raise(ABORT, 'no'); END"
            )

        await journal._database.run(spoil)

        with pytest.raises(JournalError):
            await journal.settle(intent_id, make_verdict(Outcome.BREACH), at=moment())
        assert len(await journal.open_questions()) == 1

    @pytest.mark.parametrize(
        "outcome", [Outcome.UNKNOWN, Outcome.DENIED, Outcome.DEFERRED, Outcome.WOULD_CANCEL], ids=str
    )
    async def test_what_is_not_final_settles_nothing(self, journal: SqliteJournal, outcome: Outcome) -> None:
        intent_id = await journal.record_intent(make_intent())

        with pytest.raises(JournalError, match="not a final outcome"):
            await journal.settle(intent_id, make_verdict(outcome), at=moment())
        assert len(await journal.open_questions()) == 1


class TestForbidden:
    async def answered(
        self,
        journal: SqliteJournal,
        number: int,
        refusal: Refusal | None,
        *,
        answer: Answer = Answer.REJECTED,
        at: timedelta = timedelta(0),
    ) -> None:
        intent = make_intent(smart_trade_id=SmartTradeId(number), trade_id=TradeId(number), at=moment(START + at))
        intent_id = await journal.record_intent(intent)
        await journal.record_answer(intent_id, answer=answer, reason=None, refusal=refusal, at=intent.at, window=None)

    async def test_those_answered_with_403_in_a_row_are_told(self, journal: SqliteJournal) -> None:
        assert await journal.forbidden_in_a_row() == frozenset()
        for number in (1, 2, 3):
            await self.answered(journal, number, Refusal.FORBIDDEN)
        await self.answered(journal, 4, None, answer=Answer.NOT_SENT)
        await journal.record_intent(make_intent())

        assert await journal.forbidden_in_a_row() == {1, 2, 3}

    @pytest.mark.parametrize(
        ("answer", "refusal"),
        [(Answer.REJECTED, Refusal.OTHER), (Answer.ACCEPTED, None), (Answer.UNKNOWN, None)],
        ids=["rejected otherwise", "accepted", "unknown"],
    )
    async def test_another_answer_begins_a_new_row(
        self, journal: SqliteJournal, answer: Answer, refusal: Refusal | None
    ) -> None:
        await self.answered(journal, 1, Refusal.FORBIDDEN)
        await self.answered(journal, 2, refusal, answer=answer)
        await self.answered(journal, 3, Refusal.FORBIDDEN)

        assert await journal.forbidden_in_a_row() == {3}

    async def test_so_does_the_owner(self, journal: SqliteJournal) -> None:
        await self.answered(journal, 1, Refusal.FORBIDDEN)
        await journal.arm(reason="the key may write now")
        await self.answered(journal, 2, Refusal.FORBIDDEN, at=timedelta(seconds=1))

        assert await journal.forbidden_in_a_row() == {2}


async def test_the_target_is_the_one_that_was_chosen(journal: SqliteJournal) -> None:
    await journal.record_intent(make_intent())

    (attempt,) = (await journal.ledger(mode=Mode.LIVE)).attempts
    assert attempt.trade_id == TRADE
    assert attempt.fingerprint == make_intent().steps[1]
