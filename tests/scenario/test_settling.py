"""
What the reads after a DELETE conclude, and what follows from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scenario.incidents import DELETE, ENTITY, TRADES
from scenario.scripts import FAR, ID, errors, html, only, rule, rules, smart_trade, told
from tradewarden.journal.rows import JournalEvent
from tradewarden.simulator.habits import Habits
from tradewarden.simulator.messages import Response

if TYPE_CHECKING:
    from scenario.stage import Stage

THREE = ("150", "200", "250")


@pytest.fixture
def falling(stage: Stage) -> Stage:
    stage.add(smart_trade(prices=THREE), day_change="-6")
    stage.open(rules(rule(cancel="{position: 2}")))
    return stage


@pytest.mark.parametrize(
    "habits",
    [
        Habits(cancel_lag_s=0.0),
        Habits(cancel_lag_s=9.0),
        Habits(shows_pending_cancellation=True),
        Habits(cancelled_rows_vanish=True),
        Habits(filled_steps_vanish=True),
    ],
    ids=["at once", "slow", "pending shown", "rows vanish", "filled vanish"],
)
def test_the_cancel_is_found_whatever_the_api_is_like(falling: Stage, habits: Habits) -> None:
    falling.world.habits = habits

    assert told(falling.cycle()) == [(ID, "cancelled", None)]


def test_reads_come_at_half_a_second_to_forty_seconds_after_the_answer(falling: Stage) -> None:
    falling.before(DELETE, Response(status=204))
    falling.cycle()

    at = [entry.at for entry in falling.api.requests if entry.method == "GET" and entry.target.endswith(str(ID))]
    answered = next(entry.at for entry in falling.api.requests if entry.method == "DELETE") + falling.latency_s / 2

    passed = [round(moment - answered - falling.latency_s / 2, 3) for moment in at[1:]]
    assert passed == [0.5, 1, 2, 5, 10, 20, 40]


def test_slow_reads_do_not_pile_up(falling: Stage) -> None:
    """
    The schedule counts from the end of the request: `run --once` is done some 40 s after the last DELETE.
    """
    falling.before(DELETE, Response(status=204))
    falling.after(ENTITY, lambda response: replace(response, delay_s=7.0), times=None)

    before = falling.seconds()
    falling.cycle()

    assert falling.seconds() - before < 60
    assert len([line for line in falling.requests if line.endswith(f"/{ID}")]) == 1 + 5


def test_it_filled_first(falling: Stage) -> None:
    falling.after(DELETE, lambda _: falling.world.fill_step(ID, FAR))

    assert told(falling.cycle()) == [(ID, "filled", None)]
    assert falling.armed


def test_a_part_of_it_filled_first(falling: Stage) -> None:
    falling.after(DELETE, lambda _: falling.world.fill_step(ID, FAR, share="0.3"))

    assert told(falling.cycle()) == [(ID, "filled", None)]


def test_the_stop_loss_fired_meanwhile_and_that_is_no_breach(falling: Stage) -> None:
    falling.after(DELETE, lambda _: falling.market(last="49"))

    assert told(falling.cycle()) == [(ID, "ended", "stop_loss_finished")]
    assert falling.armed


def test_the_owner_closed_at_market_meanwhile(falling: Stage) -> None:
    falling.after(DELETE, lambda _: falling.world.owner.close_at_market(ID))

    assert told(falling.cycle()) == [(ID, "ended", "panic_sold")]


def test_a_stop_loss_that_moved_is_ordinary(falling: Stage) -> None:
    def move(body: Any) -> None:
        body["stop_loss"]["conditional"]["price"]["value"] = "90"

    falling.distort(ENTITY, move, skip=1)

    assert told(falling.cycle()) == [(ID, "cancelled", None)]


@pytest.mark.parametrize("what", ["smart_trade", "stop_loss"])
def test_a_breach_disarms_everything_durably(stage: Stage, what: str) -> None:
    stage.add(smart_trade(101, prices=THREE), day_change="-6")
    stage.open(rules())
    owner = stage.world.owner
    act = {"smart_trade": owner.cancel_smart_trade, "stop_loss": owner.remove_stop_loss}[what]
    stage.after(DELETE, lambda _: act(101))

    report = stage.cycle()

    assert only(report).outcome.value == "breach"
    assert (report.armed, stage.armed) == (False, False)
    assert [row.event for row in stage.journal if isinstance(row, JournalEvent)] == ["breach"]
    assert "cancel.breach" in stage.ears.events
    stage.reopen()
    stage.add(smart_trade(102), day_change="-6")
    assert told(stage.cycle(days=2)) == [(102, "deferred", "disarmed")]
    stage.arm()
    assert told(stage.cycle(minutes=1)) == [(102, "cancelled", None)]


def test_a_breach_stops_the_next_delete_of_the_same_cycle(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number, prices=THREE), day_change="-6")
    stage.open(rules())
    stage.after(DELETE, lambda _: stage.world.owner.cancel_smart_trade(101))
    stage.after(r"/102$", lambda response: replace(response, delay_s=5.0))

    report = stage.cycle()

    assert told(report) == [(101, "breach", "smart_trade_cancelled"), (102, "deferred", "disarmed")]
    assert stage.deletes == [(101, 1013)]


def test_a_stop_loss_that_is_missing_in_one_read_alone_is_no_breach(falling: Stage) -> None:
    falling.distort(ENTITY, lambda body: body.update(stop_loss={"enabled": False}), skip=1, times=1)

    assert told(falling.cycle()) == [(ID, "cancelled", None)]


def test_other_steps_that_changed_set_the_smart_trade_aside_for_a_day(stage: Stage) -> None:
    stage.add(smart_trade(prices=(*THREE, "300")), day_change="-6")
    stage.open(rules(rule(), rule("other", when="age > 0s", for_="10m"), safety="{frozen_after: never}"))
    stage.after(DELETE, lambda _: stage.world.owner.edit(ID, prices={1: "151"}))

    assert told(stage.cycle())[0] == (ID, "cancelled", None)
    assert "set aside" in str(stage.query("SELECT outcome_detail FROM intents"))

    stage.reopen()
    waiting = [told(report) for report in stage.cycles(4, minutes=4)]
    assert waiting[-1] == [(ID, "deferred", "backoff")]
    stage.arm()
    assert told(stage.cycle(minutes=4)) == [(ID, "cancelled", None)]


def test_a_step_that_is_seen_gone_and_live_again_concludes_nothing_from_that(falling: Stage) -> None:
    falling.before(DELETE, html(504))
    falling.distort(ENTITY, lambda body: body["take_profit"]["steps"].pop(1), skip=1, times=1)

    first, second = falling.cycles(2, minutes=1)

    assert told(first) == [(ID, "unknown", "http_504")]
    assert told(second)[0] == (ID, "not_applied", None)


def test_reads_that_fail_are_no_news(falling: Stage) -> None:
    falling.after(TRADES, html(500), skip=1, times=7)

    assert told(falling.cycle()) == [(ID, "cancelled", None)]


def test_reads_from_a_cache_are_no_news(falling: Stage) -> None:
    """
    A stale "still live" must not be taken for *not applied*.
    """

    def cached(response: Response) -> Response:
        return replace(response, headers={**response.headers, "CF-Cache-Status": "HIT"})

    falling.before(DELETE, html(504))
    falling.after(ENTITY, cached, times=None, skip=1)

    assert [told(report)[0][1] for report in falling.cycles(3, minutes=1)] == ["unknown"] * 3


def test_settling_runs_beside_the_next_cancel(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.world.habits = Habits(cancel_lag_s=9.0)
    stage.open(rules())
    before = stage.seconds()

    report = stage.cycle()

    assert [row[1] for row in told(report)] == ["cancelled", "cancelled"]
    assert stage.seconds() - before < 13
    sent = [entry.at for entry in stage.api.requests if entry.method == "DELETE"]
    assert sent[1] - sent[0] < 1


def test_open_questions_are_taken_up_at_once_and_none_waits_for_another(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number, prices=THREE), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, html(504), times=2)
    stage.cycle()
    stage.before(r"/101$", html(500), times=None)

    report = stage.cycle(minutes=1)

    assert told(report)[:2] == [(101, "unknown", "http_504"), (102, "not_applied", None)]


def test_a_question_of_an_earlier_life_is_told_until_it_is_settled(falling: Stage) -> None:
    falling.before(DELETE, html(504))
    falling.cycle()
    falling.before(ENTITY, html(500), times=None)
    falling.reopen()

    assert told(falling.cycle(minutes=1)) == [(ID, "unknown", "http_504")]
    falling.calm()
    assert told(falling.cycle(minutes=1))[0] == (ID, "not_applied", None)
    assert errors(falling.cycle(minutes=1)) == []
