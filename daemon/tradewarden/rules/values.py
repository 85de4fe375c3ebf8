"""
The nodes that have a value: literals, facts, arithmetic and functions. Each is built only if its units go together.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.advice import impossible, mismatch
from tradewarden.rules.diagnostics import Problem
from tradewarden.rules.kinds import KIND_WORDS, NUMERIC, combined_kind
from tradewarden.rules.literals import read_duration, read_percentage
from tradewarden.rules.names import FUNCTIONS, KNOWN, in_quotes, is_value, step_fact, unknown_fact, unknown_function
from tradewarden.rules.review import complete, span
from tradewarden.rules.schema import Kind, Scope
from tradewarden.rules.tree import Arithmetic, Call, Fact, Function, Known, Literal, Negative, Operation, walk

if TYPE_CHECKING:
    from tradewarden.rules.parser import SyntaxTree
    from tradewarden.rules.review import Operands, Review
    from tradewarden.rules.tree import Expression

_FEWEST = {Function.MIN: 2, Function.MAX: 2}  # values that a function takes at least; the others take exactly one


def literal(_review: Review, tree: SyntaxTree, _operands: Operands) -> Literal:
    """
    Read a written value, exactly.
    """
    written = str(tree.children[0])
    kind: Kind
    value: Decimal | str | bool
    match tree.data:
        case "number":
            kind, value = Kind.NUMBER, Decimal(written)
        case "percentage":
            kind, value = Kind.PERCENT, read_percentage(written)
        case "duration":
            kind, value = Kind.DURATION, read_duration(written)
        case "text":
            kind, value = Kind.TEXT, written[1:-1]
        case _:
            kind, value = Kind.BOOL, written == "true"
    start, end = span(tree)
    return Literal(start=start, end=end, kind=kind, value=value)


def fact(review: Review, tree: SyntaxTree, _operands: Operands) -> Fact | None:
    """
    Look a name up.
    """
    name = str(tree.children[0])
    schema = review.vocabulary.get(name)
    if schema is None:
        start, end = span(tree)
        message, hint = unknown_fact(name, review.vocabulary, review.scope)
        quoted = f'"{name}"' if hint == in_quotes(name) and is_value(name, review.vocabulary) else None
        review.problems.append(Problem(start=start, end=end, message=message, hint=hint, replacement=quoted))
        return None
    if schema.scope is Scope.STEP and review.scope is not Scope.STEP:
        review.refuse(tree, *step_fact(name))
        return None
    start, end = span(tree)
    return Fact(start=start, end=end, kind=schema.kind, name=name, is_whole=schema.is_whole, is_name=schema.is_name)


def arithmetic(review: Review, tree: SyntaxTree, operands: Operands) -> Arithmetic | None:
    """
    Combine two values.
    """
    left, right = operands
    if left is None or right is None:
        _refuse_hyphens(review, tree)
        return None
    operation = Operation(str(tree.children[1]))
    kind = combined_kind(operation, left.kind, right.kind)
    if kind is None:
        review.refuse_parts(tree, impossible(review.text, operation, left, right))
        return None
    start, end = span(tree)
    return Arithmetic(start=start, end=end, kind=kind, operation=operation, left=left, right=right)


def _refuse_hyphens(review: Review, tree: SyntaxTree) -> None:
    """
    Say of ``day-change`` that it is one name, instead of what is wrong with its parts.
    """
    start, end = span(tree)
    written = review.text[start:end]
    meant = written.replace("-", "_")
    if meant in review.vocabulary:
        review.problems[:] = [problem for problem in review.problems if problem.start < start]
        review.refuse(tree, f"there is no fact `{written}`", f"did you mean `{meant}`?")


def signed(review: Review, tree: SyntaxTree, operands: Operands) -> Literal | Negative | None:
    """
    Apply a minus.
    """
    (operand,) = operands
    if tree.children[0] == "+":
        review.refuse(tree, "a value needs no plus", "leave it out")
        return None
    if operand is None:
        return None
    if operand.kind not in NUMERIC:
        message = f"{review.cut(operand)} is {KIND_WORDS[operand.kind]}, it has no minus"
        review.refuse(tree, message, "the opposite of a condition is written with `not`")
        return None
    start, end = span(tree)
    if isinstance(operand, Literal) and isinstance(operand.value, Decimal):
        # The sign belongs to the literal: messages and lists know it as one written value.
        return Literal(start=start, end=end, kind=operand.kind, value=operand.value.copy_negate())
    return Negative(start=start, end=end, kind=operand.kind, operand=operand)


def call(review: Review, tree: SyntaxTree, operands: Operands) -> Call | Known | None:
    """
    Call a function by its name.
    """
    name = str(tree.children[0])
    if name not in FUNCTIONS:
        review.refuse(tree, *unknown_function(name, review.vocabulary))
        return None
    fewest = 1 if name == KNOWN else _FEWEST.get(Function(name), 1)
    if len(operands) < fewest or len(operands) > 1 == fewest:
        needed = "one value" if fewest == 1 else f"{fewest} values or more"
        example = "day_change" if fewest == 1 else "profit, day_change"
        review.refuse(tree, f"`{name}` takes {needed}, not {len(operands)}", f"as in `{name}({example})`")
        return None
    arguments = complete(operands)
    if arguments is None:
        return None
    return _known(review, tree, arguments[0]) if name == KNOWN else _applied(review, tree, Function(name), arguments)


def _applied(review: Review, tree: SyntaxTree, function: Function, arguments: tuple[Expression, ...]) -> Call | None:
    for argument in arguments:
        if argument.kind not in NUMERIC:
            message = f"{review.cut(argument)} is {KIND_WORDS[argument.kind]}, `{function}` wants a number"
            review.refuse_part(argument, message, "a percentage or a duration will do too")
            return None
        if argument.kind is not arguments[0].kind:
            doing = f"used in one `{function}`"
            review.refuse_parts(tree, mismatch(review.text, arguments[0], argument, doing=doing))
            return None
    start, end = span(tree)
    return Call(start=start, end=end, kind=arguments[0].kind, function=function, arguments=arguments)


def _known(review: Review, tree: SyntaxTree, operand: Expression) -> Known | None:
    # Nested, it would say nothing, and double the size of the compiled code at each level.
    if any(isinstance(part, Known) for part in walk(operand)):
        review.refuse(tree, "`known(...)` inside `known(...)` says nothing new", "leave one out")
        return None
    start, end = span(tree)
    return Known(start=start, end=end, kind=Kind.BOOL, operand=operand)
