"""
A proposal, and its row in the report.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from factories import ACCOUNT, FAR, RULE, SMART_TRADE, make_proposal
from tradewarden.model.decision import Check, Outcome, OutcomeRow, StepSummary

CHECKS = (Check(name="steps-remain", holds=False, detail="0 live steps left of 1"),)


def test_a_row_tells_what_was_wanted_and_what_became_of_it() -> None:
    row = make_proposal().row(
        Outcome.DENIED, "steps-remain", detail="0 live steps left", invariants=CHECKS, window=timedelta(seconds=1)
    )

    assert row == OutcomeRow(
        rule=RULE,
        account_id=ACCOUNT,
        smart_trade_id=SMART_TRADE,
        trade_id=FAR,
        pair="USDT_DOGE",
        outcome=Outcome.DENIED,
        reason="steps-remain",
        step=StepSummary(position=2, price=Decimal("0.4"), share_pct=Decimal(35), order_type="limit"),
        share_without_target_pct=Decimal(65),
        invariants=CHECKS,
        detail="0 live steps left",
        window=timedelta(seconds=1),
    )
