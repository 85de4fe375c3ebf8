"""
A verdict in one sentence, for the trader.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.explanation import Fate
from tradewarden.engine.findings import instant_text
from tradewarden.engine.report import plain_number
from tradewarden.model.truth import Truth
from tradewarden.rules.literals import show
from tradewarden.rules.ruleset import RepeatPolicy
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import And

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.engine.explanation import HoldState, RepeatState, RuleExplanation
    from tradewarden.engine.matching import KeyVerdict
    from tradewarden.engine.verdicts import Verdict
    from tradewarden.model.smart_trade import TakeProfitStep
    from tradewarden.rules.ruleset import Repeat, Rule
    from tradewarden.rules.trace import Trace

SECOND = timedelta(seconds=1)
NO_TIME = timedelta(0)


def sentence_of(verdict: Verdict, found: RuleExplanation) -> str:  # noqa: PLR0911 (one sentence for each fate)
    """
    Say where a rule stands with a SmartTrade: *found* is what is known of it otherwise.
    """
    rule, trace, choice = found.rule, found.trace, found.choice
    seen = "" if trace is None else _in_its_way(rule, trace)
    match verdict.fate:
        case Fate.WOULD_CANCEL:
            which = "its step" if choice is None or choice.step is None else step_text(choice.step)
            return f"would cancel {which} now" + (", if a second read agrees" if found.not_read else "")
        case Fate.DENIED:
            detail = "" if verdict.failed is None else f": {verdict.failed.detail}"
            return f"true, but denied by {verdict.reason}{detail}"
        case Fate.DEFERRED:
            detail = "" if verdict.deferred is None else f": {verdict.deferred.detail}"
            return f"true, but put off ({verdict.reason}){detail}"
        case Fate.SPENT:
            return f"true, but spent: {'' if found.repeat is None else repeat_text(rule.repeat, found.repeat)}"
        case Fate.NO_STEP:
            return f"true, but names no step: {'' if choice is None else choice.why}"
        case Fate.HOLDING:
            return f"true, {'' if found.hold is None else hold_text(found.hold)}{_after_the_hold(found)}"
        case Fate.NO_MATCH:
            return f"does not speak of it: {mismatch_text(found.match)}"
        case Fate.LEFT_ALONE:
            return f"not asked: {verdict.reason}"
        case Fate.OFF:
            truth = None if trace is None or trace.truth is None else trace.truth.value
            return "switched off (`enabled: false`)" + ("" if truth is None else f"; its condition is {truth} now")
        case Fate.UNKNOWN:
            return f"unknown: {seen}" + (f" ({'; '.join(found.unfilled)})" if found.unfilled else "")
        case _:
            return f"not true: {seen}"


def _after_the_hold(found: RuleExplanation) -> str:
    if found.obstacle is None:
        return ""
    return f"; then {found.obstacle} would deny it" if found.checks else f"; then no step: {found.obstacle}"


def _in_its_way(rule: Rule, trace: Trace) -> str:
    """
    Say what keeps a condition from being true: of several that are joined by `and`, those that are not.
    """
    if not isinstance(rule.when.expression, And):
        return trace.sentence()
    return "; ".join(part.sentence() for part in trace.children if part.truth is not Truth.TRUE)


def step_text(step: TakeProfitStep) -> str:
    """
    Name a step: ``step 2 at 0.4``.
    """
    price = plain_number(step.price)
    return f"step {step.position or step.id}" + ("" if price is None else f" at {price}")


def hold_text(hold: HoldState) -> str:
    """
    Say how far a hold has come.
    """
    if hold.left <= NO_TIME:
        return f"held {duration_text(hold.held)}, {duration_text(hold.needed)} are needed"
    return f"held {duration_text(hold.held)} of {duration_text(hold.needed)}, {duration_text(hold.left)} left"


def repeat_text(policy: Repeat, state: RepeatState) -> str:
    """
    Say what `repeat` is, and what used it up.
    """
    words = duration_text(policy.after) if policy.policy is RepeatPolicy.AFTER else policy.policy.value
    if state.last is None:
        return f"`repeat: {words}`, nothing cancelled here so far"
    outcome = "not settled yet" if state.last.outcome is None else state.last.outcome.value.replace("_", " ")
    past = f"`repeat: {words}`, last cancel here at {instant_text(state.last.at)} ({outcome})"
    if not state.is_spent:
        return past
    match policy.policy:
        case RepeatPolicy.AFTER:
            return f"{past}, again from {instant_text(state.last.at + policy.after)}"
        case RepeatPolicy.ON_RESET:
            return f"{past}, and its condition has not been false since"
        case _:
            return past


def mismatch_text(match: Sequence[KeyVerdict]) -> str:
    """
    Say which keys keep a rule from speaking of a SmartTrade.
    """
    failed = [verdict for verdict in match if not verdict.is_exception and not verdict.fits]
    if failed:
        return ", ".join(f"{key_text(verdict)} does not fit {patterns_text(verdict)}" for verdict in failed)
    excepted = [verdict for verdict in match if verdict.is_exception]
    return "excepted, " + " and ".join(f"{key_text(verdict)} fits {patterns_text(verdict)}" for verdict in excepted)


def key_text(verdict: KeyVerdict) -> str:
    """
    Write a key with its value: ``pair "USDT_DOGE"``.
    """
    return f"{verdict.key.value} {show(verdict.value, Kind.TEXT)}"


def patterns_text(verdict: KeyVerdict) -> str:
    """
    Write the patterns of a key.
    """
    return " or ".join(show(pattern, Kind.TEXT) for pattern in verdict.patterns)


def duration_text(duration: timedelta) -> str:
    """
    Write whole seconds as the rules file does: ``1m30s``.
    """
    return show(Decimal(duration // SECOND), Kind.DURATION)
