"""
The nodes that are true, false or unknown: comparisons, lists, globs, and, or, not. Built only if they have a meaning.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from lark import Tree

from tradewarden.rules.advice import mismatch
from tradewarden.rules.bare_words import behind_like, beside_text, beside_truth
from tradewarden.rules.diagnostics import Problem
from tradewarden.rules.glob import matches_glob
from tradewarden.rules.kinds import KIND_WORDS, NUMERIC
from tradewarden.rules.literals import plain
from tradewarden.rules.names import unknown_value
from tradewarden.rules.review import complete, span
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import (
    And,
    Arithmetic,
    Comparator,
    Comparison,
    Fact,
    Likeness,
    Literal,
    Membership,
    Not,
    Operation,
    Or,
)

if TYPE_CHECKING:
    from tradewarden.rules.parser import SyntaxTree
    from tradewarden.rules.review import Operands, Review
    from tradewarden.rules.tree import Expression

_EQUALITY = frozenset({Comparator.EQUAL, Comparator.UNEQUAL})
_REPAIRS = {
    Kind.NUMBER: "compare it, as in `last > 0.25`",
    Kind.PERCENT: "compare it, as in `day_change < -5%`",
    Kind.DURATION: "compare it, as in `age > 2h`",
    Kind.TEXT: 'compare it; several texts are a list: pair in ["USDT_BTC", "USDT_ETH"]',
}


def is_condition(review: Review, expression: Expression) -> bool:
    """
    Tell whether *expression* is true or false rather than a value, and note it if not.
    """
    if expression.kind is Kind.BOOL:
        return True
    message = f"{review.cut(expression)} is {KIND_WORDS[expression.kind]}, not a condition"
    review.refuse_part(expression, message, _REPAIRS[expression.kind])
    return False


def junction(review: Review, tree: SyntaxTree, operands: Operands) -> And | Or | None:
    """
    Join conditions by `and` or `or`.
    """
    conditions = _conditions(review, operands)
    if conditions is None:
        return None
    start, end = span(tree)
    node = Or if tree.data == "disjunction" else And
    return node(start=start, end=end, kind=Kind.BOOL, operands=conditions)


def negated(review: Review, tree: SyntaxTree, operands: Operands) -> Not | None:
    """
    Turn a condition round.
    """
    conditions = _conditions(review, operands)
    if conditions is None:
        return None
    start, end = span(tree)
    return Not(start=start, end=end, kind=Kind.BOOL, operand=conditions[0])


def chain(review: Review, tree: SyntaxTree, operands: Operands) -> Comparison | None:
    """
    Compare two values, or several in a chain.
    """
    # The operands are trees, what stands between them are tokens.
    comparators = tuple(Comparator(str(token)) for token in tree.children[1::2])
    known_problems = len(review.problems)
    for left, comparator, right in zip(operands, comparators, operands[1:], strict=False):
        if left is not None and right is not None:
            for problem in _link_problems(review, left, comparator, right):
                review.refuse_parts(tree, problem)
    _review_bare_words(review, cast("list[SyntaxTree]", tree.children[0::2]), operands, comparators)
    values = complete(operands)
    if values is None or len(review.problems) > known_problems:
        return None
    start, end = span(tree)
    return Comparison(start=start, end=end, kind=Kind.BOOL, operands=values, comparators=comparators)


def membership(review: Review, tree: SyntaxTree, operands: Operands) -> Membership | None:
    """
    Look a value up in a list.
    """
    operand, *items = operands
    if not items:
        review.refuse(tree, "the list is empty", 'as in pair in ["USDT_BTC", "USDT_ETH"]')
        return None
    known_problems = len(review.problems)
    written = [child for child in tree.children[1:] if isinstance(child, Tree)]
    for item, child in zip(items, written, strict=True):
        if operand is not None and item is not None:
            review.problems.extend(_item_problems(review, operand, item))
        elif operand is not None:
            beside_text(review, child, operand)
    values = tuple(item for item in items if isinstance(item, Literal))
    if operand is None or len(values) < len(items) or len(review.problems) > known_problems:
        return None
    start, end = span(tree)
    inverted = tree.data == "none_of"
    return Membership(start=start, end=end, kind=Kind.BOOL, operand=operand, values=values, negated=inverted)


def likeness(review: Review, tree: SyntaxTree, operands: Operands) -> Likeness | None:
    """
    Hold a text against a glob.
    """
    operand, glob = operands
    if glob is None:
        behind_like(review, cast("SyntaxTree", tree.children[-1]))
    if operand is None or glob is None:
        return None
    if operand.kind is not Kind.TEXT:
        message = f"{review.cut(operand)} is {KIND_WORDS[operand.kind]}, only a text can be like another"
        review.refuse_part(operand, message, "numbers are compared with < <= > >= == !=")
        return None
    if not isinstance(glob, Literal) or not isinstance(glob.value, str):
        review.refuse_part(glob, "`like` takes a text in quotes", 'as in pair like "USDT_*"')
        return None
    schema = review.closed_values_of(operand)
    if schema and not any(matches_glob(value, glob.value) for value in schema.values):
        review.refuse_part(glob, *unknown_value(schema, glob.value))
        return None
    start, end = span(tree)
    inverted = tree.data == "unlike"
    return Likeness(start=start, end=end, kind=Kind.BOOL, operand=operand, glob=glob.value, negated=inverted)


def _conditions(review: Review, operands: Operands) -> tuple[Expression, ...] | None:
    # All of them are looked at, so that all problems are told.
    return complete(tuple(o if o is not None and is_condition(review, o) else None for o in operands))


def _link_problems(review: Review, left: Expression, comparator: Comparator, right: Expression) -> list[Problem]:
    """
    Return what is wrong with one link of a chain.
    """
    if left.kind is not right.kind:
        problem = mismatch(review.text, left, right, doing="compared")
        return [replace(problem, replacement=_with_sign(review, left, right) or _with_sign(review, right, left))]
    if left.kind not in NUMERIC and comparator not in _EQUALITY:
        usable = "==, !=, in and like" if left.kind is Kind.TEXT else "== and !="
        message = f"{review.cut(left)} is {KIND_WORDS[left.kind]} and has no order"
        return [Problem(start=left.start, end=right.end, message=message, hint=f"it can be compared with {usable}")]
    if left.kind is Kind.BOOL and not all(isinstance(side, Fact | Literal) for side in (left, right)):
        # Three-valued equality of whole conditions would double the compiled code at each level.
        message = "a condition cannot be compared with another"
        hint = "write the condition itself, and combine conditions with and, or, not"
        return [Problem(start=left.start, end=right.end, message=message, hint=hint)]
    return _value_problems(review, left, right) + _value_problems(review, right, left)


def _review_bare_words(
    review: Review, written: list[SyntaxTree], operands: Operands, comparators: tuple[Comparator, ...]
) -> None:
    """
    Say more of the names in a chain that are unknown: what stands beside each tells what was meant.
    """
    for at, comparator in enumerate(comparators):
        for word, beside in ((at, operands[at + 1]), (at + 1, operands[at])):
            if operands[word] is None and beside is not None:
                beside_text(review, written[word], beside)
                beside_truth(review, written[word], beside, comparator)


def _with_sign(review: Review, fact: Expression, literal: Expression) -> str | None:
    """
    Return the percentage that a plain number is meant to be, if it cannot be a share: -5 of a fact that is never -500%.
    """
    schema = review.vocabulary.get(fact.name) if isinstance(fact, Fact) else None
    if schema is None or schema.kind is not Kind.PERCENT or schema.lowest is None or schema.highest is None:
        return None
    if not isinstance(literal, Literal) or literal.kind is not Kind.NUMBER or not isinstance(literal.value, Decimal):
        return None
    as_share = literal.value.scaleb(2)
    if not schema.lowest <= literal.value <= schema.highest or schema.lowest <= as_share <= schema.highest:
        return None
    return f"{plain(literal.value)}%"


def _item_problems(review: Review, operand: Expression, item: Expression) -> list[Problem]:
    """
    Return what is wrong with one item of a list.
    """
    if not isinstance(item, Literal):
        hint = f"write `{review.cut(operand)} == {review.cut(item)}` and combine with `or`"
        if isinstance(item, Arithmetic) and item.operation is Operation.SUBTRACT:
            hint = f"write `{review.cut(item.left)} <= {review.cut(operand)} <= {review.cut(item.right)}`"
        return [Problem(start=item.start, end=item.end, message="a list holds only written values", hint=hint)]
    if operand.kind is Kind.BOOL:
        message = f"{review.cut(operand)} is true or false, a list is of no use"
        hint = "write it by itself, or with `not`"
        return [Problem(start=operand.start, end=operand.end, message=message, hint=hint)]
    if operand.kind is not item.kind:
        problem = mismatch(review.text, operand, item, doing="compared")
        return [replace(problem, start=item.start, end=item.end)]
    return _value_problems(review, operand, item)


def _value_problems(review: Review, fact: Expression, text: Expression) -> list[Problem]:
    """
    Return a problem if *text* is none of the closed list of texts that *fact* can be.
    """
    schema = review.closed_values_of(fact)
    if not schema or not isinstance(text, Literal) or not isinstance(text.value, str) or text.value in schema.values:
        return []
    message, hint = unknown_value(schema, text.value)
    return [Problem(start=text.start, end=text.end, message=message, hint=hint)]
