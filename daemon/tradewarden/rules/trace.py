"""
The second evaluator: slow, independent of the compiled one, and it shows what it saw. Its traces are evidence.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, cast

from tradewarden.model.truth import Truth, all_of, any_of, truth_of
from tradewarden.rules.digits import FEWEST_DIGITS, digits_apart, readable
from tradewarden.rules.glob import matches_glob
from tradewarden.rules.literals import show
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import (
    And,
    Arithmetic,
    Call,
    Comparator,
    Comparison,
    Fact,
    Function,
    Known,
    Likeness,
    Literal,
    Membership,
    Negative,
    Not,
    Operation,
    Or,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression

    Parts: TypeAlias = "tuple[Trace, ...]"
    Links: TypeAlias = "Iterable[tuple[Trace, Trace]]"

_ORDER: dict[Comparator, Callable[[Decimal, Decimal], bool]] = {
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.GREATER: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}
_COMBINE: dict[Operation, Callable[[Decimal, Decimal], Decimal]] = {
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: operator.truediv,
}
_APPLY: dict[Function, Callable[[list[Decimal]], Decimal]] = {
    Function.ABS: lambda values: values[0].copy_abs(),
    Function.MIN: min,
    Function.MAX: max,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """
    One node of a condition and what it came to.

    *text* is its source. What is true or false has a *truth* and no value; anything else has a *value* (None: unknown)
    and no truth. *words* is the source with the values it read, *result* what came of it, both for `sentence`.
    """

    text: str
    kind: Kind
    truth: Truth | None
    value: FactValue
    children: tuple[Trace, ...]
    words: str
    result: str

    def sentence(self) -> str:
        """
        Write it on one line: ``day_change -6.1 % < -5 %: true and not (breakeven: false)``.
        """
        return self.words + self.result


def trace(expression: Expression, text: str, facts: Mapping[str, FactValue]) -> Trace:
    """
    Evaluate *expression*, a part of the condition *text*, over *facts*, and show every step.
    """
    return _Tracer(text, facts).visit(expression)


class _Tracer:
    def __init__(self, text: str, facts: Mapping[str, FactValue], digits: int = FEWEST_DIGITS) -> None:
        self._text = text
        self._facts = facts
        self._digits = digits

    def visit(self, node: Expression) -> Trace:
        match node:
            case Literal():
                result = self._literal(node)
            case Fact():
                result = self._fact(node)
            case Negative() | Arithmetic() | Call():
                result = self._calculation(node)
            case Comparison():
                result = self._comparison(node)
            case Membership():
                result = self._membership(node)
            case Likeness():
                result = self._likeness(node)
            case Known():
                result = self._known(node)
            case Not():
                result = self._not(node)
            case _:
                result = self._junction(node)
        return result

    def _literal(self, node: Literal) -> Trace:
        shown = show(node.value, node.kind)
        if isinstance(node.value, bool):
            return self._condition(node, truth_of(node.value), (), shown, result="")
        return self._value(node, node.value, (), shown)

    def _fact(self, node: Fact) -> Trace:
        value = self._facts.get(node.name)
        if isinstance(value, Decimal) and not value.is_finite():
            value = None
        if node.kind is Kind.BOOL:
            return self._condition(node, Truth.UNKNOWN if value is None else truth_of(bool(value)), (), node.name)
        return self._value(node, value, (), f"{node.name} {self._shown(value, node.kind)}")

    def _calculation(self, node: Negative | Arithmetic | Call) -> Trace:
        parts: tuple[Trace, ...]
        match node:
            case Negative(operand=operand):
                parts = (self.visit(operand),)
                words = f"-{_embedded(parts[0], operand)}"
            case Arithmetic(operation=operation, left=left, right=right):
                parts = (self.visit(left), self.visit(right))
                words = f"{_embedded(parts[0], left)} {operation} {_embedded(parts[1], right)}"
            case _:
                parts = tuple(map(self.visit, node.arguments))
                words = f"{node.function}({', '.join(part.words for part in parts)})"
        value = _calculate(node, [cast("Decimal | None", part.value) for part in parts])
        return self._value(node, value, parts, words, result=f" = {self._shown(value, node.kind)}")

    def _comparison(self, node: Comparison) -> Trace:
        parts = self._told_apart(node.operands, pairwise)
        links = zip(parts, node.comparators, parts[1:], strict=False)
        truth = all_of([_compare(left, comparator, right) for left, comparator, right in links])
        words = _operand(parts[0])
        for comparator, part in zip(node.comparators, parts[1:], strict=True):
            words += f" {comparator} {_operand(part)}"
        return self._condition(node, truth, parts, words)

    def _membership(self, node: Membership) -> Trace:
        operand, *listed = self._told_apart((node.operand, *node.values), _first_with_each)
        found = any_of([_compare(operand, Comparator.EQUAL, item) for item in listed])
        words = f"{operand.sentence()} {'not in' if node.negated else 'in'} [{', '.join(i.words for i in listed)}]"
        return self._condition(node, found.negated() if node.negated else found, (operand, *listed), words)

    def _told_apart(self, operands: Sequence[Expression], compared: Callable[[Parts], Links]) -> Parts:
        """
        Show what is compared; where few digits would make two unlike values look alike, with more of them.
        """
        parts = tuple(map(self.visit, operands))
        digits = digits_apart((left.value, right.value) for left, right in compared(parts))
        if digits <= self._digits:
            return parts
        return tuple(map(_Tracer(self._text, self._facts, digits).visit, operands))

    def _likeness(self, node: Likeness) -> Trace:
        operand = self.visit(node.operand)
        matches = truth_of(matches_glob(operand.value, node.glob) if isinstance(operand.value, str) else None)
        words = f"{operand.sentence()} {'not like' if node.negated else 'like'} {show(node.glob, Kind.TEXT)}"
        return self._condition(node, matches.negated() if node.negated else matches, (operand,), words)

    def _known(self, node: Known) -> Trace:
        operand = self.visit(node.operand)
        known = truth_of(_given(operand) is not None)
        return self._condition(node, known, (operand,), f"known({operand.sentence()})")

    def _not(self, node: Not) -> Trace:
        operand = self.visit(node.operand)
        return self._condition(node, _judged(operand).negated(), (operand,), f"not ({operand.sentence()})", result="")

    def _junction(self, node: And | Or) -> Trace:
        parts = tuple(map(self.visit, node.operands))
        truth = (all_of if isinstance(node, And) else any_of)(map(_judged, parts))
        # `and` binds tighter, but nobody should have to remember that when reading evidence.
        words = (" and " if isinstance(node, And) else " or ").join(
            f"({part.sentence()})" if isinstance(operand, And | Or) else part.sentence()
            for operand, part in zip(node.operands, parts, strict=True)
        )
        return self._condition(node, truth, parts, words, result="")

    def _shown(self, value: FactValue, kind: Kind) -> str:
        return readable(value, kind, self._digits)

    def _value(
        self, node: Expression, value: FactValue, children: tuple[Trace, ...], words: str, *, result: str = ""
    ) -> Trace:
        text = self._text[node.start : node.end]
        return Trace(text=text, kind=node.kind, truth=None, value=value, children=children, words=words, result=result)

    def _condition(
        self, node: Expression, truth: Truth, children: tuple[Trace, ...], words: str, *, result: str | None = None
    ) -> Trace:
        text = self._text[node.start : node.end]
        result = f": {truth.value}" if result is None else result
        return Trace(text=text, kind=node.kind, truth=truth, value=None, children=children, words=words, result=result)


def _first_with_each(parts: Parts) -> Links:
    return ((parts[0], part) for part in parts[1:])


def _judged(condition: Trace) -> Truth:
    # The checker lets only conditions stand where this is asked.
    return cast("Truth", condition.truth)


def _given(part: Trace) -> FactValue:
    """
    Return what a comparison sees of a part: the value, or the truth as a yes or no.
    """
    if part.truth is None:
        return part.value
    return None if part.truth is Truth.UNKNOWN else part.truth is Truth.TRUE


def _compare(left: Trace, comparator: Comparator, right: Trace) -> Truth:
    first, second = _given(left), _given(right)
    if first is None or second is None:
        return Truth.UNKNOWN
    if comparator in {Comparator.EQUAL, Comparator.UNEQUAL}:
        return truth_of((first == second) is (comparator is Comparator.EQUAL))
    # The checker lets only numbers have an order.
    return truth_of(_ORDER[comparator](cast("Decimal", first), cast("Decimal", second)))


def _calculate(node: Negative | Arithmetic | Call, values: list[Decimal | None]) -> Decimal | None:
    """
    Return the result of one step, None if a value is missing or decimal refuses (a division by zero).
    """
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    try:
        match node:
            case Negative():
                return known[0].copy_negate()
            case Arithmetic(operation=operation):
                return _COMBINE[operation](*known)
            case _:
                return _APPLY[node.function](known)
    except ArithmeticError:
        return None


def _embedded(part: Trace, node: Expression) -> str:
    """
    Return a part's words as they stand within a calculation.
    """
    return f"({part.words})" if isinstance(node, Arithmetic) else part.words


def _operand(part: Trace) -> str:
    """
    Return a part's words as they stand in a comparison: a fact is followed by what it is.
    """
    is_fact = part.truth is not None and part.result
    return f"{part.words} {_judged(part).value}" if is_fact else part.sentence()
