"""
What can stand beside a number, by what stands on its other side.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradewarden.rules.cuts import union
from tradewarden.rules.store import _reachable
from tradewarden.rules.tree import Comparator

BELOW, ABOVE = False, True  # on which side of its number a cut stands
ONE_TO_TWO = union([((Decimal(1), BELOW), (Decimal(2), ABOVE))])


@pytest.mark.parametrize("comparator", list(Comparator))
def test_beside_nothing_stands_nothing(comparator: Comparator) -> None:
    assert _reachable(comparator, union([])).is_empty


def test_what_is_equal_is_one_of_them() -> None:
    assert _reachable(Comparator.EQUAL, ONE_TO_TWO) == ONE_TO_TWO


@pytest.mark.parametrize(
    ("comparator", "at_one", "at_two"),
    [
        (Comparator.LESS, True, False),
        (Comparator.AT_MOST, True, True),
        (Comparator.GREATER, False, True),
        (Comparator.AT_LEAST, True, True),
    ],
)
def test_the_end_counts_if_the_comparison_says_so(comparator: Comparator, at_one: bool, at_two: bool) -> None:
    spans = _reachable(comparator, ONE_TO_TWO).spans

    for number, expected in ((Decimal(1), at_one), (Decimal(2), at_two)):
        point = ((number, BELOW), (number, ABOVE))
        assert any(low <= point[0] and point[1] <= high for low, high in spans) is expected
