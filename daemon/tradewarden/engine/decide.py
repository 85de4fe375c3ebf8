"""
What the rules want of a listing: holds run or reset, proposals made. Memory goes in and comes out as a value.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.facts import derivations_of, derive_facts
from tradewarden.engine.market import market_prices
from tradewarden.engine.matching import Matcher
from tradewarden.engine.plausibility import is_frozen, watch_price
from tradewarden.engine.proposal import Proposal
from tradewarden.engine.recorder import Recorder
from tradewarden.engine.seen import see
from tradewarden.engine.selectors import choose
from tradewarden.engine.surroundings import NO_SURROUNDINGS, NO_WINDOWS, is_due, survey
from tradewarden.engine.window_plan import conditions_of
from tradewarden.model.decision import Holding
from tradewarden.model.memory import Hold, Memory
from tradewarden.model.truth import Truth
from tradewarden.rules.ruleset import RepeatPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tradewarden.engine.facts import Derivations, Facts
    from tradewarden.engine.matching import Question
    from tradewarden.engine.seen import Seen
    from tradewarden.engine.surroundings import Surroundings
    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.history import History, Sample
    from tradewarden.model.memory import HoldKey, PriceWatch
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing, SmartTrade, SmartTradeId
    from tradewarden.rules.ruleset import Rule

TRUE, FALSE, ON_RESET = Truth.TRUE, Truth.FALSE, RepeatPolicy.ON_RESET  # looked up once, not for every answer
NO_TIME = timedelta(0)
FORGET_PRICES_AFTER = timedelta(days=30)  # of a SmartTrade that is in no listing any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """
    What a listing led to. *resets* are the rules (with ``repeat: on-reset``) and SmartTrades whose condition is
    definitely false; *unchosen* those whose condition is true while the selector named no step, and why. *surroundings*
    are what the rules saw beyond each SmartTrade; *sample* is what is worth recording of this listing, if it is due.
    """

    proposals: tuple[Proposal, ...]
    holding: tuple[Holding, ...]
    memory: Memory
    resets: tuple[HoldKey, ...]
    unchosen: tuple[tuple[HoldKey, str], ...]
    surroundings: Surroundings = NO_SURROUNDINGS
    sample: Sample | None = None


@dataclass(slots=True)
class _Draft:
    now: Moment
    hold_gap_of: Callable[[Rule], timedelta]
    before: Mapping[HoldKey, Hold]
    holds: dict[HoldKey, Hold]
    proposals: list[Proposal] = field(default_factory=list)
    holding: list[Holding] = field(default_factory=list)
    resets: list[HoldKey] = field(default_factory=list)
    unchosen: list[tuple[HoldKey, str]] = field(default_factory=list)


def evaluate(
    listing: Listing,
    rules: Sequence[Rule],
    memory: Memory,
    *,
    settings: Settings,
    hold_gap_of: Callable[[Rule], timedelta],
    plan: WindowPlan = NO_WINDOWS,
) -> Evaluation:
    """
    Evaluate the due *rules* on every open SmartTrade of an allowed account.

    *hold_gap_of* tells how far apart two readings may be for a rule's hold to go on, *plan* what all rules of the file
    ask beyond the present reading. Holds of rules that are not
    due, and of SmartTrades that are missing from this listing (unknown, not gone), stay as they are.
    """
    now, safety = listing.asked_at, settings.safety
    draft = _Draft(
        now=now, hold_gap_of=hold_gap_of, before=memory.holds, holds=_untouched(memory.holds, rules, listing)
    )
    prices = dict(memory.prices)
    for trade in listing.smart_trades:
        prices[trade.id] = watch_price(prices.get(trade.id), trade.price, now)
    surroundings = _survey(plan, listing, memory, prices, settings)
    due = is_due(memory.history, plan, now)
    recorder = Recorder(plan, is_due=due) if due or plan.windows else None
    matcher, derivations = Matcher(rules), _derivations_for(rules, plan)
    local_now = now.wall.astimezone(settings.timezone)
    for trade in listing.smart_trades:
        if not (trade.is_open and settings.api.allows(trade.account_id)):
            continue
        questions = matcher.questions_for(trade)
        if questions or recorder is not None:
            frozen = is_frozen(prices[trade.id], now, safety.frozen_after)
            seen = see(trade, now=local_now, timezone=settings.timezone, is_frozen=frozen)
            facts = derive_facts(seen, derivations)
            held = surroundings.extend(facts, trade.id, now)
            if recorder is not None:
                recorder.add(seen, facts, held)
            _ask(questions, seen, facts, draft)
    reading = None if recorder is None else recorder.sample(now, surroundings.markets, surroundings.prices)
    sample = reading.swallowing(memory.history.between, plan.columns) if due and reading is not None else None
    return Evaluation(
        proposals=tuple(draft.proposals),
        holding=tuple(draft.holding),
        memory=Memory(
            holds=draft.holds,
            prices=_recent(prices, listing),
            listing=memory.listing,
            history=_remembered(memory.history, sample or reading, plan, now, is_due=due),
        ),
        resets=tuple(draft.resets),
        unchosen=tuple(draft.unchosen),
        surroundings=surroundings,
        sample=sample,
    )


def _survey(
    plan: WindowPlan,
    listing: Listing,
    memory: Memory,
    watches: Mapping[SmartTradeId, PriceWatch],
    settings: Settings,
) -> Surroundings:
    if plan is NO_WINDOWS:
        return NO_SURROUNDINGS
    markets = market_prices(plan.pairs, listing, watches, frozen_after=settings.safety.frozen_after)
    return survey(plan, memory.history, markets, listing.asked_at)


def _remembered(history: History, reading: Sample | None, plan: WindowPlan, now: Moment, *, is_due: bool) -> History:
    """
    Return *history* with the new reading, as far as windows are asked of it.
    """
    if reading is None:
        return history
    kept = reading.only(plan.columns)
    return history.followed_by(kept).within(plan.reach, now) if is_due else history.with_between(kept)


def _untouched(holds: Mapping[HoldKey, Hold], rules: Sequence[Rule], listing: Listing) -> dict[HoldKey, Hold]:
    """
    Return the holds of rules that are not due and of SmartTrades that are not listed: a gap between their readings.

    The others go on only if their condition is asked and true: what is not asked is not observed.
    """
    due = {rule.name for rule in rules}
    listed = {trade.id for trade in listing.smart_trades}
    return {key: hold for key, hold in holds.items() if key[0] not in due or key[1] not in listed}


def _derivations_for(rules: Sequence[Rule], plan: WindowPlan) -> Derivations:
    """
    Return how to derive the facts that these rules and all windows read, and no others.
    """
    names = set(plan.facts)
    for rule in rules:
        for condition in conditions_of(rule):
            names |= condition.facts
    return derivations_of(names)


def _ask(questions: Sequence[Question], seen: Seen, facts: Facts, draft: _Draft) -> None:
    """
    Ask every rule that speaks of a SmartTrade. This is the innermost loop of a cycle.
    """
    for condition, rule in questions:
        truth = condition(facts)
        if truth is FALSE:
            if rule.repeat.policy is ON_RESET:
                draft.resets.append((rule.name, seen.trade.id))
        elif truth is TRUE:
            _act_on_true(rule, seen, facts, draft)


def _act_on_true(rule: Rule, seen: Seen, facts: Facts, draft: _Draft) -> None:
    trade = seen.trade
    key = (rule.name, trade.id)
    before = draft.before.get(key)
    if rule.hold > NO_TIME:
        before = run_hold(before, rule, draft.now, gap=draft.hold_gap_of(rule))
    if before is not None:
        draft.holds[key] = before
        if before.held < rule.hold:
            draft.holding.append(Holding(rule=rule.name, smart_trade_id=trade.id, held=before.held, needed=rule.hold))
            return
    choice = choose(rule.cancel, seen, facts)
    if choice.step is None:
        draft.unchosen.append((key, choice.why))
    else:
        draft.proposals.append(Proposal(rule=rule, smart_trade=trade, step=choice.step))


def run_hold(hold: Hold | None, rule: Rule, now: Moment, *, gap: timedelta) -> Hold:
    """
    Let a hold run up to *now*, where the condition was seen true again.

    It starts anew after a gap in the readings, another boot, or when the rule's text has changed.
    """
    fresh = Hold(held=NO_TIME, last=now, fingerprint=rule.fingerprint)
    if hold is None or hold.fingerprint != rule.fingerprint:
        return fresh
    passed = now.since(hold.last)
    if passed is None or passed > gap:
        return fresh
    return Hold(held=hold.held + passed, last=now, fingerprint=rule.fingerprint)


def without_holds(memory: Memory, keys: Sequence[HoldKey]) -> Memory:
    """
    Return *memory* after the conditions of *keys* were seen not true on a second read.
    """
    ended = frozenset(keys)
    return replace(memory, holds={key: hold for key, hold in memory.holds.items() if key not in ended})


def _recent(prices: dict[SmartTradeId, PriceWatch], listing: Listing) -> dict[SmartTradeId, PriceWatch]:
    """
    Forget the prices of SmartTrades that are gone, and return the others.

    One that is missing or unreadable for a cycle is not gone: its price, frozen perhaps, must not look new afterwards.
    """
    present: set[SmartTradeId | None] = {trade.id for trade in listing.smart_trades}
    present |= {unreadable.smart_trade_id for unreadable in listing.unreadable}
    for missing in prices.keys() - present:
        if listing.asked_at.surely_since(prices[missing].since) >= FORGET_PRICES_AFTER:
            del prices[missing]
    return prices


def trade_facts(
    trade: SmartTrade,
    *,
    settings: Settings,
    now: Moment,
    watch: PriceWatch | None,
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> tuple[Seen, Facts]:
    """
    Return a SmartTrade as its rules see it at *now*.
    """
    frozen = is_frozen(watch_price(watch, trade.price, now), now, settings.safety.frozen_after)
    seen = see(trade, now=now.wall, timezone=settings.timezone, is_frozen=frozen)
    facts = derive_facts(seen)
    surroundings.extend(facts, trade.id, now)
    return seen, facts
