"""
The changes that are tried. mutmut's operators, and in the same form (a type of node, a function from a node to its
mutants) those that it lacks: what somebody may leave out, swap or forget.

Of mutmut's own two are replaced: text with a space in it is prose for people, and no mutant is made of it; and to leave
out an argument can only raise where parameters are keyword-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst
from mutmut.mutation import mutators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Operator: TypeAlias = "tuple[type[cst.CSTNode], Callable[[Any], Iterable[cst.CSTNode | cst.RemovalSentinel]]]"

TRUE, FALSE, NONE = cst.Name("True"), cst.Name("False"), cst.Name("None")
PASS = cst.Pass()
NEGATED: dict[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThanEqual,
    cst.LessThanEqual: cst.GreaterThan,
    cst.GreaterThan: cst.LessThanEqual,
    cst.GreaterThanEqual: cst.LessThan,
}
# Names that stand for one another in this code: which reading, which price, which side.
TWIN_FIELDS = (
    ("bid", "ask", "last"),
    ("first", "trade"),
    ("price", "share_pct"),
    ("realised_quantity", "realised_pct"),
    ("is_live", "is_cancelable"),
    ("is_terminal", "is_sold", "is_in_transition"),
    ("status", "position_status"),
    ("smart_trade_id", "account_id", "trade_id"),
    ("breakeven", "enabled"),
    ("asked_at", "since", "listed_at"),
    ("since", "surely_since", "at_most_since"),
    ("TRUE", "FALSE", "UNKNOWN"),
    ("LONG", "SHORT"),
    ("ACCEPTED", "REJECTED"),
    ("EQUAL", "UNEQUAL"),
    ("NEVER", "ON_RESET"),
)
TWIN_FUNCTIONS = (("any", "all"), ("any_of", "all_of"), ("min", "max"))


def negate_comparison(node: cst.ComparisonTarget) -> Iterator[cst.ComparisonTarget]:
    """
    Turn ``<`` into ``>=``: mutmut moves the boundary only.
    """
    negated = NEGATED.get(type(node.operator))
    if negated is not None:
        yield node.with_changes(operator=negated())


def lower_number(node: cst.Integer) -> Iterator[cst.CSTNode]:
    """
    Turn 2 into 1: mutmut raises only.
    """
    if node.evaluated_value > 0:
        yield node.with_changes(value=str(node.evaluated_value - 1))


def change_word(node: cst.SimpleString) -> Iterator[cst.SimpleString]:
    """
    Change a word; prose stays.
    """
    text = node.evaluated_value
    if isinstance(text, str) and " " not in text:
        yield node.with_changes(value=repr(f"XX{text}XX" if text else "XX"))


def swap_field(node: cst.Attribute) -> Iterator[cst.Attribute]:
    """
    Take the neighbour: bid for ask, the first reading for the second.
    """
    for twins in TWIN_FIELDS:
        if node.attr.value in twins:
            yield from (node.with_changes(attr=cst.Name(twin)) for twin in twins if twin != node.attr.value)


def swap_function(node: cst.Call) -> Iterator[cst.Call]:
    """
    Ask any for all, the greatest for the least.
    """
    for twins in TWIN_FUNCTIONS:
        if isinstance(node.func, cst.Name) and node.func.value in twins:
            yield from (node.with_changes(func=cst.Name(twin)) for twin in twins if twin != node.func.value)


def blank_argument(node: cst.Call) -> Iterator[cst.Call]:
    """
    Pass None. mutmut leaves each out as well, which with our keyword-only parameters can only raise.
    """
    for i, arg in enumerate(node.args):
        is_none = isinstance(arg.value, cst.Name) and arg.value.value == "None"
        is_strict = arg.keyword is not None and arg.keyword.value == "strict"  # of zip: it can only raise
        if not (arg.star or is_none or is_strict or is_prose(arg.value)):
            yield node.with_changes(args=[*node.args[:i], arg.with_changes(value=NONE), *node.args[i + 1 :]])


def is_prose(node: cst.CSTNode) -> bool:
    """
    Tell whether it is text for people.
    """
    if isinstance(node, cst.SimpleString):
        return " " in str(node.evaluated_value)
    return isinstance(node, cst.FormattedString | cst.ConcatenatedString)


def drop_operand(node: cst.BooleanOperation) -> Iterator[cst.BaseExpression]:
    """
    Leave out one side of ``and`` and ``or``.
    """
    yield node.left
    yield node.right


def force_condition(node: cst.If | cst.While | cst.CompIf | cst.Assert) -> Iterator[cst.CSTNode]:
    """
    Take a branch always, or never.
    """
    yield node.with_changes(test=FALSE)
    if not isinstance(node, cst.While):
        yield node.with_changes(test=TRUE)


def force_guard(node: cst.MatchCase) -> Iterator[cst.MatchCase]:
    """
    Leave the guard of a case out.
    """
    if node.guard is not None:
        yield node.with_changes(guard=None)


def force_return(node: cst.Return) -> Iterator[cst.Return]:
    """
    Return what a test would return, or None, instead of an answer.
    """
    if isinstance(node.value, cst.Comparison | cst.BooleanOperation | cst.UnaryOperation):
        yield node.with_changes(value=TRUE)
        yield node.with_changes(value=FALSE)
    elif node.value is not None:
        yield node.with_changes(value=NONE)


def delete_statement(node: cst.SimpleStatementLine) -> Iterator[cst.SimpleStatementLine]:
    """
    Leave a statement out. Of assignments those that change what there was: to leave out another can only raise.
    """
    statement = node.body[0]
    if isinstance(statement, cst.Assign):
        target = statement.targets[0].target
        changes = not isinstance(target, cst.Name) or _holds_name(statement.value, target.value)
    else:
        changes = isinstance(statement, cst.Expr | cst.AugAssign | cst.Raise | cst.Break | cst.Continue | cst.Del)
    if changes:
        yield node.with_changes(body=[PASS])


def swap_statements(node: cst.IndentedBlock) -> Iterator[cst.IndentedBlock]:
    """
    Do the second of two statements first: the request before its row in the journal.
    """
    body = list(node.body)
    for i in range(len(body) - 1):
        pair = body[i : i + 2]
        if all(_acts(statement) for statement in pair) and any(_holds(statement, cst.Await) for statement in pair):
            yield node.with_changes(body=[*body[:i], body[i + 1], body[i], *body[i + 2 :]])


def swap_arguments(node: cst.Call) -> Iterator[cst.Call]:
    """
    Swap two arguments that stand beside each other, but for those of which the greatest is asked.
    """
    if isinstance(node.func, cst.Name) and node.func.value in {"min", "max"}:
        return
    args = list(node.args)
    for i in range(len(args) - 1):
        if not any(arg.keyword or arg.star for arg in args[i : i + 2]):
            first, second = args[i], args[i + 1]
            swapped = [first.with_changes(value=second.value), second.with_changes(value=first.value)]
            yield node.with_changes(args=[*args[:i], *swapped, *args[i + 2 :]])


def drop_element(node: cst.Tuple | cst.List | cst.Set | cst.Dict) -> Iterator[cst.CSTNode]:
    """
    Leave out one of what is listed: a check, a status, a kind of error.
    """
    if len(node.elements) > 1:
        for i in range(len(node.elements)):
            kept: list[Any] = [*node.elements[:i], *node.elements[i + 1 :]]
            if isinstance(node, cst.Tuple) and len(kept) == 1:
                kept = [kept[0].with_changes(comma=cst.Comma())]
            yield node.with_changes(elements=kept)


def raise_anew(node: cst.ExceptHandler) -> Iterator[cst.ExceptHandler]:
    """
    Handle nothing.
    """
    yield node.with_changes(body=cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise()])]))


def drop_else(node: cst.If) -> Iterator[cst.If]:
    """
    Leave the other branch out.
    """
    if isinstance(node.orelse, cst.Else):
        yield node.with_changes(orelse=None)


def no_turns(node: cst.For) -> Iterator[cst.For]:
    """
    Go through nothing.
    """
    yield node.with_changes(iter=cst.Tuple([]))


def turn_break(node: cst.Break) -> Iterator[cst.Continue]:
    """
    Go on where the loop should end.
    """
    yield cst.Continue(semicolon=node.semicolon)


def _acts(statement: cst.BaseStatement) -> bool:
    """
    Tell whether a statement may touch the world: it awaits or calls.
    """
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return False
    if isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Return | cst.Raise):
        return False
    return _holds(statement, cst.Await | cst.Call)


def _holds(node: cst.CSTNode, wanted: Any) -> bool:
    return isinstance(node, wanted) or any(_holds(child, wanted) for child in node.children)


def _holds_name(node: cst.CSTNode, name: str) -> bool:
    own = isinstance(node, cst.Name) and node.value == name
    return own or any(_holds_name(child, name) for child in node.children)


OURS: Sequence[Operator] = (
    (cst.ComparisonTarget, negate_comparison),
    (cst.Integer, lower_number),
    (cst.SimpleString, change_word),
    (cst.Attribute, swap_field),
    (cst.Call, swap_function),
    (cst.Call, blank_argument),
    (cst.BooleanOperation, drop_operand),
    (cst.If, force_condition),
    (cst.While, force_condition),
    (cst.CompIf, force_condition),
    (cst.MatchCase, force_guard),
    (cst.Return, force_return),
    (cst.SimpleStatementLine, delete_statement),
    (cst.IndentedBlock, swap_statements),
    (cst.Call, swap_arguments),
    (cst.Tuple, drop_element),
    (cst.List, drop_element),
    (cst.Set, drop_element),
    (cst.Dict, drop_element),
    (cst.ExceptHandler, raise_anew),
    (cst.If, drop_else),
    (cst.For, no_turns),
    (cst.Break, turn_break),
)
REPLACED = {mutators.operator_string, mutators.operator_arg_removal}
OPERATORS: Sequence[Operator] = (
    *((kind, operator) for kind, operator in mutators.mutation_operators if operator not in REPLACED),
    *OURS,
)
