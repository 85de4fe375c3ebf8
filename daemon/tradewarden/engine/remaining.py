"""
Which steps remain after a cancel: the question on which everything depends.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.plausibility import smallest_distance_pct
from tradewarden.model.cancel import StepFingerprint
from tradewarden.model.status import LIVE

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade, TakeProfitStep, Trade, TradeId

WHOLE_PCT = Decimal(100)


def fingerprint(step: TakeProfitStep) -> StepFingerprint:
    """
    Return what must stay the same about a step.
    """
    return StepFingerprint(
        id=step.id,
        status=None if step.status is None else step.status.word,
        price=step.price,
        share_pct=step.share_pct,
    )


def is_same_step(before: StepFingerprint, after: StepFingerprint) -> bool:
    """
    Tell whether a step is still what it was; an order that is placed or placed anew in between is ordinary.
    """
    same_numbers = (before.price, before.share_pct) == (after.price, after.share_pct)
    both_live = before.status in LIVE and after.status in LIVE
    return same_numbers and (before.status == after.status or both_live)


def live_steps(trade: SmartTrade) -> tuple[TakeProfitStep, ...]:
    """
    Return the steps that can fill by themselves now.
    """
    return tuple(step for step in trade.steps if step.status is not None and step.status.is_live)


def remaining_steps(
    trade: SmartTrade,
    trades: tuple[Trade, ...] | None,
    *,
    target: TradeId,
    sent_steps: frozenset[TradeId],
    imminent_margin_pct: Decimal,
) -> tuple[TakeProfitStep, ...]:
    """
    Return the other steps that will surely still be there when *target* is gone.

    Armed or placed in the SmartTrade *and* in the list of trades (one row, nothing realised), and farther from the
    price than *imminent_margin_pct*: a nearer one may fill at any moment. Never one for which a DELETE was ever sent.
    *trades* ``None`` (the first read) asks the SmartTrade alone.
    """
    remaining = []
    for step in trade.steps:
        if step.id == target or step.id in sent_steps or trade.step(step.id) is None:
            continue
        if step.status is None or not step.status.is_cancelable:
            continue
        distance = smallest_distance_pct(step.price, trade.price, trade.side)
        if distance is None or distance <= imminent_margin_pct:
            continue
        if trades is not None and not _stands_in(trades, step.id):
            continue
        remaining.append(step)
    return tuple(remaining)


def _stands_in(trades: tuple[Trade, ...], trade_id: TradeId) -> bool:
    rows = [row for row in trades if row.id == trade_id]
    if len(rows) != 1:
        return False
    row = rows[0]
    is_live = row.status is not None and row.status.is_cancelable
    nothing_realised = row.realised_quantity == 0 and (row.realised_pct is None or row.realised_pct == 0)
    return row.purpose == "take_profit" and is_live and nothing_realised


def share_without_target_pct(trade: SmartTrade, target: TradeId) -> Decimal | None:
    """
    Return the share of the position that has no target once *target* is gone; ``None`` if a share is unknown.

    3Commas does not rescale the other steps (api-facts 6): that share is covered by the stop loss alone.
    """
    covered = Decimal(0)
    for step in trade.steps:
        is_spent = step.status is not None and step.status.is_terminal and not step.status.is_sold
        if step.id == target or is_spent:
            continue
        if step.share_pct is None:
            return None
        covered += step.share_pct
    return WHOLE_PCT - covered
