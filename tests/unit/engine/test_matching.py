"""
Which SmartTrades a rule speaks of, and which `keep` protects one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import make_match, make_rule, make_ruleset, make_smart_trade
from tradewarden.engine.matching import Matcher, key_verdicts, largest_keep, matches
from tradewarden.model.smart_trade import Side

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.ruleset import Rule

TRADE = make_smart_trade(note="swing keep")


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ({}, True),
        ({"id": "30428625"}, True),
        ({"pair": "USDT_*"}, True),
        ({"pair": "usdt_*"}, False),
        ({"quote": "USDT"}, True),
        ({"side": "long"}, True),
        ({"side": "short"}, False),
        ({"account_id": "32402783"}, True),
        ({"exchange": "binance*"}, True),
        ({"kind": "smart_sell"}, True),
        ({"note": "*keep*"}, True),
        ({"pair": "USDT_*", "side": "short"}, False),
    ],
    ids=str,
)
def test_match_and_except(patterns: dict[str, str], expected: bool) -> None:
    assert matches(make_rule(match=make_match(**patterns)), TRADE) is expected
    assert matches(make_rule(except_=make_match(**patterns)), TRADE) is not expected


UNKNOWN = make_smart_trade(side=None, exchange=None, kind=None, note=None)


@pytest.mark.parametrize("key", ["side", "exchange", "kind", "note"])
def test_in_doubt_a_rule_does_not_speak_of_it(key: str) -> None:
    assert not matches(make_rule(match=make_match(**{key: "*"})), UNKNOWN)
    assert not matches(make_rule(except_=make_match(**{key: "x"})), UNKNOWN)


def test_what_surely_is_not_excepted_matches() -> None:
    assert matches(make_rule(except_=make_match(side="short", pair="BTC_*")), UNKNOWN)


@pytest.mark.parametrize(
    ("rules", "keep"),
    [
        pytest.param([], 1, id="no rule"),
        pytest.param([make_rule(keep=2), make_rule(keep=3)], 3, id="the largest"),
        pytest.param([make_rule(keep=2), make_rule(keep=3, enabled=False)], 2, id="of those that are enabled"),
        pytest.param([make_rule(keep=3, match=make_match(side="short"))], 1, id="of those that match"),
        pytest.param([make_rule(keep=3, except_=make_match(side="long"))], 1, id="of those that do not except it"),
    ],
)
def test_the_largest_keep_counts(rules: list[Rule], keep: int) -> None:
    assert largest_keep(make_ruleset(*rules), TRADE) == keep


@pytest.mark.parametrize("key", ["side", "exchange", "kind", "note"])
def test_a_rule_that_may_match_keeps_its_steps(key: str) -> None:
    """
    What is unknown takes no protection away.
    """
    assert largest_keep(make_ruleset(make_rule(keep=3, match=make_match(**{key: "x"}))), UNKNOWN) == 3
    assert largest_keep(make_ruleset(make_rule(keep=3, except_=make_match(**{key: "x"}))), UNKNOWN) == 3


patterns = st.sampled_from(
    [
        {},
        {"pair": "USDT_*"},
        {"pair": "*_BTC"},
        {"side": "long"},
        {"side": "short", "pair": "USDT_*"},
        {"note": "*keep*"},
    ]
)
matchable_rules = st.lists(
    st.builds(
        lambda match, except_, number: make_rule(match=match, except_=except_, name=f"rule-{number}"),
        patterns.map(lambda given: make_match(**given)),
        st.none() | patterns.map(lambda given: make_match(**given)),
        st.integers(0, 99),
    ),
    max_size=6,
)
matchable_trades = st.builds(
    lambda pair, side, note: make_smart_trade(pair=pair, side=side, note=note),
    st.sampled_from(["USDT_DOGE", "USDT_BTC", "BTC_ETH"]),
    st.sampled_from([Side.LONG, Side.SHORT, None]),
    st.sampled_from(["keep", "", None]),
)


@given(matchable_rules, st.lists(matchable_trades, max_size=5))
def test_a_matcher_finds_what_matches(rules: list[Rule], trades: list[SmartTrade]) -> None:
    """
    Rules that ask alike and SmartTrades that are alike are judged together: the answers are those of each alone.
    """
    matcher = Matcher(rules)

    for trade in trades * 2:
        expected = tuple((rule.when.evaluate, rule) for rule in rules if matches(rule, trade))
        assert matcher.questions_for(trade) == expected


def test_no_exception_is_not_an_exception_that_excepts_all() -> None:
    rules = [make_rule(except_=None, name="none"), make_rule(except_=make_match(), name="all")]

    assert [rule.name for _, rule in Matcher(rules).questions_for(TRADE)] == ["none"]


@given(matchable_rules, matchable_trades)
def test_the_verdicts_of_the_keys_add_up_to_the_match(rules: list[Rule], trade: SmartTrade) -> None:
    """
    All keys of `match` fit, and not all of `except`.
    """
    for rule in rules:
        found = key_verdicts(rule, trade)
        all_match = all(one.fits for one in found if not one.is_exception)
        all_except = rule.except_ is not None and all(one.fits for one in found if one.is_exception)

        assert matches(rule, trade) is (all_match and not all_except)


def test_a_verdict_tells_value_and_patterns() -> None:
    [pair, side] = key_verdicts(make_rule(match=make_match(pair="BTC_*"), except_=make_match(side="short")), UNKNOWN)

    assert (pair.key, pair.is_exception, pair.patterns, pair.value, pair.fits) == (
        *("pair", False, ("BTC_*",), "USDT_DOGE", False),
    )
    assert (side.key, side.is_exception, side.value, side.fits) == ("side", True, None, True)
