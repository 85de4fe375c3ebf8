"""
Chains that turn their direction: valid, but they compare the middle with both sides, and are read as a range.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

from tradewarden.rules.faults import Fault
from tradewarden.rules.origin import Held
from tradewarden.rules.tree import Comparator, Comparison, Fact, Literal, walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tradewarden.rules.condition import Condition
    from tradewarden.rules.tree import Expression

_UPWARD = frozenset({Comparator.LESS, Comparator.AT_MOST})
_DOWNWARD = frozenset({Comparator.GREATER, Comparator.AT_LEAST})
_MIRRORED = {
    Comparator.GREATER: Comparator.LESS,
    Comparator.AT_LEAST: Comparator.AT_MOST,
    Comparator.LESS: Comparator.LESS,
    Comparator.AT_MOST: Comparator.AT_MOST,
}
"""
The comparators as a chain that goes upward writes them.
"""


def turned_chains(condition: Condition) -> Iterator[Fault]:
    """
    Yield a fault for each chain of *condition* with a ``<`` and a ``>`` in it.
    """
    for node in _parts(condition.expression):
        if isinstance(node, Comparison) and _turns(node):
            yield _fault(condition.text, node)


def _parts(expression: Expression) -> Iterator[Expression]:
    """
    Yield *expression* and everything in it, in held conditions too.
    """
    for node in walk(expression):
        yield node
        if isinstance(node, Fact) and isinstance(node.origin, Held):
            yield from _parts(node.origin.condition)


def _turns(chain: Comparison) -> bool:
    return not _UPWARD.isdisjoint(chain.comparators) and not _DOWNWARD.isdisjoint(chain.comparators)


def _fault(text: str, chain: Comparison) -> Fault:
    written = [_cut(text, operand) for operand in chain.operands]
    links = [f"{left} {sign} {right}" for (left, right), sign in zip(pairwise(written), chain.comparators, strict=True)]
    meaning = " and ".join(links)
    message = f"{_cut(text, chain)} is no range: each sign compares its two neighbours, so it means {meaning}"
    hint = _of_two_bounds(text, chain) or f"if that is meant, write {_to_be_pasted(text, chain, meaning)}"
    return Fault(start=chain.start, end=chain.end, code="chain-turns", message=message, hint=hint, verdict=None)


def _of_two_bounds(text: str, chain: Comparison) -> str | None:
    """
    Return the hint for ``profit > 5% < 10%``: the lower bound first; for ``hour >= 22 <= 6``: one of the two.

    None if there are not two different bounds of one value.
    """
    parts: tuple[tuple[Expression, Comparator, Expression], ...]
    match chain.operands:
        case (value, Literal() as inner, Literal() as outer) if not isinstance(value, Literal):
            to_inner, to_outer = chain.comparators
            is_inner_low = to_inner in _DOWNWARD
            parts = ((value, to_inner, inner), (value, to_outer, outer))
        case (Literal() as outer, Literal() as inner, value) if not isinstance(value, Literal):
            to_outer, to_inner = chain.comparators
            is_inner_low = to_inner in _UPWARD
            parts = ((outer, to_outer, value), (inner, to_inner, value))
        case _:
            return None
    bounds = [(inner, _MIRRORED[to_inner]), (outer, _MIRRORED[to_outer])]
    (low, above), (high, below) = bounds if is_inner_low else reversed(bounds)
    # Where a sign can stand between two values they are numbers.
    lowest, highest = cast("Decimal", low.value), cast("Decimal", high.value)
    if lowest == highest:
        return None
    if lowest > highest:
        either = " or ".join(f"{_cut(text, left)} {sign} {_cut(text, right)}" for left, sign, right in parts)
        return f"if one of them is enough, write {_to_be_pasted(text, chain, either)}"
    return f"for a range write `{_cut(text, low)} {above} {_cut(text, value)} {below} {_cut(text, high)}`"


def _to_be_pasted(text: str, chain: Comparison, parts: str) -> str:
    """
    Write *parts* in place of *chain*: in brackets if more stands around it.
    """
    return f"`{parts}`" if (chain.start, chain.end) == (0, len(text)) else f"`({parts})`"


def _cut(text: str, node: Expression) -> str:
    return " ".join(text[node.start : node.end].split())
