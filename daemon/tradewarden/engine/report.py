"""
Reports in the words of the public contract: plain dicts for JSON, numbers as decimal text, never in E notation.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from tradewarden.model.decision import Check, Outcome, OutcomeRow, StepSummary
from tradewarden.model.smart_trade import AccountId, SmartTradeId, TradeId

if TYPE_CHECKING:
    from tradewarden.model.decision import CycleError, CycleReport, Holding

MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


def report_to_json(report: CycleReport) -> dict[str, object]:
    """
    Return a cycle's report as `run --once --json` prints it.
    """
    return {
        "cycle_id": report.cycle_id,
        "started_at": report.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "mode": report.mode.value,
        "armed": report.armed,
        "smart_trades_read": report.smart_trades_read,
        "requests": report.requests,
        "outcomes": [outcome_to_json(row) for row in report.outcomes],
        "holding": [holding_to_json(holding) for holding in report.holding],
        "errors": [_error_to_json(error) for error in report.errors],
    }


def outcome_to_json(row: OutcomeRow) -> dict[str, object]:
    """
    Return an outcome as reports and the journal show it.
    """
    return {
        "rule": row.rule,
        "account_id": row.account_id,
        "smart_trade_id": row.smart_trade_id,
        "trade_id": row.trade_id,
        "pair": row.pair,
        "outcome": row.outcome.value,
        "reason": row.reason,
        "step": {
            "position": row.step.position,
            "price": plain_number(row.step.price),
            "share": plain_number(row.step.share_pct),
            "order_type": row.step.order_type,
        },
        "share_without_target": plain_number(row.share_without_target_pct),
        "invariants": [{"name": check.name, "holds": check.holds, "detail": check.detail} for check in row.invariants],
        "detail": row.detail,
        "window_ms": None if row.window is None else row.window // MILLISECOND,
    }


def outcome_from_json(value: object) -> OutcomeRow:
    """
    Read an outcome back; its window is whole milliseconds. Raises ValueError if *value* is not one.
    """
    row = _Fields(value)
    step = _Fields(row.any("step"))
    window_ms = row.optional_integer("window_ms")
    return OutcomeRow(
        rule=row.text("rule"),
        account_id=AccountId(row.integer("account_id")),
        smart_trade_id=SmartTradeId(row.integer("smart_trade_id")),
        trade_id=TradeId(row.integer("trade_id")),
        pair=row.text("pair"),
        outcome=Outcome(row.text("outcome")),
        reason=row.optional_text("reason"),
        step=StepSummary(
            position=step.optional_integer("position"),
            price=step.optional_number("price"),
            share_pct=step.optional_number("share"),
            order_type=step.optional_text("order_type"),
        ),
        share_without_target_pct=row.optional_number("share_without_target"),
        invariants=tuple(_check_from_json(item) for item in row.list("invariants")),
        detail=row.optional_text("detail"),
        window=None if window_ms is None else window_ms * MILLISECOND,
    )


def holding_to_json(holding: Holding) -> dict[str, object]:
    """
    Return what holds as reports and `status` show it.
    """
    return {
        "rule": holding.rule,
        "smart_trade_id": holding.smart_trade_id,
        "held_s": holding.held // SECOND,
        "needed_s": holding.needed // SECOND,
    }


def plain_number(number: Decimal | None) -> str | None:
    """
    Write a number in plain digits: 1E-8 is 0.00000001.
    """
    return None if number is None else format(number, "f")


def _error_to_json(error: CycleError) -> dict[str, object]:
    return {"error": error.error, "message": error.message, "smart_trade_id": error.smart_trade_id}


def _check_from_json(value: object) -> Check:
    item = _Fields(value)
    return Check(name=item.text("name"), holds=item.truth("holds"), detail=item.text("detail"))


class _Fields:
    """
    The fields of a JSON object, each asked for by its type. Raises ValueError where one is missing or another.
    """

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            msg = f"an object was expected, not {value!r}"
            raise ValueError(msg)  # noqa: TRY004 (the one error for text that is not a report)
        self._fields: dict[object, object] = value

    def any(self, name: str) -> object:
        if name not in self._fields:
            msg = f"{name!r} is missing"
            raise ValueError(msg)
        return self._fields[name]

    def text(self, name: str) -> str:
        value = self.any(name)
        if not isinstance(value, str):
            raise _unexpected(name, "a text", value)
        return value

    def integer(self, name: str) -> int:
        value = self.any(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _unexpected(name, "a whole number", value)
        return value

    def truth(self, name: str) -> bool:
        value = self.any(name)
        if not isinstance(value, bool):
            raise _unexpected(name, "true or false", value)
        return value

    def list(self, name: str) -> list[object]:
        value = self.any(name)
        if not isinstance(value, list):
            raise _unexpected(name, "a list", value)
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self.any(name) is None else self.text(name)

    def optional_integer(self, name: str) -> int | None:
        return None if self.any(name) is None else self.integer(name)

    def optional_number(self, name: str) -> Decimal | None:
        if self.any(name) is None:
            return None
        text = self.text(name)
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise _unexpected(name, "a number as text", text) from error
        if not number.is_finite():
            raise _unexpected(name, "a number as text", text)
        return number


def _unexpected(name: str, expected: str, value: object) -> ValueError:
    return ValueError(f"{name!r} should be {expected}, not {value!r}")
