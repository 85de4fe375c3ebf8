"""
The parts of a condition that coverage counts: its comparisons, their edges, and the ands and ors between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.truth import Truth, truth_of
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.literals import show
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import And, Comparator, Comparison, Fact, Known, Literal, Not, Or, children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.trace import Trace
    from tradewarden.rules.tree import Expression

COUNTS = frozenset({"live_steps", "filled_steps", "hour", "leverage", "step.position"})
ALWAYS_KNOWN = frozenset({"status"})  # rules are asked about open SmartTrades only
NEAR = Decimal("0.02")  # of the threshold: so near is just beyond
STEP_OF = {Kind.PERCENT: Decimal("0.1"), Kind.DURATION: Decimal(60)}
_TURNED = {
    Comparator.LESS: Comparator.GREATER,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.GREATER: Comparator.LESS,
    Comparator.AT_LEAST: Comparator.AT_MOST,
}
_ENDS_BELOW = frozenset({Comparator.LESS, Comparator.AT_LEAST})  # the threshold itself belongs to what is above it

Place = tuple[int, int, int]  # start, end and link of a part in the text of its condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """
    Where a comparison turns: at *threshold* itself, and at the values just on its other side.
    """

    threshold: Decimal
    kind: Kind
    is_below: bool  # the other side is below the threshold
    step: Decimal  # to a value that is just beyond

    @property
    def exactly(self) -> str:
        """
        Write the threshold.
        """
        return show(self.threshold, self.kind)

    @property
    def beyond(self) -> str:
        """
        Write a value just beyond it.
        """
        return show(self.threshold + (-self.step if self.is_below else self.step), self.kind)

    def is_just_beyond(self, value: Decimal) -> bool:
        """
        Tell whether *value* is on the other side, and near.
        """
        gap = self.threshold - value if self.is_below else value - self.threshold
        return 0 < gap <= max(self.step, abs(self.threshold) * NEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """
    What a comparison came to once: its truth, and the value that stood against the threshold.
    """

    truth: Truth
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """
    A comparison, or another part that is true or false by itself.
    """

    place: Place
    text: str
    can_be_unknown: bool
    edge: Edge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """
    An ``and`` or an ``or`` with the texts of its *operands*.
    """

    place: Place
    is_and: bool
    operands: tuple[str, ...]


def parts_of(expression: Expression, text: str) -> Iterator[Leaf | Junction]:
    """
    Yield the parts of a condition, in the order of its *text*.
    """
    match expression:
        case Literal():
            return
        case Not(operand=operand):
            yield from parts_of(operand, text)
        case And() | Or():
            operands = tuple(text[part.start : part.end] for part in expression.operands)
            yield Junction(place=_place(expression), is_and=isinstance(expression, And), operands=operands)
            for operand in expression.operands:
                yield from parts_of(operand, text)
        case Comparison():
            for link, (left, comparator, right) in enumerate(_links(expression)):
                yield Leaf(
                    place=_place(expression, link),
                    text=text[left.start : right.end],
                    can_be_unknown=_can_be_unknown(left) or _can_be_unknown(right),
                    edge=_edge(left, comparator, right),
                )
        case _:
            yield Leaf(
                place=_place(expression),
                text=text[expression.start : expression.end],
                can_be_unknown=not isinstance(expression, Known) and _can_be_unknown(expression),
            )


def seen_in(expression: Expression, trace: Trace) -> Iterator[tuple[Place, Seen | int]]:
    """
    Yield what each leaf came to, and of each and and or the number of the operand that alone decided it.
    """
    match expression:
        case Literal():
            return
        case Not(operand=operand):
            yield from seen_in(operand, trace.children[0])
        case And() | Or():
            truths = [child.truth for child in trace.children]
            decided = _decider(truths, Truth.FALSE if isinstance(expression, And) else Truth.TRUE)
            if decided is not None:
                yield _place(expression), decided
            for operand, child in zip(expression.operands, trace.children, strict=True):
                yield from seen_in(operand, child)
        case Comparison():
            yield from _seen_links(expression, trace)
        case _:
            if trace.truth is not None:
                yield _place(expression), Seen(truth=trace.truth)


def _seen_links(expression: Comparison, trace: Trace) -> Iterator[tuple[Place, Seen]]:
    is_single = len(expression.comparators) == 1
    for link, (left, comparator, right) in enumerate(_links(expression)):
        before, after = trace.children[link], trace.children[link + 1]
        truth = trace.truth if is_single and trace.truth is not None else _compare(before, comparator, after)
        against = after.value if _is_constant(left) else before.value
        value = against if isinstance(against, Decimal) and left.kind in NUMERIC and right.kind in NUMERIC else None
        yield _place(expression, link), Seen(truth=truth, value=value)


def _links(comparison: Comparison) -> Iterator[tuple[Expression, Comparator, Expression]]:
    return zip(comparison.operands, comparison.comparators, comparison.operands[1:], strict=False)


def _compare(left: Trace, comparator: Comparator, right: Trace) -> Truth:
    """
    Compare the two values of one link of a chain.
    """
    first, second = _given(left), _given(right)
    if first is None or second is None:
        return Truth.UNKNOWN
    if comparator in {Comparator.EQUAL, Comparator.UNEQUAL}:
        return truth_of((first == second) is (comparator is Comparator.EQUAL))
    if not isinstance(first, Decimal) or not isinstance(second, Decimal):
        return Truth.UNKNOWN  # the checker lets only numbers have an order
    if comparator in {Comparator.GREATER, Comparator.AT_LEAST}:
        first, second, comparator = second, first, _TURNED[comparator]
    return truth_of(first < second if comparator is Comparator.LESS else first <= second)


def _given(part: Trace) -> Decimal | str | bool | None:
    if part.truth is None:
        return part.value
    return None if part.truth is Truth.UNKNOWN else part.truth is Truth.TRUE


def _decider(truths: list[Truth | None], deciding: Truth) -> int | None:
    """
    Return which operand alone decided: it is the *deciding* truth, and all the others are its opposite.
    """
    found = [index for index, truth in enumerate(truths) if truth is deciding]
    others = all(truth is deciding.negated() for index, truth in enumerate(truths) if index not in found)
    return found[0] if len(found) == 1 and others else None


def _edge(left: Expression, comparator: Comparator, right: Expression) -> Edge | None:
    """
    Return the edge of a comparison of a value with a written number, whichever side that stands on.
    """
    if comparator not in _TURNED:
        return None
    if _is_constant(left):
        left, comparator, right = right, _TURNED[comparator], left
    if _is_constant(left) or not isinstance(right, Literal) or not isinstance(right.value, Decimal):
        return None
    threshold = right.value
    names = {part.name for part in walk(left) if isinstance(part, Fact)}
    step = STEP_OF.get(right.kind, abs(threshold) * NEAR / 2 or Decimal(1))
    if names <= COUNTS:
        step = Decimal(1)
    return Edge(threshold=threshold, kind=right.kind, is_below=comparator in _ENDS_BELOW, step=step)


def _is_constant(expression: Expression) -> bool:
    return not any(isinstance(part, Fact) for part in walk(expression))


def _can_be_unknown(expression: Expression) -> bool:
    if isinstance(expression, Known):
        return False
    if isinstance(expression, Fact):
        schema = VOCABULARY.get(expression.name)
        return expression.name not in ALWAYS_KNOWN and (schema is None or schema.unknown_when != "never")
    return any(map(_can_be_unknown, children(expression)))


def _place(expression: Expression, link: int = 0) -> Place:
    return expression.start, expression.end, link
