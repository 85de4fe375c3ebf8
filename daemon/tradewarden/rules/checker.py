"""
From syntax tree to typed tree: names are looked up, units checked, and all problems collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lark import Tree

from tradewarden.rules import conditions, values
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.over_time import MARKET, OVER_TIME, market, over_time, refuse_bare_market
from tradewarden.rules.review import Review

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.rules.parser import SyntaxTree
    from tradewarden.rules.review import Operands
    from tradewarden.rules.schema import Scope, Vocabulary
    from tradewarden.rules.tree import Expression

    Builder = Callable[[Review, SyntaxTree, Operands], Expression | None]


def _group(_review: Review, _tree: SyntaxTree, operands: Operands) -> Expression | None:
    return operands[0]


def _call(review: Review, tree: SyntaxTree, operands: Operands) -> Expression | None:
    name = str(tree.children[0])
    if name == MARKET:
        refuse_bare_market(review, tree)
        return None
    return over_time(review, tree, operands) if name in OVER_TIME else values.call(review, tree, operands)


_BUILDERS: dict[str, Builder] = {
    "disjunction": conditions.junction,
    "conjunction": conditions.junction,
    "negated": conditions.negated,
    "chain": conditions.chain,
    "one_of": conditions.membership,
    "none_of": conditions.membership,
    "like": conditions.likeness,
    "unlike": conditions.likeness,
    "arithmetic": values.arithmetic,
    "signed": values.signed,
    "call": _call,
    "fact": values.fact,
    "group": _group,
    "number": values.literal,
    "percentage": values.literal,
    "duration": values.literal,
    "text": values.literal,
    "truth": values.literal,
}


def check(text: str, tree: SyntaxTree, vocabulary: Vocabulary, scope: Scope) -> Expression:
    """
    Return the typed tree of a condition.

    Raises ConditionError with every problem of names and units.
    """
    review = Review(text=text, vocabulary=vocabulary, scope=scope)
    expression = _build(review, tree)
    if expression is None or not conditions.is_condition(review, expression) or review.problems:
        raise ConditionError(review.problems)
    return expression


def _build(review: Review, tree: SyntaxTree) -> Expression | None:
    """
    Build a node from its parts, the parts first. The scanner has bounded how deep this goes.
    """
    if tree.data == "member":
        return market(review, tree)
    operands = tuple(_build(review, child) for child in tree.children if isinstance(child, Tree))
    return _BUILDERS[tree.data](review, tree, operands)
