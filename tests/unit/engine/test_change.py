"""
What a reload changes, and how many SmartTrades that concerns.
"""

from __future__ import annotations

from dataclasses import replace

from factories import make_listing, make_match, make_rule, make_ruleset, make_settings, make_smart_trade
from tradewarden.engine.change import Impact, RulesChange, compare, impact_of
from tradewarden.model.settings import ApiSettings, Limits, Mode
from tradewarden.model.smart_trade import AccountId, SmartTradeId

SETTINGS = make_settings()


def test_the_same_file_changes_nothing() -> None:
    file = (SETTINGS, make_ruleset(make_rule()))

    assert compare(file, file) == RulesChange()


def test_rules_come_change_and_go() -> None:
    stays, changes, goes = (make_rule(name=name, fingerprint=name) for name in ("stays", "changes", "goes"))
    before = make_ruleset(stays, changes, goes)
    after = make_ruleset(make_rule(name="new"), stays, replace(changes, fingerprint="another"))

    assert compare((SETTINGS, before), (SETTINGS, after)) == RulesChange(
        changed=("changes",), added=("new",), removed=("goes",)
    )


def test_a_rule_that_is_switched_off_is_one_that_goes() -> None:
    rule = make_rule()

    change = compare((SETTINGS, make_ruleset(rule)), (SETTINGS, make_ruleset(replace(rule, enabled=False))))

    assert change == RulesChange(removed=(rule.name,))


def test_settings_are_named_down_to_the_last() -> None:
    before = make_settings(mode=Mode.DRY_RUN)
    after = make_settings(mode=Mode.LIVE, limits=Limits(cancels_per_hour=1))
    rules = make_ruleset(make_rule())

    change = compare((before, rules), (after, rules))
    assert change.settings == ("mode", "limits.cancels_per_hour")
    assert change.mode is Mode.LIVE


def test_the_impact_counts_what_matches_and_of_what_the_condition_is_true() -> None:
    falling, calm = make_smart_trade(), make_smart_trade(id=SmartTradeId(2))
    rules = [make_rule(name="all"), make_rule(name="none", match=make_match(pair="BTC_*"))]
    rules.append(make_rule(when="day_change > 1000%", name="never"))

    impact = impact_of(rules, make_listing(falling, calm), SETTINGS)

    assert impact == (Impact("all", 2, 2), Impact("none", 0, 0), Impact("never", 2, 0))


def test_accounts_that_are_not_allowed_are_no_impact() -> None:
    settings = make_settings(api=ApiSettings(accounts=frozenset({AccountId(1)})))

    assert impact_of([make_rule(name="all")], make_listing(make_smart_trade()), settings) == (Impact("all", 0, 0),)
