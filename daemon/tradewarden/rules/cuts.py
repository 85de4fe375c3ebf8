"""
Sets of numbers as unions of intervals, exact at their bounds: what a condition leaves a fact to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from tradewarden.rules.tree import Comparator

if TYPE_CHECKING:
    from collections.abc import Iterable

Cut = tuple[Decimal, bool]
"""
A place between numbers: just before a number (False) or just after it (True). Cuts have an order.
"""

LEAST: Cut = (Decimal("-Infinity"), True)
GREATEST: Cut = (Decimal("Infinity"), False)
_HALF = Decimal("0.5")
_SEVERAL = 2
_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    A set of finite numbers: *spans* from cut to cut, in order, none empty, no two of them touching.
    """

    spans: tuple[tuple[Cut, Cut], ...]

    @property
    def is_empty(self) -> bool:
        """
        Tell whether no number is in it.
        """
        return not self.spans

    @property
    def low(self) -> Decimal:
        """
        Return the lower bound, -Infinity if there is none. The set must not be empty.
        """
        return self.spans[0][0][0]

    @property
    def high(self) -> Decimal:
        """
        Return the upper bound, Infinity if there is none. The set must not be empty.
        """
        return self.spans[-1][1][0]

    def __contains__(self, number: Decimal) -> bool:
        """
        Tell whether *number* is in it.
        """
        return any(low <= (number, False) and (number, True) <= high for low, high in self.spans)

    def meet(self, other: Numbers) -> Numbers:
        """
        Return what is in both.
        """
        both = ((max(a[0], b[0]), min(a[1], b[1])) for a in self.spans for b in other.spans)
        return union(both)

    def mirrored(self) -> Numbers:
        """
        Return the set of the numbers' opposites.
        """
        return union((_mirrored(high), _mirrored(low)) for low, high in self.spans)

    def whole(self) -> Numbers:
        """
        Return the set without the ends that hold no whole number, and without the spans that hold none.
        """
        return union((_whole_from(low), _whole_to(high)) for low, high in self.spans)

    def some(self) -> Decimal | None:
        """
        Return a number of it, a plain one that is not far from zero; ``None`` if it is empty.
        """
        return min((_between(low, high) for low, high in self.spans), key=abs, default=None)


def union(spans: Iterable[tuple[Cut, Cut]]) -> Numbers:
    """
    Return the set of all that lies in one of *spans*; a span that ends before it begins is empty.
    """
    real = [span for span in spans if span[0] < span[1]]
    if len(real) < _SEVERAL:
        return Numbers(tuple(real))
    joined: list[tuple[Cut, Cut]] = []
    for low, high in sorted(real):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return Numbers(tuple(joined))


ALL = Numbers(((LEAST, GREATEST),))
NONE = Numbers(())


def compared(comparator: Comparator, number: Decimal) -> Numbers:
    """
    Return the numbers for which ``x comparator number`` is true.
    """
    before, after = (number, False), (number, True)
    match comparator:
        case Comparator.LESS:
            return union([(LEAST, before)])
        case Comparator.AT_MOST:
            return union([(LEAST, after)])
        case Comparator.GREATER:
            return union([(after, GREATEST)])
        case Comparator.AT_LEAST:
            return union([(before, GREATEST)])
        case Comparator.EQUAL:
            return union([(before, after)])
        case _:
            return union([(LEAST, before), (after, GREATEST)])


def points(numbers: Iterable[Decimal]) -> Numbers:
    """
    Return the set of exactly these.
    """
    return union(((number, False), (number, True)) for number in numbers)


def others(numbers: Iterable[Decimal]) -> Numbers:
    """
    Return the set of all but these.
    """
    ends = [cut for number in sorted(set(numbers)) for cut in ((number, False), (number, True))]
    cuts = [LEAST, *ends, GREATEST]
    return union(list(pairwise(cuts))[::2])


def between(low: Decimal, high: Decimal) -> Numbers:
    """
    Return the numbers from *low* to *high*, both with it; an infinite one is no bound.
    """
    return union([(max((low, False), LEAST), min((high, True), GREATEST))])


def _mirrored(cut: Cut) -> Cut:
    number, is_after = cut
    return number.copy_negate(), not is_after


def _whole_from(cut: Cut) -> Cut:
    number, is_after = cut
    if _is_out_of_reach(number):
        return cut
    floor = number.to_integral_value(rounding="ROUND_FLOOR")
    return cut if floor == number and not is_after else (floor + _ONE, False)


def _whole_to(cut: Cut) -> Cut:
    return _mirrored(_whole_from(_mirrored(cut)))


def _is_out_of_reach(number: Decimal) -> bool:
    # Where one more is lost in rounding, nothing is said of whole numbers; nor where there is no bound.
    return abs(number) >= Decimal(10) ** 20


def _between(low: Cut, high: Cut) -> Decimal:
    """
    Return a number between two cuts: zero, or beside the bound that is nearer to it, by one if there is room.
    """
    if low <= (_ZERO, False) and high >= (_ZERO, True):
        return _ZERO
    upward, downward = _beside(low, _ONE), _beside(high, -_ONE)
    for number in (upward, downward) if abs(low[0]) <= abs(high[0]) else (downward, upward):
        if low <= (number, False) and (number, True) <= high:
            return number
    return (low[0] + high[0]) * _HALF


def _beside(cut: Cut, step: Decimal) -> Decimal:
    number, is_after = cut
    reaches = is_after is (step < 0)
    return number if reaches else number + step
