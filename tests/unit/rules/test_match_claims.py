"""
Whom two rules speak of: whether they can meet, and whether one takes in the other.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import make_rule
from tradewarden.rules.claims import Alike, Listed
from tradewarden.rules.match_claims import claims_of, example_of, match_covers, matches_meet
from tradewarden.rules.ruleset import Match, MatchKey, Rule
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Fact, Literal

Patterns = dict[str, tuple[str, ...]]

_globs = st.lists(st.text("ab*", min_size=1, max_size=2), min_size=1, max_size=2).map(tuple)
_patterns = st.dictionaries(st.sampled_from(["pair", "side"]), _globs, max_size=2)
_values = st.fixed_dictionaries({key: st.text("ab", max_size=2) for key in ("pair", "side")})


def rule(match: Patterns | None = None, except_: Patterns | None = None) -> Rule:
    def of(patterns: Patterns) -> Match:
        return Match({MatchKey(key): texts for key, texts in patterns.items()})

    return make_rule(match=of(match or {}), except_=of(except_) if except_ else None)


def fact(name: str, kind: Kind = Kind.TEXT) -> Fact:
    return Fact(start=0, end=0, kind=kind, name=name)


def number(value: int) -> Literal:
    return Literal(start=0, end=0, kind=Kind.NUMBER, value=Decimal(value))


def speaks_of(one: Rule, values: dict[str, str]) -> bool:
    known: dict[MatchKey, str | None] = {MatchKey(key): text for key, text in values.items()}
    accepted = one.match.accepts(known, unknown=False)
    return accepted and (one.except_ is None or not one.except_.accepts(known, unknown=False))


@settings(max_examples=400)
@given(first=_patterns, second=_patterns, third=_patterns, fourth=_patterns, values=_values)
def test_what_is_said_of_two_rules_is_true_of_every_smart_trade(
    first: Patterns, second: Patterns, third: Patterns, fourth: Patterns, values: dict[str, str]
) -> None:
    one, other = rule(first, third), rule(second, fourth)

    if speaks_of(one, values) and speaks_of(other, values):
        assert matches_meet(one, other)
    if match_covers(one, other) and speaks_of(other, values):
        assert speaks_of(one, values)


@settings(max_examples=200)
@given(first=_patterns, second=_patterns)
def test_an_example_is_accepted_by_both(first: Patterns, second: Patterns) -> None:
    one, other = rule(first), rule(second)
    found = example_of(one, other)

    if found is not None:
        values = {"pair": "", "side": ""} | {key.value: text for key, text in found.items()}
        assert speaks_of(one, values)
        assert speaks_of(other, values)


def test_where_nothing_is_accepted_by_both_there_is_no_example() -> None:
    assert example_of(rule({"pair": ("a",)}), rule({"pair": ("b",)})) is None
    assert example_of(rule({"pair": ("a?",)}), rule({"pair": ("*A",)})) == {MatchKey.PAIR: "aA"}
    assert example_of(rule(), rule()) == {}


@pytest.mark.parametrize(
    ("first", "second", "example"),
    [
        ({"pair": ("USDT_*",)}, {}, {"pair": "USDT_A"}),
        ({}, {"pair": ("USDT_*",)}, {"pair": "USDT_A"}),
        ({"pair": ("a",)}, {"side": ("b",)}, {"pair": "a", "side": "b"}),
        ({"pair": ("a*",)}, {"pair": ("?",)}, {"pair": "a"}),
        ({"pair": ("a", "b")}, {"pair": ("b", "c")}, {"pair": "b"}),
    ],
)
def test_an_example_is_a_plain_one(first: Patterns, second: Patterns, example: dict[str, str]) -> None:
    assert example_of(rule(first), rule(second)) == {MatchKey(key): text for key, text in example.items()}


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        (rule(), rule(), True),
        (rule({"pair": ("USDT_*",)}), rule({"side": ("long",)}), True),
        (rule({"side": ("short",)}), rule({"side": ("long",)}), False),
        (rule({"pair": ("USDT_*",)}), rule({"pair": ("BTC_*", "*_DOGE")}), True),
        (rule({"side": ("long",)}), rule(except_={"side": ("long",)}), False),
        (rule({"side": ("l*",)}), rule(except_={"side": ("long",)}), True),
        (rule(except_={"side": ("long",), "pair": ("a",)}), rule({"side": ("long",)}), True),
    ],
)
def test_two_rules_meet(first: Rule, second: Rule, meet: bool) -> None:
    assert (matches_meet(first, second), matches_meet(second, first)) == (meet, meet)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (rule(), rule(), True),
        (rule(), rule({"side": ("long",)}), True),
        (rule({"side": ("long",)}), rule(), False),
        (rule({"pair": ("USDT_*",)}), rule({"pair": ("USDT_A", "USDT_B*")}), True),
        (rule({"pair": ("USDT_*",)}), rule({"pair": ("USDT_A", "BTC_B")}), False),
        (rule(except_={"side": ("long",)}), rule(), False),
        (rule(except_={"side": ("long",)}), rule({"side": ("short",)}), True),
        (rule(except_={"side": ("long",)}), rule(except_={"side": ("long",)}), True),
        (rule(), rule(except_={"side": ("long",)}), True),
        (rule(except_={"side": ("long",)}), rule({"side": ("long",)}), False),
        (rule(except_={"side": ("long",), "pair": ("a",)}), rule({"side": ("short",), "pair": ("a",)}), True),
        (rule({"pair": ("USDT_*", "BTC_*")}), rule({"pair": ("USDT_A", "BTC_B")}), True),
    ],
)
def test_one_rule_takes_in_the_other(wide: Rule, narrow: Rule, covers: bool) -> None:
    assert match_covers(wide, narrow) is covers


def test_what_surely_holds_of_what_is_matched() -> None:
    claims = claims_of(rule({"side": ("long",), "account_id": ("5", "7"), "id": ("3",)}, except_={"pair": ("USDT_*",)}))

    assert claims == (
        Alike(fact("side"), ("long",), holds=True),
        Listed(fact("account_id", Kind.NUMBER), (number(5), number(7)), holds=True),
        Alike(fact("pair"), ("USDT_*",), holds=False),
    )


@pytest.mark.parametrize("key", ["pair", "quote", "side", "exchange", "kind", "note"])
def test_every_key_that_is_a_text_says_something(key: str) -> None:
    assert claims_of(rule({key: ("a*",)})) == (Alike(fact(key), ("a*",), holds=True),)
    assert claims_of(rule(except_={key: ("a*",)})) == (Alike(fact(key), ("a*",), holds=False),)


def test_of_what_is_excepted_by_two_keys_or_by_a_number_nothing_is_claimed() -> None:
    assert claims_of(rule(except_={"pair": ("a",), "side": ("long",)})) == ()
    assert claims_of(rule(except_={"account_id": ("5",)})) == ()
    assert claims_of(rule({"account_id": ("5*",)})) == ()
    assert claims_of(rule({"account_id": ("5", "6*")})) == ()
