"""
Where a comparison turns: the value at which it is just true, and the one beside it at which it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Comparator

_STEPS = {Kind.PERCENT: Decimal("0.001"), Kind.DURATION: Decimal(1)}
_FINER = -1
_EXACT = Context(prec=100)  # wide enough for any literal: a boundary is never rounded
_TURNS: dict[Comparator, tuple[int, int]] = {
    # How many steps from the threshold it is true, and how many steps from it no longer.
    Comparator.LESS: (-1, 0),
    Comparator.AT_MOST: (0, 1),
    Comparator.GREATER: (1, 0),
    Comparator.AT_LEAST: (0, -1),
}


@dataclass(frozen=True, slots=True)
class Boundary:
    """
    The comparison is true *at* one value and no longer at the other, *not_at*.
    """

    at: Decimal
    not_at: Decimal


def boundary_of(comparator: Comparator, threshold: Decimal, kind: Kind, *, is_whole: bool) -> Boundary | None:
    """
    Return the boundary of ``x comparator threshold``; ``None`` for ``==`` and ``!=``, which turn at the value itself.
    """
    turn = _TURNS.get(comparator)
    if turn is None:
        return None
    if is_whole:
        return _whole_boundary(comparator, threshold)
    step = step_beside(threshold, kind)
    return Boundary(*(_EXACT.add(threshold, step * count) for count in turn))


def _whole_boundary(comparator: Comparator, threshold: Decimal) -> Boundary:
    """
    Return the boundary of what is counted: the whole numbers on either side.
    """
    belongs_below = comparator in {Comparator.AT_MOST, Comparator.GREATER}
    rounding = ROUND_FLOOR if belongs_below else ROUND_CEILING
    whole = threshold.to_integral_value(rounding=rounding)
    below, above = (whole, _EXACT.add(whole, 1)) if belongs_below else (_EXACT.subtract(whole, 1), whole)
    is_true_below = comparator in {Comparator.LESS, Comparator.AT_MOST}
    return Boundary(below, above) if is_true_below else Boundary(above, below)


def step_beside(threshold: Decimal, kind: Kind) -> Decimal:
    """
    Return the smallest step that shows the difference: a thousandth of a percent, a second.

    A threshold that is written finer than that is shown with one digit more.
    """
    exponent = min(int(threshold.normalize(_EXACT).as_tuple().exponent), 0)
    step = _STEPS.get(kind)
    finer = Decimal(1).scaleb(exponent + _FINER)
    if step is None:
        return finer
    return step if Decimal(1).scaleb(exponent) >= step else finer
