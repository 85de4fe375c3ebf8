"""
From typed tree to one Python code object that answers TRUE, FALSE or UNKNOWN.

Three-valued logic costs nothing if it is compiled as a pair of two-valued expressions: T, "definitely true", and F,
"definitely false" (pair.py). If every fact has a value, one plain expression is enough. The function is::

    def evaluate(facts):
        try:
            fact_0 = facts["day_change"]                 # each fact once
        except KeyError:
            fact_0 = facts.get("day_change")             # a missing fact is unknown
        try:
            if <everything is known>:                    # the ordinary case
                if <plain>:
                    return TRUE if <numbers are finite> else UNKNOWN
                return FALSE
            if <T>:
                return TRUE if <numbers are finite> else UNKNOWN
            if <F>:
                return FALSE
        except ArithmeticError:                          # a signal of decimal: nothing is concluded from it
            return UNKNOWN
        return UNKNOWN

It is built as a tree of `ast` nodes, never as text: nothing of the user's is ever parsed as Python. Numbers are
Decimals that are the function's globals; a float never occurs. Facts that keep their contract (finite, of sane size)
never need the last two guards: they cost next to nothing where they stand, and a wrong TRUE costs money.
"""

from __future__ import annotations

import ast
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, cast

from tradewarden.model.truth import Truth
from tradewarden.rules.kinds import NUMERIC
from tradewarden.rules.pair import Pair, both
from tradewarden.rules.tree import Fact, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression

    Evaluate = Callable[[Mapping[str, FactValue]], Truth]


def compile_expression(expression: Expression) -> Evaluate:
    """
    Return the function that evaluates a condition's typed tree over facts.
    """
    pair = Pair(expression)
    body = [*_load(pair), _answer(pair, expression), _return(pair, Truth.UNKNOWN)]
    signature = ast.arguments(posonlyargs=[], args=[ast.arg("facts")], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.FunctionDef(name="evaluate", args=signature, body=body, decorator_list=[])
    module = ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[]))
    # The module is never run: its one constant that is code is the function.
    compiled = compile(module, "<condition>", "exec")
    code = next(constant for constant in compiled.co_consts if isinstance(constant, CodeType))
    return cast("Evaluate", FunctionType(code, {**pair.bound, "__builtins__": {}}, "evaluate"))


def _load(pair: Pair) -> list[ast.stmt]:
    """
    Put each fact into a local.
    """
    if not pair.locals:
        return []
    facts = ast.Name("facts", ast.Load())
    quick: list[ast.stmt] = []
    careful: list[ast.stmt] = []
    for name, local in pair.locals.items():
        item = ast.Subscript(facts, ast.Constant(name), ast.Load())
        call = ast.Call(ast.Attribute(facts, "get", ast.Load()), [ast.Constant(name)], [])
        quick.append(ast.Assign([ast.Name(local, ast.Store())], item))
        careful.append(ast.Assign([ast.Name(local, ast.Store())], call))
    return [_attempt(quick, pair.bind("missing", KeyError), careful)]


def _answer(pair: Pair, expression: Expression) -> ast.stmt:
    """
    Say TRUE or FALSE, or fall through.
    """
    plainly: list[ast.stmt] = [
        ast.If(pair.plain(expression), [_fire(pair, expression)], []),
        _return(pair, Truth.FALSE),
    ]
    body: list[ast.stmt] = [
        ast.If(both(pair.needs(expression)), plainly, []),
        ast.If(pair.definitely(expression, truth=True), [_fire(pair, expression)], []),
        ast.If(pair.definitely(expression, truth=False), [_return(pair, Truth.FALSE)], []),
    ]
    return _attempt(body, pair.bind("signal", ArithmeticError), [_return(pair, Truth.UNKNOWN)])


def _fire(pair: Pair, expression: Expression) -> ast.stmt:
    """
    Return TRUE unless a number is infinite or not a number.
    """
    numbers = {part.name for part in walk(expression) if isinstance(part, Fact) and part.kind in NUMERIC}
    is_finite = both([pair.is_finite_or_unknown(name) for name in sorted(numbers)])
    return ast.Return(ast.IfExp(is_finite, _truth(pair, Truth.TRUE), _truth(pair, Truth.UNKNOWN)))


def _return(pair: Pair, truth: Truth) -> ast.stmt:
    return ast.Return(_truth(pair, truth))


def _truth(pair: Pair, truth: Truth) -> ast.expr:
    return pair.bind(truth.name, truth)


def _attempt(body: list[ast.stmt], error: ast.expr, instead: list[ast.stmt]) -> ast.stmt:
    return ast.Try(body, [ast.ExceptHandler(error, None, instead)], [], [])
