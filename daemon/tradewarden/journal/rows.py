"""
Intents, outcomes and events as rows, and back: values in, values out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING

from tradewarden.journal.values import (
    instant_from_text,
    moment_from_columns,
    moment_to_columns,
    number_from_text,
    number_to_text,
    optional_duration_from_int,
    optional_duration_to_int,
)
from tradewarden.model.cancel import Answer, Attempt, CancelIntent, OpenQuestion, StepFingerprint
from tradewarden.model.decision import Check, Outcome, OutcomeRow, StepSummary
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import AccountId, SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from tradewarden.journal.values import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalOutcome:
    """
    What became of a proposal. *count* is how often it was seen unchanged, from *at* to *last_at*.
    """

    id: int
    at: datetime
    last_at: datetime
    count: int
    mode: Mode
    cycle_id: str  # of the latest one
    row: OutcomeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEvent:
    """
    A turn of the kill switch: *event* is ``armed``, ``disarmed`` or ``breach``.
    """

    id: int
    at: datetime
    event: str
    reason: str | None


JournalRow = JournalOutcome | JournalEvent

_Types = Mapping[str, type | UnionType]
_MAYBE_TEXT = str | None
_STEP_TYPES: _Types = {
    "position": int | None,
    "price": _MAYBE_TEXT,
    "share_pct": _MAYBE_TEXT,
    "order_type": _MAYBE_TEXT,
}
_SUBJECT_TYPES: _Types = {"rule": str, "smart_trade_id": int, "trade_id": int}
_LOG_TYPES: _Types = {"event": _MAYBE_TEXT, "reason": _MAYBE_TEXT, "at": str}
_OUTCOME_TYPES: _Types = {
    **_SUBJECT_TYPES,
    **_STEP_TYPES,
    "account_id": int,
    "pair": str,
    "count": int,
    "cycle_id": str,
    "share_without_target_pct": _MAYBE_TEXT,
    "detail": _MAYBE_TEXT,
}
_QUESTION_TYPES: _Types = {
    **_SUBJECT_TYPES,
    **_STEP_TYPES,
    "account_id": int,
    "pair": str,
    "cycle_id": str,
    "trace": str,
    "generation": str,
    "stop_loss_was_live": int,
    "answer_reason": _MAYBE_TEXT,
}
_ATTEMPT_TYPES: _Types = _SUBJECT_TYPES


def outcome_to_columns(row: OutcomeRow) -> Columns:
    """
    Write what the log keeps of an outcome.
    """
    return {
        "rule": row.rule,
        "account_id": row.account_id,
        "smart_trade_id": row.smart_trade_id,
        "trade_id": row.trade_id,
        "pair": row.pair,
        "outcome": row.outcome.value,
        "reason": row.reason,
        **_step_to_columns(row.step),
        "share_without_target_pct": number_to_text(row.share_without_target_pct),
        "invariants": _checks_to_text(row.invariants),
        "detail": row.detail,
        "window_us": optional_duration_to_int(row.window),
    }


def journal_row(row: sqlite3.Row) -> JournalRow:
    """
    Read a row of the log.
    """
    _refuse_wrong_types(row, _LOG_TYPES)
    at = instant_from_text(row["at"])
    if row["event"] is not None:
        return JournalEvent(id=row["id"], at=at, event=row["event"], reason=row["reason"])
    _refuse_wrong_types(row, _OUTCOME_TYPES)
    return JournalOutcome(
        id=row["id"],
        at=at,
        last_at=instant_from_text(row["last_at"]),
        count=row["count"],
        mode=Mode(row["mode"]),
        cycle_id=row["cycle_id"],
        row=OutcomeRow(
            rule=row["rule"],
            account_id=AccountId(row["account_id"]),
            smart_trade_id=SmartTradeId(row["smart_trade_id"]),
            trade_id=TradeId(row["trade_id"]),
            pair=row["pair"],
            outcome=Outcome(row["outcome"]),
            reason=row["reason"],
            step=_step(row),
            share_without_target_pct=number_from_text(row["share_without_target_pct"]),
            invariants=_checks(row["invariants"]),
            detail=row["detail"],
            window=optional_duration_from_int(row["window_us"]),
        ),
    )


def intent_to_columns(intent: CancelIntent) -> Columns:
    """
    Write an intent with all its evidence.
    """
    return {
        "mode": Mode.LIVE.value,
        "cycle_id": intent.cycle_id,
        "rule": intent.rule,
        "account_id": intent.account_id,
        "smart_trade_id": intent.smart_trade_id,
        "trade_id": intent.trade_id,
        "pair": intent.pair,
        **_step_to_columns(intent.step),
        "share_without_target_pct": number_to_text(intent.share_without_target_pct),
        "invariants": _checks_to_text(intent.invariants),
        "steps": _fingerprints_to_text(intent.steps),
        "stop_loss_was_live": int(intent.stop_loss_was_live),
        "trace": intent.trace,
        "generation": intent.generation,
        **moment_to_columns("at", intent.at),
    }


def open_question(row: sqlite3.Row) -> OpenQuestion:
    """
    Read an intent with what is known of its answer.
    """
    _refuse_wrong_types(row, _QUESTION_TYPES)
    answered = row["answer"] is not None
    return OpenQuestion(
        intent_id=row["id"],
        intent=CancelIntent(
            cycle_id=row["cycle_id"],
            rule=row["rule"],
            account_id=AccountId(row["account_id"]),
            smart_trade_id=SmartTradeId(row["smart_trade_id"]),
            trade_id=TradeId(row["trade_id"]),
            pair=row["pair"],
            step=_step(row),
            share_without_target_pct=number_from_text(row["share_without_target_pct"]),
            invariants=_checks(row["invariants"]),
            steps=_fingerprints(row["steps"]),
            stop_loss_was_live=bool(row["stop_loss_was_live"]),
            trace=row["trace"],
            generation=row["generation"],
            at=moment_from_columns("at", row),
        ),
        answer=Answer(row["answer"]) if answered else None,
        reason=row["answer_reason"],
        asked_at=moment_from_columns("answered" if answered else "at", row),
        window=optional_duration_from_int(row["window_us"]),
    )


def attempt(row: sqlite3.Row) -> Attempt:
    """
    Read what limits and `repeat` count. The ledger of the dry run keeps no fingerprints.
    """
    _refuse_wrong_types(row, _ATTEMPT_TYPES)
    steps = () if row["steps"] is None else _fingerprints(row["steps"])
    return Attempt(
        rule=row["rule"],
        smart_trade_id=SmartTradeId(row["smart_trade_id"]),
        trade_id=TradeId(row["trade_id"]),
        at=instant_from_text(row["at"]),
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        fingerprint=next((step for step in steps if step.id == row["trade_id"]), None),
    )


def _refuse_wrong_types(row: sqlite3.Row, types: _Types) -> None:
    """
    SQLite keeps any value in any column: one that nobody wrote there must not travel on. Raises TypeError.
    """
    for column, expected in types.items():
        if not isinstance(row[column], expected):
            msg = f"{column} is {row[column]!r}"
            raise TypeError(msg)


def _step_to_columns(step: StepSummary) -> Columns:
    return {
        "position": step.position,
        "price": number_to_text(step.price),
        "share_pct": number_to_text(step.share_pct),
        "order_type": step.order_type,
    }


def _step(row: sqlite3.Row) -> StepSummary:
    return StepSummary(
        position=row["position"],
        price=number_from_text(row["price"]),
        share_pct=number_from_text(row["share_pct"]),
        order_type=row["order_type"],
    )


def _checks_to_text(checks: Sequence[Check]) -> str:
    return json.dumps([{"name": check.name, "holds": check.holds, "detail": check.detail} for check in checks])


def _checks(text: str) -> tuple[Check, ...]:
    return tuple(_check(**item) for item in json.loads(text))


def _check(*, name: object, holds: object, detail: object) -> Check:
    if isinstance(name, str) and isinstance(holds, bool) and isinstance(detail, str):
        return Check(name=name, holds=holds, detail=detail)
    msg = f"{name!r}, {holds!r}, {detail!r} is no check"
    raise TypeError(msg)


def _fingerprints_to_text(steps: Sequence[StepFingerprint]) -> str:
    return json.dumps(
        [
            {
                "id": step.id,
                "status": step.status,
                "price": number_to_text(step.price),
                "share_pct": number_to_text(step.share_pct),
            }
            for step in steps
        ]
    )


def _fingerprints(text: str) -> tuple[StepFingerprint, ...]:
    return tuple(
        StepFingerprint(
            id=TradeId(item["id"]),
            status=item["status"],
            price=number_from_text(item["price"]),
            share_pct=number_from_text(item["share_pct"]),
        )
        for item in json.loads(text)
    )
