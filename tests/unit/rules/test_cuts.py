"""
Sets of numbers: exact at their bounds.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rules.cuts import (
    ALL,
    GREATEST,
    LEAST,
    NONE,
    Cut,
    Numbers,
    between,
    compared,
    others,
    points,
    union,
)
from tradewarden.rules.tree import Comparator

D = Decimal
numbers = st.integers(-6, 6).map(lambda n: D(n) / 2)
sets = st.recursive(
    st.one_of(
        st.builds(compared, st.sampled_from(Comparator), numbers),
        st.builds(points, st.lists(numbers, max_size=3)),
        st.builds(others, st.lists(numbers, max_size=3)),
        st.builds(between, numbers, numbers),
    ),
    lambda inner: st.builds(Numbers.meet, inner, inner),
    max_leaves=3,
)
_HOLDS = {
    Comparator.LESS: D.__lt__,
    Comparator.AT_MOST: D.__le__,
    Comparator.GREATER: D.__gt__,
    Comparator.AT_LEAST: D.__ge__,
    Comparator.EQUAL: D.__eq__,
    Comparator.UNEQUAL: D.__ne__,
}


@pytest.mark.parametrize("comparator", Comparator)
@pytest.mark.parametrize("number", [D("-1.001"), D(-1), D("-0.999")])
def test_a_comparison_is_the_set_of_what_it_is_true_of(comparator: Comparator, number: Decimal) -> None:
    assert (number in compared(comparator, D(-1))) is bool(_HOLDS[comparator](number, D(-1)))


@given(one=sets, other=sets, number=numbers)
def test_what_is_in_both_is_in_the_meeting(one: Numbers, other: Numbers, number: Decimal) -> None:
    assert (number in one.meet(other)) is (number in one and number in other)


@given(several=st.lists(sets, max_size=3), number=numbers)
def test_what_is_in_one_of_them_is_in_the_union(several: list[Numbers], number: Decimal) -> None:
    joined = union(span for one in several for span in one.spans)

    assert (number in joined) is any(number in one for one in several)
    assert all(before[1] < after[0] for before, after in pairwise(joined.spans))


@given(one=sets, number=numbers)
def test_the_mirrored_set_holds_the_opposites(one: Numbers, number: Decimal) -> None:
    assert (number in one.mirrored()) is (-number in one)
    assert one.mirrored().mirrored() == one


@given(one=sets, number=st.integers(-10, 10).map(Decimal))
def test_no_whole_number_is_lost(one: Numbers, number: Decimal) -> None:
    assert (number in one.whole()) is (number in one)
    assert not (one.whole().is_empty and number in one)


@given(listed=st.lists(numbers, max_size=4), number=numbers)
def test_others_are_all_but_the_listed(listed: list[Decimal], number: Decimal) -> None:
    assert (number in others(listed)) is (number not in listed)
    assert (number in points(listed)) is (number in listed)


@given(one=sets)
def test_some_number_of_a_set_is_in_it(one: Numbers) -> None:
    found = one.some()

    assert (found is None) is one.is_empty
    assert found is None or found in one


@pytest.mark.parametrize(
    ("numbers", "plain"),
    [
        (ALL, D(0)),
        (compared(Comparator.LESS, D(-5)), D(-6)),
        (compared(Comparator.AT_MOST, D(-5)), D(-5)),
        (compared(Comparator.GREATER, D(5)), D(6)),
        (compared(Comparator.AT_LEAST, D(5)), D(5)),
        (between(D(-100), D(-10)).meet(compared(Comparator.LESS, D(-10))), D(-11)),
        (between(D(2), D(1000)), D(2)),
        (compared(Comparator.GREATER, D(1)).meet(compared(Comparator.LESS, D("1.5"))), D("1.25")),
        (compared(Comparator.UNEQUAL, D(0)), D(-1)),
        (compared(Comparator.GREATER, D("-0.5")).meet(compared(Comparator.LESS, D("0.5"))), D(0)),
        (compared(Comparator.GREATER, D("-0.25")).meet(compared(Comparator.LESS, D("0.5"))), D(0)),
        (compared(Comparator.GREATER, D(2)).meet(compared(Comparator.LESS, D(3))), D("2.5")),
        (compared(Comparator.GREATER, D(-3)).meet(compared(Comparator.LESS, D(-2))), D("-2.5")),
        (compared(Comparator.GREATER, D(1)).meet(compared(Comparator.AT_MOST, D("1.5"))), D("1.5")),
        (compared(Comparator.AT_LEAST, D("-1.5")).meet(compared(Comparator.LESS, D(-1))), D("-1.5")),
        (points([D(-9), D(2)]), D(2)),
        (points([D(-2), D(9)]), D(-2)),
        (NONE, None),
    ],
)
def test_the_number_that_is_shown_is_a_plain_one(numbers: Numbers, plain: Decimal | None) -> None:
    assert numbers.some() == plain


def test_ends_that_hold_no_whole_number_are_cut_off() -> None:
    assert compared(Comparator.GREATER, D(1)).whole().low == D(2)
    assert compared(Comparator.AT_LEAST, D(1)).whole().low == D(1)
    assert compared(Comparator.AT_LEAST, D("0.5")).whole().low == D(1)
    assert compared(Comparator.LESS, D(3)).whole().high == D(2)
    assert compared(Comparator.AT_MOST, D("2.5")).whole().high == D(2)
    assert between(D("1.2"), D("1.8")).whole().is_empty


def test_numbers_too_large_to_count_are_left_alone() -> None:
    large = compared(Comparator.GREATER, D(10) ** 20)

    assert large.whole() == large
    assert compared(Comparator.GREATER, D(10) ** 20 - 1).whole().low == D(10) ** 20


def from_to(low: int, high: int) -> tuple[Cut, Cut]:
    """
    Return the span of the numbers from *low* to *high*, both with it.
    """
    return (D(low), False), (D(high), True)


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        pytest.param([from_to(0, 3), from_to(2, 9)], [from_to(0, 9)], id="that overlap"),
        pytest.param([from_to(0, 9), from_to(2, 3)], [from_to(0, 9)], id="one in another"),
        pytest.param([(LEAST, (D(1), False)), ((D(1), False), GREATEST)], [(LEAST, GREATEST)], id="that touch"),
        pytest.param([from_to(0, 1), from_to(4, 6), from_to(5, 9)], [from_to(0, 1), from_to(4, 9)], id="behind a gap"),
        pytest.param(
            [from_to(0, 1), from_to(4, 9), from_to(5, 6)], [from_to(0, 1), from_to(4, 9)], id="in the last of two"
        ),
        pytest.param([from_to(4, 5), from_to(0, 1)], [from_to(0, 1), from_to(4, 5)], id="out of order"),
        pytest.param([from_to(5, 4), from_to(0, 1)], [from_to(0, 1)], id="one of them empty"),
    ],
)
def test_spans_are_joined(spans: list[tuple[Cut, Cut]], joined: list[tuple[Cut, Cut]]) -> None:
    assert union(spans).spans == tuple(joined)


def test_a_set_reaches_from_its_first_bound_to_its_last() -> None:
    listed = points([D(1), D(5), D(9)])

    assert (listed.low, listed.high) == (D(1), D(9))
    assert (ALL.low, ALL.high) == (D("-Infinity"), D("Infinity"))


def test_spans_that_touch_are_one() -> None:
    joined = compared(Comparator.UNEQUAL, D(1))

    assert len(joined.spans) == 2
    assert len(others([]).spans) == 1
    assert points([D(1), D("1.0")]).spans == points([D(1)]).spans
    assert between(D(2), D(1)).is_empty


def test_both_ends_belong_to_what_is_between() -> None:
    some = between(D(2), D(4))

    assert [number in some for number in map(D, ("1.9", "2", "4", "4.1"))] == [False, True, True, False]


def test_infinite_ends_are_no_bounds() -> None:
    assert between(D("-Infinity"), D("Infinity")) == ALL
    assert between(D("-Infinity"), D(2)) == compared(Comparator.AT_MOST, D(2))
    assert ALL.mirrored() == ALL


@pytest.mark.parametrize("infinite", [D("Infinity"), D("-Infinity")])
def test_all_numbers_are_finite(infinite: Decimal) -> None:
    assert infinite not in ALL
