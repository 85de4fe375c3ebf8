"""
Where a comparison turns: true at one value, no longer at the one beside it.
"""

from __future__ import annotations

import operator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.boundaries import Boundary, boundary_of, step_beside
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Comparator

D = Decimal
_TRUE = {
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.GREATER: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}


@pytest.mark.parametrize(
    ("comparator", "at", "not_at"),
    [
        (Comparator.LESS, "-5.001", "-5"),
        (Comparator.AT_MOST, "-5", "-4.999"),
        (Comparator.GREATER, "-4.999", "-5"),
        (Comparator.AT_LEAST, "-5", "-5.001"),
    ],
)
def test_a_percentage_turns_within_a_thousandth(comparator: Comparator, at: str, not_at: str) -> None:
    assert boundary_of(comparator, D(-5), Kind.PERCENT, is_whole=False) == Boundary(D(at), D(not_at))


@pytest.mark.parametrize("comparator", [Comparator.EQUAL, Comparator.UNEQUAL])
def test_an_equality_turns_at_its_value(comparator: Comparator) -> None:
    assert boundary_of(comparator, D(1), Kind.PERCENT, is_whole=False) is None


@pytest.mark.parametrize(
    ("threshold", "kind", "step"),
    [
        ("5", Kind.PERCENT, "0.001"),
        ("0.05", Kind.PERCENT, "0.001"),
        ("0.005", Kind.PERCENT, "0.001"),
        ("0.0005", Kind.PERCENT, "0.00001"),
        ("7200", Kind.DURATION, "1"),
        ("0.5", Kind.DURATION, "0.01"),
        ("3", Kind.NUMBER, "0.1"),
        ("100", Kind.NUMBER, "0.1"),
        ("0.25", Kind.NUMBER, "0.001"),
        ("0.250", Kind.NUMBER, "0.001"),
        ("1234567890.12345678901234567891", Kind.NUMBER, "1E-21"),
    ],
)
def test_the_step_is_the_smallest_that_shows(threshold: str, kind: Kind, step: str) -> None:
    assert step_beside(D(threshold), kind) == D(step)


@pytest.mark.parametrize(
    ("comparator", "threshold", "at", "not_at"),
    [
        (Comparator.LESS, "3", 2, 3),
        (Comparator.AT_MOST, "3", 3, 4),
        (Comparator.GREATER, "3", 4, 3),
        (Comparator.AT_LEAST, "3", 3, 2),
        (Comparator.LESS, "2.5", 2, 3),
        (Comparator.AT_MOST, "2.5", 2, 3),
        (Comparator.GREATER, "2.5", 3, 2),
        (Comparator.AT_LEAST, "2.5", 3, 2),
    ],
)
def test_what_is_counted_turns_between_whole_numbers(
    comparator: Comparator, threshold: str, at: int, not_at: int
) -> None:
    assert boundary_of(comparator, D(threshold), Kind.NUMBER, is_whole=True) == Boundary(D(at), D(not_at))


@given(
    comparator=st.sampled_from(sorted(_TRUE)),
    threshold=st.decimals(-1000, 1000, places=5) | st.integers(-(10**29), 10**29).map(Decimal),
    kind=st.sampled_from([Kind.NUMBER, Kind.PERCENT, Kind.DURATION]),
    is_whole=st.booleans(),
)
def test_it_is_true_at_the_one_and_false_at_the_other(
    comparator: Comparator, threshold: Decimal, kind: Kind, is_whole: bool
) -> None:
    boundary = boundary_of(comparator, threshold, kind, is_whole=is_whole)

    assert boundary is not None
    assert _TRUE[comparator](boundary.at, threshold)
    assert not _TRUE[comparator](boundary.not_at, threshold)
