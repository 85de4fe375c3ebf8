"""
How many digits of a number people are shown: few enough to be read, enough to tell it from what it is compared with.

Evidence must not contradict itself: -5.0000001 % is below -5 %, and is never written as -5 %.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.literals import WIDEST_NUMBER, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.rules.schema import FactValue, Kind

FEWEST_DIGITS = 6
"""
So many of a number that was divided out are shown at least, and all before its point.
"""

_LONGEST = 20  # digits: what 3Commas sends and what is written in a file has fewer, and is shown exactly
_EXACT = Context(prec=_LONGEST, Emax=MAX_EMAX, Emin=MIN_EMIN)


def readable(value: FactValue, kind: Kind, digits: int = FEWEST_DIGITS) -> str:
    """
    Write a value with its unit, a number without zeros at its end. One that was divided out is told to so many
    *digits*: ``about -5.12346 %``.
    """
    if not isinstance(value, Decimal):
        return show(value, kind)
    rounded = _rounded(value, digits)
    return f"{'' if rounded == value else 'about '}{show(rounded, kind)}"


def is_long(value: Decimal) -> bool:
    """
    Tell whether a number has more digits than anybody reads.
    """
    return len(value.as_tuple().digits) > _LONGEST


def digits_apart(pairs: Iterable[tuple[FactValue, FactValue]]) -> int:
    """
    Return how many digits tell the numbers of each pair apart, as far as they differ, and leave each on its side.
    """
    digits = FEWEST_DIGITS
    for left, right in pairs:
        if not isinstance(left, Decimal) or not isinstance(right, Decimal):
            continue
        if is_long(left) or is_long(right):
            while _rounded(left, digits).compare(_rounded(right, digits)) != left.compare(right):
                digits += 1
    return digits


def _rounded(value: Decimal, digits: int) -> Decimal:
    """
    Return a number without zeros at its end, and a long one to so many digits.
    """
    if not is_long(value):
        return value.normalize(_EXACT)
    before_the_point = value.adjusted() + 1
    precision = max(digits, before_the_point) if before_the_point < WIDEST_NUMBER else digits
    return value.normalize(Context(prec=precision, Emax=MAX_EMAX, Emin=MIN_EMIN))
