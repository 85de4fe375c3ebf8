"""
Windows over plain lists, written anew from what the guide promises: what the packed ones are held against.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from tradewarden.model.moment import Moment

NINE_TENTHS = Fraction(9, 10)


@dataclass(frozen=True, kw_only=True)
class PlainReading:
    """
    What one cycle saw of one SmartTrade, by fact: a number, or ``None`` for unknown.
    """

    at: Moment
    values: dict[str, Decimal | None] = field(default_factory=dict)


def with_ages(readings: Sequence[PlainReading], now: Moment) -> list[tuple[timedelta, PlainReading]]:
    """
    Return the readings, oldest first, with their ages: as far back as their order can be told.
    """
    found: list[tuple[timedelta, PlainReading]] = []
    youngest = timedelta(0)
    for reading in readings[::-1]:
        is_same_boot = reading.at.boot_id == now.boot_id
        age = now.boot - reading.at.boot if is_same_boot else now.wall - reading.at.wall
        if age < youngest:
            return found
        youngest = age
        found = [(age, reading), *found]
    return found


def inside(
    readings: Sequence[PlainReading], now: Moment, fact: str, *, length: timedelta, cycle: timedelta
) -> list[Decimal | None] | None:
    """
    Return the values of a window, the one at its beginning first; ``None`` if the window is not filled.
    """
    aged = with_ages(readings, now)
    starts = [(abs(age - length), -age) for age, _ in aged if abs(age - length) <= cycle]
    if not starts:
        return None
    begins = -min(starts)[1]
    within = [(age, reading.values.get(fact)) for age, reading in aged if age <= begins]
    ages = [age for age, _ in within]
    missing = sum(_missing(older - newer, cycle) for older, newer in zip(ages, [*ages[1:], timedelta(0)], strict=True))
    expected = max(
        1,
        int(
            Fraction(length / timedelta(microseconds=1)) / Fraction(cycle / timedelta(microseconds=1)) + Fraction(1, 2)
        ),
    )
    known = sum(value is not None for _, value in within)
    there = Fraction(max(0, expected - missing), expected) * Fraction(known, len(within))
    return [value for _, value in within] if known and there >= NINE_TENTHS else None


def _missing(gap: timedelta, cycle: timedelta) -> int:
    """
    Count the cycles that should have been seen within a gap.
    """
    count = 0
    while gap >= (count + 2) * cycle - cycle / 10:
        count += 1
    return count


def change(values: list[Decimal | None] | None, present: Decimal | None, *, in_points: bool) -> Decimal | None:
    """
    Return the change since the first of *values*.
    """
    if values is None or present is None or values[0] is None:
        return None
    if in_points:
        return present - values[0]
    return (present - values[0]) / values[0] * 100 if values[0] > 0 else None


def lowest(values: list[Decimal | None] | None, present: Decimal | None) -> Decimal | None:
    """
    Return the lowest of *values* and the present one.
    """
    if values is None or present is None:
        return None
    return min([present, *(value for value in values if value is not None)])


def highest(values: list[Decimal | None] | None, present: Decimal | None) -> Decimal | None:
    """
    Return the highest of *values* and the present one.
    """
    if values is None or present is None:
        return None
    return max([present, *(value for value in values if value is not None)])


def held(values: list[Decimal | None] | None, *, present: bool | None) -> bool | None:
    """
    Tell whether all known *values* (1 for true, 0 for false) and the present one are true.
    """
    if values is None or present is None:
        return None
    return present and all(value == 1 for value in values if value is not None)
