"""
What keeps a whole condition from being true: the comparisons that would have to turn round, and how far each is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.model.truth import Truth, truth_of
from tradewarden.rules.near_miss import gap_of
from tradewarden.rules.trace import trace
from tradewarden.rules.tree import And, Comparison, Membership, Not, Or

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.near_miss import Gap
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.trace import Trace
    from tradewarden.rules.tree import Expression

CONTRADICTION = "these moves alone do not make it true: its comparisons pull in different directions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """
    What must change for a condition to be true: all *gaps* must close, and all *obstacles* (the parts that no distance
    measures, as sentences) must turn.
    """

    gaps: tuple[Gap, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def is_measured(self) -> bool:
        """
        Tell whether closing the gaps makes the condition true.
        """
        return bool(self.gaps) and not self.obstacles

    @property
    def nearness(self) -> Decimal:
        """
        Return the largest of its gaps: all of them must close. Zero if there are none.
        """
        return max((gap.nearness for gap in self.gaps), default=Decimal(0))

    def sentence(self) -> str:
        """
        Write it on one line.
        """
        return " and ".join((*(gap.sentence() for gap in self.gaps), *self.obstacles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    One part of a condition that is true, false or unknown by itself, with what it saw and how far it is from turning.
    """

    trace: Trace
    gap: Gap | None


def parts_of(condition: Condition, facts: Mapping[str, FactValue]) -> tuple[Part, ...]:
    """
    Return the comparisons of a condition in the order of its text, and all else that is a condition by itself.
    """
    return tuple(
        Part(trace=trace(leaf, condition.text, facts), gap=_gap(leaf, condition.text, facts))
        for leaf in _leaves(condition.expression)
    )


def miss_of(condition: Condition, facts: Mapping[str, FactValue]) -> Miss | None:
    """
    Return what keeps *condition* from being true; ``None`` if it is.

    Of alternatives the nearest is told. Where it *is measured*, moving its facts that far makes the condition true.
    """
    if condition.evaluate(facts) is Truth.TRUE:
        return None
    miss = _missing(condition.expression, condition.text, facts, wanted=True)
    if miss.is_measured and condition.evaluate(_moved(miss.gaps, facts)) is not Truth.TRUE:
        return Miss(gaps=miss.gaps, obstacles=(CONTRADICTION,))
    return miss


def _moved(gaps: Sequence[Gap], facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    moved = dict(facts)
    for gap in sorted(gaps, key=lambda gap: gap.distance):  # of one fact the farthest move counts
        moved[gap.fact] = gap.turned
    return moved


def _leaves(node: Expression) -> Iterator[Expression]:
    match node:
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _leaves(operand)
        case Not(operand=operand):
            yield from _leaves(operand)
        case _:
            yield node


def _gap(leaf: Expression, text: str, facts: Mapping[str, FactValue]) -> Gap | None:
    return gap_of(leaf, text, facts) if isinstance(leaf, Comparison | Membership) else None


def _missing(node: Expression, text: str, facts: Mapping[str, FactValue], *, wanted: bool) -> Miss:
    """
    Return what keeps *node* from being what is *wanted*.
    """
    seen = trace(node, text, facts)
    if seen.truth is truth_of(wanted):
        return Miss()
    match node:
        case Not(operand=operand):
            return _missing(operand, text, facts, wanted=not wanted)
        case And(operands=operands) | Or(operands=operands):
            misses = [_missing(operand, text, facts, wanted=wanted) for operand in operands]
            return _all(misses) if isinstance(node, And) is wanted else min(misses, key=_order)
        case _:
            gap = _gap(node, text, facts)
            return Miss(obstacles=(seen.sentence(),)) if gap is None else Miss(gaps=(gap,))


def _all(misses: Sequence[Miss]) -> Miss:
    return Miss(
        gaps=tuple(gap for miss in misses for gap in miss.gaps),
        obstacles=tuple(obstacle for miss in misses for obstacle in miss.obstacles),
    )


def _order(miss: Miss) -> tuple[int, Decimal]:
    return len(miss.obstacles), miss.nearness
