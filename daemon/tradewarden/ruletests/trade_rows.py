"""
The list of trades of a SmartTrade: as a test gives it, or derived from the SmartTrade as 3Commas would show it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.model.smart_trade import Trade, TradeId
from tradewarden.model.status import TradeStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from tradewarden.model.smart_trade import SmartTrade, TakeProfitStep
    from tradewarden.ruletests.case import Subject

NOTHING, ALL = Decimal(0), Decimal(100)
CANCELLED = TradeStatus("cancelled")
IDLE = "idle"


def rows_of(subject: Subject, trade: SmartTrade, cancelled: Collection[TradeId]) -> tuple[Trade, ...]:
    """
    Return the list of trades of *subject* when it looks like *trade*; the steps in *cancelled* are gone from that.
    """
    if subject.rows is None:
        return _derived(subject, trade, cancelled)
    return tuple(_brought_up_to_date(row, subject.trade, trade, cancelled) for row in subject.rows)


def _derived(subject: Subject, trade: SmartTrade, cancelled: Collection[TradeId]) -> tuple[Trade, ...]:
    """
    Derive the rows: the entry before the steps, the stop loss after them, with the ids that come next to theirs.
    """
    ids = [step.id for step in subject.trade.steps] or [TradeId(2)]
    done = trade.position_status is not None and trade.position_status.is_done_as_position
    entry = Trade(
        id=TradeId(min(ids) - 1),
        purpose="position",
        status=trade.position_status,
        cancelable=False,
        realised_quantity=trade.quantity if done else NOTHING,
        realised_pct=ALL if done else NOTHING,
    )
    rows = [entry, *map(_step_row, trade.steps)]
    rows += [_cancelled_row(step) for step in subject.trade.steps if step.id in cancelled]
    if trade.stop_loss.enabled is not False:
        status = trade.stop_loss.status
        rows.append(_row(TradeId(max(ids) + 1), "stop_loss", status, realised=NOTHING))
    return tuple(rows)


def _step_row(step: TakeProfitStep) -> Trade:
    is_sold = step.status is not None and step.status.is_sold
    row = _row(step.id, "take_profit", step.status, realised=step.quantity if is_sold else NOTHING)
    return replace(row, realised_pct=ALL if is_sold else NOTHING)


def _cancelled_row(step: TakeProfitStep) -> Trade:
    return _row(step.id, "take_profit", CANCELLED, realised=NOTHING)


def _row(trade_id: TradeId, purpose: str, status: TradeStatus | None, *, realised: Decimal | None) -> Trade:
    # True of the stop loss too: nothing in the API protects it (api-facts 2).
    cancelable = None if status is None else status.is_live or status.word == IDLE
    return Trade(
        id=trade_id,
        purpose=purpose,
        status=status,
        cancelable=cancelable,
        realised_quantity=realised,
        realised_pct=NOTHING,
    )


def _brought_up_to_date(row: Trade, before: SmartTrade, now: SmartTrade, cancelled: Collection[TradeId]) -> Trade:
    """
    Return a given row with what has changed of its step or stop loss since the fixture was read; else as it is.
    """
    if row.id in cancelled:
        return replace(row, status=CANCELLED, cancelable=False)
    if row.purpose == "stop_loss":
        if now.stop_loss == before.stop_loss:
            return row
        return replace(row, status=CANCELLED if now.stop_loss.enabled is False else now.stop_loss.status)
    then, step = before.step(row.id), now.step(row.id)
    if then is None or step is None or step.status == then.status:
        return row
    derived = _step_row(step)
    return replace(
        row,
        status=derived.status,
        cancelable=derived.cancelable,
        realised_quantity=derived.realised_quantity,
        realised_pct=derived.realised_pct,
    )
