"""
A typed tree as Python expressions: "definitely true", "definitely false", and plain for when everything is known.

`not` swaps the pair and so vanishes into the leaves; `and` is (all T, any F), `or` (any T, all F); a comparison is
guarded by what it needs: every fact that it reads has a value, no denominator is zero.
"""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.glob import Shape, matches_glob, simple_shape
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import (
    And,
    Arithmetic,
    Call,
    Comparator,
    Comparison,
    Fact,
    Function,
    Known,
    Likeness,
    Literal,
    Membership,
    Negative,
    Not,
    Operation,
    Or,
    children,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.rules.tree import Expression

_COMPARE: dict[Comparator, type[ast.cmpop]] = {
    Comparator.LESS: ast.Lt,
    Comparator.AT_MOST: ast.LtE,
    Comparator.GREATER: ast.Gt,
    Comparator.AT_LEAST: ast.GtE,
    Comparator.EQUAL: ast.Eq,
    Comparator.UNEQUAL: ast.NotEq,
}
_OPPOSITE = {
    Comparator.LESS: Comparator.AT_LEAST,
    Comparator.AT_MOST: Comparator.GREATER,
    Comparator.GREATER: Comparator.AT_MOST,
    Comparator.AT_LEAST: Comparator.LESS,
    Comparator.EQUAL: Comparator.UNEQUAL,
    Comparator.UNEQUAL: Comparator.EQUAL,
}
_COMBINE: dict[Operation, type[ast.operator]] = {
    Operation.ADD: ast.Add,
    Operation.SUBTRACT: ast.Sub,
    Operation.MULTIPLY: ast.Mult,
    Operation.DIVIDE: ast.Div,
}
# Exact, where abs() and a minus would round to the digits of the context.
_FUNCTIONS = {Function.ABS: Decimal.copy_abs, Function.MIN: min, Function.MAX: max}
_ZERO = Decimal(0)


def both(tests: Sequence[ast.expr]) -> ast.expr:
    """
    Join tests by ``and``; no test is True.
    """
    if len(tests) > 1:
        return ast.BoolOp(ast.And(), list(tests))
    return tests[0] if tests else ast.Constant(True)


class Pair:
    """
    Writes the expressions of one condition. *locals* are its facts' variables, *bound* the constants it refers to.
    """

    def __init__(self, expression: Expression) -> None:
        names = dict.fromkeys(part.name for part in walk(expression) if isinstance(part, Fact))
        self.locals = {name: f"fact_{number}" for number, name in enumerate(names)}
        self.bound: dict[str, object] = {}

    def bind(self, name: str, value: object) -> ast.expr:
        """
        Refer to *value* as a constant of that name.
        """
        self.bound[name] = value
        return ast.Name(name, ast.Load())

    def is_finite_or_unknown(self, name: str) -> ast.expr:
        """
        Test that a numeric fact is an ordinary number, if it is known.
        """
        value = self._local(name)
        is_finite = ast.Call(ast.Attribute(value, "is_finite", ast.Load()), [], [])
        return ast.BoolOp(ast.Or(), [ast.Compare(value, [ast.Is()], [ast.Constant(None)]), is_finite])

    def definitely(self, expression: Expression, *, truth: bool) -> ast.expr:
        """
        Write the test that *expression* is definitely true, or definitely false.
        """
        match expression:
            case Not(operand=operand):
                return self.definitely(operand, truth=not truth)
            case And(operands=operands) | Or(operands=operands):
                together = isinstance(expression, And) is truth
                join = ast.And() if together else ast.Or()
                return ast.BoolOp(join, [self.definitely(operand, truth=truth) for operand in operands])
            case Comparison() if not truth:
                return self._some_link_fails(expression)
        plain = self.plain(expression)
        return both([*self.needs(expression), plain if truth else ast.UnaryOp(ast.Not(), plain)])

    def needs(self, *expressions: Expression) -> list[ast.expr]:
        """
        Write the tests that everything *expressions* read has a value: first the facts, then the denominators.
        """
        parts = [part for expression in expressions for part in _read_by(expression)]
        names = dict.fromkeys(part.name for part in parts if isinstance(part, Fact))
        tests: list[ast.expr] = [ast.Compare(self._local(name), [ast.IsNot()], [ast.Constant(None)]) for name in names]
        # The inner ones first: a denominator is calculated only when those within it are not zero.
        for part in parts:
            if isinstance(part, Arithmetic) and part.operation is Operation.DIVIDE:
                denominator = part.right
                if not (isinstance(denominator, Literal) and denominator.value):
                    zero = self.bind("zero", _ZERO)
                    tests.append(ast.Compare(self.plain(denominator), [ast.NotEq()], [zero]))
        return tests

    def plain(self, expression: Expression) -> ast.expr:
        """
        Write *expression* for when everything that it needs is there.
        """
        result: ast.expr
        match expression:
            case Literal():
                result = self._literal(expression)
            case Fact(name=name):
                result = self._local(name)
            case Negative(operand=operand):
                result = ast.Call(self.bind("negate", Decimal.copy_negate), [self.plain(operand)], [])
            case Arithmetic(operation=operation, left=left, right=right):
                result = ast.BinOp(self.plain(left), _COMBINE[operation](), self.plain(right))
            case Call(function=function, arguments=arguments):
                called = self.bind(function.value, _FUNCTIONS[function])
                result = ast.Call(called, [self.plain(argument) for argument in arguments], [])
            case Comparison(operands=operands, comparators=comparators):
                first, *rest = (self.plain(operand) for operand in operands)
                result = ast.Compare(first, [_COMPARE[comparator]() for comparator in comparators], rest)
            case Membership():
                result = self._membership(expression)
            case Likeness():
                result = self._likeness(expression)
            case Known(operand=operand):
                result = self._is_known(operand)
            case Not(operand=operand):
                result = ast.UnaryOp(ast.Not(), self.plain(operand))
            case _:
                join = ast.And() if isinstance(expression, And) else ast.Or()
                result = ast.BoolOp(join, [self.plain(operand) for operand in expression.operands])
        return result

    def _some_link_fails(self, comparison: Comparison) -> ast.expr:
        # One link that fails decides, whatever is unknown in the others.
        tests = []
        operands = comparison.operands
        for left, comparator, right in zip(operands, comparison.comparators, operands[1:], strict=False):
            opposite = _COMPARE[_OPPOSITE[comparator]]()
            fails = ast.Compare(self.plain(left), [opposite], [self.plain(right)])
            tests.append(both([*self.needs(left, right), fails]))
        return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)

    def _is_known(self, operand: Expression) -> ast.expr:
        if operand.kind is not Kind.BOOL:
            return both(self.needs(operand))
        decided = [self.definitely(operand, truth=truth) for truth in (True, False)]
        return ast.BoolOp(ast.Or(), decided)

    def _membership(self, membership: Membership) -> ast.expr:
        operator = ast.NotIn() if membership.negated else ast.In()
        values = tuple(literal.value for literal in membership.values)
        listed = self.bind(f"list_{membership.start}", values if _has_numbers(values) else frozenset(values))
        return ast.Compare(self.plain(membership.operand), [operator], [listed])

    def _likeness(self, likeness: Likeness) -> ast.expr:
        text = self.plain(likeness.operand)
        simple = simple_shape(likeness.glob)
        test: ast.expr
        if simple is None:
            test = ast.Call(self.bind("matches_glob", matches_glob), [text, ast.Constant(likeness.glob)], [])
        else:
            test = _literally(text, *simple)
        return ast.UnaryOp(ast.Not(), test) if likeness.negated else test

    def _literal(self, literal: Literal) -> ast.expr:
        if isinstance(literal.value, Decimal):
            return self.bind(f"number_{literal.start}", literal.value)
        return ast.Constant(literal.value)

    def _local(self, name: str) -> ast.expr:
        return ast.Name(self.locals[name], ast.Load())


def _read_by(expression: Expression) -> list[Expression]:
    """
    Return the parts of *expression* that must have a value for it to have one, the inner before the outer.
    """
    # Whether `known(...)` has an answer does not depend on what is in it.
    inner = () if isinstance(expression, Known) else children(expression)
    return [*(part for child in inner for part in _read_by(child)), expression]


def _literally(text: ast.expr, shape: Shape, literal: str) -> ast.expr:
    wanted = ast.Constant(literal)
    match shape:
        case Shape.WHOLE:
            return ast.Compare(text, [ast.Eq()], [wanted])
        case Shape.INSIDE:
            return ast.Compare(wanted, [ast.In()], [text])
        case _:
            method = "startswith" if shape is Shape.START else "endswith"
            return ast.Call(ast.Attribute(text, method, ast.Load()), [wanted], [])


def _has_numbers(values: tuple[object, ...]) -> bool:
    # Hashing a Decimal costs more than comparing it with a handful.
    return isinstance(values[0], Decimal)
