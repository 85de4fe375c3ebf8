"""
What a fact can be: the bounds that their declarations share.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

MOST_STEPS = 20
"""
More take-profit steps than any SmartTrade has: 3Commas documents eight at most.
"""


class Bounds(TypedDict, total=False):
    """
    The part of a fact's declaration that says what its numbers, or its texts, can be.
    """

    is_complete: bool
    lowest: Decimal | None
    highest: Decimal | None
    is_above_lowest: bool
    is_whole: bool
    is_name: bool


def within(
    lowest: Decimal | int | None,
    highest: Decimal | int | None,
    *,
    is_above_lowest: bool = False,
    is_whole: bool = False,
) -> Bounds:
    """
    Return the bounds of a number from *lowest* to *highest*; None is no bound.
    """
    return Bounds(
        lowest=None if lowest is None else Decimal(lowest),
        highest=None if highest is None else Decimal(highest),
        is_above_lowest=is_above_lowest,
        is_whole=is_whole,
    )


ANY = Bounds()
ID = Bounds(lowest=Decimal(1), is_whole=True, is_name=True)
NO_OTHERS = Bounds(is_complete=True)
NOT_NEGATIVE = within(0, None)
ABOVE_ZERO = within(0, None, is_above_lowest=True)
COUNT_OF_STEPS = within(0, MOST_STEPS, is_whole=True)
