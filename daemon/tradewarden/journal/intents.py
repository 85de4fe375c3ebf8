"""
A cancel on disk, from the intent to its final outcome.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.errors import DuplicateIntent, JournalError
from tradewarden.journal import control, log
from tradewarden.journal.database import snapshot, transaction
from tradewarden.journal.queries import load_queries
from tradewarden.journal.rows import intent_to_columns, open_question
from tradewarden.journal.values import instant_to_text, legible, moment_to_columns, optional_duration_to_int
from tradewarden.model.cancel import Answer
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.model.standing import BREACH

if TYPE_CHECKING:
    from tradewarden.model.cancel import CancelIntent, OpenQuestion, Refusal, Verdict
    from tradewarden.model.moment import Moment

_SQL = load_queries("intents.sql")

SET_ASIDE_FOR = timedelta(hours=24)

FINAL = frozenset(
    {
        Outcome.CANCELLED,
        Outcome.REJECTED,
        Outcome.GONE,
        Outcome.FILLED,
        Outcome.ENDED,
        Outcome.NOT_APPLIED,
        Outcome.NOT_SENT,
        Outcome.BREACH,
    }
)

_ABOUT_TO_BE_SENT = "The DELETE was about to be sent; whether it went out is not known yet."
_KNOWN_SO_FAR = {
    Answer.ACCEPTED: "3Commas accepted the DELETE; that the step is gone is not verified yet.",
    Answer.REJECTED: "3Commas rejected the DELETE; what became of the step is not verified yet.",
    Answer.UNKNOWN: "The DELETE was sent, and its answer is not known: reads will tell.",
    Answer.NOT_SENT: "The DELETE was stopped before it went out.",
}


def record(connection: sqlite3.Connection, intent: CancelIntent) -> int:
    """
    Commit an intent and return its id. Raises NotPermitted or DuplicateIntent, and then nothing is written.
    """
    with transaction(connection):
        control.require_permission(connection, generation=intent.generation)
        try:
            intent_id = connection.execute(_SQL["record_intent"], intent_to_columns(intent)).lastrowid
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                raise
            msg = (
                f"A cancel of step {intent.trade_id} of SmartTrade {intent.smart_trade_id} is refused: "
                "one on this SmartTrade is not settled, or this step had its DELETE."
            )
            raise DuplicateIntent(msg) from error
        if intent_id is None:
            raise JournalError("The journal gave an intent no id: nothing is sent.")
        row = intent.row(outcome=Outcome.UNKNOWN, reason=None, detail=_ABOUT_TO_BE_SENT, window=None)
        log.append_outcome(
            connection, row, cycle_id=intent.cycle_id, mode=Mode.LIVE, at=intent.at.wall, intent_id=intent_id
        )
    return intent_id


def record_answer(
    connection: sqlite3.Connection,
    intent_id: int,
    *,
    answer: Answer,
    reason: str | None,
    refusal: Refusal | None,
    at: Moment,
    window: timedelta | None,
) -> None:
    """
    Commit what came back. Raises JournalError if the intent is not open.
    """
    window_us = optional_duration_to_int(window)
    with transaction(connection):
        values = {
            "id": intent_id,
            "answer": answer.value,
            "reason": reason,
            "refusal": None if refusal is None else refusal.value,
            "window_us": window_us,
            **moment_to_columns("at", at),
        }
        if connection.execute(_SQL["record_answer"], values).rowcount != 1:
            raise _not_open(intent_id)
        log.note_answer(
            connection, intent_id, reason=reason, detail=_KNOWN_SO_FAR[answer], at=at.wall, window_us=window_us
        )


def settle(connection: sqlite3.Connection, intent_id: int, verdict: Verdict, *, at: Moment) -> None:
    """
    Commit the final outcome with all that follows from it: the row of the log, a SmartTrade set aside, a breach.

    Raises JournalError if the intent is not open, or the outcome is not a final one.
    """
    if verdict.outcome not in FINAL:
        msg = f"Intent {intent_id} cannot be settled as {verdict.outcome.value!r}: that is not a final outcome."
        raise JournalError(msg)
    with transaction(connection):
        values = {
            "id": intent_id,
            "outcome": verdict.outcome.value,
            "reason": verdict.reason,
            "detail": verdict.detail,
            "at": instant_to_text(at.wall),
        }
        if connection.execute(_SQL["settle_intent"], values).rowcount != 1:
            raise _not_open(intent_id)
        question = _question(connection.execute(_SQL["intent"], {"id": intent_id}).fetchone())
        intent = question.intent
        row = intent.row(outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail, window=question.window)
        log.append_outcome(connection, row, cycle_id=intent.cycle_id, mode=Mode.LIVE, at=at.wall, intent_id=intent_id)
        if verdict.set_aside:
            until = at.wall + SET_ASIDE_FOR
            control.set_aside(connection, intent.smart_trade_id, until=until, reason=verdict.detail)
        if verdict.outcome is Outcome.BREACH:
            reason = f"SmartTrade {intent.smart_trade_id} ({intent.pair}): {verdict.detail}"
            control.throw_switch(connection, reason=reason, event=BREACH, now=at.wall)


def open_questions(connection: sqlite3.Connection) -> list[OpenQuestion]:
    """
    Return every intent without a final outcome, oldest first.
    """
    return [_question(row) for row in connection.execute(_SQL["open_intents"]).fetchall()]


def forbidden_in_a_row(connection: sqlite3.Connection) -> frozenset[SmartTradeId]:
    """
    Return the SmartTrades whose cancel was answered with 403, since another answer or the last `arm`.
    """
    with snapshot(connection):
        armed_at = control.armed_at(connection)
        bound = {"armed_at": None if armed_at is None else instant_to_text(armed_at)}
        rows = connection.execute(_SQL["forbidden_in_a_row"], bound).fetchall()
    return frozenset(SmartTradeId(row["smart_trade_id"]) for row in rows)


def _question(row: sqlite3.Row) -> OpenQuestion:
    with legible(f"intent {row['id']}"):
        return open_question(row)


def _not_open(intent_id: int) -> JournalError:
    return JournalError(f"Intent {intent_id} is not open: it is settled already, or was never recorded.")
