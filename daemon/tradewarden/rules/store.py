"""
What a case's claims leave its facts to be: one set for each, made smaller claim by claim.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.claims import Alike, Compared, Constant, Given, Listed, Told
from tradewarden.rules.cuts import ALL, GREATEST, LEAST, Numbers, compared, others, points, union
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.relations import ordered_facts, sides_of
from tradewarden.rules.terms import key_of, of_either_sign, range_of
from tradewarden.rules.texts import Texts
from tradewarden.rules.tree import Call, Comparator, Fact, Function, Literal, Negative, walk

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tradewarden.rules.claims import Case, Claim
    from tradewarden.rules.domains import Domains
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression

_ROUNDS = 2  # a second look at what was made smaller by a later claim
_SWAPPED = {
    Comparator.LESS: Comparator.GREATER,
    Comparator.AT_MOST: Comparator.AT_LEAST,
    Comparator.GREATER: Comparator.LESS,
    Comparator.AT_LEAST: Comparator.AT_MOST,
    Comparator.EQUAL: Comparator.EQUAL,
    Comparator.UNEQUAL: Comparator.UNEQUAL,
}
_SIGNS = {
    Comparator.LESS: frozenset({-1}),
    Comparator.AT_MOST: frozenset({-1, 0}),
    Comparator.GREATER: frozenset({1}),
    Comparator.AT_LEAST: frozenset({1, 0}),
    Comparator.EQUAL: frozenset({0}),
    Comparator.UNEQUAL: frozenset({-1, 1}),
}
_TOWARDS = {
    Comparator.AT_MOST: frozenset({Comparator.LESS, Comparator.AT_MOST, Comparator.EQUAL}),
    Comparator.AT_LEAST: frozenset({Comparator.GREATER, Comparator.AT_LEAST, Comparator.EQUAL}),
}


class ContradictionError(Exception):
    """
    The claims cannot all hold.
    """


class Store:
    """
    The sets of one case. Raises ContradictionError if its claims surely cannot hold together.
    """

    def __init__(self, case: Case, domains: Domains) -> None:
        self._domains = domains
        self.facts: dict[str, Fact] = {}
        self.numbers: dict[Hashable, Numbers] = {}
        self.texts: dict[Hashable, Texts] = {}
        self.flags: dict[Hashable, bool] = {}
        self._signs: dict[tuple[Hashable, Hashable], frozenset[int]] = {}
        for _ in range(_ROUNDS if len(case) > 1 else 1):
            for claim in case:
                self._take(claim)
        for lower, higher in list(ordered_facts(self.facts.values())):
            self._compare_numbers(lower, Comparator.AT_MOST, higher)
        self._refuse_what_is_both_read_and_unknown(case)

    def numbers_of(self, fact: Fact) -> Numbers:
        """
        Return the numbers that *fact* is left.
        """
        return self.numbers.get(fact.name) or self._domains.numbers(fact)

    def sample(self) -> dict[str, FactValue]:
        """
        Return a value for each fact out of its set. Whether the condition holds for them must be tried: claims about
        several facts at once are not looked at.
        """
        values: dict[str, FactValue] = {}
        for name, fact in self.facts.items():
            if fact.kind in NUMERIC:
                values[name] = self.numbers_of(fact).some()
            elif name in self.texts:
                values[name] = self.texts[name].some()
            elif name in self.flags:
                values[name] = self.flags[name]
        return values

    def _take(self, claim: Claim) -> None:
        match claim:
            case Compared(left=left, comparator=comparator, right=right):
                self._compare(left, comparator, right)
            case Listed(operand=operand, values=values, holds=holds):
                self._list(operand, values, holds=holds)
            case Alike(operand=operand, globs=globs, holds=holds):
                texts = self._texts_of(operand)
                self._set_texts(operand, texts.like_one_of(globs) if holds else texts.like_none_of(globs))
            case Told(fact=fact, holds=holds):
                self._set_flag(fact, holds=holds)
            case Given(operand=operand, holds=holds):
                self._give(operand, holds=holds)
            case Constant(holds=False):
                raise ContradictionError

    def _compare(self, left: Expression, comparator: Comparator, right: Expression) -> None:
        if left.kind in NUMERIC:
            self._compare_numbers(left, comparator, right)
        elif isinstance(left, Literal) and isinstance(right, Literal):
            if (left.value == right.value) is not (comparator is Comparator.EQUAL):
                raise ContradictionError
        elif isinstance(left, Literal):
            self._compare(right, _SWAPPED[comparator], left)
        elif isinstance(right, Literal) and isinstance(right.value, str):
            texts = self._texts_of(left)
            value = [right.value]
            self._set_texts(left, texts.among(value) if comparator is Comparator.EQUAL else texts.without(value))
        elif isinstance(right, Literal) and isinstance(left, Fact):
            self._set_flag(left, holds=bool(right.value) is (comparator is Comparator.EQUAL))
        else:
            self._relate(left, comparator, right)

    def _compare_numbers(self, left: Expression, comparator: Comparator, right: Expression) -> None:
        if isinstance(left, Literal) or isinstance(right, Literal):
            self._note_facts(left)
            self._note_facts(right)
        else:
            self._relate(left, comparator, right)
        above, below = self._range(right), self._range(left)
        self._narrow(left, _reachable(comparator, above))
        self._narrow(right, _reachable(_SWAPPED[comparator], below))
        self._compare_parts(left, comparator, right)
        self._compare_parts(right, _SWAPPED[comparator], left)

    def _compare_parts(self, left: Expression, comparator: Comparator, right: Expression) -> None:
        """
        Note what is below ``x - 5`` as below ``x`` too: a result that is rounded is never beyond what it started from.
        """
        for side, part in sides_of(right, self._range):
            if comparator in _TOWARDS[side]:
                self._compare_numbers(left, side if comparator is Comparator.EQUAL else comparator, part)

    def _relate(self, left: Expression, comparator: Comparator, right: Expression) -> None:
        """
        Note how two expressions stand to one another; the same pair is always noted in the same order.
        """
        first, second = key_of(left), key_of(right)
        self._note_facts(left)
        self._note_facts(right)
        if first == second and 0 not in _SIGNS[comparator]:
            raise ContradictionError
        if repr(second) < repr(first):
            first, second, comparator = second, first, _SWAPPED[comparator]
        known = self._signs.get((first, second), frozenset({-1, 0, 1})) & _SIGNS[comparator]
        if not known:
            raise ContradictionError
        self._signs[first, second] = known

    def _list(self, operand: Expression, values: tuple[Literal, ...], *, holds: bool) -> None:
        numbers = [value.value for value in values if isinstance(value.value, Decimal)]
        if operand.kind in NUMERIC:
            self._note_facts(operand)
            self._narrow(operand, points(numbers) if holds else others(numbers))
            return
        written = [value.value for value in values if isinstance(value.value, str)]
        texts = self._texts_of(operand)
        self._set_texts(operand, texts.among(written) if holds else texts.without(written))

    def _narrow(self, expression: Expression, numbers: Numbers) -> None:
        """
        Note that *expression* comes to one of *numbers*, and what this means for its parts.
        """
        left = self._range(expression).meet(numbers)
        if isinstance(expression, Fact) and self._domains.is_whole(expression):
            left = left.whole()
        if left.is_empty:
            raise ContradictionError
        match expression:
            case Negative(operand=operand):
                self._narrow(operand, left.mirrored())
            case Call(function=Function.ABS, arguments=(operand,)):
                self._narrow(operand, of_either_sign(left))
            case Call(function=Function.MIN, arguments=arguments):
                for argument in arguments:  # none is below the least of them
                    self._narrow(argument, union([(left.spans[0][0], GREATEST)]))
            case Call(function=Function.MAX, arguments=arguments):
                for argument in arguments:
                    self._narrow(argument, union([(LEAST, left.spans[-1][1])]))
        self.numbers[key_of(expression)] = left

    def _range(self, expression: Expression) -> Numbers:
        if isinstance(expression, Fact):
            return self.numbers_of(expression)
        forward = range_of(expression, self.numbers_of)
        known = self.numbers.get(key_of(expression))
        return forward if known is None else forward.meet(known)

    def _texts_of(self, operand: Expression) -> Texts:
        self._note_facts(operand)
        known = self.texts.get(key_of(operand))
        if known is None:
            known = self._domains.texts(operand) if isinstance(operand, Fact) else Texts()
        if isinstance(operand, Literal) and isinstance(operand.value, str):
            known = known.among([operand.value])
        return known

    def _set_texts(self, operand: Expression, texts: Texts) -> None:
        if texts.is_surely_empty:
            raise ContradictionError
        self.texts[key_of(operand)] = texts

    def _set_flag(self, fact: Fact, *, holds: bool) -> None:
        self._note_facts(fact)
        if self.flags.setdefault(fact.name, holds) is not holds:
            raise ContradictionError

    def _give(self, operand: Expression, *, holds: bool) -> None:
        key = ("known", key_of(operand))
        if self.flags.setdefault(key, holds) is not holds:
            raise ContradictionError

    def _note_facts(self, expression: Expression) -> None:
        self.facts.update((part.name, part) for part in walk(expression) if isinstance(part, Fact))

    def _refuse_what_is_both_read_and_unknown(self, case: Case) -> None:
        unknown = {name for claim in case if (name := _said_to_be_unknown(claim)) is not None}
        if unknown & self.facts.keys():
            raise ContradictionError


def _said_to_be_unknown(claim: Claim) -> str | None:
    if isinstance(claim, Given) and not claim.holds and isinstance(claim.operand, Fact):
        return claim.operand.name
    return None


def _reachable(comparator: Comparator, numbers: Numbers) -> Numbers:
    """
    Return what can stand before *comparator* if one of *numbers* stands behind it.
    """
    if numbers.is_empty:
        return numbers
    low, high = numbers.spans[0][0], numbers.spans[-1][1]
    match comparator:
        case Comparator.LESS | Comparator.AT_MOST:
            # Below the highest that can be; at it, if it can be and `<=` is asked for.
            reaches = high[1] and comparator is Comparator.AT_MOST
            return union([(LEAST, (high[0], reaches))])
        case Comparator.GREATER | Comparator.AT_LEAST:
            reaches = not low[1] and comparator is Comparator.AT_LEAST
            return union([((low[0], not reaches), GREATEST)])
        case Comparator.EQUAL:
            return numbers
        case _:
            is_one = low[0] == high[0]
            return compared(Comparator.UNEQUAL, low[0]) if is_one else ALL
