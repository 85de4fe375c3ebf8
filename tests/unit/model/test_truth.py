"""
Three-valued logic: Kleene's tables, and the laws that hold in them.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.model.truth import Truth, all_of, any_of, truth_of

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

truths = st.sampled_from(Truth)
many_truths = st.lists(truths, max_size=6)


@pytest.mark.parametrize(("value", "negated"), [(T, F), (F, T), (U, U)])
def test_the_table_of_not(value: Truth, negated: Truth) -> None:
    assert value.negated() is negated


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, T, F, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, T, U, T),
        (U, F, F, U),
        (U, U, U, U),
    ],
)
def test_the_tables_of_and_and_or(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert all_of([left, right]) is both
    assert any_of([left, right]) is either


def test_all_of_nothing_is_true_and_any_of_nothing_is_false() -> None:
    assert all_of([]) is T
    assert any_of([]) is F


@pytest.mark.parametrize(("value", "truth"), [(True, T), (False, F), (None, U)])
def test_a_bool_is_lifted_and_none_is_unknown(value: bool | None, truth: Truth) -> None:
    assert truth_of(value) is truth


def test_a_truth_is_written_as_people_say_it() -> None:
    """
    The words stand in the traces of the journal: they are part of the public contract.
    """
    assert [truth.value for truth in (T, F, U)] == ["true", "false", "unknown"]


@pytest.mark.parametrize("truth", Truth)
def test_a_truth_in_a_bare_if_is_refused(truth: Truth) -> None:
    """
    A Truth has no bool: a bare ``if`` would hide what becomes of UNKNOWN.
    """
    with pytest.raises(TypeError, match=r"compare it with Truth\.TRUE"):
        bool(truth)


@given(many_truths)
def test_de_morgan(values: list[Truth]) -> None:
    """
    Not (a and b) is (not a) or (not b), and the other way round, for all three values.
    """
    negated = [value.negated() for value in values]

    assert all_of(values).negated() is any_of(negated)
    assert any_of(values).negated() is all_of(negated)


@given(truths)
def test_two_negations_cancel_out(value: Truth) -> None:
    assert value.negated().negated() is value


@given(many_truths)
def test_the_order_does_not_matter(values: list[Truth]) -> None:
    """
    A decisive value decides wherever it stands.
    """
    turned = list(reversed(values))

    assert all_of(turned) is all_of(values)
    assert any_of(turned) is any_of(values)


@given(many_truths, many_truths)
def test_grouping_does_not_matter(first: list[Truth], second: list[Truth]) -> None:
    assert all_of([all_of(first), all_of(second)]) is all_of(first + second)
    assert any_of([any_of(first), any_of(second)]) is any_of(first + second)


@given(truths, truths, truths)
def test_and_distributes_over_or(a: Truth, b: Truth, c: Truth) -> None:
    assert all_of([a, any_of([b, c])]) is any_of([all_of([a, b]), all_of([a, c])])


@given(many_truths)
def test_knowing_less_never_decides_otherwise(values: list[Truth]) -> None:
    """
    Whatever stands in for UNKNOWN, a decided answer stays: so UNKNOWN never becomes an action.
    """
    for replaced in product(*((T, F) if value is U else (value,) for value in values)):
        assert all_of(values) in {U, all_of(replaced)}
        assert any_of(values) in {U, any_of(replaced)}
