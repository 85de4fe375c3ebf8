"""
A cancel from intent to outcome.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from factories import ACCOUNT, FAR, RULE, SMART_TRADE, make_question
from tradewarden.model.decision import Outcome, OutcomeRow, StepSummary

SECOND = timedelta(seconds=1)


def test_an_intent_tells_what_became_of_it() -> None:
    row = make_question().intent.row(outcome=Outcome.CANCELLED, reason=None, detail="the step is gone", window=SECOND)

    assert row == OutcomeRow(
        rule=RULE,
        account_id=ACCOUNT,
        smart_trade_id=SMART_TRADE,
        trade_id=FAR,
        pair="USDT_DOGE",
        outcome=Outcome.CANCELLED,
        reason=None,
        step=StepSummary(position=2, price=Decimal("0.4"), share_pct=Decimal(35), order_type="limit"),
        share_without_target_pct=Decimal(65),
        invariants=(),
        detail="the step is gone",
        window=SECOND,
    )
