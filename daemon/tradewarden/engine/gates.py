"""
The local gates of a cancel: what the past says, before anything is asked of the API.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from tradewarden.engine.past import Past
from tradewarden.engine.remaining import fingerprint, is_same_step
from tradewarden.model.decision import Deferral
from tradewarden.rules.ruleset import RepeatPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tradewarden.engine.proposal import Proposal
    from tradewarden.model.memory import Ledger
    from tradewarden.model.settings import Limits
    from tradewarden.model.smart_trade import SmartTradeId
    from tradewarden.rules.ruleset import Rule

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
BACKOFFS = (timedelta(minutes=5), timedelta(minutes=30))  # after the first and the second failure; then for good


class Spent(Enum):
    """
    The rule has had its cancel of this SmartTrade: no row, nothing to tell.
    """

    SPENT = "spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """
    Not now: the *reason* of the public contract and a sentence.
    """

    reason: Deferral
    detail: str


@dataclass(slots=True)
class CycleTally:
    """
    What this cycle has done so far: how many cancels, and of which SmartTrades.
    """

    cancels: int = 0
    touched: set[SmartTradeId] = field(default_factory=set)


def is_spent(proposal: Proposal, ledger: Ledger, now: datetime) -> bool:
    """
    Tell whether `repeat` forbids this rule another step of this SmartTrade.
    """
    return repeat_is_spent(proposal.rule, proposal.smart_trade.id, ledger, now)


def repeat_is_spent(rule: Rule, smart_trade_id: SmartTradeId, ledger: Ledger, now: datetime) -> bool:
    """
    Tell whether `repeat` forbids *rule* another step of that SmartTrade, whichever it would be.
    """
    key = (rule.name, smart_trade_id)
    own = Past.of(ledger.attempts).consumed_by(key)
    if not own:
        return False
    match rule.repeat.policy:
        case RepeatPolicy.NEVER:
            return True
        case RepeatPolicy.ON_RESET:
            return key not in ledger.reset_since or any(a.outcome is None for a in own)
        case _:
            return max(a.at for a in own) + rule.repeat.after > now


def gate(
    proposal: Proposal, ledger: Ledger, tally: CycleTally, *, limits: Limits, now: datetime
) -> Deferred | Spent | None:
    """
    Return what stops the proposal; ``None`` lets it pass.
    """
    if is_spent(proposal, ledger, now):
        return Spent.SPENT
    if not ledger.armed:
        return Deferred(reason=Deferral.DISARMED, detail="TradeWarden is disarmed")
    smart_trade_id = proposal.smart_trade.id
    past = Past.of(ledger.attempts)
    if any(attempt.outcome is None for attempt in past.consumed_on(smart_trade_id)):
        detail = f"an earlier cancel on SmartTrade {smart_trade_id} is not settled"
        return Deferred(reason=Deferral.OPEN_QUESTION, detail=detail)
    if smart_trade_id in tally.touched:
        detail = f"another rule comes first on SmartTrade {smart_trade_id}: one step of it in a cycle"
        return Deferred(reason=Deferral.OPEN_QUESTION, detail=detail)
    return _backoff(proposal, ledger, past, now) or _limits(smart_trade_id, past, tally, limits=limits, now=now)


def _limits(
    smart_trade_id: SmartTradeId, past: Past, tally: CycleTally, *, limits: Limits, now: datetime
) -> Deferred | None:
    """
    Count what was done; an attempt dated in the future (the clock went back) counts too.
    """
    on_this = sum(attempt.at > now - DAY for attempt in past.consumed_on(smart_trade_id))
    if on_this >= limits.cancels_per_smart_trade:
        detail = f"{on_this} cancel{'' if on_this == 1 else 's'} on SmartTrade {smart_trade_id} in 24 hours"
        return Deferred(reason=Deferral.CANCELS_PER_SMART_TRADE, detail=detail)
    in_hour = past.count_since(now - HOUR)
    if in_hour >= limits.cancels_per_hour:
        return Deferred(reason=Deferral.CANCELS_PER_HOUR, detail=f"{in_hour} cancels in an hour")
    if tally.cancels >= limits.cancels_per_cycle:
        return Deferred(reason=Deferral.CANCELS_PER_CYCLE, detail=f"{tally.cancels} cancels in this cycle")
    return None


def _backoff(proposal: Proposal, ledger: Ledger, past: Past, now: datetime) -> Deferred | None:
    aside = ledger.set_aside.get(proposal.smart_trade.id)
    if aside is not None and now < aside.until:
        detail = f"set aside until {aside.until:%Y-%m-%d %H:%M} UTC or `tradewarden arm`: {aside.reason}"
        return Deferred(reason=Deferral.BACKOFF, detail=detail)
    target = fingerprint(proposal.step)
    failures = [
        a
        for a in past.failures_of(proposal.step.id)
        if (a.fingerprint is None or is_same_step(a.fingerprint, target))
        and (ledger.armed_at is None or a.at > ledger.armed_at)
    ]
    if not failures:
        return None
    if len(failures) > len(BACKOFFS):
        detail = f"{len(failures)} cancels of this step failed: waiting until it changes or `tradewarden arm`"
        return Deferred(reason=Deferral.BACKOFF, detail=detail)
    until = max(a.at for a in failures) + BACKOFFS[len(failures) - 1]
    if now < until:
        return Deferred(
            reason=Deferral.BACKOFF, detail=f"the last cancel of this step failed: waiting until {until:%H:%M:%S} UTC"
        )
    return None


def exceeds_share(proposals: Sequence[Proposal], open_count: int, abort_above_pct: Decimal | None) -> Deferred | None:
    """
    Return the deferral of a whole cycle whose rules want more than `abort_above` of the open SmartTrades.
    """
    if abort_above_pct is None:
        return None
    wanted = len({proposal.smart_trade.id for proposal in proposals})
    if Decimal(wanted * 100) <= abort_above_pct * open_count:
        return None
    detail = f"rules want to cancel on {wanted} of {open_count} open SmartTrades, more than {abort_above_pct} %"
    return Deferred(reason=Deferral.ABORT_ABOVE, detail=detail)
