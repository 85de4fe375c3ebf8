"""
What a cycle decided: proposals, checks, outcomes and the report. The words are those of the public contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import AccountId, SmartTradeId, TradeId


class Outcome(StrEnum):
    """
    How a proposal ended.
    """

    CANCELLED = "cancelled"  # verified gone, the rest intact
    WOULD_CANCEL = "would_cancel"  # dry-run; all invariants held
    DENIED = "denied"  # by one of our invariants
    DEFERRED = "deferred"  # not now
    REJECTED = "rejected"  # by 3Commas
    GONE = "gone"  # already absent, not by us
    FILLED = "filled"  # it filled first
    ENDED = "ended"  # the SmartTrade ended meanwhile
    NOT_APPLIED = "not_applied"  # sent, fate unknown, and later seen without effect
    NOT_SENT = "not_sent"  # stopped after the intent, before the bytes went out
    UNKNOWN = "unknown"  # sent, fate not yet known
    BREACH = "breach"  # a promise is broken: everything is disarmed


class Deferral(StrEnum):
    """
    Why a proposal was put off.
    """

    DISARMED = "disarmed"
    CANCELS_PER_CYCLE = "cancels_per_cycle"
    CANCELS_PER_HOUR = "cancels_per_hour"
    CANCELS_PER_SMART_TRADE = "cancels_per_smart_trade"
    ABORT_ABOVE = "abort_above"
    BUDGET = "budget"
    OPEN_QUESTION = "open_question"
    BACKOFF = "backoff"
    SUSPICIOUS_READING = "suspicious_reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    The verdict of one invariant, and in *detail* what it saw.
    """

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSummary:
    """
    The step as a report shows it.
    """

    position: int | None
    price: Decimal | None
    share_pct: Decimal | None
    order_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """
    One proposal and what became of it. *window* is the time from asking for the second read to the DELETE's bytes.
    """

    rule: str
    account_id: AccountId
    smart_trade_id: SmartTradeId
    trade_id: TradeId
    pair: str
    outcome: Outcome
    reason: str | None
    step: StepSummary
    share_without_target_pct: Decimal | None
    invariants: tuple[Check, ...]
    detail: str | None = None  # one sentence for people
    window: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """
    A condition that is true but has not been so for long enough.
    """

    rule: str
    smart_trade_id: SmartTradeId
    held: timedelta
    needed: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleError:
    """
    Something that went wrong in a cycle: *error* is a stable word, *message* a sentence.
    """

    error: str
    message: str
    smart_trade_id: SmartTradeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """
    One cycle: what it read, what became of each proposal, what still holds, what went wrong.
    """

    cycle_id: str
    started_at: datetime
    mode: Mode
    armed: bool
    smart_trades_read: int
    requests: int
    outcomes: tuple[OutcomeRow, ...]
    holding: tuple[Holding, ...]
    errors: tuple[CycleError, ...]
