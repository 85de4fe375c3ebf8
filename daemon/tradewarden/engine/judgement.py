"""
Parts 3 and 4 of the protocol, and the half of part 1 that needs no request: a proposal judged on one reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.decide import trade_facts
from tradewarden.engine.invariants import Case, examine
from tradewarden.engine.matching import largest_keep, matches, strictest_keeper
from tradewarden.engine.plausibility import is_frozen, watch_price
from tradewarden.engine.selectors import choose
from tradewarden.engine.surroundings import NO_SURROUNDINGS
from tradewarden.model.truth import Truth

if TYPE_CHECKING:
    from tradewarden.engine.proposal import Proposal
    from tradewarden.engine.surroundings import Surroundings
    from tradewarden.model.decision import Check
    from tradewarden.model.memory import PriceWatch
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Reading, SmartTrade, TradeId
    from tradewarden.rules.ruleset import Rule, RuleSet

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """
    What a judgement rests on besides the reading: the file, the past and the moment.
    """

    settings: Settings
    ruleset: RuleSet
    sent_steps: frozenset[TradeId]  # steps for which a DELETE was ever sent
    watch: PriceWatch | None  # since when the price has stood still
    now: Moment
    surroundings: Surroundings = NO_SURROUNDINGS  # windows and markets, as the listing's cycle saw them


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """
    The condition on the second read, in *trace* with the values that it saw, and every check.
    """

    condition: Truth
    trace: str
    checks: tuple[Check, ...]


def judge_first_read(proposal: Proposal, bench: Bench) -> tuple[Check, ...]:
    """
    Make the checks that the listing alone can already fail.
    """
    trade, settings = proposal.smart_trade, bench.settings
    watch = watch_price(bench.watch, trade.price, bench.now)
    case = Case(
        first=trade,
        target=proposal.step,
        trade=trade,
        trades=None,
        account_allowed=settings.api.allows(trade.account_id),
        chosen=proposal.step.id,
        chosen_why="",
        condition=Truth.TRUE,
        condition_sentence="",
        keep=largest_keep(bench.ruleset, trade),
        kept_by=_kept_by(proposal.rule, bench.ruleset, trade),
        sent_steps=bench.sent_steps,
        is_frozen=is_frozen(watch, bench.now, settings.safety.frozen_after),
        safety=settings.safety,
        read_age=None,
        cache_evidence=None,
    )
    return examine(case)


def hold_survives(rule: Rule, *, listed_at: Moment | None, read_at: Moment, gap: timedelta) -> bool:
    """
    Tell whether the two reads are near enough for `for` to have been observed up to the second.
    """
    if rule.hold <= NO_TIME or listed_at is None:
        return True
    passed = read_at.since(listed_at)
    return passed is not None and passed <= gap


def judge_second_read(proposal: Proposal, reading: Reading, bench: Bench, *, hold_goes_on: bool) -> Judgement:
    """
    Decide again on the second read alone (match, condition, selector), then make every check.

    *hold_goes_on* tells whether the two reads are near enough for `for` to have been observed up to the second.
    """
    rule, trade, settings = proposal.rule, reading.smart_trade, bench.settings
    seen, facts = trade_facts(
        trade, settings=settings, now=bench.now, watch=bench.watch, surroundings=bench.surroundings
    )
    matched = matches(rule, trade)
    choice = choose(rule.cancel, seen, facts)
    trace = rule.when.trace(facts)
    truth, sentence = Truth.UNKNOWN if trace.truth is None else trace.truth, trace.sentence()
    if truth is Truth.TRUE and not hold_goes_on:
        truth, sentence = Truth.UNKNOWN, f"{sentence}, but `for` starts anew: too long after the first read"
    case = Case(
        first=proposal.smart_trade,
        target=proposal.step,
        trade=trade,
        trades=reading.trades,
        account_allowed=settings.api.allows(trade.account_id),
        chosen=choice.step.id if matched and choice.step is not None else None,
        chosen_why=choice.why if matched else "the rule's `match` or `except` no longer fits",
        condition=truth,
        condition_sentence=sentence,
        keep=largest_keep(bench.ruleset, trade),
        kept_by=_kept_by(proposal.rule, bench.ruleset, trade),
        sent_steps=bench.sent_steps,
        is_frozen=seen.is_frozen,
        safety=settings.safety,
        read_age=bench.now.age_of(reading.asked_at),
        cache_evidence=reading.cache_evidence,
    )
    return Judgement(condition=truth, trace=sentence, checks=examine(case))


def _kept_by(rule: Rule, ruleset: RuleSet, trade: SmartTrade) -> str | None:
    """
    Return the name of another rule that keeps more steps than *rule* does.
    """
    keeper = strictest_keeper(ruleset, trade)
    return None if keeper is None or keeper.keep <= rule.keep else keeper.name
