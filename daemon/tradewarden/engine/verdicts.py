"""
What becomes of the proposals of a reading: the daemon's own steps in the daemon's own order, as far as was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tradewarden.engine.explanation import Fate
from tradewarden.engine.fairness import in_fair_order
from tradewarden.engine.gates import CycleTally, Deferred, Spent, exceeds_share, gate, is_spent
from tradewarden.engine.invariants import first_failure
from tradewarden.engine.judgement import Bench, hold_survives, judge_first_read, judge_second_read
from tradewarden.engine.surroundings import NO_WINDOWS
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Deferral, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from tradewarden.engine.decide import Evaluation
    from tradewarden.engine.proposal import Proposal
    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.decision import Check
    from tradewarden.model.memory import HoldKey, Ledger, Memory
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing, Reading, SmartTradeId
    from tradewarden.rules.ruleset import Rule, RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """
    What is asked: a listing, the second reads that were made, the file, and what is remembered of the past.

    Each second read is judged at the moment when it was there (*judged_at*), or *now*.
    """

    listing: Listing
    memory: Memory
    ledger: Ledger
    settings: Settings
    ruleset: RuleSet
    hold_gap_of: Callable[[Rule], timedelta]
    now: Moment
    plan: WindowPlan = NO_WINDOWS
    readings: Mapping[SmartTradeId, Reading] = field(default_factory=dict)
    judged_at: Mapping[SmartTradeId, Moment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What becomes of a proposal: the *reason* of the public contract, and what stands behind it.
    """

    fate: Fate
    reason: str | None = None
    deferred: Deferred | None = None
    failed: Check | None = None


def verdicts(inquiry: Inquiry, evaluation: Evaluation, suspicious: str | None) -> dict[HoldKey, Verdict]:
    """
    Return what becomes of each proposal of an evaluated listing.

    A proposal that passes counts as a cancel for those after it, as in the daemon.
    """
    ledger, now, proposals = inquiry.ledger, inquiry.now.wall, evaluation.proposals
    spent = {_key(proposal): Verdict(fate=Fate.SPENT) for proposal in proposals if is_spent(proposal, ledger, now)}
    wanted = [proposal for proposal in in_fair_order(proposals, ledger) if _key(proposal) not in spent]
    stop = _stop_of_all(inquiry, wanted, suspicious)
    if stop is not None:
        return spent | {_key(proposal): _put_off(stop) for proposal in wanted}
    found, tally = spent, CycleTally()
    for proposal in wanted:
        verdict = found[_key(proposal)] = _verdict(inquiry, proposal, evaluation, ledger, tally)
        if verdict.fate is Fate.WOULD_CANCEL:
            tally.cancels += 1
            tally.touched.add(proposal.smart_trade.id)
            ledger = _with_cancel(ledger, proposal, inquiry.now)
    return found


def checks_of(inquiry: Inquiry, proposal: Proposal, evaluation: Evaluation) -> tuple[Check, ...]:
    """
    Return the invariants of a proposal: all of them if there is a second read, else what the listing can answer.
    """
    bench = Bench(
        settings=inquiry.settings,
        ruleset=inquiry.ruleset,
        sent_steps=inquiry.ledger.sent_steps,
        watch=evaluation.memory.prices.get(proposal.smart_trade.id),
        surroundings=evaluation.surroundings,
        now=inquiry.judged_at.get(proposal.smart_trade.id, inquiry.now),
    )
    reading = inquiry.readings.get(proposal.smart_trade.id)
    if reading is None:
        return judge_first_read(proposal, bench)
    survives = hold_survives(
        proposal.rule,
        listed_at=inquiry.listing.asked_at,
        read_at=reading.asked_at,
        gap=inquiry.hold_gap_of(proposal.rule),
    )
    return judge_second_read(proposal, reading, bench, hold_goes_on=survives).checks


def held_back(inquiry: Inquiry, proposal: Proposal) -> Deferred | None:
    """
    Return the gate that would stop a proposal if it were the only one.
    """
    stopped = gate(proposal, inquiry.ledger, CycleTally(), limits=inquiry.settings.limits, now=inquiry.now.wall)
    return None if isinstance(stopped, Spent) else stopped


def _stop_of_all(inquiry: Inquiry, wanted: Sequence[Proposal], suspicious: str | None) -> Deferred | None:
    if suspicious is not None:
        return Deferred(reason=Deferral.SUSPICIOUS_READING, detail=suspicious)
    allows = inquiry.settings.api.allows
    open_count = sum(trade.is_open and allows(trade.account_id) for trade in inquiry.listing.smart_trades)
    return exceeds_share(wanted, open_count, inquiry.settings.limits.abort_above_pct)


def _verdict(
    inquiry: Inquiry, proposal: Proposal, evaluation: Evaluation, ledger: Ledger, tally: CycleTally
) -> Verdict:
    stopped = gate(proposal, ledger, tally, limits=inquiry.settings.limits, now=inquiry.now.wall)
    if isinstance(stopped, Deferred):
        return _put_off(stopped)
    failed = first_failure(checks_of(inquiry, proposal, evaluation))
    if failed is not None:
        return Verdict(fate=Fate.DENIED, reason=failed.name, failed=failed)
    return Verdict(fate=Fate.WOULD_CANCEL)


def _put_off(stop: Deferred) -> Verdict:
    return Verdict(fate=Fate.DEFERRED, reason=stop.reason.value, deferred=stop)


def _with_cancel(ledger: Ledger, proposal: Proposal, now: Moment) -> Ledger:
    attempt = Attempt(
        rule=proposal.rule.name,
        smart_trade_id=proposal.smart_trade.id,
        trade_id=proposal.step.id,
        at=now.wall,
        outcome=Outcome.WOULD_CANCEL,
        fingerprint=None,
    )
    return replace(ledger, attempts=(attempt, *ledger.attempts))


def _key(proposal: Proposal) -> HoldKey:
    return proposal.rule.name, proposal.smart_trade.id
