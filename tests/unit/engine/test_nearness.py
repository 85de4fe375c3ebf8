"""
Which rule is nearest to firing.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from factories import (
    SMART_TRADE,
    make_attempt,
    make_ledger,
    make_moment,
    make_price,
    make_rule,
    make_smart_trade,
    with_prices,
)
from tradewarden.engine.explain import explain
from tradewarden.engine.nearness import NearMiss, nearest_misses
from tradewarden.model.memory import Hold, Memory
from tradewarden.model.smart_trade import SmartTradeId
from unit.engine.test_explain import CALM, inquiry

MINUTE = timedelta(minutes=1)


def test_what_only_has_to_hold_on_comes_first_then_the_smallest_move() -> None:
    nearer = make_smart_trade(id=SmartTradeId(2), price=make_price(day_change="-4.9"))
    falling = make_smart_trade(id=SmartTradeId(3))
    rules = (
        make_rule(name="red"),
        make_rule("last < 0.1", name="cheap"),  # 2.6 % away
        make_rule("day_change < -5.5%", name="long", hold=9 * MINUTE),
        make_rule("day_change < -5.5%", name="short", hold=2 * MINUTE),
    )
    asked = inquiry(CALM, nearer, falling, rules=rules)

    found = nearest_misses(explain(asked).rules)

    assert [(near.rule.name, near.smart_trade.id, near.sentence()) for near in found[:5]] == [
        ("short", 3, "held 0s of 2m, 2m left"),
        ("long", 3, "held 0s of 9m, 9m left"),
        ("red", 2, "day_change is 0.1 points above -5 %"),
        ("long", 2, "day_change is 0.6 points above -5.5 %"),
        ("short", 2, "day_change is 0.6 points above -5.5 %"),
    ]
    assert [near.rule.name for near in found[5:]] == ["red", "long", "short", "cheap", "cheap", "cheap"]


def test_what_cannot_fire_is_near_nothing() -> None:
    """Spent, of another SmartTrade, switched off, or waiting for what no number measures."""
    rules = (
        make_rule(),
        make_rule("day_change < -5%", name="off", enabled=False),
        make_rule('day_change < -5% and pair == "USDT_BTC"', name="other"),
        make_rule("roe > 1%", name="unknown"),
        make_rule("account_id == 5", name="of another account"),  # an id is not nearer to one than to another
    )

    assert nearest_misses(explain(inquiry(CALM, rules=rules, ledger=make_ledger(make_attempt()))).rules) == ()


def test_what_a_check_would_deny_is_near_nothing_either() -> None:
    """Nor is what names no step."""
    one_step = with_prices("0.4", price=make_price(day_change="-4"))
    two_alike = with_prices("0.4", "0.4", id=SmartTradeId(2), price=make_price(day_change="-4"))
    falling = with_prices("0.4", id=SmartTradeId(3))
    rules = (make_rule(), make_rule(name="patient", hold=2 * MINUTE))

    explained = explain(inquiry(one_step, two_alike, falling, rules=rules)).rules

    assert nearest_misses(explained) == ()
    assert [one.obstacle for one in explained[::2]] == [
        *("steps-remain", "more than one step is the farthest", "steps-remain")
    ]
    assert explained[3].sentence == "not true: day_change -4 % < -5 %: false"
    assert explained[-1].sentence == "true, held 0s of 2m, 2m left; then steps-remain would deny it"


def test_what_is_spent_is_not_waited_for_either() -> None:
    hold = Hold(held=MINUTE, last=make_moment(-30), fingerprint="text-1")
    rule = make_rule(hold=2 * MINUTE)
    asked = inquiry(
        rules=(rule,), memory=Memory(holds={(rule.name, SMART_TRADE): hold}), ledger=make_ledger(make_attempt())
    )

    assert nearest_misses(explain(asked).rules) == ()


def test_counts_are_told_as_counts() -> None:
    """Among the others they keep their place: by percent of the value, of nothing by percent of the threshold."""
    rules = (
        make_rule("last < 0.08", name="cheap"),
        make_rule("filled_steps > 0", name="first"),
        make_rule("live_steps >= 3", name="many"),
        make_rule("hour >= 23", name="late"),
    )
    asked = inquiry(with_prices("0.3", "0.4", price=make_price(last="0.2", bid="0.2", ask="0.2")), rules=rules)

    found = nearest_misses(explain(asked).rules)

    assert [(near.rule.name, near.sentence()) for near in found if near.rule.name != "late"] == [
        ("many", "live_steps is 1 below 3"),
        ("cheap", "last is 0.12 (60 % of it) above 0.08"),
        ("first", "filled_steps is 1 below 1"),
    ]
    [late] = [near.miss for near in found if near.rule.name == "late"]
    assert late is not None
    assert [(gap.is_counted, gap.target) for gap in late.gaps] == [(True, Decimal(23))]


def test_one_without_a_miss_says_nothing() -> None:
    assert NearMiss(rule=make_rule(), smart_trade=CALM).sentence() == ""
