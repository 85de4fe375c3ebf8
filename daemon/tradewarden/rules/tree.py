"""
The typed tree of a condition: every node knows its kind and its place in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tradewarden.rules.origin import Origin
    from tradewarden.rules.schema import Kind


class Comparator(StrEnum):
    """
    How two values are compared.
    """

    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    EQUAL = "=="
    UNEQUAL = "!="


class Operation(StrEnum):
    """
    How two values are combined.
    """

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


class Function(StrEnum):
    """
    The functions from values to a value. `known` is a node of its own: its answer is a truth.
    """

    ABS = "abs"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    *start* and *end* are character offsets into the text of the condition.
    """

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """
    A value written in the condition; its sign is part of it.
    """

    value: Decimal | str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Node):
    """
    A fact by its name. A yes-or-no fact is a condition by itself.

    One with an *origin* is no fact of the SmartTrade as it was read: a window over time, a market. Its name is its
    canonical text, as in ``change(last, 15m)``. What *is_whole* is a count of something; a number that *is_name* only
    names something.
    """

    name: str
    origin: Origin | None = None
    is_whole: bool = False
    is_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative(Node):
    """
    Unary minus.
    """

    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(Node):
    """
    ``left operation right``. A division by zero is unknown.
    """

    operation: Operation
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """
    A function of values.
    """

    function: Function
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Node):
    """
    A chain of comparisons: each of the *comparators* stands between two of the *operands*, and all must hold.
    """

    operands: tuple[Expression, ...]
    comparators: tuple[Comparator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Node):
    """
    ``operand in [values]``, or ``not in``.
    """

    operand: Expression
    values: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness(Node):
    """
    ``operand like "glob"``, or ``not like``.
    """

    operand: Expression
    glob: str
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Node):
    """
    ``known(operand)``: true or false, never unknown.
    """

    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """
    The opposite; of unknown it is unknown.
    """

    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """
    True if all *operands* are, false if one is.
    """

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    """
    True if one of the *operands* is, false if all are.
    """

    operands: tuple[Expression, ...]


Expression = Literal | Fact | Negative | Arithmetic | Call | Comparison | Membership | Likeness | Known | Not | And | Or


def children(expression: Expression) -> tuple[Expression, ...]:
    """
    Return the expressions that *expression* is made of, in the order of the text.
    """
    match expression:
        case Literal() | Fact():
            return ()
        case Negative(operand=operand) | Known(operand=operand) | Not(operand=operand) | Likeness(operand=operand):
            return (operand,)
        case Membership(operand=operand, values=values):
            return (operand, *values)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case _:
            return expression.operands


def walk(expression: Expression) -> Iterator[Expression]:
    """
    Yield *expression* and everything in it, in the order of the text.
    """
    yield expression
    for child in children(expression):
        yield from walk(child)
