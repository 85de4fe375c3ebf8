"""
A cancel from intent to outcome: what is on disk before the DELETE, what 3Commas answered, what was concluded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tradewarden.model.decision import OutcomeRow

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from tradewarden.model.decision import Check, Outcome, StepSummary
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import AccountId, SmartTradeId, TradeId


class Answer(StrEnum):
    """
    What came back from the DELETE. Accepted proves nothing; unknown is not a failure: both are settled by reading.
    """

    ACCEPTED = "accepted"  # 2xx
    REJECTED = "rejected"  # a 4xx of 3Commas
    UNKNOWN = "unknown"  # anything else: time-out, reset, 3xx, 5xx, a body that is not theirs
    NOT_SENT = "not_sent"  # the last check said no, or no connection could be made: no byte went out


class Refusal(StrEnum):
    """
    What kind of *rejected* it was, by the reaction that it needs.
    """

    OTHER = "other"
    FORBIDDEN = "forbidden"  # 403: three in a row on different SmartTrades stop the account
    ACCESS = "access"  # 401: stop acting
    PLAN = "plan"  # 429 that speaks of the subscription plan: stop acting
    PENALTY = "penalty"  # 429, 418: all requests stop


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAnswer:
    """
    The fate of one DELETE as far as the request itself tells. *reason* is the API's error code or a short word.
    """

    answer: Answer
    reason: str | None = None
    refusal: Refusal | None = None
    detail: str = ""
    window: timedelta | None = None  # from asking for the second read to the first byte; None if no byte went out


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFingerprint:
    """
    What must stay the same about a step: told apart by number, not by text.
    """

    id: TradeId
    status: str | None
    price: Decimal | None
    share_pct: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelIntent:
    """
    A cancel that is about to be sent, with its evidence. Committed to disk before the DELETE.
    """

    cycle_id: str
    rule: str
    account_id: AccountId
    smart_trade_id: SmartTradeId
    trade_id: TradeId
    pair: str
    step: StepSummary
    share_without_target_pct: Decimal | None
    invariants: tuple[Check, ...]
    steps: tuple[StepFingerprint, ...]  # all steps of the second read, the target too
    stop_loss_was_live: bool
    trace: str  # the condition with the values that it saw, for the journal
    generation: str  # of the rules file
    at: Moment

    def row(self, *, outcome: Outcome, reason: str | None, detail: str | None, window: timedelta | None) -> OutcomeRow:
        """
        Build the report's row that tells what became of it.
        """
        return OutcomeRow(
            rule=self.rule,
            account_id=self.account_id,
            smart_trade_id=self.smart_trade_id,
            trade_id=self.trade_id,
            pair=self.pair,
            outcome=outcome,
            reason=reason,
            step=self.step,
            share_without_target_pct=self.share_without_target_pct,
            invariants=self.invariants,
            detail=detail,
            window=window,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """
    An intent without a final outcome. *answer* is ``None`` after a crash between intent and answer: as unknown.
    """

    intent_id: int
    intent: CancelIntent
    answer: Answer | None
    reason: str | None
    asked_at: Moment  # when the request ended, or when the intent was written
    window: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What the reads concluded about an open question.
    """

    outcome: Outcome
    reason: str | None
    detail: str
    set_aside: bool = False  # other steps changed: leave the SmartTrade alone until the next day or `arm`


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """
    A past DELETE (or, in the dry-run ledger, what would have been one), as gates, limits and `repeat` count it.
    """

    rule: str
    smart_trade_id: SmartTradeId
    trade_id: TradeId
    at: datetime
    outcome: Outcome | None  # None: the question is open
    fingerprint: StepFingerprint | None  # the target as it was then
