"""
A condition taken apart: the sets of simple claims, one of which must hold in full for it to be true, or to be false.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from tradewarden.rules.origin import Held
from tradewarden.rules.tree import (
    And,
    Comparator,
    Comparison,
    Expression,
    Fact,
    Known,
    Likeness,
    Literal,
    Membership,
    Not,
    Or,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_CASES = 128

OPPOSITE = {
    Comparator.LESS: Comparator.AT_LEAST,
    Comparator.AT_MOST: Comparator.GREATER,
    Comparator.GREATER: Comparator.AT_MOST,
    Comparator.AT_LEAST: Comparator.LESS,
    Comparator.EQUAL: Comparator.UNEQUAL,
    Comparator.UNEQUAL: Comparator.EQUAL,
}


@dataclass(frozen=True, slots=True)
class Compared:
    """
    ``left comparator right`` is true.
    """

    left: Expression
    comparator: Comparator
    right: Expression


@dataclass(frozen=True, slots=True)
class Listed:
    """
    *operand* is known, and one of *values*; or, if not *holds*, none of them.
    """

    operand: Expression
    values: tuple[Literal, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """
    *operand* is known, and like one of *globs*; or, if not *holds*, like none of them.
    """

    operand: Expression
    globs: tuple[str, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Told:
    """
    A yes-or-no *fact* is known and *holds*, or is known and does not.
    """

    fact: Fact
    holds: bool


@dataclass(frozen=True, slots=True)
class Given:
    """
    *operand* is known, or, if not *holds*, unknown.
    """

    operand: Expression
    holds: bool


@dataclass(frozen=True, slots=True)
class Constant:
    """
    A written ``true`` or ``false``: *holds* if the claim is fulfilled.
    """

    holds: bool


Claim = Compared | Listed | Alike | Told | Given | Constant
Case = tuple[Claim, ...]


class TooManyCasesError(Exception):
    """
    There are more ways to make the condition true than can be looked at.
    """


def cases_of(expression: Expression, *, truth: bool) -> tuple[Case, ...]:
    """
    Return every way in which *expression* comes to true, or to false if not *truth*: it does if and only if all claims
    of one of the cases hold. What is unknown does neither.

    Raises TooManyCasesError.
    """
    match expression:
        case Not(operand=operand):
            return cases_of(operand, truth=not truth)
        case And(operands=operands) | Or(operands=operands):
            parts = [cases_of(operand, truth=truth) for operand in operands]
            return all_of_cases(parts) if isinstance(expression, And) is truth else _one(parts)
        case Comparison():
            links = [((claim,),) for claim in _links(expression, truth=truth)]
            return all_of_cases(links) if truth else _one(links)
        case Fact(origin=Held(condition=condition)) if truth:
            # What has held so long is true of the present reading too.
            return all_of_cases([((Told(expression, holds=True),),), cases_of(condition, truth=True)])
    return ((_claim(expression, truth=truth),),)


def _claim(expression: Expression, *, truth: bool) -> Claim:
    match expression:
        case Membership(operand=operand, values=values, negated=negated):
            return Listed(operand, values, truth is not negated)
        case Likeness(operand=operand, glob=glob, negated=negated):
            return Alike(operand, (glob,), truth is not negated)
        case Known(operand=operand):
            return Given(operand, truth)
        case Fact():
            return Told(expression, truth)
        case Literal(value=value):
            return Constant(value is truth)
        case _:  # pragma: no cover (the checker lets nothing else be a condition)
            raise TooManyCasesError


def _links(chain: Comparison, *, truth: bool) -> Iterator[Claim]:
    for left, comparator, right in zip(chain.operands, chain.comparators, chain.operands[1:], strict=False):
        yield Compared(left, comparator if truth else OPPOSITE[comparator], right)


def all_of_cases(parts: Iterable[tuple[Case, ...]]) -> tuple[Case, ...]:
    """
    Return the cases in which one case of every part holds. Raises TooManyCasesError.
    """
    joined: tuple[Case, ...] = ((),)
    for part in parts:
        if len(joined) * len(part) > MOST_CASES:
            raise TooManyCasesError
        joined = tuple((*one, *other) for one, other in product(joined, part))
    return joined


def _one(parts: Iterable[tuple[Case, ...]]) -> tuple[Case, ...]:
    cases = tuple(case for part in parts for case in part)
    if len(cases) > MOST_CASES:
        raise TooManyCasesError
    return cases
