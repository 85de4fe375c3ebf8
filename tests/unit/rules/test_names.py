"""
What the language says of names that it does not know.
"""

from __future__ import annotations

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.names import unknown_fact
from tradewarden.rules.schema import Scope
from unit.rules.language import condition, marked

FUNCTIONS = "the functions are abs, min, max, known, change, lowest, highest, held and market"
MISSING = "`tradewarden vocabulary` lists all facts"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dya_change", "did you mean `day_change`?"),
        ("Day_Change", "did you mean `day_change`?"),
        ("stoploss", "did you mean `stop_loss`?"),
        ("data.current_price.day_change", "facts are not paths into the API's JSON; did you mean `day_change`?"),
        ("position.stop_loss.enabled", MISSING),
        ("long", 'a text stands in quotes: "long"'),
        ("USDT_DOGE", 'a text stands in quotes: "USDT_DOGE"'),
        ("zzz", MISSING),
        ("distance", "`step.distance` is known only in `cancel: {where: ...}`"),
        ("step_distance", "`step.distance` is known only in `cancel: {where: ...}`"),
        ("id", "`id` is a key of `match`: match: {id: 30428625}"),
        ("no", "write a condition; to switch a rule off write `enabled: false`"),
        ("Off", "write a condition; to switch a rule off write `enabled: false`"),
        ("day-change", "did you mean `day_change`?"),
    ],
)
def test_an_unknown_fact(name: str, hint: str) -> None:
    assert marked(f"{name} == 5%") == [(name, f"there is no fact `{name}`", hint)]


def test_facts_of_a_step_are_suggested_only_where_there_is_a_step() -> None:
    found = marked("distance > 5%", scope=Scope.STEP)

    assert found == [("distance", "there is no fact `distance`", "did you mean `step.distance`?")]
    found = marked("step_distance > 5%", scope=Scope.STEP)
    assert found == [("step_distance", "there is no fact `step_distance`", "did you mean `step.distance`?")]


def test_a_function_is_no_fact_and_a_fact_no_function() -> None:
    assert marked("abs > 3%") == [("abs", "`abs` is a function", "write `abs(...)`")]
    assert marked("age(2h) > 3h") == [("age(2h)", "`age` is a fact, not a function", "write `age` without brackets")]


def test_a_function_that_looks_back_is_no_fact() -> None:
    assert marked("change < -5%") == [("change", "`change` is a function", "write `change(..., 15m)`")]
    assert marked("market < -5%") == [("market", "a market has a pair", 'write `market("USDT_BTC").day_change`')]


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ("ab(last)", "did you mean `abs`?"),
        ("MIN(last, 1)", "did you mean `min`?"),
        ("highst(last, 1h)", "did you mean `highest`?"),
        ("round(last)", FUNCTIONS),
        ('pair.startswith("USDT")', 'texts are compared with ==, in and like: pair like "USDT_*"'),
    ],
)
def test_an_unknown_function(call: str, hint: str) -> None:
    name = call.partition("(")[0]

    assert marked(f"{call} > 1") == [(call, f"there is no function `{name}`", hint)]


@pytest.mark.parametrize(
    ("text", "part", "value", "hint"),
    [
        ('side == "Long"', '"Long"', "Long", 'did you mean "long"? It is one of "long", "short"'),
        ('"lnog" != side', '"lnog"', "lnog", 'did you mean "long"? It is one of "long", "short"'),
        ('side in ["long", "buy"]', '"buy"', "buy", 'it is one of "long", "short"'),
        ('side like "x*"', '"x*"', "x*", 'it is one of "long", "short"'),
        ("side not like 'Long*'", "'Long*'", "Long*", 'did you mean "long"? It is one of "long", "short"'),
    ],
)
def test_a_text_that_a_fact_never_is(text: str, part: str, value: str, hint: str) -> None:
    """
    Where the values are a closed list, a misspelt one would silently never fire.
    """
    assert marked(text) == [(part, f'side is never "{value}"', hint)]


@pytest.mark.parametrize(
    "text",
    [
        'side == "short"',
        'side like "lo*"',
        'side not in ["long"]',
        'pair == "whatever"',
        'pair like "x*"',
        '"a" like "a*"',
    ],
)
def test_texts_that_can_be(text: str) -> None:
    assert condition(text)


def test_a_name_with_hyphens_is_one_mistake() -> None:
    found = marked("stop_loss and foo > 1 and day-change < -5% and bar > 2")

    assert [part for part, _, _ in found] == ["foo", "day-change", "bar"]


def test_a_difference_is_no_name_with_hyphens() -> None:
    assert [part for part, _, _ in marked("last-foo > 1")] == ["foo"]


def test_the_price_of_a_smart_trade_is_the_last_one() -> None:
    hint = "the price of the last deal is `last`; `step.price` is known only in `cancel: {where: ...}`"

    assert unknown_fact("price", VOCABULARY, Scope.SMART_TRADE) == ("there is no fact `price`", hint)
