"""
Whatever answer a DELETE gets, or none: what truly became of the step is found out by reading, and it is sent once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scenario.incidents import ANYTHING, DELETE, ENTITY
from scenario.scripts import FAR, ID, errors, html, only, rule, rules, smart_trade, told
from tradewarden.simulator.messages import Response, dropped, error_response, json_response, text_response

if TYPE_CHECKING:
    from scenario.stage import Stage

PLAN = json_response(429, {"error": "The request type 'write' is not available with your current subscription plan."})
NEVER = replace(dropped(), delay_s=100.0)
UNKNOWN: dict[str, tuple[Response, str]] = {
    "500": (html(500), "http_500"),
    "502": (html(502), "http_502"),
    "504": (html(504), "http_504"),
    "500 of theirs": (error_response(500, "unknown_error", "Unknown error occurred"), "http_500"),
    "408": (error_response(408, "timeout", ""), "http_408"),
    "403 html": (html(403), "http_403"),
    "404 html": (html(404), "http_404"),
    "301": (Response(status=301, headers={"Location": "/elsewhere"}), "http_301"),
    "reset": (dropped(), "connection_lost"),
    "time-out": (NEVER, "timeout"),
}


@pytest.fixture
def falling(stage: Stage) -> Stage:
    """
    The stage with one SmartTrade in a falling market, and a daemon.
    """
    stage.add(smart_trade(prices=("150", "200", "250")), day_change="-6")
    stage.open(rules(rule(cancel="{position: 2}")))
    return stage


@pytest.mark.parametrize(
    "answer",
    [Response(status=204), json_response(200, {}), html(200), Response(status=201)],
    ids=["204", "200 empty object", "200 html", "201"],
)
def test_accepted_is_verified_whatever_the_body(falling: Stage, answer: Response) -> None:
    falling.after(DELETE, answer)

    assert told(falling.cycle()) == [(ID, "cancelled", None)]


@pytest.mark.parametrize("answer", [Response(status=204), json_response(200, {})], ids=["204", "200"])
def test_accepted_without_effect_stays_open(falling: Stage, answer: Response) -> None:
    falling.before(DELETE, answer)

    reports = falling.cycles(10, minutes=1)

    assert [told(report) for report in reports] == [[(ID, "unknown", None)]] * 10
    assert falling.deletes == [(ID, FAR)]


@pytest.mark.parametrize(("answer", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_but_applied_is_found_out(falling: Stage, answer: Response, reason: str) -> None:
    falling.after(DELETE, answer)

    report = falling.cycle()

    assert told(report) == [(ID, "cancelled", None)]
    assert falling.query("SELECT answer, answer_reason FROM intents") == [("unknown", reason)]
    assert falling.deletes == [(ID, FAR)]


@pytest.mark.parametrize(("answer", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_and_not_applied_is_found_out_after_a_minute(falling: Stage, answer: Response, reason: str) -> None:
    falling.before(DELETE, answer)

    first, second = falling.cycles(2, minutes=1)

    assert told(first) == [(ID, "unknown", reason)]
    assert told(second) == [(ID, "not_applied", None), (ID, "deferred", "backoff")]
    assert told(falling.cycle(minutes=5)) == [(ID, "cancelled", None)]
    assert falling.deletes == [(ID, FAR)] * 2


def test_while_it_is_unknown_nothing_else_happens_to_that_smart_trade(stage: Stage) -> None:
    stage.add(smart_trade(101, prices=("150", "200", "250")), day_change="-6")
    stage.add(smart_trade(102), day_change="-6")
    stage.open(rules(rule("a"), rule("b", match="{id: 101}")))
    stage.before(DELETE, Response(status=204))

    first, second = stage.cycles(2, minutes=1)

    assert told(first) == [(101, "unknown", None), (101, "deferred", "open_question"), (102, "cancelled", None)]
    assert told(second) == [(101, "unknown", None), (101, "deferred", "open_question")]


def test_an_open_question_counts_against_the_limits(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules(limits="{cancels_per_hour: 1}"))
    stage.before(DELETE, Response(status=204))
    stage.cycle()

    assert told(stage.cycle(minutes=1)) == [(101, "unknown", None), (102, "deferred", "cancels_per_hour")]


def test_wrong_params_with_the_step_there_is_rejected(falling: Stage) -> None:
    falling.before(DELETE, error_response(400, "Wrong param(s)", "trade 1012 can not be cancelled"))

    report = falling.cycle()

    assert told(report) == [(ID, "rejected", "Wrong param(s)")]
    assert falling.armed


def test_wrong_params_with_the_step_gone_is_gone_and_spent(falling: Stage) -> None:
    """
    The owner was faster by a second: not our cancel, but done.
    """

    def owner_cancels() -> None:
        falling.world.owner.cancel_step(ID, FAR)
        falling.pass_(seconds=1)

    falling.before(DELETE, owner_cancels)

    assert told(falling.cycle()) == [(ID, "gone", "Wrong param(s)")]
    assert told(falling.cycle(minutes=1)) == []


def test_a_rejection_whose_read_fails_stands(falling: Stage) -> None:
    falling.before(DELETE, error_response(404, "Not found", ""))
    falling.before(ENTITY, html(500), times=None, skip=1)

    assert told(falling.cycle()) == [(ID, "rejected", "Not found")]


def test_three_403_in_a_row_disarm(stage: Stage) -> None:
    for number in (101, 102, 103, 104):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, error_response(403, "Forbidden", "Api key not authorized for this action"), times=None)

    report = stage.cycle()

    assert told(report) == [
        (101, "rejected", "Forbidden"),
        (102, "rejected", "Forbidden"),
        (103, "rejected", "Forbidden"),
        (104, "deferred", "disarmed"),
    ]
    assert (errors(report), report.armed, stage.armed) == (["forbidden"], False, False)
    assert "access.stopped" in stage.ears.events
    stage.calm()
    stage.reopen()
    assert {row[1:] for row in told(stage.cycle(hours=1))} == {("deferred", "disarmed")}


def test_403_in_a_row_over_cycles_and_restarts_count(stage: Stage) -> None:
    stage.open(rules())
    stage.before(DELETE, error_response(403, "Forbidden", ""), times=None)
    for number in (101, 102, 103):
        assert stage.armed
        stage.add(smart_trade(number), day_change="-6")
        stage.cycle(minutes=1)
        stage.reopen()

    assert not stage.armed


def test_403_on_the_same_smart_trade_do_not_count(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules(safety="{frozen_after: never}"))
    stage.before(DELETE, error_response(403, "Forbidden", ""), times=None)

    for minutes in (0, 6, 40):
        stage.cycle(minutes=minutes)

    assert len(stage.deletes) == 3
    assert stage.armed


def test_an_answer_in_between_starts_the_count_anew(stage: Stage) -> None:
    for number in (101, 102, 103, 104):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(r"^DELETE .*/10[124]/", error_response(403, "Forbidden", ""), times=None)

    stage.cycle()

    assert stage.armed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(error_response(401, "signature_invalid", ""), "signature_invalid"), (PLAN, "subscription_plan")],
    ids=["401", "plan"],
)
def test_a_lost_access_stops_acting_until_it_is_valid_again(stage: Stage, answer: Response, reason: str) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, answer)

    report = stage.cycle()

    assert told(report) == [(101, "rejected", reason), (102, "deferred", "backoff")]
    assert errors(report) == ["access"]
    stage.reopen()
    count = len(stage.requests)
    assert (102, "cancelled", None) in told(stage.cycle(minutes=1))
    assert stage.requests[count] == "GET /ver1/validate"


@pytest.mark.parametrize("status", [429, 418])
def test_a_penalty_stops_all_requests_and_survives_a_restart(stage: Stage, status: int) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, text_response(status, "Retry later"))

    report = stage.cycle()

    assert told(report) == [(101, "rejected", f"http_{status}"), (102, "deferred", "backoff")]
    assert errors(report) == ["penalty"]
    stage.reopen()
    later = stage.cycle(seconds=100)
    assert (errors(later), later.requests) == (["penalty"], 0)
    assert told(later) == [(101, "rejected", f"http_{status}")]
    after = stage.cycle(minutes=5)
    assert told(after)[0] == (101, "rejected", f"http_{status}")
    assert (102, "cancelled", None) in told(after)
    assert errors(after) == []


def test_a_penalty_outlasts_a_reboot(stage: Stage) -> None:
    stage.add(smart_trade())
    stage.open(rules())
    stage.before(ANYTHING, text_response(429, "Retry later"))
    stage.cycle()
    stage.close()
    stage.clock.reboot("boot-2")
    stage.reopen()

    report = stage.cycle(minutes=4)

    assert (errors(report), report.requests) == (["penalty"], 0)
    assert errors(stage.cycle(minutes=2)) == []


def test_a_penalty_during_the_second_read_puts_off_the_rest(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, text_response(429, "Retry later"))

    report = stage.cycle()

    assert told(report) == [(101, "deferred", "backoff"), (102, "deferred", "backoff")]
    assert errors(report) == ["penalty"]


def test_a_smart_trade_whose_read_is_forbidden_does_not_starve_the_others(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(r"/101$", error_response(403, "Forbidden", "Account not owned by current user"), times=None)
    first = stage.cycle()
    stage.calm()
    stage.before(r"/101$", error_response(403, "Forbidden", "Account not owned by current user"), times=None)
    stage.add(smart_trade(103), day_change="-6")

    second = stage.cycle(minutes=1)

    assert [row[1:] for row in told(first)] == [("deferred", "backoff")] * 2
    assert (103, "cancelled", None) in told(second)


@pytest.mark.parametrize("status", [401, 403])
def test_credentials_that_are_refused_stop_at_the_listing(stage: Stage, status: int) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ANYTHING, error_response(status, "api_key_invalid_or_expired", ""), times=None)

    first, second = stage.cycles(2, minutes=1)

    assert (errors(first), errors(second)) == (["access"], ["access"])
    assert stage.requests[1:] == ["GET /ver1/validate"]
    stage.calm()
    third = stage.cycle(minutes=1)
    assert (errors(third), third.requests) == (["access"], 0), "the pause has doubled"
    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_an_invalid_key_stays_stopped(stage: Stage) -> None:
    stage.open(rules())
    stage.before(ANYTHING, error_response(401, "signature_invalid", ""))
    stage.cycle()
    stage.distort("validate", lambda body: body.update(valid=False))

    report = stage.cycle(minutes=1)

    assert (errors(report), report.requests) == (["access"], 1)


def test_the_rejection_is_told_with_what_it_was_about(falling: Stage) -> None:
    falling.before(DELETE, error_response(400, "Wrong param(s)", "no"))

    row: Any = only(falling.cycle())

    assert (row.step.position, str(row.step.price), len(row.invariants)) == (2, "200.0", 15)
