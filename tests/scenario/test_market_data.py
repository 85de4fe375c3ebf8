"""
Prices that cannot be true, or that nobody moves any more, never lead to a cancel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scenario.incidents import ENTITY, LISTING
from scenario.scripts import ID, errors, rule, rules, smart_trade, told

if TYPE_CHECKING:
    from scenario.stage import Stage

ABSURD: list[object] = [None, "NaN", "Infinity", "-Infinity", "1e999999999", "", "-6%", [], {}, True, "-101", "1001"]


def _everywhere(stage: Stage, **values: object) -> None:
    stage.distort(LISTING, lambda page: [_price(body).update(values) for body in page])
    stage.distort(ENTITY, lambda body: _price(body).update(values))


def _price(body: Any) -> Any:
    return body["data"]["current_price"]


@pytest.mark.parametrize("value", ABSURD, ids=repr)
@pytest.mark.parametrize("condition", ["day_change < -5%", "not (day_change > -5%)"], ids=["plain", "negated"])
def test_an_absurd_day_change_fires_nothing(stage: Stage, value: object, condition: str) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(when=condition)))
    _everywhere(stage, day_change_percent=value)

    report = stage.cycle()

    assert told(report) == []
    assert errors(report) == []


@pytest.mark.parametrize("value", [None, "0", "-1", "NaN", "1e-39", "1e39"], ids=repr)
@pytest.mark.parametrize("name", ["bid", "ask", "last"])
def test_an_absurd_price_denies_without_a_request(stage: Stage, name: str, value: object) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    _everywhere(stage, **{name: value})

    report = stage.cycle()

    assert told(report)[0][:2] == (ID, "denied")
    assert told(report)[0][2] in {"data-plausible", "steps-remain"}
    assert report.requests == 1


def test_no_prices_at_all_fire_nothing(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.distort(LISTING, lambda page: page[0]["data"].update(current_price=None))

    assert told(stage.cycle()) == []


def test_a_price_that_stands_still_is_unknown_after_half_an_hour(stage: Stage) -> None:
    stage.world.add_smart_trade(smart_trade())  # without a volume that goes on
    stage.open(rules(rule(for_="25m"), schedule="{every: 5m}"))
    stage.market(day_change="-6")

    holding = stage.cycles(5, minutes=5)
    stage.market(day_change="-4")
    frozen = stage.cycles(8, minutes=5)

    assert [told(report) for report in [*holding, *frozen]] == [[]] * 13


def test_a_rule_that_asks_no_price_is_denied_by_a_frozen_one_without_a_request(stage: Stage) -> None:
    stage.world.add_smart_trade(smart_trade())
    stage.open(rules(rule(when="side == 'long'", for_="40m"), schedule="{every: 5m}"))

    reports = stage.cycles(10, minutes=5)

    assert told(reports[-1]) == [(ID, "denied", "data-plausible")]
    assert reports[-1].requests == 1


def test_a_market_that_moves_is_not_frozen(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="1h"), schedule="{every: 5m}"))

    assert told(stage.cycles(13, minutes=5)[-1]) == [(ID, "cancelled", None)]


def test_numbers_with_dozens_of_digits_are_ordinary(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    _everywhere(stage, day_change_percent="-6.000000000000000000000000000000000001", last=94.00000001)

    assert told(stage.cycle()) == [(ID, "cancelled", None)]
