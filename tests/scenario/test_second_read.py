"""
What happens between the two reads decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scenario.incidents import ENTITY, TRADES
from scenario.scripts import FAR, ID, NEAR, errors, html, only, rule, rules, smart_trade, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.stage import Stage
    from tradewarden.simulator.messages import Response


def _late(seconds: float) -> Callable[[Response], Response]:
    return lambda response: replace(response, delay_s=seconds)


def test_an_edit_between_the_reads_denies_since_ids_are_new(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, lambda: stage.world.owner.edit(ID, prices={2: "210"}))

    row = only(stage.cycle())

    assert (row.outcome.value, row.reason) == ("denied", "still-chosen")
    assert not next(check for check in row.invariants if check.name == "step-listed").holds
    assert stage.deletes == []


def test_a_fill_between_the_reads_denies(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, lambda: stage.world.fill_step(ID, NEAR))

    assert only(stage.cycle()).reason == "steps-unchanged"
    assert stage.deletes == []


def test_the_owner_closes_between_the_reads(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, lambda: stage.world.owner.close_at_market(ID))

    assert only(stage.cycle()).reason == "smart-trade-open"


def test_a_condition_that_became_false_denies_and_its_hold_starts_anew(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="2m")))
    stage.before(ENTITY, lambda: stage.market(day_change="-4"))
    stage.cycles(2, minutes=1)

    denied = stage.cycle(minutes=1)
    stage.market(day_change="-6")
    again = stage.cycles(3, minutes=1)

    assert told(denied) == [(ID, "denied", "condition-holds")]
    assert [told(report) for report in again] == [[], [], [(ID, "cancelled", None)]]
    assert again[0].holding[0].held.total_seconds() == 0


def test_a_condition_that_became_unknown_denies_and_its_hold_starts_anew(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="1m")))
    stage.distort(ENTITY, lambda body: body["data"]["current_price"].update(day_change_percent=None), times=1)
    stage.cycle()

    assert only(stage.cycle(minutes=1)).reason == "condition-holds"
    assert told(stage.cycle(minutes=1)) == []
    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_a_hold_that_a_second_read_reset_stays_reset_after_a_crash(stage: Stage) -> None:
    """
    The observation is on disk before the next proposal is handled.
    """
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules(rule(for_="1m")))
    stage.cycle()
    stage.before(ENTITY, lambda: stage.market(smart_trade_id=101, day_change="-4"))
    heard: list[list[tuple[int]]] = []
    stage.before(r"/102$", lambda: heard.append(stage.query("SELECT smart_trade_id FROM holds ORDER BY 1")))

    stage.cycle(minutes=1)

    assert heard == [[(102,)]]


def test_too_long_between_the_reads_and_the_hold_starts_anew(stage: Stage) -> None:
    """
    A hold is observed time: what nobody looked at for longer than `hold_gap` was not observed.
    """
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(rule(for_="1m"), safety="{hold_gap: 2m}"))
    stage.cycle()
    stage.ears.cues["cycle.evaluated"] = lambda: stage.pass_(minutes=3)

    denied = stage.cycle(minutes=1)
    stage.ears.cues.clear()

    assert told(denied) == [(ID, "denied", "condition-holds")]
    assert "starts anew" in next(c.detail for c in only(denied).invariants if c.name == "condition-holds")
    assert [told(report) for report in stage.cycles(2, minutes=1)] == [[], [(ID, "cancelled", None)]]


def test_a_second_read_that_comes_in_late_is_read_once_more(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.after(ENTITY, _late(16))

    report = stage.cycle()

    assert told(report) == [(ID, "cancelled", None)]
    assert stage.requests.index(f"DELETE /v2/smart_trades/{ID}/trades/{FAR}") == 5


def test_one_that_comes_in_late_again_denies(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.after(TRADES, _late(16), times=2)

    assert told(stage.cycle()) == [(ID, "denied", "read-is-fresh")]
    assert len(stage.requests) == 5


def test_a_wall_clock_that_steps_during_the_second_read_makes_it_stale(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.after(TRADES, lambda _: stage.clock.step_wall(timedelta(seconds=5)), times=2)

    assert told(stage.cycle()) == [(ID, "denied", "read-is-fresh")]


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_second_read_that_fails_for_good_defers_and_the_rest_go_on(stage: Stage, status: int) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(r"/101$", html(status), times=None)

    report = stage.cycle()

    assert told(report) == [(101, "deferred", "suspicious_reading"), (102, "cancelled", None)]
    assert (errors(report), report.errors[0].smart_trade_id) == (["second_read"], 101)


def test_a_second_read_that_fails_once_is_tried_again(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, html(502))

    assert told(stage.cycle()) == [(ID, "cancelled", None)]


def test_a_smart_trade_that_is_gone_at_the_second_read_is_deferred(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.distort(ENTITY, lambda body: body.update(id=1))

    assert told(stage.cycle()) == [(ID, "deferred", "suspicious_reading")]


def test_a_denied_or_deferred_proposal_comes_after_the_others(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules(limits="{cancels_per_cycle: 1}"))
    stage.before(r"/101$", html(500), times=None)
    first = stage.cycle()
    stage.calm()
    stage.add(smart_trade(103), day_change="-6")

    second = stage.cycle(minutes=1)

    assert told(first) == [(101, "deferred", "suspicious_reading"), (102, "cancelled", None)]
    assert told(second) == [(103, "cancelled", None), (101, "deferred", "cancels_per_cycle")]
