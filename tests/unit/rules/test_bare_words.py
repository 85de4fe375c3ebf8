"""
What is told of words without quotes, by what stands beside them.
"""

from __future__ import annotations

import pytest

from tradewarden.rules.schema import Scope
from unit.rules.language import condition, marked, problems

QUOTES = 'a text stands in quotes: "{}"'
PATTERN = 'a pattern stands in quotes: like "{}"'
LISTED = "`tradewarden vocabulary` lists all facts"
SWITCH = "write a condition; to switch a rule off write `enabled: false`"


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("pair == doge", "doge", "doge"),
        ("doge != pair", "doge", "doge"),
        ("pair in [doge, 'x']", "doge", "doge"),
        ("pair not in ['x', doge]", "doge", "doge"),
        ("side == long", "long", "long"),
        ("side == Long", "Long", "long"),
        ("side in [SHORT]", "SHORT", "short"),
        ("side == shortt", "shortt", "short"),
    ],
)
def test_beside_a_text_quotes_are_suggested_with_the_text_as_it_is_known(text: str, word: str, meant: str) -> None:
    assert marked(text) == [(word, f"there is no fact `{word}`", QUOTES.format(meant))]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("side == zzz", "zzz"),
        ("zzz == 'x'", "zzz"),
        ("last == zzz", "zzz"),
        ("zzz > 5%", "zzz"),
        ("last in [zzz]", "zzz"),
    ],
)
def test_where_no_text_can_be_meant_no_quotes_are_suggested(text: str, word: str) -> None:
    assert marked(text) == [(word, f"there is no fact `{word}`", LISTED)]


def test_a_fact_that_may_not_stand_there_is_no_text_either() -> None:
    assert [hint for _, _, hint in marked("pair == step.status")] == ["`when` speaks of the whole SmartTrade"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("zzz == yyy", ["zzz", "yyy"]), ("zzz in [yyy]", ["zzz", "yyy"]), ("pair in [zzz + 1]", ["zzz"])],
)
def test_beside_what_is_unknown_too_each_name_is_told_as_it_is(text: str, parts: list[str]) -> None:
    assert [(part, hint) for part, _, hint in marked(text)] == [(part, LISTED) for part in parts]


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("stop_loss == yes", "yes", "stop_loss"),
        ("stop_loss == On", "On", "stop_loss"),
        ("stop_loss == no", "no", "not stop_loss"),
        ("off == stop_loss", "off", "not stop_loss"),
        ("stop_loss != yes", "yes", "not stop_loss"),
        ("stop_loss != no", "no", "stop_loss"),
        ("known(profit) == no", "no", "not known(profit)"),
    ],
)
def test_beside_a_yes_or_no_the_fact_by_itself_is_suggested(text: str, word: str, meant: str) -> None:
    assert marked(text) == [(word, f"there is no fact `{word}`", f"write `{meant}`")]
    assert condition(meant)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("stop_loss > yes", SWITCH),
        ("profit == yes", SWITCH),
        ("(stop_loss or breakeven) == yes", SWITCH),
        ("stop_loss == maybe", LISTED),
    ],
)
def test_beside_anything_else_it_is_not(text: str, hint: str) -> None:
    assert [found for _, _, found in marked(text)] == [hint]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("pair like keep", "keep"),
        ("pair not like USDT_DOGE", "USDT_DOGE"),
        ("pair like USDT_*BTC and stop_loss", "USDT_*BTC"),
        ("side like long", "long"),
    ],
)
def test_behind_like_a_pattern_stands_in_quotes(text: str, pattern: str) -> None:
    assert marked(text) == [(pattern, "`like` takes a text in quotes", PATTERN.format(pattern))]


def test_a_known_text_is_written_in_its_quotes_by_the_fix() -> None:
    assert [found.replacement for found in problems("side like long")] == ['"long"']
    assert [found.replacement for found in problems("side == long")] == ['"long"']
    assert [found.replacement for found in problems("side == Long")] == [None]


def test_what_was_told_elsewhere_stays_told() -> None:
    assert [part for part, _, _ in marked("zzz > 1 and pair like a*b and yyy", scope=Scope.STEP)] == [
        "zzz",
        "a*b",
        "yyy",
    ]
    assert [part for part, _, _ in marked("pair like zzz(last)")] == ["zzz(last)"]
