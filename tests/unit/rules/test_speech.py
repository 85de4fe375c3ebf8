"""
Conditions read back: the words, and the exact place where each comparison turns.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.spoken import SPOKEN_ANSWERS, SPOKEN_NAMES
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.schema import Kind, Scope
from tradewarden.rules.speech import Speech, like
from tradewarden.rules.tree import Fact
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
        ('note == ""', "the note is empty"),
        ('note != ""', "the note is not empty"),
        ('note in ["", "a b"]', 'the note is one of empty, "a b"'),
        ('note like ""', "the note is empty"),
        ('note not like ""', "the note is not empty"),
        ('note == "keep, please"', 'the note is "keep, please"'),
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("change(last, 15m) < -1%", "the change of the last price over 15m is below -1 % (at -1.001 %, not at -1 %)"),
        ("highest(profit, 1d) >= 5%", "the highest of the profit over 1d is at least 5 % (at 5 %, not at 4.999 %)"),
        ('market("USDT_BTC").day_change == 1%', "the day change of USDT_BTC is exactly 1 %"),
        (
            'change(market("USDT_BTC").last, 1h30m) != 1%',
            "the change of the last price of USDT_BTC over 1h30m is other than 1 %",
        ),
        (
            "lowest(live_steps, 1h) >= 3",
            "the lowest of the number of live steps over 1h is at least 3 (at 3, not at 2)",
        ),
        ("held(last < 2, 10m)", "(the last price is below 2 (at 1.9, not at 2)) has held for 10m"),
        ("not held(stop_loss, 10m)", "(there is a live stop loss) has not held for 10m"),
    ],
)
def test_windows_and_markets(text: str, words: str) -> None:
    assert SPEECH.condition(compile_condition(text, VOCABULARY, scope=Scope.SMART_TRADE).expression) == words


def test_a_yes_or_no_fact_without_words_of_its_own() -> None:
    fact = Fact(start=0, end=0, kind=Kind.BOOL, name="is_new")

    assert SPEECH.condition(fact) == "the is new is true"
    assert SPEECH.condition(fact, holds=False) == "the is new is false"


def test_only_facts_that_there_are_have_words() -> None:
    assert {*SPOKEN_NAMES, *SPOKEN_ANSWERS} <= {*VOCABULARY}
    assert {name for name, fact in VOCABULARY.items() if fact.kind is Kind.BOOL} == {*SPOKEN_ANSWERS}
