"""
A condition read back in plain words, with the exact place where each comparison turns.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.boundaries import boundary_of
from tradewarden.rules.claims import OPPOSITE
from tradewarden.rules.domains import Domains
from tradewarden.rules.glob import Shape, simple_shape
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.literals import plain, show
from tradewarden.rules.origin import Held, MarketFact, Window
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
    from collections.abc import Iterator, Mapping

    from tradewarden.rules.schema import Vocabulary
    from tradewarden.rules.tree import Expression

_SWAPPED = {
    Comparator.LESS: Comparator.GREATER,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.GREATER: Comparator.LESS,
    Comparator.AT_LEAST: Comparator.AT_MOST,
    Comparator.EQUAL: Comparator.EQUAL,
    Comparator.UNEQUAL: Comparator.UNEQUAL,
}
_WORDS = {
    Comparator.LESS: "below",
    Comparator.AT_MOST: "at most",
    Comparator.GREATER: "above",
    Comparator.AT_LEAST: "at least",
    Comparator.EQUAL: "exactly",
    Comparator.UNEQUAL: "other than",
}
_OPERATIONS = {
    Operation.ADD: "plus",
    Operation.SUBTRACT: "minus",
    Operation.MULTIPLY: "times",
    Operation.DIVIDE: "divided by",
}
_FUNCTIONS = {Function.ABS: "the size of", Function.MIN: "the least of", Function.MAX: "the greatest of"}
_SHAPES = {Shape.START: "begins with", Shape.END: "ends with", Shape.INSIDE: "contains", Shape.WHOLE: "is"}
_UNSHAPED = {
    Shape.START: "does not begin with",
    Shape.END: "does not end with",
    Shape.INSIDE: "does not contain",
    Shape.WHOLE: "is not",
}

_EXACT = Context(prec=100)

Words = tuple[str, str]
"""
For a yes-or-no fact what to say if it holds, and if it does not.
"""


class Speech:
    """
    Reads conditions back. *names* says what facts are called, *answers* what yes-or-no facts mean.
    """

    def __init__(self, vocabulary: Vocabulary, names: Mapping[str, str], answers: Mapping[str, Words]) -> None:
        self._domains = Domains(vocabulary)
        self._names = names
        self._answers = answers

    def condition(self, node: Expression, *, holds: bool = True) -> str:
        """
        Say when *node* is true, or, if not *holds*, when it is false. What is unknown is neither.
        """
        match node:
            case Not(operand=operand):
                return self.condition(operand, holds=not holds)
            case And(operands=operands) | Or(operands=operands):
                word = " and " if isinstance(node, And) is holds else " or "
                return word.join(self._part(operand, holds=holds) for operand in operands)
            case Comparison():
                return (" and " if holds else " or ").join(self._links(node, holds=holds))
            case Membership(operand=operand, values=values, negated=negated):
                listed = ", ".join(self.value(value) for value in values)
                return f"{self.value(operand)} is {'one' if holds is not negated else 'none'} of {listed}"
            case Likeness(operand=operand, glob=glob, negated=negated):
                return f"{self.value(operand)} {like(glob, holds=holds is not negated)}"
            case Known(operand=operand):
                return f"{self.value(operand)} is {'known' if holds else 'unknown'}"
            case Fact():
                return self._answer(node, holds=holds)
            case _:
                return "always" if isinstance(node, Literal) and node.value is holds else "never"

    def value(self, node: Expression) -> str:
        """
        Name the value that *node* comes to.
        """
        match node:
            case Literal(value=value, kind=kind):
                return text(value) if isinstance(value, str) else show(value, kind)
            case Fact():
                return self._name(node)
            case Negative(operand=operand):
                return f"minus {self._operand(operand)}"
            case Arithmetic(operation=operation, left=left, right=right):
                return f"{self._operand(left)} {_OPERATIONS[operation]} {self._operand(right)}"
            case Call(function=function, arguments=arguments):
                return f"{_FUNCTIONS[function]} {_listed([self._operand(one) for one in arguments])}"
            case _:
                return f"whether {self.condition(node)}"

    def _part(self, node: Expression, *, holds: bool) -> str:
        said = self.condition(node, holds=holds)
        inner = node
        while isinstance(inner, Not):
            inner = inner.operand
        return f"({said})" if isinstance(inner, And | Or) else said

    def _operand(self, node: Expression) -> str:
        return f"({self.value(node)})" if isinstance(node, Arithmetic) else self.value(node)

    def _links(self, chain: Comparison, *, holds: bool) -> Iterator[str]:
        subject = None
        for left, comparator, right in zip(chain.operands, chain.comparators, chain.operands[1:], strict=False):
            told = comparator if holds else OPPOSITE[comparator]
            if isinstance(left, Literal) and not isinstance(right, Literal):
                left, told, right = right, _SWAPPED[told], left  # noqa: PLW2901 (a fact stands before its threshold)
            said = self._compared(left, told, right)
            name = f"{self.value(left)} is "
            # ``-10% < profit < 0%`` names the profit once.
            yield said.removeprefix(name) if name == subject and left.kind in NUMERIC else said
            subject = name

    def _compared(self, left: Expression, comparator: Comparator, right: Expression) -> str:
        if isinstance(left, Fact) and left.kind is Kind.BOOL and isinstance(right, Literal):
            return self._answer(left, holds=(right.value is True) is (comparator is Comparator.EQUAL))
        if left.kind not in NUMERIC:
            return f"{self.value(left)} is {'' if comparator is Comparator.EQUAL else 'not '}{self.value(right)}"
        told = f"{self.value(left)} is {_WORDS[comparator]} {self.value(right)}"
        if not isinstance(right, Literal) or not isinstance(right.value, Decimal):
            return told
        boundary = boundary_of(comparator, right.value, right.kind, is_whole=self._is_whole(left))
        if boundary is None:
            return told
        at, not_at = (show(_shortest(one), right.kind) for one in (boundary.at, boundary.not_at))
        return f"{told} (at {at}, not at {not_at})"

    def _is_whole(self, node: Expression) -> bool:
        return isinstance(node, Fact) and self._domains.is_whole(node)

    def _name(self, fact: Fact) -> str:
        match fact.origin:
            case Window(function=function, base=base, length=length):
                return f"the {function} of {self._name(base)} over {duration(length)}"
            case MarketFact(pair=pair, fact=name):
                return f"{self._called(name)} of {pair}"
            case _:
                return self._called(fact.name)

    def _called(self, name: str) -> str:
        return self._names.get(name, f"the {name.removeprefix('step.').replace('_', ' ')}")

    def _answer(self, fact: Fact, *, holds: bool) -> str:
        if isinstance(fact.origin, Held):
            has = "has" if holds else "has not"
            return f"({self.condition(fact.origin.condition)}) {has} held for {duration(fact.origin.length)}"
        name = self._name(fact)
        return self._answers.get(fact.name, (f"{name} is true", f"{name} is false"))[0 if holds else 1]


def like(glob: str, *, holds: bool) -> str:
    """
    Say of a text that it matches *glob*, or does not.
    """
    if not glob:
        return "is empty" if holds else "is not empty"
    shape = simple_shape(glob)
    if shape is None or not shape[1]:
        return f"{'is' if holds else 'is not'} like {glob}"
    return f"{(_SHAPES if holds else _UNSHAPED)[shape[0]]} {shape[1]}"


def text(value: str) -> str:
    """
    Write a text: in quotes where it would run into the sentence.
    """
    if not value:
        return "empty"
    return f'"{value}"' if any(letter in value for letter in " ,()") else value


def duration(length: timedelta) -> str:
    """
    Write a duration as it is written in the file: 1h30m.
    """
    return show(Decimal(length // timedelta(milliseconds=1)) / 1000, Kind.DURATION)


def _shortest(value: Decimal) -> Decimal:
    """
    Return *value* without zeros at its end, and without an exponent.
    """
    return Decimal(plain(value.normalize(_EXACT)))


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
