"""
Words without quotes where a text belongs, and `yes` or `no` beside a fact that is one: what is told of them.

A name alone says little: what stands on the other side of the sign tells what was meant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.rules.diagnostics import Problem
from tradewarden.rules.names import FALSE_WORDS, TRUE_WORDS, in_quotes, nearest
from tradewarden.rules.review import span
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Comparator, Fact, Known, Literal

if TYPE_CHECKING:
    from tradewarden.rules.parser import SyntaxTree
    from tradewarden.rules.review import Review
    from tradewarden.rules.tree import Expression

_EQUALITY = frozenset({Comparator.EQUAL, Comparator.UNEQUAL})


def beside_text(review: Review, tree: SyntaxTree, fact: Expression) -> None:
    """
    Suggest quotes around *tree*, an unknown name that stands beside *fact*, if that is a text.
    """
    found = _unknown_name(review, tree)
    if found is None or fact.kind is not Kind.TEXT or isinstance(fact, Literal):
        return
    word = str(tree.children[0])
    schema = review.closed_values_of(fact)
    meant = word if schema is None or word in schema.values else nearest(word, schema.values)
    if meant is not None:
        at = review.problems.index(found)
        review.problems[at] = replace(found, hint=in_quotes(meant))


def beside_truth(review: Review, tree: SyntaxTree, fact: Expression, comparator: Comparator) -> None:
    """
    Suggest *fact* by itself instead of ``fact == yes``, where *tree* is the word.
    """
    found = _unknown_name(review, tree)
    if found is None or not isinstance(fact, Fact | Known) or fact.kind is not Kind.BOOL or comparator not in _EQUALITY:
        return
    word = str(tree.children[0]).lower()
    if word in TRUE_WORDS | FALSE_WORDS:
        is_true = (word in TRUE_WORDS) is (comparator is Comparator.EQUAL)
        at = review.problems.index(found)
        review.problems[at] = replace(found, hint=f"write `{'' if is_true else 'not '}{review.cut(fact)}`")


def behind_like(review: Review, tree: SyntaxTree) -> None:
    """
    Say of *tree*, names that are unknown or multiplied by a `*`, that a pattern stands in quotes.
    """
    if tree.data not in {"fact", "arithmetic"}:
        return
    start, end = span(tree)
    inside = [problem for problem in review.problems if start <= problem.start and problem.end <= end]
    fix = inside[0].replacement if len(inside) == 1 else None
    pattern = " ".join(review.text[start:end].split())
    message, hint = "`like` takes a text in quotes", f'a pattern stands in quotes: like "{pattern}"'
    review.problems[:] = [problem for problem in review.problems if problem not in inside]
    review.problems.append(Problem(start=start, end=end, message=message, hint=hint, replacement=fix))


def _unknown_name(review: Review, tree: SyntaxTree) -> Problem | None:
    """
    Return what was told of *tree*, if it is the name of no fact.
    """
    if tree.data != "fact" or str(tree.children[0]) in review.vocabulary:
        return None
    start, end = span(tree)
    return next((found for found in review.problems if (found.start, found.end) == (start, end)), None)
