"""
Rules as values: what a match accepts, and which rules are on.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tradewarden.rules.ruleset import (
    AtPosition,
    Farthest,
    Match,
    MatchKey,
    Nearest,
    Repeat,
    RepeatPolicy,
    Rule,
    RuleSet,
    Where,
)
from tradewarden.rules.schema import Scope
from unit.rules.language import condition

SMART_TRADE: dict[MatchKey, str | None] = {
    MatchKey.ID: "30428625",
    MatchKey.PAIR: "USDT_DOGE",
    MatchKey.SIDE: "long",
    MatchKey.NOTE: None,
}


def make_rule(name: str = "r", *, enabled: bool = True) -> Rule:
    return Rule(
        name=name,
        description="",
        match=Match({}),
        except_=None,
        when=condition("day_change < -5%"),
        hold=timedelta(0),
        cancel=Farthest(),
        keep=1,
        repeat=Repeat(),
        schedule=None,
        enabled=enabled,
        fingerprint=name,
    )


@pytest.mark.parametrize(
    ("patterns", "accepted"),
    [
        ({}, True),
        ({MatchKey.PAIR: ("USDT_*",)}, True),
        ({MatchKey.PAIR: ("BTC_*", "*_DOGE")}, True),
        ({MatchKey.PAIR: ("BTC_*",)}, False),
        ({MatchKey.PAIR: ()}, False),
        ({MatchKey.PAIR: ("USDT_*",), MatchKey.SIDE: ("long",)}, True),
        ({MatchKey.PAIR: ("USDT_*",), MatchKey.SIDE: ("short",)}, False),
        ({MatchKey.ID: ("30428625",)}, True),
    ],
)
def test_every_key_must_match_by_one_of_its_patterns(
    patterns: dict[MatchKey, tuple[str, ...]],
    accepted: bool,
) -> None:
    assert Match(patterns).accepts(SMART_TRADE, unknown=False) is accepted
    assert Match(patterns).accepts(SMART_TRADE, unknown=True) is accepted


def test_an_unknown_value_counts_as_the_caller_says() -> None:
    """
    For `match` what is unknown does not match; for `except` it does: either way less is done.
    """
    noted = Match({MatchKey.NOTE: ("keep*",)})

    assert not noted.accepts(SMART_TRADE, unknown=False)
    assert noted.accepts(SMART_TRADE, unknown=True)


def test_only_enabled_rules_are_enabled() -> None:
    on, off = make_rule("on"), make_rule("off", enabled=False)

    assert RuleSet(rules=(on, off), generation="g").enabled == (on,)


def test_selectors_and_repeats_are_values() -> None:
    where = Where(condition("step.distance > 50%", scope=Scope.STEP))

    assert len({Farthest(), Nearest(), AtPosition(2), AtPosition(2), where, where}) == 4
    assert Repeat() == Repeat(policy=RepeatPolicy.NEVER, after=timedelta(0))
