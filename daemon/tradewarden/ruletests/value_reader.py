"""
One value of a fact at its place in a test file; what is no value is told with what was probably meant.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.schema import Kind
from tradewarden.rulesfile.scalars import resolve
from tradewarden.rulesfile.values import InvalidValueError
from tradewarden.ruletests.decimal_comma import meant_in_line, meant_in_list, meant_in_text
from tradewarden.ruletests.fact_values import MOST_READINGS, read_value
from tradewarden.ruletests.meant import counted, times_meant, values_in

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue
    from tradewarden.rulesfile.document import Path
    from tradewarden.ruletests.fact_values import Expected
    from tradewarden.ruletests.sheet import Sheet


def read_at(sheet: Sheet, at: Path, expected: Expected, value: object) -> FactValue:
    """
    Return the *value* that stands *at* a place of *sheet*. Raises InvalidValueError.
    """
    try:
        read = read_value(value, expected)
    except InvalidValueError as error:
        _refuse_the_count(value, expected)
        hint = None if expected.kind is Kind.TEXT else _meant(sheet, at, expected, value)
        raise InvalidValueError(error.predicate, hint or error.hint) from None
    if expected.kind is Kind.NUMBER and isinstance(at[-1], int) and isinstance(value, Decimal):
        _refuse_half_a_number(sheet, at)
    return read


def _refuse_half_a_number(sheet: Sheet, at: Path) -> None:
    """
    Refuse the 0 of `[0,1025, 0,1024]`: a test with twice as many readings would play, and prove nothing.
    """
    span = sheet.document.places[at].span
    meant = meant_in_list(sheet.source.line(span.line), span.column)
    if meant is not None:
        msg = f"may be meant as {meant}: no space stands behind its comma"
        raise InvalidValueError(msg, f"write {meant}, or a space behind the comma")


def _refuse_the_count(value: object, expected: Expected) -> None:
    """
    Refuse `-6% x 0` for its count: the value in it can be read.
    """
    found = counted(value) if isinstance(value, str) else None
    if found is None or expected.kind is Kind.TEXT or times_meant(str(value)) or not _is_read(found[0], expected):
        return
    msg = f"has {found[0]} with the count {found[1]}: a count is a whole number from 1 to {MOST_READINGS:,}"
    raise InvalidValueError(msg, f"as in {found[0]} x 3")


def _meant(sheet: Sheet, at: Path, expected: Expected, value: object) -> str | None:
    """
    Say what was meant by a value that is not of its kind: a decimal comma, or another way to write several.
    """
    if not isinstance(value, str):
        span = sheet.document.places[at].span
        return _with_a_point(meant_in_line(sheet.source.line(span.line), span.column, needs_unit=True))
    if (point := meant_in_text(value)) is not None:
        return _with_a_point(point)
    times = times_meant(value)
    if times is not None and _is_read(times[0], expected):
        return f"write {times[0]} x {times[1]}"
    several = list(values_in(value))
    if len(several) > 1 and expected.kind is not Kind.DURATION and all(_is_read(one, expected) for one in several):
        listed = ", ".join(several)
        return f"write {listed}" if isinstance(at[-1], int) else f"write [{listed}], in `series`"
    return None


def _with_a_point(meant: str | None) -> str | None:
    return None if meant is None else f"write {meant}: a number has a decimal point here"


def _is_read(text: str, expected: Expected) -> bool:
    try:
        read_value(resolve(text), expected)
    except InvalidValueError:
        return False
    return True
