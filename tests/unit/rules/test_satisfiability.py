"""
Never, always, implied: what is claimed is held against the evaluator, over random conditions and facts.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewarden.model.truth import Truth
from tradewarden.rules.compiler import compile_expression
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.domains import Domains
from tradewarden.rules.origin import Held, Window, WindowFunction, all_facts
from tradewarden.rules.satisfiability import implies, is_never_false, is_never_true, samples
from tradewarden.rules.schema import FactSchema, Kind, Scope, Vocabulary
from tradewarden.rules.tree import Fact, walk
from unit.rules.language import FACTS, VOCABULARY, compiled, condition, facts, texts

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.tree import Expression

FREE = Domains()


def _bounded(fact: FactSchema) -> FactSchema:
    bounds = {
        "last": replace(fact, lowest=Decimal(0), is_above_lowest=True),
        "live_steps": replace(fact, lowest=Decimal(0), highest=Decimal(20), is_whole=True),
        "day_change": replace(fact, lowest=Decimal(-100), highest=Decimal(1000)),
        "age": replace(fact, lowest=Decimal(0), is_whole=True),
        "side": replace(fact, is_complete=True),
    }
    return bounds.get(fact.name, fact)


BOUNDED_VOCABULARY = Vocabulary([_bounded(fact) for fact in VOCABULARY.values()])
BOUNDED = Domains(BOUNDED_VOCABULARY)


def tree(text: str) -> Expression:
    return condition(text).expression


def _within_bounds(expression: Expression, facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """
    Make unknown what no fact of the bounded vocabulary can be.
    """
    within = dict(facts)
    for fact in (part for part in walk(expression) if isinstance(part, Fact)):
        value = within.get(fact.name)
        if isinstance(value, Decimal) and not _can_be(fact, value):
            within[fact.name] = None
    return within


def as_recorded(expression: Expression, facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """
    Let what looks back agree with the present reading, as the daemon's own windows do: that reading is in every window.
    """
    agreed = dict(facts)
    looking_back = {fact.name: fact.origin for fact in all_facts(expression)}
    for name, origin in looking_back.items():
        if isinstance(origin, Window) and origin.function is not WindowFunction.CHANGE:
            value, present = agreed.get(name), agreed.get(origin.base.name)
            choose = min if origin.function is WindowFunction.LOWEST else max
            agreed[name] = None
            if isinstance(value, Decimal) and isinstance(present, Decimal):
                agreed[name] = choose(value, present)
    for name, origin in looking_back.items():
        if isinstance(origin, Held) and agreed.get(name) is True:
            agreed[name] = True if compile_expression(origin.condition)(agreed) is Truth.TRUE else None
    return agreed


def _can_be(fact: Fact, value: Decimal) -> bool:
    is_counted = not BOUNDED.is_whole(fact) or value == value.to_integral_value()
    return is_counted and value in BOUNDED.numbers(fact)


@settings(max_examples=400)
@given(text=texts(), facts=facts)
def test_never_and_always_are_true_of_whatever_the_facts_are(text: str, facts: dict[str, FactValue]) -> None:
    asked = compiled(text)
    truth = asked.trace(as_recorded(asked.expression, facts)).truth

    assert not (is_never_true(asked.expression, FREE) and truth is Truth.TRUE)
    assert not (is_never_false(asked.expression, FREE) and truth is Truth.FALSE)


@settings(max_examples=400)
@given(text=texts(), facts=facts)
def test_they_are_true_within_the_bounds_of_the_facts(text: str, facts: dict[str, FactValue]) -> None:
    asked = compiled(text)
    truth = asked.trace(as_recorded(asked.expression, _within_bounds(asked.expression, facts))).truth

    assert not (is_never_true(asked.expression, BOUNDED) and truth is Truth.TRUE)
    assert not (is_never_false(asked.expression, BOUNDED) and truth is Truth.FALSE)


@pytest.mark.timeout(180)  # it works for twenty seconds, on a busy machine for a minute
@settings(max_examples=400)
@given(first=texts(1), second=texts(1), facts=facts)
def test_what_is_implied_is_true_too(first: str, second: str, facts: dict[str, FactValue]) -> None:
    one, other = compiled(first), compiled(second)
    facts = as_recorded(other.expression, as_recorded(one.expression, facts))

    if implies(one.expression, other.expression, FREE) and one.trace(facts).truth is Truth.TRUE:
        assert other.trace(facts).truth is Truth.TRUE


_CORNERS = tuple(Decimal(n) for n in ("-3", "-1", "0", "2"))
_GRID = (*_CORNERS, *(Decimal(n) for n in ("-4", "-2", "-0.5", "1", "3")))  # one of each side of each corner
_leaves = st.one_of(
    st.builds(
        "{} {} {}%".format,
        st.sampled_from(("profit", "-profit", "abs(profit)")),
        st.sampled_from(("<", "<=", ">", ">=", "==", "!=")),
        st.sampled_from(_CORNERS),
    ),
    st.builds("profit {}in [{}%, {}%]".format, st.sampled_from(("", "not ")), *[st.sampled_from(_CORNERS)] * 2),
)
_about_one_fact = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(("and", "or")), inner), inner.map("not ({})".format)
    ),
    max_leaves=5,
)


@settings(max_examples=400)
@given(text=_about_one_fact)
def test_of_one_fact_everything_is_found(text: str) -> None:
    """Not only is each claim true: none is missing, where a fact is compared with written values."""
    asked = compiled(text)
    mirrored = {abs(corner) for corner in _CORNERS} | {-abs(corner) for corner in _CORNERS}
    grid = {*_GRID, *mirrored, *(point + Decimal("0.25") for point in mirrored), Decimal(-9), Decimal(9)}
    seen = {asked.evaluate({"profit": value}) for value in grid}

    assert is_never_true(asked.expression, FREE) is (Truth.TRUE not in seen)
    assert is_never_false(asked.expression, FREE) is (Truth.FALSE not in seen)


@pytest.mark.parametrize(
    "text",
    [
        "profit > 5% and profit < 3%",
        "profit > 5% and profit < 5%",
        "profit > 5% and profit <= 5%",
        "5% < profit < 3%",
        "abs(day_change) < -1%",
        "-abs(profit) > 0%",
        "not (profit <= 5%) and not (profit >= 3%)",
        "profit in [1%, 2%] and profit > 2%",
        "profit in [1%, 2%] and profit not in [1%, 2%, 3%]",
        "profit == 1% and profit != 1%",
        'pair == "USDT_BTC" and pair == "USDT_DOGE"',
        'pair == "USDT_BTC" and pair like "*DOGE"',
        'pair like "USDT_*" and pair like "BTC_*"',
        'pair like "USDT_B*" and pair not like "USDT_*"',
        'pair in ["USDT_A", "USDT_B"] and pair not in ["USDT_B", "USDT_A"]',
        'pair not like "*"',
        'side == "long" and side == "short"',
        "stop_loss and not stop_loss",
        "stop_loss == true and stop_loss == false",
        "profit > 5% and not known(profit)",
        "known(profit) and not known(profit)",
        "profit < day_change and profit > day_change",
        "profit < day_change and day_change <= profit",
        "last / entry_price > 2 and last / entry_price < 1",
        "last < last",
        "min(profit, day_change) > 5% and profit < 3%",
        "max(profit, day_change) < 5% and day_change > 6%",
        "profit > 10% and profit * 2 < 10%",
        "profit > 10% and profit - 5% < 0%",
        "false and profit > 1%",
        "(profit > 5% or profit > 6%) and profit < 4%",
        "age > 2h and age < 90m",
        "1 > 2",
        '"a" == "b"',
        '"a" != "a"',
        '"a" like "b*"',
        '"a" in ["b"]',
        'pair == "USDT_BTC" and "USDT_DOGE" == pair',
        "stop_loss == breakeven and stop_loss != breakeven",
        "true == stop_loss and not stop_loss",
        "last < lowest(last, 1h)",
        "day_change > highest(day_change, 1h)",
        "lowest(profit, 5m) > highest(profit, 1h)",
        "profit < lowest(profit, 1d) - 5%",
        'market("USDT_BTC").last < lowest(market("USDT_BTC").last, 1h)',
        "profit < 5% and lowest(profit, 1h) > 10%",
        "held(day_change < -5%, 10m) and not day_change < -5%",
        "held(day_change < -5%, 10m) and day_change > -3%",
        "held(profit > 5% and profit < 3%, 10m)",
        "profit < day_change - 5% and profit > day_change",
        "profit > 5% + day_change and profit < day_change",
        "profit >= day_change + abs(profit) and profit < day_change",
    ],
)
def test_what_can_never_be_true(text: str) -> None:
    assert is_never_true(tree(text), FREE)


@pytest.mark.parametrize(
    "text",
    [
        "profit >= 5% and profit <= 5%",
        "profit > 5% and day_change < 3%",
        "abs(day_change) > 1%",
        "profit < day_change and profit <= day_change",
        "last / entry_price > 2 and entry_price / last < 1",
        "live_steps > 1 and live_steps < 2",
        'pair like "USDT_*" and pair like "*DOGE"',
        'pair like "*" and pair not like "USDT_*"',
        'side != "long" and side != "short"',
        "stop_loss and not breakeven",
        "not known(profit) and stop_loss",
        "profit > 10% and profit * 2 < 30%",
        "1 / last > 5",
        "day_change < -150%",
        "last <= lowest(last, 1h)",
        "profit < highest(profit, 1h) - 5%",
        "lowest(profit, 5m) < lowest(profit, 1h)",
        "lowest(profit, 5m) > lowest(profit, 1h)",
        'last > highest(market("USDT_BTC").last, 1h)',
        "profit < 5% and highest(profit, 1h) > 10%",
        "not held(day_change < -5%, 10m) and day_change < -5%",
        "profit < day_change + 5% and profit > day_change",
        "profit < day_change - 5% and profit < day_change",
        "profit < day_change - profit and profit > day_change",
        "last < entry_price * 0.95 and last > entry_price",
    ],
)
def test_what_may_be_true_is_not_said_to_be_never(text: str) -> None:
    assert not is_never_true(tree(text), FREE)


@pytest.mark.parametrize(
    "text",
    [
        "day_change < -5% or day_change > -6%",
        "profit <= 5% or profit > 5%",
        "profit != 1% or profit != 2%",
        "abs(profit) >= 0%",
        'pair like "*"',
        'pair != "USDT_BTC" or pair != "USDT_DOGE"',
        "stop_loss or not stop_loss",
        "known(profit) or not known(profit)",
        "1 < 2",
        '"a" == "a"',
        '"a" != "b"',
        '"a" like "a*"',
        "true",
    ],
)
def test_what_is_always_true(text: str) -> None:
    assert is_never_false(tree(text), FREE)
    assert not is_never_true(tree(text), FREE)


@pytest.mark.parametrize(
    "text",
    ["profit < 5% or profit > 5%", "abs(profit) > 0%", "profit > 1% or day_change < 1%", "stop_loss or breakeven"],
)
def test_what_may_be_false_is_not_said_to_be_always(text: str) -> None:
    assert not is_never_false(tree(text), FREE)


@pytest.mark.parametrize(
    ("text", "never", "always"),
    [
        ("day_change < -100%", True, False),
        ("day_change <= -100%", False, False),
        ("day_change >= -100%", False, True),
        ("day_change > 1000%", True, False),
        ("last <= 0", True, False),
        ("last > 0", False, True),
        ("entry_price <= 0", False, False),
        ("live_steps > 1 and live_steps < 2", True, False),
        ("live_steps > 20", True, False),
        ("live_steps >= 20", False, False),
        ("live_steps == 1.5", True, False),
        ("age < 0s", True, False),
        ('side != "long" and side != "short"', True, False),
        ("last + 1 < 1", True, False),
        ("last * live_steps < 0", True, False),
        ("entry_price < last * 0.95 and entry_price > last", True, False),
        ("entry_price > last * 1.05 and entry_price < last", True, False),
        ("entry_price < last * 1.05 and entry_price > last", False, False),
        ("entry_price < last / 2 and entry_price > last", True, False),
        ("entry_price > last / 0.5 and entry_price < last", True, False),
        ("entry_price > last / 2 and entry_price < last", False, False),
    ],
)
def test_the_bounds_of_the_facts_count(text: str, never: bool, always: bool) -> None:
    expression = compile_condition(text, BOUNDED_VOCABULARY, scope=Scope.SMART_TRADE).expression

    assert (is_never_true(expression, BOUNDED), is_never_false(expression, BOUNDED)) == (never, always)


@pytest.mark.parametrize(
    ("first", "second", "implied"),
    [
        ("profit < -5%", "profit < -3%", True),
        ("profit < -3%", "profit < -5%", False),
        ("profit < -5%", "profit <= -5%", True),
        ("profit <= -5%", "profit < -5%", False),
        ("profit < -5% and stop_loss", "profit < -5%", True),
        ("profit < -5%", "profit < -5% and stop_loss", False),
        ("profit < -5% or profit < -6%", "profit < -3%", False),  # true of it, but that is more than is looked at
        ("known(profit)", "profit < 5% or profit >= 5%", False),
        ("profit < -5%", "1% / profit < 0", False),  # unknown at zero: nothing is claimed of divisions
        ('pair == "USDT_DOGE"', 'pair like "USDT_*"', True),
        ('pair like "USDT_D*"', 'pair like "USDT_*"', True),
        ('pair like "USDT_*"', 'pair like "USDT_D*"', False),
    ],
)
def test_what_one_condition_says_of_another(first: str, second: str, implied: bool) -> None:
    assert implies(tree(first), tree(second), FREE) is implied


def test_a_sample_fulfils_both_conditions() -> None:
    first, second = condition("day_change < -5% and profit > 2%"), condition('day_change < -3% and pair like "USDT_*"')

    found = list(samples([(first.expression, True), (second.expression, True)], FREE))

    assert found == [{"day_change": Decimal(-6), "profit": Decimal(3), "pair": "USDT_"}]
    assert first.evaluate(found[0]) is second.evaluate(found[0]) is Truth.TRUE


def test_a_sample_has_flags_and_leaves_out_what_is_only_compared_with_other_facts() -> None:
    text = "stop_loss and not breakeven and known(age) and pair == side and not known(profit)"

    assert list(samples([(tree(text), True)], FREE)) == [{"stop_loss": True, "breakeven": False}]


def test_there_is_a_sample_of_every_way_to_be_true() -> None:
    found = list(samples([(tree("profit > 5% or day_change < -5%"), True)], FREE))

    assert found == [{"profit": Decimal(6)}, {"day_change": Decimal(-6)}]


def test_at_most_sixteen_samples_are_drawn_so_that_a_check_stays_quick() -> None:
    three, six = [" or ".join(f"profit == {number}%" for number in range(1, many + 1)) for many in (3, 6)]
    ways = [{"profit": Decimal(one), "day_change": Decimal(other)} for one, other in product(range(1, 4), range(1, 7))]

    found = list(samples([(tree(three), True), (tree(six.replace("profit", "day_change")), True)], FREE))

    assert found == ways[:16]


def test_where_there_is_none_no_sample_is_found() -> None:
    first, second = tree("day_change < -5%"), tree("day_change > -5%")

    assert not list(samples([(first, True), (second, True)], FREE))


def test_too_many_ways_to_be_true_are_not_looked_at() -> None:
    text = " and ".join(["(stop_loss or breakeven)"] * 8) + " and profit < profit"

    assert not is_never_true(tree(text), FREE)
    assert not list(samples([(tree(text), True)], FREE))
    assert not implies(tree(text), tree("stop_loss"), FREE)
    assert is_never_true(tree(text.replace(" and (stop_loss or breakeven)", "", 1)), FREE)


def test_nor_are_too_many_ways_side_by_side() -> None:
    many = " and ".join(["(stop_loss or breakeven)"] * 7)

    assert not is_never_true(tree(f"({many}) or ({many})"), FREE)
    assert not is_never_true(tree(f"profit < profit and ({many} or breakeven)"), FREE)


def test_the_small_vocabulary_can_be_sampled() -> None:
    """The facts that the tests draw are among those that a condition may read."""
    assert FACTS.keys() <= VOCABULARY.keys()
    assert {fact.kind for fact in VOCABULARY.values()} == set(Kind)
