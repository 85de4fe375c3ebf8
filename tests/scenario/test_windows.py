"""
Conditions that look back over time and at other markets, in the whole daemon: they act when they should and never else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scenario.incidents import LISTING
from scenario.scripts import FAR, ID, errors, html, rule, rules, smart_trade, told

if TYPE_CHECKING:
    from scenario.stage import Stage

FALLS = "change(last, 5m) < -3%"
CANCELLED = [(ID, "cancelled", None)]
BTC = 'market("USDT_BTC")'
RATES = r"^GET /ver1/accounts/currency_rates\?"


def _minutes(stage: Stage, *prices: str) -> list[list[tuple[int, str, str | None]]]:
    """
    Run a cycle each minute, in which the price is one after the other of *prices*.
    """
    found = []
    for price in prices:
        stage.pass_(minutes=1)
        stage.market(pair="USDT_DOGE", last=price)
        found.append(told(stage.cycle()))
    return found


def _quiet(count: int) -> list[list[tuple[int, str, str | None]]]:
    return [[]] * count


def test_a_change_fires_when_the_price_has_fallen_so_far(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))

    assert _minutes(stage, "100", "99", "98", "97.9", "97.8", "97.7", "97.5", "97.2", "94.9") == [*_quiet(8), CANCELLED]
    assert stage.deletes == [(ID, FAR)]


def test_a_change_is_unknown_until_there_is_a_reading_so_old(stage: Stage) -> None:
    """
    The first reading is one cycle short of five minutes ago when the window is taken for filled.
    """
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))

    assert _minutes(stage, "100", "90", "90", "90", "90") == [*_quiet(4), CANCELLED]


def test_a_change_that_is_over_fires_no_more(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))

    assert _minutes(stage, "100", "99", "98", "98", "97", "97", "96.1", "96", "96", "96") == _quiet(10)


def test_not_falling_is_unknown_too_until_the_window_is_filled(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=f"not ({FALLS})")))

    assert _minutes(stage, "100", "100", "100", "100", "100") == [*_quiet(4), CANCELLED]


def test_a_window_survives_a_restart(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))
    _minutes(stage, "100", "100", "100", "100")

    stage.reopen()

    assert _minutes(stage, "98", "96") == [[], CANCELLED]


def test_a_window_survives_a_reboot(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))
    _minutes(stage, "100", "100", "100", "100")

    stage.close()
    stage.clock.reboot("boot-2")
    stage.reopen()

    assert _minutes(stage, "98", "96") == [[], CANCELLED]


def test_rules_that_ask_for_other_windows_find_what_was_recorded(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))
    _minutes(stage, "100", "100", "100", "100", "100", "98")

    stage.reopen(rules(rule(when="last < highest(bid, 3m) - 3 and change(last, 6m) < -2%")))

    assert _minutes(stage, "97.5", "96.5") == [[], CANCELLED]


def test_after_a_gap_a_window_has_to_fill_anew(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))
    _minutes(stage, "100", "100", "100")
    stage.pass_(minutes=3)

    assert _minutes(stage, "90", "90", "90", "90", "90")[:4] == _quiet(4)


def test_a_gap_of_one_reading_in_a_long_window_does_no_harm(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when="change(last, 12m) < -3%")))
    _minutes(stage, *["100"] * 6)
    stage.pass_(minutes=1)

    assert _minutes(stage, *["100"] * 5, "96")[-1] == CANCELLED


def test_a_listing_that_failed_is_a_missing_reading(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS), safety="{frozen_after: never}"))
    _minutes(stage, "100", "100", "100")
    stage.before(LISTING, html(502), times=None)
    _minutes(stage, "100")
    stage.calm()

    assert _minutes(stage, "96", "90") == _quiet(2)


def test_unknown_prices_are_missing_readings(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))
    _minutes(stage, "100", "100", "100")
    stage.distort(LISTING, lambda page: page[0]["data"].update(current_price=None), times=1)

    assert _minutes(stage, "96", "90", "90") == _quiet(3)


def test_no_step_of_the_wall_clock_fills_a_window(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=FALLS)))
    _minutes(stage, "100", "100")
    stage.clock.step_wall(timedelta(minutes=3))

    assert _minutes(stage, "90", "90", "90") == [[], [], CANCELLED]


def test_a_condition_must_have_been_held(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when="held(last < 95, 5m)")))

    prices = ("90", "90", "96", "90", "90", "90", "90", "90", "90")
    assert _minutes(stage, *prices) == [*_quiet(8), CANCELLED]


def test_a_held_condition_survives_a_restart(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when="held(last < 95, 5m)")))
    _minutes(stage, "90", "90", "90")

    stage.reopen()

    assert _minutes(stage, "90", "90") == [[], CANCELLED]


def test_what_was_held_must_be_so_on_the_second_read(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when="held(last < 95, 5m)")))
    _minutes(stage, *["90"] * 4)
    stage.after(LISTING, lambda _: stage.market(pair="USDT_DOGE", last="96"), times=1)

    stage.pass_(minutes=1)
    report = stage.cycle()

    assert [(row.outcome.value, row.reason) for row in report.outcomes] == [("denied", "condition-holds")]
    assert stage.deletes == []


# --- markets


def _paper(stage: Stage, **market: str) -> None:
    """
    Let somebody trade BTC where this account's listing does not show it.
    """
    trade = stage.add(smart_trade(202, pair="USDT_BTC"), **market)
    trade.mode = "paper"


def test_a_market_is_told_by_another_smart_trade(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="0")
    stage.add(smart_trade(202, pair="USDT_BTC"), day_change="-6")
    stage.open(rules(rule(when=f"{BTC}.day_change < -5%", match="{id: 101}")))

    assert told(stage.cycle()) == CANCELLED
    assert not [request for request in stage.requests if "currency_rates" in request]


def test_a_market_that_only_3commas_knows_is_asked_for(stage: Stage) -> None:
    stage.add(smart_trade())
    _paper(stage, last="95")
    stage.open(rules(rule(when=f"{BTC}.last < 96")))

    assert told(stage.cycle()) == CANCELLED
    assert [request for request in stage.requests if "currency_rates" in request] == [
        "GET /ver1/accounts/currency_rates?market_code=binance_us&pair=USDT_BTC"
    ]


def test_what_only_a_smart_trade_knows_of_a_market_stays_unknown(stage: Stage) -> None:
    stage.add(smart_trade())
    _paper(stage, day_change="-6")
    stage.open(rules(rule(when=f"{BTC}.day_change < -5%")))

    assert told(stage.cycle()) == []


@pytest.mark.parametrize("condition", ["{0}.last < 96", "not ({0}.last > 96)", "change({0}.last, 1m) < 5%"])
def test_a_market_that_nobody_knows_is_told_and_nothing_is_cancelled(stage: Stage, condition: str) -> None:
    stage.add(smart_trade())
    stage.open(rules(rule(when=condition.format(BTC))))

    reports = stage.cycles(3, minutes=1)

    assert [(told(report), errors(report)) for report in reports] == [([], ["market"])] * 3
    assert "USDT_BTC is unknown: 3Commas rejected GET /ver1/accounts/currency_rates" in reports[0].errors[0].message


@pytest.mark.parametrize("status", [500, 401, 403])
def test_a_market_that_is_not_answered_keeps_no_other_rule(stage: Stage, status: int) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(when=f"{BTC}.last < 96"), rule("red")))
    stage.before(RATES, html(status), times=None)

    report = stage.cycle()

    assert (told(report), errors(report)) == (CANCELLED, ["market"])


def test_a_window_looks_back_on_a_market(stage: Stage) -> None:
    stage.add(smart_trade())
    _paper(stage, last="100")
    stage.open(rules(rule(when=f"change({BTC}.last, 5m) < -3%")))
    found = []
    for number, price in enumerate(("100", "100", "100", "100", "98", "97.5", "96")):
        stage.pass_(minutes=1)
        stage.market(pair="USDT_BTC", last=price)
        if number == 3:
            stage.reopen()
        found.append(told(stage.cycle()))

    assert found == [*_quiet(6), CANCELLED]


def test_markets_stay_within_the_budget(stage: Stage) -> None:
    """
    A cycle waits until the budget has room for what it asks.
    """
    stage.add(smart_trade())
    _paper(stage, last="97")
    stage.open(rules(rule(when=f"{BTC}.last < 96"), api="{requests_per_minute: 5}"))
    began = stage.seconds()

    requests = sum(stage.cycle(seconds=5).requests for _ in range(12))

    assert requests == 24
    assert requests <= 5 + 5 * (stage.seconds() - began) / 60
