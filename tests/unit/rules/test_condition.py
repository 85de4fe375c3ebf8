"""
From text to condition: what it carries, how it is refused, and that nothing else can happen, ever, slowly.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewarden.errors import TradeWardenError
from tradewarden.model.truth import Truth
from tradewarden.rules.condition import Condition, compile_condition
from tradewarden.rules.diagnostics import ConditionError
from tradewarden.rules.schema import Scope
from unit.rules.language import VOCABULARY, condition, marked, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def test_a_condition_names_the_facts_that_it_reads() -> None:
    asked = condition("day_change < -5% and (known(profit) or not stop_loss)")

    assert asked.facts == {"day_change", "profit", "stop_loss"}


def test_a_condition_names_what_it_looks_back_on_and_the_markets_once_each() -> None:
    asked = condition(
        'change(last, 15m) < 5% and held(lowest(profit, 1h) > market("USDT_BTC").day_change, 5m)'
        " and change(last, 15m) > 1% and stop_loss"
    )

    assert sorted(fact.name for fact in asked.beyond) == [
        "change(last, 15m)",
        'held(lowest(profit, 1h) > market("USDT_BTC").day_change, 5m)',
        "lowest(profit, 1h)",
        'market("USDT_BTC").day_change',
    ]
    assert condition("stop_loss").beyond == ()


def test_a_condition_that_is_made_by_hand_looks_back_on_nothing() -> None:
    asked = condition("change(last, 15m) < 5%")

    made = Condition(text=asked.text, expression=asked.expression, facts=asked.facts, evaluate=asked.evaluate)

    assert made.beyond == ()


def test_conditions_are_equal_if_their_texts_are() -> None:
    assert condition("day_change < -5%") == condition("day_change < -5%")
    assert hash(condition("stop_loss")) == hash(condition("stop_loss"))
    assert condition("day_change < -5%") != condition("day_change < -6%")
    assert repr(condition("stop_loss")) == "Condition(text='stop_loss')"


def test_nothing_but_its_text_makes_a_condition_another() -> None:
    asked, other = condition("day_change < -5%"), condition("held(stop_loss, 5m)")

    same = replace(asked, expression=other.expression, facts=other.facts, beyond=other.beyond, evaluate=other.evaluate)

    assert same == asked
    assert hash(same) == hash(asked)


def test_a_condition_is_traced_over_the_facts_that_it_is_given() -> None:
    assert condition("last > 0.2").trace({"last": Decimal("0.21")}).truth is Truth.TRUE
    assert condition("last > 0.2").trace({"last": Decimal("0.19")}).truth is Truth.FALSE


def test_a_step_is_known_only_in_where() -> None:
    assert condition("step.distance > 50% and stop_loss", scope=Scope.STEP).facts == {"step.distance", "stop_loss"}
    assert marked("step.distance > 50%") == [
        (
            "step.distance",
            "`step.distance` is known only in `cancel: {where: ...}`",
            "`when` speaks of the whole SmartTrade",
        )
    ]


def test_all_problems_of_names_and_units_are_told_at_once() -> None:
    """
    The error carries every problem in the order of the text, and reads as one line.
    """
    with pytest.raises(ConditionError) as caught:
        condition("dya_change < 5% and day_change < -0.05 or change(age, 15m) > 3 and side == 'Long'")

    assert isinstance(caught.value, TradeWardenError)
    assert [(p.start, p.end) for p in caught.value.problems] == [(0, 10), (33, 38), (49, 52), (75, 81)]
    assert str(caught.value).startswith("there is no fact `dya_change` (did you mean `day_change`?); day_change is")


@pytest.mark.parametrize("text", ["not " * 20_000 + "stop_loss", "(" * 20_000, "((" * 250, "not " * 240, "[" * 900])
def test_monsters_are_refused_at_once(text: str) -> None:
    assert problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 60 + "stop_loss",
        "(" * 16 + "stop_loss" + ")" * 16,
        "last < " * 31 + "last",
        "last / (" * 14 + "last" + ")" * 14 + " < 1 < last",
        "last - " * 30 + "last > 1",
        f"last in [{', '.join(['1'] * 60)}]",
        f"known({' and '.join(['stop_loss'] * 30)})",
    ],
)
def test_the_largest_that_is_allowed_costs_no_more_than_its_length(text: str) -> None:
    """
    Whatever passes the caps is bounded in every later stage too: nothing doubles with depth.
    """
    condition("stop_loss")  # builds the parser

    assert _calls_of(lambda: condition(text)) < 200 * len(text)


def _calls_of(action: Callable[[], object]) -> int:
    """
    Count the calls of Python functions: an effort that no busy machine changes.
    """
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return calls


_WORDS = st.sampled_from(
    [
        *("and", "or", "not", "in", "like", "true", "false", "<", "<=", ">", ">=", "==", "!="),
        *("+", "-", "*", "/", "(", ")", "[", "]", ",", "5", "5%", "2h", "1h30m", "0.05", '"USDT_*"', "'long'"),
        *("abs", "min", "max", "known", "day_change", "last", "age", "pair", "side", "stop_loss", "step.distance"),
        *("change", "nonsense", "=", "&&", "!", ".", "%", "None", "\N{MINUS SIGN}", '"', "AND", "1e5"),
    ]
)


@settings(max_examples=150)
@given(st.lists(_WORDS, max_size=30).map(" ".join) | st.lists(_WORDS, max_size=12).map("".join))
def test_any_words_give_a_condition_or_an_error(text: str) -> None:
    """
    Whatever is put together from the language's own words: a Condition or a ConditionError, nothing else.
    """
    check_outcome(text)


@settings(max_examples=150)
@given(st.text(max_size=1_100))
def test_any_text_gives_a_condition_or_an_error(text: str) -> None:
    check_outcome(text)


def check_outcome(text: str) -> None:
    for scope in Scope:
        found = problems(text, scope=scope)
        for problem in found:
            assert 0 <= problem.start <= problem.end <= len(text)
            assert problem.message
            assert str(problem).isprintable()
        if not found:
            asked = compile_condition(text, VOCABULARY, scope=scope)
            assert asked.evaluate({}) is asked.trace({}).truth
