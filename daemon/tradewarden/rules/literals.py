"""
The values of the language as text: reading what a condition says, writing what a trace shows. Exact, never a float.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.schema import Kind

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue

SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
"""
The units of a duration, the longest first.
"""

LONGEST_TEXT = 80  # of a fact's text in a trace
WIDEST_NUMBER = 30  # digits before or after the point that are written out

# Wide enough for any literal of 30 digits in seconds: a duration is read without rounding.
_EXACT = Context(prec=100)
_CALENDAR = (("mo", "month", 30), ("y", "year", 365))
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([wdhms])")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_GROUP = 3  # digits between separators of thousands


def read_percentage(text: str) -> Decimal:
    """
    Return the percent points of ``5%`` or ``5 %``: 5.
    """
    return Decimal(text.removesuffix("%").rstrip())


def read_duration(text: str) -> Decimal:
    """
    Return the seconds of ``90s``, ``2h`` or ``1h30m``.
    """
    seconds = Decimal(0)
    for amount, unit in _PART.findall(text):
        seconds = _EXACT.add(seconds, _EXACT.multiply(Decimal(amount), Decimal(SECONDS[unit])))
    return seconds


def has_ordered_units(text: str) -> bool:
    """
    Tell whether the units of a duration come once each, the longest first.
    """
    sizes = [SECONDS[unit] for _, unit in _PART.findall(text)]
    return sizes == sorted(set(sizes), reverse=True)


def calendar_hint(amount: str, unit: str) -> str | None:
    """
    Return what to write instead of months and years, whose first letters could be taken for other units.
    """
    for begins, name, days in _CALENDAR:
        if unit.lower().startswith(begins):
            length = _EXACT.multiply(Decimal(amount), Decimal(days)).normalize(_EXACT)
            return f"there is no unit {name}: write {plain(length)}d"
    return None


def with_point(whole: str, fraction: str) -> str | None:
    """
    Return ``1.05`` for ``1,05``, ``1234.5`` for ``1.234,5``; None if the comma may part thousands, or is in no number.
    """
    if not fraction.isdecimal():
        return None
    if _GROUPED.fullmatch(whole):
        return f"{whole.replace('.', '')}.{fraction}"
    if not whole.isdecimal() or (len(fraction) == _GROUP and whole != "0"):
        return None
    return f"{whole}.{fraction}"


def plain(number: Decimal) -> str:
    """
    Write a number without an exponent, unless it is absurdly large or small.
    """
    return format(number, "f") if abs(number.adjusted()) < WIDEST_NUMBER else str(number)


def show(value: FactValue, kind: Kind) -> str:
    """
    Write a value with its unit, on one line: ``-6.1 %``, ``1h30m``, ``"USDT_DOGE"``, ``true``; ``unknown`` for None.
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _show_text(value)
    if kind is Kind.PERCENT:
        return f"{plain(value)} %"
    return _show_duration(value) if kind is Kind.DURATION else plain(value)


def _show_text(text: str) -> str:
    # A note is the owner's free text: control characters must not break the one line of a log or a journal.
    shown = "".join(character if character.isprintable() else " " for character in text)
    return f'"{shown}"' if len(shown) <= LONGEST_TEXT else f'"{shown[:LONGEST_TEXT]}…"'


def _show_duration(seconds: Decimal) -> str:
    if abs(seconds.adjusted()) >= WIDEST_NUMBER:
        return f"{seconds} s"
    rest = seconds.copy_abs()
    parts = []
    for unit in ("d", "h", "m"):
        count = int(rest) // SECONDS[unit]
        rest = _EXACT.subtract(rest, Decimal(count * SECONDS[unit]))
        if count:
            parts.append(f"{count}{unit}")
    if rest or not parts:
        parts.append(f"{plain(rest)}s")
    return ("-" if seconds < 0 else "") + "".join(parts)
