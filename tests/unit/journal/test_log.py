"""
Tests for tradewarden.journal.log.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fakes import START
from journal_samples import CHECKS, make_intent, make_outcome, make_verdict, moment
from tradewarden.errors import JournalError
from tradewarden.journal.rows import JournalEvent, JournalOutcome
from tradewarden.model.decision import Outcome, StepSummary
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3

    from tradewarden.journal.sqlite import SqliteJournal
    from tradewarden.model.decision import OutcomeRow

OTHER_TRADE = SmartTradeId(30428626)


async def record(
    journal: SqliteJournal, row: OutcomeRow, *, minute: int = 0, mode: Mode = Mode.LIVE, cycle_id: str | None = None
) -> None:
    at = moment(START + timedelta(minutes=minute))
    await journal.record_outcome(row, cycle_id=cycle_id or f"cycle-{minute}", mode=mode, at=at)


async def outcomes(journal: SqliteJournal, **filters: Any) -> list[JournalOutcome]:
    return [row for row in await journal.rows(**filters) if isinstance(row, JournalOutcome)]


async def test_a_row_is_read_as_it_was_written(journal: SqliteJournal) -> None:
    bare = make_outcome(
        Outcome.WOULD_CANCEL,
        step=StepSummary(position=None, price=None, share_pct=None, order_type=None),
        share_without_target_pct=None,
        invariants=(),
        detail=None,
        window=timedelta(microseconds=1),
    )
    await record(journal, bare, mode=Mode.DRY_RUN)

    assert await journal.rows() == [
        JournalOutcome(id=1, at=START, last_at=START, count=1, mode=Mode.DRY_RUN, cycle_id="cycle-0", row=bare)
    ]


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.DEFERRED])
async def test_what_repeats_unchanged_is_counted(journal: SqliteJournal, outcome: Outcome) -> None:
    """
    The row keeps its id and its first moment, and shows what was seen last.
    """
    await record(journal, make_outcome(outcome))
    latest = make_outcome(outcome, invariants=CHECKS * 2, detail="still one")
    await record(journal, make_outcome(outcome, smart_trade_id=OTHER_TRADE), minute=1)
    await record(journal, make_outcome(outcome), minute=1)
    await record(journal, latest, minute=2)

    assert (await outcomes(journal))[1] == JournalOutcome(
        id=1,
        at=START,
        last_at=START + timedelta(minutes=2),
        count=3,
        mode=Mode.LIVE,
        cycle_id="cycle-2",
        row=latest,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "condition-holds"},
        {"reason": None},
        {"trade_id": TradeId(7)},
        {"outcome": Outcome.DEFERRED},
        {"rule": "another"},
        {"smart_trade_id": OTHER_TRADE},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_what_changed_is_a_new_row(journal: SqliteJournal, change: dict[str, Any]) -> None:
    await record(journal, make_outcome())
    await record(journal, make_outcome(**change))

    assert [row.count for row in await outcomes(journal)] == [1, 1]


async def test_another_mode_is_a_new_row(journal: SqliteJournal) -> None:
    await record(journal, make_outcome(), mode=Mode.DRY_RUN)
    await record(journal, make_outcome(), mode=Mode.LIVE)

    assert [row.mode for row in await outcomes(journal)] == [Mode.LIVE, Mode.DRY_RUN]


async def test_what_came_back_after_something_else_is_a_new_row(journal: SqliteJournal) -> None:
    for row in (make_outcome(), make_outcome(Outcome.DEFERRED), make_outcome()):
        await record(journal, row)

    assert [row.row.outcome for row in await outcomes(journal)] == [Outcome.DENIED, Outcome.DEFERRED, Outcome.DENIED]


async def test_a_would_cancel_is_never_merely_counted(journal: SqliteJournal) -> None:
    """
    Each is an attempt of the dry run's ledger.
    """
    await record(journal, make_outcome(Outcome.WOULD_CANCEL), mode=Mode.DRY_RUN)
    await record(journal, make_outcome(Outcome.WOULD_CANCEL), mode=Mode.DRY_RUN, minute=1)

    assert [row.count for row in await outcomes(journal)] == [1, 1]


async def test_what_settling_told_is_not_told_again(journal: SqliteJournal) -> None:
    intent_id = await journal.record_intent(make_intent())
    await journal.settle(intent_id, make_verdict(Outcome.NOT_SENT, reason="stale"), at=moment())
    await record(journal, make_outcome(Outcome.NOT_SENT, reason="stale"), cycle_id="cycle-1")
    assert len(await journal.rows()) == 1

    await record(journal, make_outcome(Outcome.NOT_SENT, reason="stale"), cycle_id="cycle-2")

    assert len(await journal.rows()) == 2


async def test_rows_are_numbered_in_one_sequence_newest_first(journal: SqliteJournal) -> None:
    await journal.disarm(reason="stop")
    await record(journal, make_outcome())
    await journal.arm(reason="go")

    rows = await journal.rows()
    assert [row.id for row in rows] == [3, 2, 1]
    assert [isinstance(row, JournalEvent) for row in rows] == [True, False, True]


async def test_rows_can_be_limited(journal: SqliteJournal) -> None:
    for reason in ("a", "b", "c"):
        await journal.disarm(reason=reason)

    assert [row.id for row in await journal.rows(limit=2)] == [3, 2]


async def test_since_counts_from_the_latest_repeat(journal: SqliteJournal) -> None:
    await record(journal, make_outcome())
    await record(journal, make_outcome(), minute=10)
    await record(journal, make_outcome(smart_trade_id=OTHER_TRADE), minute=5)

    rows = await outcomes(journal, since=START + timedelta(minutes=10))
    assert [row.id for row in rows] == [1]


async def test_one_smart_trade_shows_its_rows_alone(journal: SqliteJournal) -> None:
    await journal.disarm(reason="stop")
    await record(journal, make_outcome())
    await record(journal, make_outcome(smart_trade_id=OTHER_TRADE))

    rows = await journal.rows(smart_trade_id=OTHER_TRADE)
    assert [row.id for row in rows] == [3]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("outcome", "exploded"),
        ("invariants", "[{}]"),
        ("invariants", '[{"name": 1, "holds": true, "detail": ""}]'),
        ("invariants", '[{"name": "a", "holds": 1, "detail": ""}]'),
        ("price", "much"),
        ("at", "once"),
        ("mode", "maybe"),
        ("count", "often"),
        ("rule", None),
        ("rule", b"\xff"),
        ("pair", b"\xff"),
        ("reason", b"\xff"),
        ("detail", b"\xff"),
        ("smart_trade_id", "1x"),
    ],
)
async def test_a_row_that_cannot_be_read_is_an_error(
    journal: SqliteJournal, column: str, value: str | bytes | None
) -> None:
    await record(journal, make_outcome())

    def spoil(connection: sqlite3.Connection) -> None:
        connection.execute(f"UPDATE log SET {column} = ?", (value,))  # noqa: S608 (the cases above)

    await journal._database.run(spoil)

    with pytest.raises(JournalError, match="a row of the log that cannot be read"):
        await journal.rows()


async def test_many_rows_are_written_as_each_would_be(journal: SqliteJournal) -> None:
    """
    Denials that repeat are counted, and all of them cost one commit.
    """
    rows = [make_outcome(smart_trade_id=SmartTradeId(number)) for number in (1, 2, 3)]
    await journal.record_outcomes(rows, cycle_id="cycle-1", mode=Mode.LIVE, at=moment())
    await journal.record_outcomes(rows[:2], cycle_id="cycle-2", mode=Mode.LIVE, at=moment())
    await journal.record_outcomes([], cycle_id="cycle-3", mode=Mode.LIVE, at=moment())

    found = {row.row.smart_trade_id: (row.count, row.cycle_id) for row in await outcomes(journal)}
    assert found == {1: (2, "cycle-2"), 2: (2, "cycle-2"), 3: (1, "cycle-1")}


async def test_of_many_rows_all_are_written_or_none(journal: SqliteJournal) -> None:
    rows = [make_outcome(), make_outcome(smart_trade_id=SmartTradeId(2**63))]

    with pytest.raises(JournalError):
        await journal.record_outcomes(rows, cycle_id="cycle-1", mode=Mode.LIVE, at=moment())

    assert await outcomes(journal) == []
