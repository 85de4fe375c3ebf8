"""
The compiled evaluator: what it answers, that it equals the traced one, and that Kleene's laws hold in the language.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from types import CodeType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewarden.model.truth import Truth, all_of, any_of
from tradewarden.rules.schema import Kind
from unit.rules.language import (
    FACTS,
    blinded,
    compiled,
    condition,
    facts,
    known_facts,
    texts,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.rules.schema import FactValue

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
random_conditions = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("day_change < -5%", T),
        ("day_change < -6.1%", F),
        ("day_change <= -6.1%", T),
        ("day_change == -6.10%", T),
        ("day_change != -6.1%", F),
        ("-10% < day_change < 0%", T),
        ("-10% < day_change < -7%", F),
        ("-10% < day_change > -7% != 3%", T),
        ("-10% < profit < 0%", U),
        ("-5% < day_change < profit", F),
        ("profit < day_change < -10%", F),
        ("not profit < 0%", U),
        ("profit != 5%", U),
        ("profit < 0% or day_change < 0%", T),
        ("profit < 0% and day_change > 0%", F),
        ("profit < 0% and day_change < 0%", U),
        ("not (profit < 0% and day_change > 0%)", T),
        ("last < 1 and day_change < 0%", T),
        ("last < 1 and day_change > 0%", F),
        ("last > 1 and day_change < 0%", F),
        ("last < 1 or day_change > 0%", T),
        ("last > 1 or day_change < 0%", T),
        ("last > 1 or day_change > 0%", F),
        ("profit in [1%, 2%]", U),
        ("profit not in [1%, 2%]", U),
        ("day_change in [5%, -6.1%]", T),
        ("day_change not in [5%, -6.1%]", F),
        ('pair in ["USDT_BTC", "USDT_DOGE"]', T),
        ("pair not in ['USDT_BTC']", T),
        ('pair like "USDT_*"', T),
        ('pair not like "USDT_*"', F),
        ('pair like "usdt_*"', F),
        ('pair like "*_DOGE"', T),
        ('pair like "*_BTC"', F),
        ('pair like "DOGE"', F),
        ('pair like "USDT"', F),
        ('pair not like "DOGE"', T),
        ('pair like "*T_D*"', T),
        ('pair not like "*T_D*"', F),
        ('pair like "USDT_DOGE"', T),
        ('pair like "U*E"', T),
        ('side == "long" and side != "short"', T),
        ("stop_loss", T),
        ("not stop_loss", F),
        ("breakeven", U),
        ("not breakeven", U),
        ("stop_loss == true", T),
        ("stop_loss == false", F),
        ("stop_loss != false", T),
        ("stop_loss != breakeven", U),
        ("known(profit)", F),
        ("not known(profit)", T),
        ("known(day_change) and known(pair) and known(stop_loss)", T),
        ("known(last / 0)", F),
        ("known(last / (last - entry_price))", T),
        ("known(profit < 0%)", F),
        ("known(profit < 0% and day_change > 0%)", T),
        ("known(profit) or day_change < -5%", T),
        ("known(3)", T),
        ("last / 0 > 1", U),
        ("last / (entry_price - entry_price) > 1", U),
        ("0 / 0 == 0 / 0", U),
        ("last / 2 < 0.2", T),
        ("1 / (1 / last) < 1", T),
        ("last < entry_price * 0.95", T),
        ("last + 0.1 == 0.31", T),
        ("last + 0 == 0.21", T),
        ("last - 0 == 0.21", T),
        ("last * 0 == 0", T),
        ("last * (entry_price - entry_price) > 0", F),
        ("known(last * 0)", T),
        ("abs(day_change) > 6%", T),
        ("min(day_change, 3%, -10%) == -10%", T),
        ("max(day_change, 3%, -10%) == 3%", T),
        ("max(day_change, profit) > -100%", U),
        ("day_change / -2 > 3%", T),
        ("day_change / -2% > 3", T),
        ("age == 1h30m", T),
        ("age > 1.5h", F),
        ("age * 2 == 3h and 2 * age == 3h", T),
        ("age / 90m == 1", T),
        ("-age < 0s", T),
        ("- -last == last", T),
        ("last - 1 - 1 < -1.7", T),
        ("last * (1 + 1) > 0.4", T),
        ("0.1 * 3 == 0.3", T),
        ("true and not false", T),
        ("1 < 2 < 3", T),
        ("3 < 2", F),
    ],
)
def test_what_a_condition_answers(text: str, truth: Truth) -> None:
    """
    Both evaluators give the answer of the table.
    """
    asked = condition(text)

    assert asked.evaluate(FACTS) is truth
    assert asked.trace(FACTS).truth is truth


@pytest.mark.parametrize("last", ["0.24", "0.25", "0.26"])
@pytest.mark.parametrize(
    ("comparator", "holds"),
    [
        ("<", operator.lt),
        ("<=", operator.le),
        (">", operator.gt),
        (">=", operator.ge),
        ("==", operator.eq),
        ("!=", operator.ne),
    ],
)
def test_each_comparison_beside_something_unknown(
    last: str, comparator: str, holds: Callable[[Decimal, Decimal], bool]
) -> None:
    """
    What is known decides where it can, below, at and above the limit, and as a part of `and`, `or` and `not`.
    """
    row: dict[str, FactValue] = {"last": Decimal(last), "profit": None}
    link = f"last {comparator} 0.25"
    truth = holds(Decimal(last), Decimal("0.25"))

    assert condition(f"breakeven and {link}").evaluate(row) is (U if truth else F)
    assert condition(f"breakeven or {link}").evaluate(row) is (T if truth else U)
    assert condition(f"breakeven and not {link}").evaluate(row) is (F if truth else U)
    assert condition(f"breakeven or not {link}").evaluate(row) is (U if truth else T)


@pytest.mark.parametrize(
    ("link", "truth"),
    [
        ("stop_loss", T),
        ("not stop_loss", F),
        ("stop_loss == true", T),
        ("stop_loss != true", F),
        ('pair in ["USDT_DOGE"]', T),
        ('pair in ["USDT_BTC"]', F),
        ('pair not in ["USDT_BTC"]', T),
        ("last not in [0.21]", F),
        ('pair like "*DOGE"', T),
        ('pair like "*BTC"', F),
        ('pair not like "*BTC"', T),
        ("known(last)", T),
        ("known(profit)", F),
        ("not known(profit)", T),
        ("true", T),
        ("false", F),
    ],
)
def test_each_condition_beside_something_unknown(link: str, truth: Truth) -> None:
    """
    What is known decides where it can.
    """
    assert condition(f"breakeven and {link}").evaluate(FACTS) is (U if truth is T else F)
    assert condition(f"breakeven or {link}").evaluate(FACTS) is (T if truth is T else U)
    assert condition(f"breakeven and not {link}").evaluate(FACTS) is (F if truth is T else U)
    assert condition(f"breakeven or not {link}").evaluate(FACTS) is (U if truth is T else T)


@pytest.mark.parametrize("text", ["day_change < 5%", "not stop_loss", 'pair like "*"', "age / age == 1", "last in [1]"])
def test_a_missing_fact_is_unknown(text: str) -> None:
    assert condition(text).evaluate({}) is U
    assert condition(text).evaluate(MappingProxyType({})) is U
    assert condition(text).trace({}).truth is U


def test_one_missing_fact_does_not_hide_the_others() -> None:
    asked = condition("day_change < -5% or last > 1")

    assert asked.evaluate({"day_change": Decimal(-6)}) is T
    assert asked.evaluate({"last": Decimal(2)}) is T


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize(
    "text", ["last != 5", "last > -5 or last <= -5", "not last == 5", "last not in [5]", "last - last != 1"]
)
def test_a_number_that_is_none_never_fires(odd: str, text: str) -> None:
    """
    Facts are finite by contract; where one is not, neither evaluator says TRUE.
    """
    broken: dict[str, FactValue] = {"last": Decimal(odd)}

    assert condition(text).evaluate(broken) is not T
    assert condition(text).trace(broken).truth is U


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("text", ["last != 5", "last != 5 or profit < 0%"])
def test_what_would_fire_on_a_number_that_is_none_is_unknown(odd: str, text: str) -> None:
    """
    It is not FALSE either, on which a `not` around it would fire.
    """
    assert condition(text).evaluate({"last": Decimal(odd)}) is U


@pytest.mark.parametrize("text", ["last * last > 1", "not last * last > 1", "last * last - last * last < 1"])
def test_a_signal_of_decimal_is_unknown(text: str) -> None:
    """
    A result that Decimal refuses is nothing to conclude from, and no exception.
    """
    broken: dict[str, FactValue] = {"last": Decimal("1E+999999")}

    assert condition(text).evaluate(broken) is U
    assert condition(text).trace(broken).truth is U


@pytest.mark.parametrize("text", ["last < 5", "not last < 5", "abs(last) < 5", "-last < 5", "max(last, 1) < 5"])
def test_a_fact_of_another_kind_is_an_error_and_not_unknown(text: str) -> None:
    """
    Facts have the kind that the vocabulary says. One that has not is our mistake: it gets out, and hides in no answer.
    """
    broken: dict[str, FactValue] = {"last": "0.21"}
    asked = condition(text)

    with pytest.raises((TypeError, AttributeError)):
        asked.evaluate(broken)
    with pytest.raises((TypeError, AttributeError)):
        asked.trace(broken)


class Unreadable(dict[str, Decimal]):
    """
    Facts of which one has a value that cannot be had.
    """

    def __getitem__(self, name: str) -> Decimal:
        msg = f"{name} cannot be read"
        raise RuntimeError(msg)


def test_a_fact_that_cannot_be_read_is_an_error_and_not_unknown() -> None:
    """
    Only what is missing is unknown.
    """
    with pytest.raises(RuntimeError, match="last cannot be read"):
        condition("last > 1").evaluate(Unreadable())


def test_literals_are_exact() -> None:
    """
    A literal of 30 digits is compared with all of them: no float, no rounding to the context's 28.
    """
    digits = "123456789012345678901234567890"
    asked = condition(f"last == -{digits}")

    assert asked.evaluate({"last": Decimal(f"-{digits}")}) is T
    assert asked.evaluate({"last": Decimal(f"-{digits[:-1]}1")}) is F


def test_a_condition_is_one_code_object_without_floats_or_builtins() -> None:
    """
    Nothing is nested, nothing is looked up among Python's builtins, and no number is a float.
    """
    function = cast("FunctionType", condition('last * 0.1 < min(last, 2) and pair like "*" or last in [1]').evaluate)
    held = [*function.__code__.co_consts, *function.__globals__.values()]

    assert function.__code__.co_argcount == 1
    assert function.__globals__["__builtins__"] == {}
    assert not any(isinstance(value, float | CodeType) for value in held)


@settings(random_conditions, max_examples=150)
@given(texts(), st.lists(facts, min_size=1, max_size=4))
def test_compiled_and_traced_are_equal(text: str, rows: list[dict[str, FactValue]]) -> None:
    """
    Two evaluators that share no code agree on every condition over any facts.
    """
    asked = compiled(text)

    for row in rows:
        assert asked.evaluate(row) is asked.trace(row).truth


@random_conditions
@given(texts(with_known=False), st.data())
def test_knowing_less_never_fires(text: str, data: st.DataObject) -> None:
    """
    Making facts unknown leaves the answer as it was, or makes it unknown. It never turns it, least of all into TRUE.
    """
    asked = compiled(text)
    row = data.draw(known_facts)
    less = data.draw(blinded(row))

    assert asked.evaluate(less) in {asked.evaluate(row), U}


@random_conditions
@given(values(Kind.NUMBER), st.data())
def test_known_is_decided_and_lost_with_its_facts(text: str, data: st.DataObject) -> None:
    """
    `known` is never unknown, and knowing less only ever turns it from true to false.
    """
    asked = compiled(f"known({text})")
    row = data.draw(known_facts)
    less = data.draw(blinded(row))

    assert asked.evaluate(row) in {T, F}
    assert asked.evaluate(less) in ({T, F} if asked.evaluate(row) is T else {F})


@random_conditions
@given(texts(with_known=False, depth=1), facts)
def test_known_of_a_condition_asks_whether_it_is_decided(text: str, row: dict[str, FactValue]) -> None:
    decided = compiled(text).evaluate(row) is not U

    assert compiled(f"known({text})").evaluate(row) is (T if decided else F)


@random_conditions
@given(texts(depth=1), texts(depth=1), facts)
def test_kleene_laws_hold_in_the_language(first: str, second: str, row: dict[str, FactValue]) -> None:
    """
    `and`, `or` and `not` are Kleene's; De Morgan's laws and double negation hold for conditions as written.
    """

    def ask(text: str) -> Truth:
        return compiled(text).evaluate(row)

    a, b = ask(first), ask(second)

    assert ask(f"not ({first})") is a.negated()
    assert ask(f"not (not ({first}))") is a
    assert ask(f"({first}) and ({second})") is all_of([a, b])
    assert ask(f"({first}) or ({second})") is any_of([a, b])
    assert ask(f"not (({first}) and ({second}))") is ask(f"not ({first}) or not ({second})")
    assert ask(f"not (({first}) or ({second}))") is ask(f"not ({first}) and not ({second})")
    assert ask(f"({first}) and not ({first})") is not T


@random_conditions
@given(values(Kind.PERCENT), st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), known_facts)
def test_a_comparison_is_unknown_only_for_want_of_a_value(
    text: str, comparator: str, row: dict[str, FactValue]
) -> None:
    """
    With all facts known, only a division by zero leaves anything unknown; no signal of decimal gets out.
    """
    answer = compiled(f"{text} {comparator} 1%").evaluate(row)

    assert (answer is U) is (compiled(f"known({text})").evaluate(row) is F)
    assert "/" in text or answer is not U
