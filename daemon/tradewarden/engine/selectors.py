"""
Which step a rule means. A selector never skips one step for another: what it cannot tell for sure, it does not choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from tradewarden.engine.plausibility import positive
from tradewarden.engine.step_facts import derive_step_facts
from tradewarden.model.smart_trade import Side
from tradewarden.model.truth import Truth
from tradewarden.rules.ruleset import AtPosition, Farthest, Nearest, Where

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from tradewarden.engine.facts import Facts
    from tradewarden.engine.seen import Seen
    from tradewarden.model.smart_trade import TakeProfitStep
    from tradewarden.rules.ruleset import Selector


@dataclass(frozen=True, slots=True)
class Choice:
    """
    The chosen step, or ``None`` and in *why* the reason, a phrase.
    """

    step: TakeProfitStep | None
    why: str


def choose(selector: Selector, seen: Seen, facts: Facts) -> Choice:
    """
    Choose among all steps that are not terminal, those in transition included.

    An unknown price among them, a tie, or several matches: nothing is chosen. Nor is it if a status is missing: then
    nobody knows whether that step is one of them.
    """
    if any(step.status is None for step in seen.trade.steps):
        return Choice(None, "the status of a step is unknown")
    candidates = [step for step in seen.trade.steps if step.status is not None and not step.status.is_terminal]
    if not candidates:
        return Choice(None, "no step is left")
    if len({step.id for step in candidates}) < len(candidates):
        return Choice(None, "two steps have the same id")
    if any(positive(step.price) is None for step in candidates):
        return Choice(None, "the price of a step is unknown")
    match selector:
        case Farthest():
            return _by_price(candidates, seen.trade.side, highest=seen.trade.side is Side.LONG, word="farthest")
        case Nearest():
            return _by_price(candidates, seen.trade.side, highest=seen.trade.side is Side.SHORT, word="nearest")
        case AtPosition(position=position):
            return _at_position(candidates, position)
        case Where():
            return _where(selector, candidates, seen, facts)
        case _:  # pragma: no cover (closed)
            assert_never(selector)


def _by_price(candidates: Sequence[TakeProfitStep], side: Side | None, *, highest: bool, word: str) -> Choice:
    if side is None:
        return Choice(None, "the side is unknown")
    prices = [step.price for step in candidates if step.price is not None]
    wanted: Decimal = max(prices) if highest else min(prices)
    return _only([step for step in candidates if step.price == wanted], f"is the {word}")


def _at_position(candidates: Sequence[TakeProfitStep], position: int) -> Choice:
    if any(step.position is None for step in candidates):
        return Choice(None, "the position of a step is unknown")
    return _only([step for step in candidates if step.position == position], f"is at position {position}")


def _where(selector: Where, candidates: Sequence[TakeProfitStep], seen: Seen, facts: Facts) -> Choice:
    matching = []
    for step in candidates:
        truth = selector.condition.evaluate({**facts, **derive_step_facts(seen, step)})
        if truth is Truth.UNKNOWN:
            return Choice(None, f"`where` is unknown for step {step.position or step.id}")
        if truth is Truth.TRUE:
            matching.append(step)
    return _only(matching, "matches `where`")


def _only(steps: Sequence[TakeProfitStep], phrase: str) -> Choice:
    if len(steps) == 1:
        return Choice(steps[0], f"step {steps[0].position or steps[0].id} {phrase}")
    if not steps:
        return Choice(None, f"no step {phrase}")
    return Choice(None, f"more than one step {phrase}")
