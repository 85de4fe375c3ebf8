"""
The sentences for values that do not go together: what each is, and how the owner probably meant it.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, cast

from tradewarden.rules.diagnostics import Problem
from tradewarden.rules.kinds import KIND_WORDS, NUMERIC
from tradewarden.rules.literals import plain
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Arithmetic, Fact, Literal, Operation, children, walk

if TYPE_CHECKING:
    from tradewarden.rules.tree import Expression

PRICES = frozenset({"last", "bid", "ask", "entry_price", "stop_loss_price", "step.price"})
"""
The facts of which people want a share.
"""

_EXACT = Context(prec=100)
_PERCENT_SIGN = "a percentage is written as 3Commas shows it: 5% is five of a hundred"
_DURATION_UNITS = "the units are s, m, h, d and w, and 1h30m works too"
_PRODUCTS = "a number can multiply or divide anything but a text; 50% of something is `* 0.5`"
_CALCULABLE = "only numbers, percentages and durations can be calculated with"


def mismatch(text: str, left: Expression, right: Expression, *, doing: str) -> Problem:
    """
    Say why *left* and *right*, which are of different kinds, cannot be *doing* (compared, added, ...).
    """
    for value, literal in ((left, right), (right, left)):
        if isinstance(literal, Literal) and not isinstance(value, Literal):
            advice = _rewritten(text, value, literal)
            if advice:
                message, hint = advice
                return Problem(start=literal.start, end=literal.end, message=message, hint=hint)
    names = f"{cut(text, left)} is {KIND_WORDS[left.kind]} and {cut(text, right)} is {KIND_WORDS[right.kind]}"
    message = f"{names}: they cannot be {doing}"
    missing = (_missing_sign(left, right) or _by_itself(text, left, right)) if doing == "compared" else None
    return Problem(start=left.start, end=right.end, message=message, hint=missing or _share_of_price(text, left, right))


def impossible(text: str, operation: Operation, left: Expression, right: Expression) -> Problem:
    """
    Say why ``left operation right`` means nothing.
    """
    calculable = left.kind in NUMERIC and right.kind in NUMERIC
    if calculable and operation in {Operation.ADD, Operation.SUBTRACT}:
        moved = _moved_price(text, operation, left, right)
        return moved or mismatch(text, left, right, doing="added" if operation is Operation.ADD else "subtracted")
    message = f"{KIND_WORDS[left.kind]} {operation} {KIND_WORDS[right.kind]} has no meaning"
    return Problem(start=left.start, end=right.end, message=message, hint=_PRODUCTS if calculable else _CALCULABLE)


def cut(text: str, expression: Expression) -> str:
    """
    Return the source text of *expression*.
    """
    return text[expression.start : expression.end]


def _rewritten(text: str, value: Expression, literal: Literal) -> tuple[str, str] | None:
    """
    Return message and hint if *literal* only has to be written differently to be of the kind of *value*.
    """
    name, written = cut(text, value), cut(text, literal)
    if literal.kind is Kind.NUMBER and isinstance(literal.value, Decimal):
        if value.kind is Kind.PERCENT:
            return f"{name} is a percentage, write {_as_percentages(literal.value)}", _PERCENT_SIGN
        if value.kind is Kind.DURATION:
            return f"{name} is a duration, write {_as_durations(literal.value)}", _DURATION_UNITS
    if literal.kind is Kind.DURATION and value.kind is Kind.NUMBER and written[:-1].isdecimal():
        return f"{name} is a number, write {written[:-1]}", "only a duration has such a unit"
    if literal.kind is Kind.TEXT:
        return f"{name} is {KIND_WORDS[value.kind]}, {written} is a text", "only a text stands in quotes"
    if value.kind is Kind.TEXT:
        return f'{name} is a text, write "{written}"', "a text stands in quotes"
    return None


def _as_percentages(number: Decimal) -> str:
    percentages = [f"{plain(number)}%"]
    if 0 < abs(number) < 1:
        percentages.append(f"{plain(_times_hundred(number))}%")
    return " or ".join(percentages)


def _as_durations(number: Decimal) -> str:
    written = plain(number)
    return f"{written}h (or {written}m, {written}d)"


def _times_hundred(number: Decimal) -> Decimal:
    return (_EXACT.scaleb(number, 2)).normalize(_EXACT)


def _share(percentage: Decimal) -> Decimal:
    return _EXACT.scaleb(percentage, -2).normalize(_EXACT)


def _share_of_price(text: str, left: Expression, right: Expression) -> str | None:
    """
    Return the hint for whoever wants a share of a price, or puts the sign behind what has none.
    """
    if {left.kind, right.kind} != {Kind.NUMBER, Kind.PERCENT}:
        return None
    number, percentage = (left, right) if left.kind is Kind.NUMBER else (right, left)
    for node in walk(percentage):
        if isinstance(node, Arithmetic) and node.operation is Operation.MULTIPLY:
            for factor, share in ((node.left, _percent_points(node.right)), (node.right, _percent_points(node.left))):
                if share is not None:
                    return _take(text, factor, share)
    points = _percent_points(percentage)
    return None if points is None else _take(text, number, points)


def _missing_sign(left: Expression, right: Expression) -> str | None:
    """
    Return the hint for ``0% < 5``, both written values.
    """
    if _percent_points(left) is None and _percent_points(right) is None:
        return None
    for side in (left, right):
        if isinstance(side, Literal) and isinstance(side.value, Decimal) and side.kind is Kind.NUMBER:
            return f"write {_as_percentages(side.value)}"
    return None


def _by_itself(text: str, left: Expression, right: Expression) -> str | None:
    """
    Return the hint for ``stop_loss == 1``: a yes or no needs no comparison.
    """
    for side, other in ((left, right), (right, left)):
        if side.kind is Kind.BOOL and not isinstance(side, Literal) and other.kind is not Kind.BOOL:
            return f"write `{cut(text, side)}` by itself, or `not {cut(text, side)}`"
    return None


def _percent_points(expression: Expression) -> Decimal | None:
    """
    Return the value of a written percentage.
    """
    if isinstance(expression, Literal) and expression.kind is Kind.PERCENT:
        return cast("Decimal", expression.value)
    return None


def _take(text: str, number: Expression, points: Decimal) -> str | None:
    """
    Return the hint for *points* percent where *number* asks for a number.
    """
    if isinstance(number, Literal):
        return None
    if _is_price(number):
        return f"to take {plain(points)} % of a price write `{_factor(text, number)} * {plain(_share(points))}`"
    if any(_is_price(part) for part in walk(number)):
        return f"{cut(text, number)} is a plain number: {plain(points)} % of one is {plain(_share(points))}"
    return f"{cut(text, number)} is a plain number: write it without %"


def _is_price(expression: Expression) -> bool:
    """
    Tell whether *expression* is a price, possibly times or by something that is none.
    """
    match expression:
        case Fact(name=name):
            return name in PRICES
        case Arithmetic(operation=Operation.DIVIDE, left=left, right=right):
            return _is_price(left) and not _is_price(right)
        case Arithmetic(operation=Operation.MULTIPLY, left=left, right=right):
            return _is_price(left) is not _is_price(right)
        case _:
            return any(_is_price(child) for child in children(expression))


def _factor(text: str, expression: Expression) -> str:
    source = cut(text, expression)
    return f"({source})" if isinstance(expression, Arithmetic) else source


def _moved_price(text: str, operation: Operation, left: Expression, right: Expression) -> Problem | None:
    """
    Return the problem of ``price - 5%``.
    """
    points = _percent_points(right)
    if points is None or left.kind is not Kind.NUMBER or not _is_price(left):
        return None
    side, change = ("above", points) if operation is Operation.ADD else ("below", points.copy_negate())
    factor = _share(_EXACT.add(Decimal(100), change))
    hint = f"for {plain(points)} % {side} it write `{_factor(text, left)} * {plain(factor)}`"
    message = f"{cut(text, left)} is a number, {cut(text, right)} is a percentage"
    return Problem(start=left.start, end=right.end, message=message, hint=hint)
