"""
Tests for tradewarden.journal.rows.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from journal_samples import make_intent, make_outcome
from tradewarden.journal.migrations import shipped_migrations
from tradewarden.journal.queries import load_queries
from tradewarden.journal.rows import (
    JournalOutcome,
    intent_to_columns,
    journal_row,
    open_question,
    outcome_to_columns,
)
from tradewarden.journal.values import instant_to_text
from tradewarden.model.cancel import CancelIntent, StepFingerprint
from tradewarden.model.decision import Check, Outcome, OutcomeRow, StepSummary
from tradewarden.model.moment import Moment

if TYPE_CHECKING:
    from tradewarden.journal.values import Columns

texts = st.text(st.characters(codec="utf-8"))
ids = st.integers(1, 2**63 - 1)
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
steps = st.builds(
    StepSummary,
    position=st.none() | st.integers(1, 8),
    price=numbers,
    share_pct=numbers,
    order_type=st.none() | texts,
)
checks = st.lists(st.builds(Check, name=texts, holds=st.booleans(), detail=texts), max_size=3).map(tuple)
moments = st.builds(
    Moment,
    wall=st.datetimes(timezones=st.just(UTC)),
    boot=st.timedeltas(timedelta(0), timedelta(days=3650)),
    boot_id=texts,
)
windows = st.none() | st.timedeltas(timedelta(0), timedelta(days=1))
outcomes = st.builds(
    OutcomeRow,
    rule=texts,
    account_id=ids,
    smart_trade_id=ids,
    trade_id=ids,
    pair=texts,
    outcome=st.sampled_from(Outcome),
    reason=st.none() | texts,
    step=steps,
    share_without_target_pct=numbers,
    invariants=checks,
    detail=st.none() | texts,
    window=windows,
)
fingerprints = st.builds(StepFingerprint, id=ids, status=st.none() | texts, price=numbers, share_pct=numbers)
intents = st.builds(
    CancelIntent,
    cycle_id=texts,
    rule=texts,
    account_id=ids,
    smart_trade_id=ids,
    trade_id=ids,
    pair=texts,
    step=steps,
    share_without_target_pct=numbers,
    invariants=checks,
    steps=st.lists(fingerprints, max_size=3).map(tuple),
    stop_loss_was_live=st.booleans(),
    trace=texts,
    generation=texts,
    at=moments,
)


def stored(insert: str, columns: Columns, select: str) -> sqlite3.Row:
    """
    Write *columns* into an empty journal in memory and read them back.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        for migration in shipped_migrations():
            connection.executescript(migration.script)
        connection.execute(insert, columns)
        row: sqlite3.Row = connection.execute(select).fetchone()
        return row


@given(outcomes, moments)
def test_an_outcome_survives(outcome: OutcomeRow, at: Moment) -> None:
    columns: Columns = {
        **outcome_to_columns(outcome),
        "at": instant_to_text(at.wall),
        "mode": "live",
        "cycle_id": "c",
        "intent_id": None,
    }
    read = journal_row(stored(load_queries("log.sql")["append_outcome"], columns, "SELECT * FROM log"))

    assert isinstance(read, JournalOutcome)
    assert read.row == outcome
    assert read.at == read.last_at == at.wall


@given(intents)
def test_an_intent_survives(intent: CancelIntent) -> None:
    insert = load_queries("intents.sql")["record_intent"]
    read = open_question(stored(insert, intent_to_columns(intent), "SELECT * FROM intents"))

    assert read.intent == intent
    assert read.asked_at == intent.at


def test_the_outcome_of_an_intent_has_its_evidence() -> None:
    row = make_intent().row(
        outcome=Outcome.CANCELLED, reason=None, detail="the step is gone", window=timedelta(seconds=1)
    )

    assert row == make_outcome(Outcome.CANCELLED, detail="the step is gone", window=timedelta(seconds=1))
