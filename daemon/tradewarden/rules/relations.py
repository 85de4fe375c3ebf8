"""
What surely stands in an order: a window and what it looks back on, a calculation and the value that it starts from.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from tradewarden.rules.origin import Window, WindowFunction
from tradewarden.rules.tree import Arithmetic, Comparator, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tradewarden.rules.cuts import Numbers
    from tradewarden.rules.tree import Expression, Fact

    Range = Callable[[Expression], Numbers]

_ONE = Decimal(1)
_UPWARD, _DOWNWARD = Comparator.AT_LEAST, Comparator.AT_MOST
_RANK = {WindowFunction.LOWEST: 0, None: 1, WindowFunction.HIGHEST: 2}


def ordered_facts(facts: Iterable[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """
    Yield pairs of which the first is never above the second. The present reading is in every window, so the lowest is
    never above it, nor the highest below.
    """
    for one, other in combinations(facts, 2):
        (rank, subject), (other_rank, other_subject) = _ranked(one), _ranked(other)
        if subject == other_subject and rank != other_rank:
            yield (one, other) if rank < other_rank else (other, one)


def _ranked(fact: Fact) -> tuple[int, str]:
    """
    Return the fact that is looked at, and whether its lowest, present or highest value is meant.
    """
    match fact.origin:
        case Window(function=WindowFunction.LOWEST | WindowFunction.HIGHEST as function, base=base):
            return _RANK[function], base.name
        case _:
            return _RANK[None], fact.name


def sides_of(expression: Expression, range_of: Range) -> Iterator[tuple[Comparator, Expression]]:
    """
    Yield how *expression* surely stands to a part of it: ``x - 5`` is at most ``x``. *range_of* says what it can be.
    """
    if not isinstance(expression, Arithmetic):
        return
    left, right = expression.left, expression.right
    match expression.operation:
        case Operation.ADD:
            yield from _moved(left, range_of(right), _UPWARD, _DOWNWARD)
            yield from _moved(right, range_of(left), _UPWARD, _DOWNWARD)
        case Operation.SUBTRACT:
            yield from _moved(left, range_of(right), _DOWNWARD, _UPWARD)
        case Operation.MULTIPLY:
            yield from _scaled(left, range_of(left), range_of(right), _UPWARD, _DOWNWARD)
            yield from _scaled(right, range_of(right), range_of(left), _UPWARD, _DOWNWARD)
        case _:
            divisor = range_of(right)
            if not divisor.is_empty and divisor.low >= 0:
                yield from _scaled(left, range_of(left), divisor, _DOWNWARD, _UPWARD)


def _moved(
    value: Expression, by: Numbers, if_positive: Comparator, if_negative: Comparator
) -> Iterator[tuple[Comparator, Expression]]:
    if not by.is_empty and by.low >= 0:
        yield if_positive, value
    if not by.is_empty and by.high <= 0:
        yield if_negative, value


def _scaled(
    value: Expression, of: Numbers, by: Numbers, if_more: Comparator, if_less: Comparator
) -> Iterator[tuple[Comparator, Expression]]:
    if of.is_empty or by.is_empty or of.low < 0:
        return
    if by.low >= _ONE:
        yield if_more, value
    if by.high <= _ONE:
        yield if_less, value
