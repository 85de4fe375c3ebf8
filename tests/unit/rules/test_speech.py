"""
Conditions read back: the words, and the exact place where each comparison turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.spoken import SPOKEN_ANSWERS, SPOKEN_NAMES
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.schema import Kind, Scope
from tradewarden.rules.speech import Speech, like
from tradewarden.rules.tree import Comparator, Comparison, Fact, Literal
from unit.rules.language import VOCABULARY as SMALL
from unit.rules.language import compiled, texts

SPEECH = Speech(VOCABULARY, SPOKEN_NAMES, SPOKEN_ANSWERS)


def said(text: str) -> str:
    return SPEECH.condition(compile_condition(text, VOCABULARY, scope=Scope.STEP).expression)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day_change < -5%", "the day change is below -5 % (at -5.001 %, not at -5 %)"),
        ("day_change <= -5%", "the day change is at most -5 % (at -5 %, not at -4.999 %)"),
        ("day_change > -5%", "the day change is above -5 % (at -4.999 %, not at -5 %)"),
        ("day_change >= -5%", "the day change is at least -5 % (at -5 %, not at -5.001 %)"),
        ("-5% > day_change", "the day change is below -5 % (at -5.001 %, not at -5 %)"),
        ("-5% >= day_change", "the day change is at most -5 % (at -5 %, not at -4.999 %)"),
        ("day_change == 5%", "the day change is exactly 5 %"),
        ("5% != day_change", "the day change is other than 5 %"),
        ("not day_change < -5%", "the day change is at least -5 % (at -5 %, not at -5.001 %)"),
        (
            "-10% < profit <= 0%",
            "the profit is above -10 % (at -9.999 %, not at -10 %) and at most 0 % (at 0 %, not at 0.001 %)",
        ),
        (
            "not -10% < profit <= 0%",
            "the profit is at most -10 % (at -10 %, not at -9.999 %) or above 0 % (at 0.001 %, not at 0 %)",
        ),
        (
            "profit < day_change < roe",
            "the profit is below the day change and the day change is below the return on the margin",
        ),
        ("age > 2h", "the age is above 2h (at 2h1s, not at 2h)"),
        ("live_steps >= 3", "the number of live steps is at least 3 (at 3, not at 2)"),
        ("last >= 0.25", "the last price is at least 0.25 (at 0.25, not at 0.249)"),
        ("leverage > 10", "the leverage is above 10 (at 10.1, not at 10)"),
        ("step.distance > 50%", "the step's distance is above 50 % (at 50.001 %, not at 50 %)"),
        ("profit < day_change", "the profit is below the day change"),
        ("stop_loss", "there is a live stop loss"),
        ("not stop_loss", "there is no live stop loss"),
        ("stop_loss == false", "there is no live stop loss"),
        ("stop_loss != false", "there is a live stop loss"),
        ("stop_loss == breakeven", "the stop loss is the breakeven"),
        ('side == "long"', "the side is long"),
        ('side != "long"', "the side is not long"),
        ('"long" == side', "the side is long"),
        ("hour in [22, 23]", "the hour is one of 22, 23"),
        ("not hour in [22, 23]", "the hour is none of 22, 23"),
        ("hour not in [22]", "the hour is none of 22"),
        ('pair like "USDT_*"', "the pair begins with USDT_"),
        ('pair not like "USDT_*"', "the pair does not begin with USDT_"),
        ('not pair not like "*DOGE"', "the pair ends with DOGE"),
        ("known(roe)", "the return on the margin is known"),
        ("not known(roe)", "the return on the margin is unknown"),
        ("known(roe > 5%)", "whether the return on the margin is above 5 % (at 5.001 %, not at 5 %) is known"),
        ("stop_loss and breakeven", "there is a live stop loss and the stop loss moves to breakeven"),
        ("not (stop_loss and breakeven)", "there is no live stop loss or the stop loss does not move to breakeven"),
        (
            "stop_loss and (breakeven or step.trailing)",
            "there is a live stop loss and (the stop loss moves to breakeven or the step trails the price)",
        ),
        (
            "stop_loss or not (breakeven or step.trailing)",
            (
                "there is a live stop loss or "
                "(the stop loss does not move to breakeven and the step does not trail the price)"
            ),
        ),
        ("true or stop_loss", "always or there is a live stop loss"),
        ("false and stop_loss", "never and there is a live stop loss"),
        ("abs(profit) > 3%", "the size of the profit is above 3 % (at 3.001 %, not at 3 %)"),
        (
            "min(profit, roe) > 3%",
            "the least of the profit and the return on the margin is above 3 % (at 3.001 %, not at 3 %)",
        ),
        (
            "max(profit, roe, day_change) == 3%",
            "the greatest of the profit, the return on the margin and the day change is exactly 3 %",
        ),
        ("-profit == 3%", "minus the profit is exactly 3 %"),
        ("last < entry_price * 0.9", "the last price is below the entry price times 0.9"),
        ("(last + 1) / 2 - 3 == 5", "((the last price plus 1) divided by 2) minus 3 is exactly 5"),
        ("1 < 2", "1 is below 2 (at 1.9, not at 2)"),
    ],
)
def test_a_condition_in_words(text: str, words: str) -> None:
    assert said(text) == words


@given(text=texts(), holds=st.booleans())
def test_whatever_is_written_can_be_said_on_one_line(text: str, holds: bool) -> None:
    words = Speech(SMALL, {}, {}).condition(compiled(text).expression, holds=holds)

    assert words.strip() == words != ""
    assert "\n" not in words


@pytest.mark.parametrize(
    ("glob", "holds", "words"),
    [
        ("USDT_*", True, "begins with USDT_"),
        ("*DOGE", True, "ends with DOGE"),
        ("*DOGE*", True, "contains DOGE"),
        ("DOGE", True, "is DOGE"),
        ("DOGE", False, "is not DOGE"),
        ("*DOGE", False, "does not end with DOGE"),
        ("*DOGE*", False, "does not contain DOGE"),
        ("D?GE", True, "is like D?GE"),
        ("D?GE", False, "is not like D?GE"),
        ("*", True, "is like *"),
    ],
)
def test_a_glob_in_words(glob: str, holds: bool, words: str) -> None:
    assert like(glob, holds=holds) == words


@dataclass(frozen=True, slots=True, kw_only=True)
class Made(Fact):
    """
    A fact that is made of others, as the tree has them.
    """

    origin: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    function: str
    base: Fact
    length: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    pair: str
    fact: Fact | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    condition: Comparison
    length: timedelta = timedelta(minutes=10)


LAST = Fact(start=0, end=0, kind=Kind.NUMBER, name="last")
FALLEN = Comparison(
    start=0,
    end=0,
    kind=Kind.BOOL,
    operands=(LAST, Literal(start=0, end=0, kind=Kind.NUMBER, value=Decimal(2))),
    comparators=(Comparator.LESS,),
)


def made(origin: object, kind: Kind = Kind.NUMBER) -> Fact:
    return cast("Fact", Made(start=0, end=0, kind=kind, name="made(...)", origin=origin))


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (made(Window(function="change", base=LAST)), "the change of the last price over 15m"),
        (made(Window(function="lowest", base=LAST)), "the lowest of the last price over 15m"),
        (made(Market(pair="USDT_BTC", fact=LAST)), "the last price of USDT_BTC"),
        (made(Market(pair="USDT_BTC", fact="last")), "the last price of USDT_BTC"),
        (made(Market(pair="USDT_BTC", fact="news")), "the news of USDT_BTC"),
        (
            made(Window(function="change", base=made(Market(pair="USDT_BTC", fact=LAST)))),
            "the change of the last price of USDT_BTC over 15m",
        ),
        (made(object()), "made(...)"),
    ],
)
def test_facts_that_are_made_of_others(fact: Fact, words: str) -> None:
    assert SPEECH.value(fact) == words


def test_what_has_held() -> None:
    held = made(Held(condition=FALLEN), Kind.BOOL)

    assert SPEECH.condition(held) == "(the last price is below 2 (at 1.9, not at 2)) has held for 10m"
    assert SPEECH.condition(held, holds=False).endswith(") has not held for 10m")


def test_a_yes_or_no_fact_without_words_of_its_own() -> None:
    fact = Fact(start=0, end=0, kind=Kind.BOOL, name="is_new")

    assert SPEECH.condition(fact) == "the is new is true"
    assert SPEECH.condition(fact, holds=False) == "the is new is false"


def test_only_facts_that_there_are_have_words() -> None:
    assert {*SPOKEN_NAMES, *SPOKEN_ANSWERS} <= {*VOCABULARY}
    assert {name for name, fact in VOCABULARY.items() if fact.kind is Kind.BOOL} == {*SPOKEN_ANSWERS}
