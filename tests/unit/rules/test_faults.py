"""
What is hardly meant in a condition: which part is marked, and what is said of it.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.domains import Domains
from tradewarden.rules.faults import Fault, bounds_text, faults_of
from tradewarden.rules.satisfiability import is_never_true
from tradewarden.rules.schema import Kind, Scope
from unit.rules.language import VOCABULARY as SMALL
from unit.rules.language import compiled, make_fact, texts


def found(text: str) -> tuple[Fault, ...]:
    return faults_of(compile_condition(text, VOCABULARY, scope=Scope.STEP), VOCABULARY)


def told(text: str) -> list[tuple[str, str]]:
    """
    Return for each fault of *text* the marked part and the code.
    """
    return [(text[fault.start : fault.end], fault.code) for fault in found(text)]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("day_change < -5%", []),
        ("1 < 2", []),
        ("5% < profit < 3%", [("5% < profit < 3%", "never-true")]),
        ("profit > 5% and profit < 3%", [("profit > 5% and profit < 3%", "never-true")]),
        (
            "stop_loss and profit > 5% and breakeven and profit < 3%",
            [("profit > 5% and breakeven and profit < 3%", "never-true")],
        ),
        ("stop_loss or profit > 5% and profit < 3%", [("profit > 5% and profit < 3%", "never-true")]),
        ("profit > 5% or profit < 6%", [("profit > 5% or profit < 6%", "always-true")]),
        ("not (profit > 5% or profit < 6%)", [("profit > 5% or profit < 6%", "always-true")]),
        ("hour == 24 and stop_loss", [("hour == 24", "out-of-range")]),
        ("hour == 24 or hour == 25", [("hour == 24", "out-of-range"), ("hour == 25", "out-of-range")]),
        ("live_steps >= 0 and stop_loss", [("live_steps >= 0", "out-of-range")]),
        ("step.share > 120%", [("step.share > 120%", "out-of-range")]),
        ("abs(profit) < 0%", [("abs(profit) < 0%", "never-true")]),
        ("abs(profit) >= 0% and stop_loss", [("abs(profit) >= 0%", "always-true")]),
        ("profit < -5% and profit < -3%", [("profit < -3%", "redundant")]),
        ("profit < -3% and profit < -5%", [("profit < -3%", "redundant")]),
        ("profit < -5% or profit < -3%", [("profit < -5%", "redundant")]),
        ("profit < -3% or profit < -5%", [("profit < -5%", "redundant")]),
        ("profit < -5% and -5% > profit", [("-5% > profit", "redundant")]),
        (
            "profit < -5% and profit < -4% and profit < -3%",
            [("profit < -4%", "redundant"), ("profit < -3%", "redundant")],
        ),
        ("profit < -5% and profit < -3% and day_change < -5%", [("profit < -3%", "redundant")]),
        ("profit < -5% or -5% > profit", [("-5% > profit", "redundant")]),
        ("profit > -8% and profit < -5% and profit < -3%", [("profit < -3%", "redundant")]),
        (
            "profit < -5% and (profit < -3% or profit > 8%) and profit < -4%",
            [("profit < -4%", "redundant")],
        ),
        # A part that is always true is told once.
        ("hour <= 23 and hour < 5", [("hour <= 23", "out-of-range")]),
        ("hour < 5 and hour <= 23", [("hour <= 23", "out-of-range")]),
        # Beside another fact, or within a part of its own, a comparison may decide something.
        ("profit < -5% and day_change < -3%", []),
        ("profit < -5% and (profit < -3% or day_change < -3%)", []),
        ("profit < day_change and profit <= day_change", []),
        ("profit < -5% and (profit < -3% or profit > 8%)", []),
        ("(profit < -3% or profit > 8%) and profit < -5%", []),
        ("profit < -3% and max(profit, day_change) < -5%", []),
        ("profit < -5% and profit > -8%", []),
        ("stop_loss and stop_loss", [("stop_loss", "redundant")]),
        (
            "profit > day_change and day_change > roe and roe > 5% and day_change < 5%",
            [("profit > day_change and day_change > roe and roe > 5% and day_change < 5%", "never-true")],
        ),
        (
            "profit < day_change or day_change < roe or roe < 5% or day_change >= 5%",
            [("profit < day_change or day_change < roe or roe < 5% or day_change >= 5%", "always-true")],
        ),
    ],
)
def test_which_part_is_marked_as_what(text: str, faults: list[tuple[str, str]]) -> None:
    assert told(text) == faults


@settings(max_examples=300, deadline=None)
@given(text=texts())
def test_whatever_is_written_every_fault_is_in_its_place(text: str) -> None:
    """And a condition that is always the same is told of, unless nothing else than written values makes it so."""
    asked = compiled(text)
    faults = faults_of(asked, SMALL)

    assert all(0 <= fault.start < fault.end <= len(text) for fault in faults)
    assert all(text[fault.start : fault.end].strip() and fault.message for fault in faults)
    if asked.facts and is_never_true(asked.expression, Domains(SMALL)):
        assert any(fault.verdict is not None for fault in faults)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "profit > 5% and profit < 3%",
            "profit > 5% and profit < 3% are never true together",
            "if one of them is enough, write `profit > 5% or profit < 3%`",
        ),
        (
            "profit > 5% or profit < 6%",
            "profit > 5% or profit < 6%: one of them is always true",
            "if both must hold, write `profit > 5% and profit < 6%`",
        ),
        ("5% < profit < 3%", "5% < profit < 3% is never true", "write `3% < profit < 5%`"),
        ("5% <= profit < 3%", "5% <= profit < 3% is never true", "write `3% <= profit < 5%`"),
        ("3% > profit > 5%", "3% > profit > 5% is never true", None),
        (
            "abs(profit) < -1%",
            "abs(profit) < -1% is never true",
            "a size, abs(...), is never below zero: choose a value above zero",
        ),
        (
            "hour == 24",
            "hour == 24 is never true: `hour` is a whole number from 0 to 23",
            "midnight is hour 0",
        ),
        (
            "hour > 23",
            "hour > 23 is never true: `hour` is a whole number from 0 to 23",
            "choose a value that it can have",
        ),
        (
            "day_change < -150%",
            "day_change < -150% is never true: `day_change` is from -100 % to 1000 %",
            "was -15% or -1.5% meant?",
        ),
        (
            "day_change >= -100%",
            "day_change >= -100% is always true: `day_change` is from -100 % to 1000 %",
            "choose a value that it can have",
        ),
        (
            "last + units < 0",
            "last + units < 0 is never true: `last` is above 0 and `units` is above 0",
            "choose a value that it can have",
        ),
        (
            "last < lowest(last, 1h)",
            "last < lowest(last, 1h) is never true",
            "`lowest` looks at the present reading too: it is a new low if `last <= lowest(last, 1h)`",
        ),
        (
            "last > highest(last, 1h) * 1.02",
            "last > highest(last, 1h) * 1.02 is never true",
            "`highest` looks at the present reading too: it is a new high if `last >= highest(last, 1h)`",
        ),
        (
            "day_change < -5% and profit > 5% and stop_loss and profit < 3%",
            "profit > 5% and profit < 3% are never true together",
            "if one of them is enough, write `(profit > 5% or profit < 3%) and stop_loss`",
        ),
        (
            "day_change < -5% or profit < 5% or stop_loss or profit > 3%",
            "profit < 5% or profit > 3%: one of them is always true",
            "if both must hold, write `profit < 5% and profit > 3% or stop_loss`",
        ),
        (
            "(profit < 1% or profit < -1% and stop_loss) and profit > 2%",
            "(profit < 1% or profit < -1% and stop_loss) and profit > 2% are never true together",
            "if one of them is enough, write `(profit < 1% or profit < -1% and stop_loss) or profit > 2%`",
        ),
        (
            "profit > 5% and profit < 3% and stop_loss",
            "profit > 5% and profit < 3% are never true together",
            "if one of them is enough, write `(profit > 5% or profit < 3%)`",
        ),
        (
            "profit > day_change and day_change > roe and roe > 5% and day_change < 5%",
            "these parts are never all true together",
            "remove the one that is not meant",
        ),
        (
            "profit < day_change or day_change < roe or roe < 5% or day_change >= 5%",
            "these parts are never all false: one of them is always true",
            "remove the one that is not meant",
        ),
        (
            'side not in ["long", "short"]',
            'side not in ["long", "short"] is never true',
            "choose a value that it can have",
        ),
        (
            "live_steps == 24",
            "live_steps == 24 is never true: `live_steps` is a whole number from 0 to 20",
            "choose a value that it can have",
        ),
        (
            "live_steps == 150",
            "live_steps == 150 is never true: `live_steps` is a whole number from 0 to 20",
            "choose a value that it can have",
        ),
        (
            "step.share > 100%",
            "step.share > 100% is never true: `step.share` is above 0 % and at most 100 %",
            "choose a value that it can have",
        ),
        (
            "step.share > 100.5%",
            "step.share > 100.5% is never true: `step.share` is above 0 % and at most 100 %",
            "was 10.05% or 1.005% meant?",
        ),
        ("lowest(profit, 1h) > highest(profit, 1h)", "lowest(profit, 1h) > highest(profit, 1h) is never true", None),
        (
            "held(stop_loss, 10m) and not stop_loss",
            "held(stop_loss, 10m) and not stop_loss are never true together",
            "if one of them is enough, write `held(stop_loss, 10m) or not stop_loss`",
        ),
        (
            'side != "long" and side != "short"',
            'side != "long" and side != "short" are never true together',
            'if one of them is enough, write `side != "long" or side != "short"`',
        ),
        (
            "profit < -5%  and\n profit < -3%",
            "profit < -3% decides nothing beside profit < -5%",
            "write `profit < -5%`",
        ),
        (
            "profit < -5% and (stop_loss or breakeven) and profit < -3% and not (roe < 0% or hour > 5)",
            "profit < -3% decides nothing beside profit < -5%",
            "write `profit < -5% and (stop_loss or breakeven) and not (roe < 0% or hour > 5)`",
        ),
        (
            "breakeven and (profit < -5% or stop_loss or profit < -3%)",
            "profit < -5% decides nothing beside profit < -3%",
            "write `breakeven and (stop_loss or profit < -3%)`",
        ),
        (
            "stop_loss and ( profit < -5% ) and profit < -3%",
            "profit < -3% decides nothing beside profit < -5%",
            "write `stop_loss and ( profit < -5% )`",
        ),
        (
            "breakeven and (profit < -3% or (profit < -5%)) and stop_loss",
            "profit < -5% decides nothing beside profit < -3%",
            "write `breakeven and (profit < -3%) and stop_loss`",
        ),
        (
            "held(profit < -3% and profit < -5%, 5m) or stop_loss",
            "profit < -3% decides nothing beside profit < -5%",
            "write `held(profit < -5%, 5m) or stop_loss`",
        ),
        (
            "profit < -5% or stop_loss and breakeven or profit < -3%",
            "profit < -5% decides nothing beside profit < -3%",
            "write `stop_loss and breakeven or profit < -3%`",
        ),
    ],
)
def test_what_is_said(text: str, message: str, hint: str | None) -> None:
    [fault] = found(text)

    assert (fault.message, fault.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("change(last, 15m) < -120%", ": a price falls by 100 % at most"),
        ('change(market("USDT_BTC").last, 1h) < -100.5%', ": a price falls by 100 % at most"),
        ("lowest(day_change, 1h) < -120%", ": `day_change` is from -100 % to 1000 %"),
        ('market("USDT_BTC").day_change < -120%', ": `day_change` is from -100 % to 1000 %"),
        ('market("USDT_BTC").day_change - day_change > 1100%', ": `day_change` is from -100 % to 1000 %"),
        ("day_change - change(profit, 1h) * 0 > 1000%", ": `day_change` is from -100 % to 1000 %"),
    ],
)
def test_facts_that_are_made_of_others_are_bounded_as_those_are(text: str, why: str) -> None:
    asked = compile_condition(text, VOCABULARY, scope=Scope.SMART_TRADE)
    [fault] = faults_of(asked, VOCABULARY)

    assert fault.message == f"{text} is never true{why}"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("hour > 23", False),
        ("hour <= 23", True),
        ("abs(profit) < 0%", False),
        ("abs(profit) >= 0%", True),
        ("profit > 5% and profit < 3%", False),
        ("profit > 5% or profit < 6%", True),
        ("profit > day_change and day_change > roe and roe > 5% and day_change < 5%", False),
        ("profit < day_change or day_change < roe or roe < 5% or day_change >= 5%", True),
        ("profit < -5% and profit < -3%", None),
    ],
)
def test_the_verdict_says_which_way(text: str, verdict: bool | None) -> None:
    [fault] = found(text)

    assert fault.verdict is verdict


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hour", "a whole number from 0 to 23"),
        ("account_id", "a whole number never below 1"),
        ("age", "never below 0s, in whole seconds"),
        ("last", "above 0"),
        ("quote_volume", "never below 0"),
        ("day_change", "from -100 % to 1000 %"),
        ("step.share", "above 0 % and at most 100 %"),
        ("profit", ""),
        ("pair", ""),
    ],
)
def test_bounds_in_words(name: str, words: str) -> None:
    assert bounds_text(VOCABULARY[name]) == words


def test_bounds_that_no_fact_has_yet_are_worded_too() -> None:
    assert bounds_text(make_fact("share", Kind.PERCENT, highest=Decimal(5))) == "at most 5 %"
    assert bounds_text(make_fact("steps", Kind.NUMBER, is_whole=True)) == "a whole number"


@settings(max_examples=300)
@given(text=texts())
def test_what_is_to_be_written_can_be_pasted(text: str) -> None:
    """
    In place of the marked part, or for a part that decides nothing of the whole condition, it is a condition again.
    """
    for fault in faults_of(compiled(text), SMALL):
        written = re.search(r"write `(.*)`$", fault.hint or "")
        if written is None:
            continue
        whole = text[: fault.start] + written[1] + text[fault.end :]
        pasted = compiled(written[1] if fault.code == "redundant" else whole)

        assert fault.message not in {one.message for one in faults_of(pasted, SMALL) if fault.code != "redundant"}
