"""
How far a comparison is from its threshold, in the unit of the fact that would have to move.

Nothing here decides: a distance is looked for by solving the comparison for one fact, and told only if the evaluator
that writes the traces agrees that the comparison turns round there.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_UP, Context, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from tradewarden.model.truth import Truth, truth_of
from tradewarden.rules.digits import is_long, readable
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.literals import show
from tradewarden.rules.origin import Window
from tradewarden.rules.schema import Kind
from tradewarden.rules.trace import trace
from tradewarden.rules.tree import (
    Arithmetic,
    Call,
    Comparison,
    Fact,
    Function,
    Membership,
    Negative,
    Operation,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression

HAIR = Decimal("1E-12")  # of the number itself: so much beyond a threshold counts as beyond it
_WHOLE_PCT = Decimal(100)
_TOLD = Context(prec=4, rounding=ROUND_UP)  # a distance that is told is enough, never a little too short


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """
    How far *fact*, which is *value* now, is from the *target* at which the comparison *text* turns round.

    *beyond* tells that reaching the target is not enough; at *turned*, on it or a hair beyond, it has turned round.
    What *is_counted* goes from one whole number to the next: its target is the first at which it has turned round, or
    its own value where either neighbour will do.
    """

    text: str
    fact: str
    kind: Kind
    value: Decimal
    target: Decimal
    beyond: bool
    turned: Decimal
    is_counted: bool = False

    @property
    def distance(self) -> Decimal:
        """
        Return the distance in the fact's own unit: points of a percentage, seconds of a duration. Never negative.

        A count has to go all the way to the whole number at which the comparison has turned.
        """
        return abs((self.turned if self.is_counted else self.target) - self.value)

    @property
    def of_value_pct(self) -> Decimal | None:
        """
        Return the distance in percent of a number's present value; ``None`` of zero, and of what has another unit.

        Of a count it is ``None`` too: nobody takes 50 % of a step away.
        """
        if self.kind is not Kind.NUMBER or self.is_counted or not self.value:
            return None
        return self.distance / abs(self.value) * _WHOLE_PCT

    @property
    def nearness(self) -> Decimal:
        """
        Return what puts unlike distances in one order: points of a percentage, percent of anything else.

        A number, a count too, is put in percent of its present value, a duration in percent of its threshold.
        """
        if self.kind is Kind.PERCENT:
            return self.distance
        of_value = self.kind is Kind.NUMBER and self.value
        return self.distance / abs(of_value or self.target or self.value or self.turned) * _WHOLE_PCT

    def sentence(self) -> str:
        """
        Write it on one line: ``day_change is 1.8 points above -5 %``.
        """
        threshold = readable(self.target, self.kind)
        if self.value == self.target:
            return f"{self.fact} is exactly {'at its threshold, ' if is_long(self.target) else ''}{threshold}"
        words = ("past", "short of") if self.kind is Kind.DURATION else ("above", "below")
        return f"{self.fact} is {self._distance_text()} {words[self.value < self.target]} {threshold}"

    def _distance_text(self) -> str:
        told = _TOLD.plus(self.distance).normalize()
        if self.kind is Kind.PERCENT:
            return f"{show(told, Kind.NUMBER)} point{'' if told == 1 else 's'}"
        if self.kind is Kind.DURATION:
            return show(self.distance.to_integral_value(rounding=ROUND_UP), Kind.DURATION)
        share = self.of_value_pct
        part = (
            ""
            if share is None or share >= _WHOLE_PCT
            else f" ({show(_TOLD.plus(share).normalize(), Kind.PERCENT)} of it)"
        )
        return f"{show(told, Kind.NUMBER)}{part}"


def gap_of(comparison: Comparison | Membership, text: str, facts: Mapping[str, FactValue]) -> Gap | None:
    """
    Return how far the comparison, a part of the condition *text*, is from turning round.

    ``None`` where no distance can be told: it is unknown, it compares texts or ids, or no one fact alone turns it. A
    fact that stands alone on its side is moved before one within a calculation, and one of the present reading before a
    window, which only follows it; else the first in the text.
    """
    if _operands(comparison)[0].kind not in NUMERIC:
        return None
    try:
        truth = trace(comparison, text, facts).truth
        if truth is None or truth is Truth.UNKNOWN:
            return None
        for fact in _movers(comparison):
            turns = list(_turns(comparison, fact, text, facts, wanted=truth_of(truth is Truth.FALSE)))
            if turns:
                nearest = min(turns, key=lambda gap: gap.distance)
                # What cannot be told raises here, and not where it is told.
                return nearest if nearest.nearness.is_finite() and nearest.sentence() else None
    except ArithmeticError:  # numbers that no market has
        return None
    return None


def _operands(comparison: Comparison | Membership) -> tuple[Expression, ...]:
    return comparison.operands if isinstance(comparison, Comparison) else (comparison.operand, *comparison.values)


def _movers(comparison: Comparison | Membership) -> Iterator[Fact]:
    operands = _operands(comparison)
    alone = sorted((operand for operand in operands if isinstance(operand, Fact)), key=_looks_back)
    within = [part for operand in operands for part in walk(operand) if isinstance(part, Fact) and part.kind in NUMERIC]
    seen: set[str] = set()
    for fact in (*alone, *within):
        if fact.name not in seen and not fact.is_name:
            seen.add(fact.name)
            yield fact


def _looks_back(fact: Fact) -> bool:
    return isinstance(fact.origin, Window)


def _turns(
    comparison: Comparison | Membership, fact: Fact, text: str, facts: Mapping[str, FactValue], *, wanted: Truth
) -> Iterator[Gap]:
    """
    Yield every threshold of *fact* at which the comparison becomes what is *wanted*.
    """
    value = facts.get(fact.name)
    if not isinstance(value, Decimal) or not value.is_finite():
        return
    is_counted = fact.is_whole and fact.kind is Kind.NUMBER
    for threshold in _thresholds(comparison, fact.name, text, facts):
        turning = (
            tried
            for tried in (_wholes_beside if is_counted else _at_and_beyond)(value, threshold)
            if trace(comparison, text, {**facts, fact.name: tried}).truth is wanted
        )
        turned = next(turning, None)
        if turned is not None:
            is_between = value == threshold and next(turning, None) is not None
            target = turned if is_counted and not is_between else threshold
            yield Gap(
                text=text[comparison.start : comparison.end],
                fact=fact.name,
                kind=fact.kind,
                value=value,
                target=target,
                beyond=turned != target,
                turned=turned,
                is_counted=is_counted,
            )


def _at_and_beyond(value: Decimal, target: Decimal) -> tuple[Decimal, ...]:
    hair = max(abs(value), abs(target)) * HAIR or HAIR
    if value == target:
        return target - hair, target + hair
    return target, target + (hair if target > value else -hair)


def _wholes_beside(value: Decimal, target: Decimal) -> tuple[Decimal, ...]:
    """
    Return the first whole number at the target or past it, as seen from *value*, and the one behind it.
    """
    if value == target:
        return target - 1, target + 1
    is_above = target > value
    first = target.to_integral_value(rounding=ROUND_CEILING if is_above else ROUND_FLOOR)
    return first, first + (1 if is_above else -1)


def _thresholds(
    comparison: Comparison | Membership, name: str, text: str, facts: Mapping[str, FactValue]
) -> Iterator[Decimal]:
    """
    Yield the values of a fact at which both sides of a link are equal.
    """
    operands = _operands(comparison)
    is_chain = isinstance(comparison, Comparison)
    for left, right in pairwise(operands) if is_chain else ((operands[0], item) for item in operands[1:]):
        for side, other in ((left, right), (right, left)):
            level = None if _reads(other, name) else _value(other, text, facts)
            if level is not None:
                yield from _solve(side, name, level, text, facts)


def _solve(node: Expression, name: str, level: Decimal, text: str, facts: Mapping[str, FactValue]) -> Iterator[Decimal]:
    """
    Yield the values of a fact at which *node* may come to *level*.
    """
    match node:
        case Fact():
            if node.name == name:
                yield level
        case Negative(operand=operand):
            yield from _solve(operand, name, -level, text, facts)
        case Call(function=Function.ABS, arguments=(argument,)):
            for signed in (level, -level):
                yield from _solve(argument, name, signed, text, facts)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from _solve(argument, name, level, text, facts)
        case Arithmetic(left=left, right=right):
            moved, fixed = (right, left) if _reads(right, name) else (left, right)
            given = None if _reads(fixed, name) else _value(fixed, text, facts)
            undone = None if given is None else _undone(node.operation, level, given, is_left=moved is left)
            if undone is not None:
                yield from _solve(moved, name, undone, text, facts)
        case _:
            return


def _undone(operation: Operation, level: Decimal, given: Decimal, *, is_left: bool) -> Decimal | None:
    """
    Return what the other operand must be for the operation to come to *level*.
    """
    match operation:
        case Operation.ADD:
            return level - given
        case Operation.SUBTRACT:
            return level + given if is_left else given - level
        case Operation.MULTIPLY:
            return level / given if given else None
        case _:
            if is_left:
                return level * given
            return given / level if level else None


def _reads(node: Expression, name: str) -> bool:
    return any(isinstance(part, Fact) and part.name == name for part in walk(node))


def _value(node: Expression, text: str, facts: Mapping[str, FactValue]) -> Decimal | None:
    return cast("Decimal | None", trace(node, text, facts).value)
