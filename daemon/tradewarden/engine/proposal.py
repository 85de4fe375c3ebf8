"""
A proposal: a rule is true of a SmartTrade and its selector named a step. Nothing is cancelled on a proposal's data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.remaining import share_without_target_pct
from tradewarden.model.decision import OutcomeRow, StepSummary

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

    from tradewarden.model.decision import Check, Outcome
    from tradewarden.model.smart_trade import SmartTrade, TakeProfitStep
    from tradewarden.rules.ruleset import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    What *rule* wants of *smart_trade*, as the listing showed both.
    """

    rule: Rule
    smart_trade: SmartTrade
    step: TakeProfitStep

    @property
    def summary(self) -> StepSummary:
        """
        Return the step as a report shows it.
        """
        step = self.step
        return StepSummary(
            position=step.position, price=step.price, share_pct=step.share_pct, order_type=step.order_type
        )

    @property
    def share_without_target_pct(self) -> Decimal | None:
        """
        Return the share of the position that would have no target any more.
        """
        return share_without_target_pct(self.smart_trade, self.step.id)

    def row(
        self,
        outcome: Outcome,
        reason: str | None,
        *,
        detail: str | None = None,
        invariants: tuple[Check, ...] = (),
        window: timedelta | None = None,
    ) -> OutcomeRow:
        """
        Build the report's row for this proposal.
        """
        return OutcomeRow(
            rule=self.rule.name,
            account_id=self.smart_trade.account_id,
            smart_trade_id=self.smart_trade.id,
            trade_id=self.step.id,
            pair=self.smart_trade.pair,
            outcome=outcome,
            reason=reason,
            step=self.summary,
            share_without_target_pct=self.share_without_target_pct,
            invariants=invariants,
            detail=detail,
            window=window,
        )
