"""
Explains a reading: asks what the daemon would ask, by the same functions, and keeps every answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.decide import evaluate, trade_facts
from tradewarden.engine.explanation import (
    Explanation,
    Fate,
    HoldState,
    RepeatState,
    RuleExplanation,
    SmartTradeExplanation,
)
from tradewarden.engine.gates import repeat_is_spent
from tradewarden.engine.invariants import INVARIANTS
from tradewarden.engine.matching import key_verdicts, matches
from tradewarden.engine.past import Past
from tradewarden.engine.proposal import Proposal
from tradewarden.engine.selectors import choose
from tradewarden.engine.suspicion import judge_listing
from tradewarden.engine.unfilled import Reach
from tradewarden.engine.verdict_words import sentence_of
from tradewarden.engine.verdicts import Verdict, checks_of, held_back, verdicts
from tradewarden.model.truth import Truth
from tradewarden.rules.miss import miss_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from tradewarden.engine.decide import Evaluation
    from tradewarden.engine.verdicts import Inquiry
    from tradewarden.model.memory import HoldKey
    from tradewarden.model.smart_trade import SmartTrade, SmartTradeId
    from tradewarden.rules.ruleset import Rule

NO_TIME = timedelta(0)
_FATE_OF = {Truth.FALSE: Fate.FALSE, Truth.UNKNOWN: Fate.UNKNOWN}


def explain(
    inquiry: Inquiry, *, smart_trades: Collection[SmartTradeId] | None = None, rules: Collection[str] | None = None
) -> Explanation:
    """
    Explain a reading: all of it, or only these *smart_trades* and the *rules* of these names.

    Every enabled rule is asked about every SmartTrade all the same: limits and `abort_above` look at all of them.
    """
    suspicious, _ = judge_listing(inquiry.listing, inquiry.memory.listing)
    evaluation = evaluate(
        inquiry.listing,
        inquiry.ruleset.enabled,
        inquiry.memory,
        settings=inquiry.settings,
        hold_gap_of=inquiry.hold_gap_of,
        plan=inquiry.plan,
    )
    case = _Reading(inquiry, evaluation, suspicious)
    return Explanation(
        listing=inquiry.listing,
        smart_trades=tuple(
            SmartTradeExplanation(
                smart_trade=trade,
                rules=tuple(
                    case.explained(rule, trade) for rule in inquiry.ruleset.rules if rules is None or rule.name in rules
                ),
                was_read_again=trade.id in inquiry.readings,
            )
            for trade in inquiry.listing.smart_trades
            if smart_trades is None or trade.id in smart_trades
        ),
        suspicious=suspicious,
    )


class _Reading:
    """
    An evaluated listing, of which each rule and SmartTrade is explained.
    """

    def __init__(self, inquiry: Inquiry, evaluation: Evaluation, suspicious: str | None) -> None:
        self._inquiry = inquiry
        self._evaluation = evaluation
        self._past = Past.of(inquiry.ledger.attempts)
        self._proposals = {(one.rule.name, one.smart_trade.id): one for one in evaluation.proposals}
        self._holding = {(one.rule, one.smart_trade_id) for one in evaluation.holding}
        self._unchosen = {key for key, _ in evaluation.unchosen}
        self._verdicts = verdicts(inquiry, evaluation, suspicious)
        self._reach = Reach(evaluation.surroundings.plan, inquiry.memory.history, inquiry.listing.asked_at)

    def explained(self, rule: Rule, trade: SmartTrade) -> RuleExplanation:
        """
        Explain one rule and one SmartTrade.
        """
        alone = self._reason_to_leave_alone(trade)
        if alone is not None or not matches(rule, trade):
            fate = Fate.LEFT_ALONE if alone is not None else Fate.NO_MATCH
            return _told(Verdict(fate=fate if rule.enabled else Fate.OFF, reason=alone), _about(rule, trade))
        inquiry, key = self._inquiry, (rule.name, trade.id)
        seen, facts = trade_facts(
            trade,
            settings=inquiry.settings,
            now=inquiry.listing.asked_at,
            watch=inquiry.memory.prices.get(trade.id),
            surroundings=self._evaluation.surroundings,
        )
        trace, choice = rule.when.trace(facts), choose(rule.cancel, seen, facts)
        truth = Truth.UNKNOWN if trace.truth is None else trace.truth
        verdict = self._verdict(key, truth) if rule.enabled else Verdict(fate=Fate.OFF)
        asked = proposal = self._proposals.get(key)
        if asked is None and choice.step is not None:
            asked = Proposal(rule=rule, smart_trade=trade, step=choice.step)
        checks = () if asked is None else checks_of(inquiry, asked, self._evaluation)
        found = replace(
            _about(rule, trade),
            trace=trace,
            parts=parts_of(rule.when, facts),
            miss=miss_of(rule.when, facts),
            hold=self._hold(key, rule, truth),
            choice=choice,
            repeat=self._repeat(key, rule),
            deferred=verdict.deferred or (None if asked is None else held_back(inquiry, asked)),
            checks=checks,
            not_read=_unanswered({check.name for check in checks}) if checks else (),
            proposal=proposal,
            unfilled=tuple(self._reach.why_unknown((fact.name for fact in rule.when.beyond), facts, trade.id)),
        )
        return _told(verdict, found)

    def _verdict(self, key: HoldKey, truth: Truth) -> Verdict:
        if key in self._verdicts:
            return self._verdicts[key]
        if key in self._holding:
            return Verdict(fate=Fate.HOLDING)
        if key in self._unchosen:
            return Verdict(fate=Fate.NO_STEP)
        return Verdict(fate=_FATE_OF.get(truth, Fate.UNKNOWN))

    def _reason_to_leave_alone(self, trade: SmartTrade) -> str | None:
        if not trade.is_open:
            return f"its status is {trade.status or 'unknown'}, not waiting_targets"
        if not self._inquiry.settings.api.allows(trade.account_id):
            return f"account {trade.account_id} is not in `api.accounts`"
        return None

    def _hold(self, key: HoldKey, rule: Rule, truth: Truth) -> HoldState | None:
        if rule.hold <= NO_TIME:
            return None
        run = self._evaluation.memory.holds.get(key) if truth is Truth.TRUE and rule.enabled else None
        return HoldState(held=NO_TIME if run is None else run.held, needed=rule.hold)

    def _repeat(self, key: HoldKey, rule: Rule) -> RepeatState:
        own = self._past.consumed_by(key)
        return RepeatState(
            is_spent=repeat_is_spent(rule, key[1], self._inquiry.ledger, self._inquiry.now.wall),
            last=max(own, key=lambda attempt: attempt.at, default=None),
        )


def _about(rule: Rule, trade: SmartTrade) -> RuleExplanation:
    return RuleExplanation(
        rule=rule, smart_trade=trade, fate=Fate.UNKNOWN, reason=None, sentence="", match=key_verdicts(rule, trade)
    )


def _told(verdict: Verdict, found: RuleExplanation) -> RuleExplanation:
    return replace(found, fate=verdict.fate, reason=verdict.reason, sentence=sentence_of(verdict, found))


def _unanswered(answered: Collection[str]) -> tuple[str, ...]:
    return tuple(invariant.name for invariant in INVARIANTS if invariant.name not in answered)
