"""
Advice about what is never cancelled: a step of those that must stay, one without a stop loss beside it, one of a
SmartTrade that is not open.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.model.status import SMART_TRADE_OPEN
from tradewarden.rules.claims import Compared
from tradewarden.rules.match_claims import match_covers
from tradewarden.rules.satisfiability import are_never, is_never_true
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Comparator, Fact, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.claims import Case
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue

BREAKEVEN_KEEPS = 2  # 3Commas: a breakeven stop loss needs two take-profit steps
CODE = "keep-never-met"
_LIVE_STEPS = Fact(start=0, end=0, kind=Kind.NUMBER, name="live_steps")
_STOP_LOSS = Fact(start=0, end=0, kind=Kind.BOOL, name="stop_loss")
_STATUS = Fact(start=0, end=0, kind=Kind.TEXT, name="status")
_IS_OPEN = Compared(_STATUS, Comparator.EQUAL, Literal(start=0, end=0, kind=Kind.TEXT, value=SMART_TRADE_OPEN))
_BREAKEVEN = Fact(start=0, end=0, kind=Kind.BOOL, name="breakeven")


def about_stop_loss(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a rule whose condition is true only without a stop loss, where one is required.
    """
    if not desk.settings.safety.require_stop_loss or "stop_loss" not in rule.when.facts:
        return
    condition = rule.when.expression
    if is_never_true(condition, desk.domains) or not are_never([(condition, True), (_STOP_LOSS, True)], desk.domains):
        return
    message = "`when` is true only without a live stop loss, and then nothing is cancelled: this rule can do nothing"
    without = desk.setting("safety", "require_stop_loss", "false")
    hints = ("ask for `stop_loss` instead", f"or write {without} if you know what that means")
    yield desk.warn(("rules", index, "when"), "stop-loss-required", message, *hints)


def about_status(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a rule whose condition is true only of SmartTrades that rules are never asked about.
    """
    condition = rule.when.expression
    if "status" not in rule.when.facts or is_never_true(condition, desk.domains):
        return
    if is_never_true(condition, desk.domains, given=(_IS_OPEN,)):
        message = f"rules are asked only about SmartTrades that are {SMART_TRADE_OPEN}, so this rule never fires"
        yield desk.warn(("rules", index, "when"), "never-true", message, "leave out what it asks of `status`")


def about_steps(desk: Desk, index: int, rule: Rule) -> Iterator[Issue]:
    """
    Warn of a rule whose condition is true only where too few steps are live to cancel one.
    """
    if "live_steps" not in rule.when.facts or is_never_true(rule.when.expression, desk.domains):
        return
    for keep, reason, hint in _kept(desk, index, rule):
        if is_never_true(rule.when.expression, desk.domains, given=_more_live_than(keep)):
            path = ("rules", index, "keep") if desk.place("rules", index, "keep") else ("rules", index, "when")
            steps = "step" if keep == 1 else "steps"
            message = (
                f"{reason} keeps {keep} live {steps}, and `when` is never true where there are more: "
                "this rule can cancel nothing"
            )
            yield desk.warn(path, CODE, message, hint or f"ask for live_steps >= {keep + 1}", _less(desk, rule, keep))
            return


def _less(desk: Desk, rule: Rule, keep: int) -> str | None:
    """
    Suggest the largest `keep` with which the rule can cancel something.
    """
    for fewer in range(min(keep, rule.keep) - 1, 0, -1):
        if not is_never_true(rule.when.expression, desk.domains, given=_more_live_than(fewer)):
            return f"or write `keep: {fewer}`"
    return None


def _kept(desk: Desk, index: int, rule: Rule) -> Iterator[tuple[int, str, str | None]]:
    """
    Yield how many steps must stay, by whose word, and what else would help.
    """
    yield rule.keep, "this rule", None
    for at, other in enumerate(desk.ruleset.rules):
        if at != index and other.enabled and other.keep > rule.keep and match_covers(other, rule):
            yield other.keep, f"{other.name} on line {desk.line_of(at)}", None
    not_breakeven = [(rule.when.expression, True), (_BREAKEVEN, False)]
    if "breakeven" in rule.when.facts and are_never(not_breakeven, desk.domains):
        yield BREAKEVEN_KEEPS, "a stop loss that moves to breakeven", None


def _more_live_than(keep: int) -> Case:
    bound = Literal(start=0, end=0, kind=Kind.NUMBER, value=Decimal(keep))
    return (Compared(_LIVE_STEPS, Comparator.GREATER, bound),)
