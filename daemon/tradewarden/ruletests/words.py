"""
What was expected and what happened, in the words of a rule's owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.model.decision import Outcome
from tradewarden.rules.literals import plain
from tradewarden.rulesfile.values import duration_text
from tradewarden.ruletests.case import Cancels, Deferred, Denied

if TYPE_CHECKING:
    from datetime import timedelta

    from tradewarden.model.decision import OutcomeRow
    from tradewarden.model.smart_trade import SmartTradeId
    from tradewarden.ruletests.case import Wanted

CANCELLING = frozenset({Outcome.CANCELLED, Outcome.WOULD_CANCEL})


def wanted_text(wanted: Wanted, smart_trade_id: SmartTradeId) -> str:
    """
    Say what was expected: ``cancels step 2 of SmartTrade 30428625``.
    """
    whom = f"SmartTrade {smart_trade_id}"
    match wanted:
        case Cancels():
            return f"cancels {_which(wanted)} of {whom}"
        case Denied(invariant=invariant):
            return f"is denied by {invariant} on {whom}"
        case Deferred(reason=reason):
            return f"is deferred ({reason}) on {whom}"
        case _:
            return f"holds on {whom}" if wanted.held is None else f"holds for {duration_text(wanted.held)} on {whom}"


def row_text(row: OutcomeRow) -> str:
    """
    Say what happened: ``is denied by steps-remain on SmartTrade 30428625, step 2 at 0.4: 1 live step left of 2``.
    """
    step = row.step
    place = f"step {step.position or row.trade_id}" + ("" if step.price is None else f" at {plain(step.price)}")
    whom = f"SmartTrade {row.smart_trade_id}"
    why = "" if not row.detail else f": {row.detail}"
    if row.outcome is Outcome.CANCELLED:
        return f"cancels {place} of {whom}"
    if row.outcome is Outcome.WOULD_CANCEL:
        return f"would cancel {place} of {whom}"
    if row.outcome is Outcome.DENIED:
        return f"is denied by {row.reason} on {whom}, {place}{why}"
    if row.outcome is Outcome.DEFERRED:
        return f"is deferred ({row.reason}) on {whom}, {place}{why}"
    reason = "" if row.reason is None else f" ({row.reason})"
    return f"ends as {row.outcome}{reason} on {whom}, {place}{why}"


def holding_text(held: timedelta, needed: timedelta) -> str:
    """
    Say how far a hold has come.
    """
    return f"it holds: true for {duration_text(held)} of {duration_text(needed)}"


def _which(wanted: Cancels) -> str:
    if wanted.position is not None:
        return f"step {wanted.position}" + ("" if wanted.price is None else f" at {plain(wanted.price)}")
    if wanted.trade_id is not None:
        return f"step {wanted.trade_id}"
    return "a step" if wanted.price is None else f"the step at {plain(wanted.price)}"
