"""
The listing: complete or nothing, and what it shows is not always what may be acted on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scenario.incidents import LISTING
from scenario.scripts import FAR, ID, errors, html, rule, rules, smart_trade, told
from tradewarden.simulator.messages import dropped

if TYPE_CHECKING:
    from scenario.stage import Stage


def _many(stage: Stage, count: int, **market: str) -> None:
    for number in range(1001, 1001 + count):
        stage.add(smart_trade(number, created_at=f"2026-01-01T00:{number % 60:02}:00.000Z"), **market)


def test_pages_are_read_until_one_is_short(stage: Stage) -> None:
    _many(stage, 205)
    stage.open(rules())

    report = stage.cycle()

    assert report.smart_trades_read == 205
    assert [line.split("page=")[1][0] for line in stage.requests] == ["1", "2", "3"]


def test_a_full_last_page_is_followed_by_an_empty_one(stage: Stage) -> None:
    _many(stage, 100)
    stage.open(rules())

    assert (stage.cycle().smart_trades_read, len(stage.requests)) == (100, 2)


def test_a_smart_trade_that_shifts_between_pages_is_read_once(stage: Stage) -> None:
    _many(stage, 102)
    stage.open(rules())
    first: list[Any] = []
    stage.distort(LISTING, first.extend, times=1)
    stage.distort(LISTING, lambda page: page.insert(0, first[-1]), skip=1)

    assert stage.cycle().smart_trades_read == 102


def test_two_copies_of_one_make_one_proposal(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.distort(LISTING, lambda page: page.append(page[0]))

    assert told(stage.cycle()) == [(ID, "cancelled", None)]
    assert stage.deletes == [(ID, FAR)]


@pytest.mark.parametrize("answer", [html(500), html(200), dropped()], ids=["500", "html", "reset"])
def test_a_page_that_fails_fails_the_cycle(stage: Stage, answer: Any) -> None:
    _many(stage, 101, day_change="-6")
    stage.open(rules())
    stage.before(LISTING, answer, times=None, skip=1)

    report = stage.cycle()

    assert (told(report), errors(report)) == ([], ["api"])
    assert stage.deletes == []


def test_a_page_that_fails_once_is_read_again(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(LISTING, html(502))

    assert told(stage.cycle()) == [(ID, "cancelled", None)]


def test_one_that_cannot_be_read_is_reported_and_the_rest_go_on(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.distort(LISTING, lambda page: page[0].update(take_profit="?"))

    report = stage.cycle()

    assert told(report) == [(102, "cancelled", None)]
    assert [(error.error, error.smart_trade_id) for error in report.errors] == [("unreadable_smart_trade", 101)]


@pytest.mark.parametrize(
    "status", ["waiting_position", "created", "panic_sell_pending", "cancellation_pending", "a_new_word", None]
)
def test_one_that_is_not_open_has_no_row(stage: Stage, status: str | None) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.distort(LISTING, lambda page: page[0].update(status={"type": status, "basic_type": status}))

    report = stage.cycle()

    assert (told(report), errors(report), report.smart_trades_read) == ([], [], 1)


def test_one_of_another_account_has_no_row(stage: Stage) -> None:
    stage.add(smart_trade(101), day_change="-6")
    stage.add(smart_trade(102, account_id=7), day_change="-6")
    stage.open(rules(api="{accounts: [7]}"))

    report = stage.cycle()

    assert told(report) == [(102, "cancelled", None)]
    assert report.smart_trades_read == 2


def test_a_rule_speaks_of_what_it_matches_alone(stage: Stage) -> None:
    stage.add(smart_trade(101, pair="USDT_BTC"), day_change="-6")
    stage.add(smart_trade(102, note="please keep"), day_change="-6")
    stage.add(smart_trade(103), day_change="-6")
    stage.open(rules(rule(match='{pair: "USDT_D*", side: long}', except_='{note: "*keep*"}')))

    assert told(stage.cycle()) == [(103, "cancelled", None)]


def test_paper_trades_are_another_world(stage: Stage) -> None:
    stage.world.add_smart_trade(smart_trade(102), mode="paper")
    stage.open(rules())

    assert stage.cycle().smart_trades_read == 0


def test_a_listing_that_shrank_by_half_is_not_acted_on(stage: Stage) -> None:
    _many(stage, 6)
    stage.open(rules())
    stage.cycle()
    stage.market(day_change="-6")
    stage.distort(LISTING, lambda page: page.__delitem__(slice(3)))

    odd = stage.cycles(3, minutes=1)
    accepted = stage.cycle(minutes=1)

    for report in odd:
        assert {(outcome, reason) for _, outcome, reason in told(report)} == {("deferred", "suspicious_reading")}
        assert errors(report) == ["suspicious_reading"]
    assert [outcome for _, outcome, _ in told(accepted)] == ["cancelled"] * 3


def test_a_suspicious_listing_has_no_row_where_repeat_is_spent(stage: Stage) -> None:
    _many(stage, 6)
    stage.market(smart_trade_id=1006, day_change="-6")
    stage.open(rules())
    assert told(stage.cycle()) == [(1006, "cancelled", None)]
    stage.distort(LISTING, lambda page: page.__delitem__(slice(4)))

    report = stage.cycle(minutes=1)

    assert (told(report), errors(report)) == ([], ["suspicious_reading"])


def test_half_of_it_turned_unknown_is_suspicious_too_and_no_hold_moves(stage: Stage) -> None:
    _many(stage, 6, day_change="-6")
    stage.open(rules(rule(for_="1m")))
    stage.cycle()
    holds = stage.query("SELECT smart_trade_id, held_us FROM holds ORDER BY 1")
    stage.distort(LISTING, lambda page: [body["data"].update(current_price=None) for body in page[:3]], times=1)

    odd = stage.cycle(minutes=1)

    assert errors(odd) == ["suspicious_reading"]
    assert stage.query("SELECT smart_trade_id, held_us FROM holds ORDER BY 1") == holds
    assert len(told(stage.cycle(minutes=1))) == 6


def test_one_that_is_missing_from_a_listing_goes_on_holding(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.cycle()
    stage.distort(LISTING, lambda page: page.clear(), times=1)

    missing, back = stage.cycles(2, minutes=1)

    assert (told(missing), missing.holding) == ([], ())
    assert told(back) == [(ID, "cancelled", None)]


def test_a_slow_listing_is_only_the_first_read(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.after(LISTING, lambda response: replace(response, delay_s=29.0))

    assert told(stage.cycle()) == [(ID, "cancelled", None)]
