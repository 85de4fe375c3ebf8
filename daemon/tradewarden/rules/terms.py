"""
What an expression can come to, given what its facts can be: ranges, and names for expressions that are the same.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from tradewarden.rules.cuts import ALL, GREATEST, NONE, Numbers, between, points, union
from tradewarden.rules.tree import (
    Arithmetic,
    Call,
    Comparison,
    Fact,
    Function,
    Likeness,
    Literal,
    Membership,
    Negative,
    Operation,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from tradewarden.rules.tree import Expression

    Known = Callable[[Fact], Numbers]

_ZERO = Decimal(0)
_NOT_NEGATIVE = union([((_ZERO, False), GREATEST)])


def key_of(expression: Expression) -> Hashable:
    """
    Return a name that two expressions share only if they always come to the same.
    """
    own: tuple[Hashable, ...]
    match expression:
        case Fact(name=name):
            return name
        case Literal(value=value):
            own = (value,)
        case Arithmetic(operation=operation):
            own = (operation,)
        case Call(function=function):
            own = (function,)
        case Comparison(comparators=comparators):
            own = (comparators,)
        case Membership(negated=negated):
            own = (negated,)
        case Likeness(glob=glob, negated=negated):
            own = (glob, negated)
        case _:
            own = ()
    return (type(expression).__name__, *own, *map(key_of, children(expression)))


def range_of(expression: Expression, known: Known) -> Numbers:
    """
    Return numbers among which the result surely is, if it is known at all; *known* tells what the facts can be.

    The results of a calculation are rounded as the evaluators round them. Rounding keeps the order: the ends of the
    range are the results at the ends, and belong to it.
    """
    match expression:
        case Literal(value=value):
            return points([value]) if isinstance(value, Decimal) else ALL
        case Fact():
            return known(expression)
        case Negative(operand=operand):
            return range_of(operand, known).mirrored()
        case Arithmetic(operation=operation, left=left, right=right):
            return _combined(operation, range_of(left, known), range_of(right, known))
        case Call(function=function, arguments=arguments):
            return _applied(function, [range_of(argument, known) for argument in arguments])
        case _:
            return ALL


def absolute(numbers: Numbers) -> Numbers:
    """
    Return what the sizes of *numbers* can be.
    """
    return union([*numbers.meet(_NOT_NEGATIVE).spans, *numbers.mirrored().meet(_NOT_NEGATIVE).spans])


def of_either_sign(sizes: Numbers) -> Numbers:
    """
    Return the numbers whose size is among *sizes*.
    """
    given = sizes.meet(_NOT_NEGATIVE)
    return union([*given.spans, *given.mirrored().spans])


def _applied(function: Function, ranges: list[Numbers]) -> Numbers:
    if any(numbers.is_empty for numbers in ranges):
        return NONE
    if function is Function.ABS:
        return absolute(ranges[0])
    choose = min if function is Function.MIN else max
    return union([(choose(one.spans[0][0] for one in ranges), choose(one.spans[-1][1] for one in ranges))])


def _combined(operation: Operation, left: Numbers, right: Numbers) -> Numbers:
    if left.is_empty or right.is_empty:
        return NONE
    if operation is Operation.DIVIDE and right.low <= 0 <= right.high:
        return ALL
    corners = product((left.low, left.high), (right.low, right.high))
    try:
        ends = [_corner(operation, one, other) for one, other in corners]
    except ArithmeticError:  # too large for decimal, or without bound at both ends: nothing is said of it
        return ALL
    return between(min(ends), max(ends))


def _corner(operation: Operation, one: Decimal, other: Decimal) -> Decimal:
    """
    Return what the operation comes to, or comes near to, at these ends.
    """
    match operation:
        case Operation.ADD:
            return one + other
        case Operation.SUBTRACT:
            return one - other
        case Operation.MULTIPLY:
            return _ZERO if _ZERO in {one, other} else one * other
        case _:
            return one / other
