"""
Whether conditions can ever be true, and whether they can be true together. What is claimed here is certain.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tradewarden.rules.claims import Given, TooManyCasesError, all_of_cases, cases_of
from tradewarden.rules.store import ContradictionError, Store
from tradewarden.rules.tree import Arithmetic, Fact, Known, Operation, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tradewarden.rules.claims import Case
    from tradewarden.rules.domains import Domains
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression

MOST_SAMPLES = 16

Wanted = tuple["Expression", bool]
"""
A condition, and whether it is to be true or to be false.
"""


def are_never(wanted: Sequence[Wanted], domains: Domains, *, given: Case = ()) -> bool:
    """
    Tell whether the conditions surely never come to what is wanted of them, all at once, while *given* holds.
    """
    try:
        return next(_stores(wanted, domains, given), None) is None
    except TooManyCasesError:
        return False


def is_never_true(condition: Expression, domains: Domains, *, given: Case = ()) -> bool:
    """
    Tell whether *condition* is surely false or unknown, whatever its facts are.
    """
    return are_never([(condition, True)], domains, given=given)


def is_never_false(condition: Expression, domains: Domains, *, given: Case = ()) -> bool:
    """
    Tell whether *condition* is surely true or unknown, whatever its facts are.
    """
    return are_never([(condition, False)], domains, given=given)


def implies(first: Expression, second: Expression, domains: Domains, *, given: Case = ()) -> bool:
    """
    Tell whether *second* is surely true whenever *first* is. In doubt it says no.
    """
    if not facts_of(second) <= _surely_known(first) or any(map(_may_be_unknown, walk(second))):
        return False
    return are_never([(first, True), (second, False)], domains, given=given)


def samples(wanted: Sequence[Wanted], domains: Domains, *, given: Case = ()) -> Iterator[Mapping[str, FactValue]]:
    """
    Yield values of the facts for which the conditions may come to what is wanted: each must be tried.
    """
    try:
        for store in islice(_stores(wanted, domains, given), MOST_SAMPLES):
            yield store.sample()
    except TooManyCasesError:
        return


def ways_to_be_true(condition: Expression, domains: Domains, *, given: Case = ()) -> Iterator[Store]:
    """
    Yield what each way to make *condition* true leaves to its facts, while *given* holds. Raises TooManyCasesError.
    """
    yield from _stores([(condition, True)], domains, given)


def facts_of(expression: Expression) -> frozenset[str]:
    """
    Return the names of the facts that *expression* reads.
    """
    return frozenset(part.name for part in walk(expression) if isinstance(part, Fact))


def _surely_known(condition: Expression) -> frozenset[str]:
    """
    Return the facts that are known whenever *condition* is true, as far as that is plain.
    """
    try:
        cases = cases_of(condition, truth=True)
    except TooManyCasesError:
        return frozenset()
    if len(cases) != 1 or any(isinstance(claim, Given) for claim in cases[0]):
        return frozenset()
    return facts_of(condition)


def _may_be_unknown(part: Expression) -> bool:
    """
    Tell whether *part* can be unknown though its facts are known.
    """
    return isinstance(part, Known) or (isinstance(part, Arithmetic) and part.operation is Operation.DIVIDE)


def _stores(wanted: Sequence[Wanted], domains: Domains, given: Case) -> Iterator[Store]:
    """
    Yield what is left of the facts in each case that may be.
    """
    for case in all_of_cases([cases_of(expression, truth=truth) for expression, truth in wanted]):
        try:
            yield Store((*given, *case), domains)
        except ContradictionError:
            continue
