"""
Intents, outcomes and observations as the journal's tests need them, each with a way to change what a test is about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fakes import START
from tradewarden.model.cancel import CancelIntent, StepFingerprint, Verdict
from tradewarden.model.decision import Check, Outcome, OutcomeRow, StepSummary
from tradewarden.model.moment import Moment
from tradewarden.model.smart_trade import AccountId, CurrentPrice, SmartTradeId, TradeId

if TYPE_CHECKING:
    from datetime import datetime

RULE = "far-target-off-on-a-red-day"
GENERATION = "generation-1"
SMART_TRADE = SmartTradeId(30428625)
TRADE = TradeId(1008300674)
STEP = StepSummary(position=2, price=Decimal("0.4"), share_pct=Decimal("35.0"), order_type="limit")
CHECKS = (Check(name="steps-remain", holds=True, detail="1 live step left of 2"),)


def moment(wall: datetime = START) -> Moment:
    """
    Make a moment of the first boot.
    """
    return Moment(wall=wall, boot=timedelta(hours=1), boot_id="boot-1")


def fingerprint(trade_id: TradeId = TRADE, *, price: Decimal | None = Decimal("0.4")) -> StepFingerprint:
    """
    Make what must stay the same about a step.
    """
    return StepFingerprint(id=trade_id, status="to_process", price=price, share_pct=Decimal("35.0"))


def make_intent(**changes: Any) -> CancelIntent:
    """
    Make an intent to cancel step 2 of a SmartTrade.
    """
    trade_id = changes.get("trade_id", TRADE)
    intent = CancelIntent(
        cycle_id="cycle-1",
        rule=RULE,
        account_id=AccountId(32402783),
        smart_trade_id=SMART_TRADE,
        trade_id=trade_id,
        pair="USDT_DOGE",
        step=STEP,
        share_without_target_pct=Decimal("65.0"),
        invariants=CHECKS,
        steps=(fingerprint(TradeId(1), price=None), fingerprint(trade_id)),
        stop_loss_was_live=True,
        trace="day_change < -5%: -6.1% is",
        generation=GENERATION,
        at=moment(),
    )
    return replace(intent, **changes)


def make_outcome(outcome: Outcome = Outcome.DENIED, **changes: Any) -> OutcomeRow:
    """
    Make a row; a denial if nothing else is said.
    """
    row = OutcomeRow(
        rule=RULE,
        account_id=AccountId(32402783),
        smart_trade_id=SMART_TRADE,
        trade_id=TRADE,
        pair="USDT_DOGE",
        outcome=outcome,
        reason="steps-remain" if outcome is Outcome.DENIED else None,
        step=STEP,
        share_without_target_pct=Decimal("65.0"),
        invariants=CHECKS,
        detail="one live step is left",
    )
    return replace(row, **changes)


def make_verdict(outcome: Outcome = Outcome.CANCELLED, **changes: Any) -> Verdict:
    """
    Make the conclusion about an open question.
    """
    return replace(Verdict(outcome=outcome, reason=None, detail="the step is gone"), **changes)


def make_price(bid: str | None = "0.1") -> CurrentPrice:
    """
    Make a price.
    """
    return CurrentPrice(
        bid=None if bid is None else Decimal(bid),
        ask=Decimal("0.1001"),
        last=Decimal("1E-7"),
        day_change_pct=Decimal("-6.1"),
        quote_volume=None,
    )
