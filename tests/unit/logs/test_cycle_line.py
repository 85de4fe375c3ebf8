from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from factories import SMART_TRADE, make_proposal
from tradewarden.logs.cycle_line import IN_WORDS, cycle_line, more_line
from tradewarden.model.decision import CycleError, Holding, Outcome, OutcomeRow
from tradewarden.model.settings import Mode
from unit.logs.listener import make_report

TOOK = timedelta(seconds=1.23456)
HOLDING = Holding(rule="r", smart_trade_id=SMART_TRADE, held=timedelta(0), needed=timedelta(minutes=2))
FAILED = CycleError(error="api", message="3Commas did not answer GET /v2/smart_trades in time")
TROUBLE = {"kind": "api", "times": 12, "since": "2026-01-02T11:46:00Z"}


def row(outcome: Outcome = Outcome.CANCELLED, reason: str | None = None) -> OutcomeRow:
    return make_proposal().row(outcome, reason)


def test_it_tells_the_whole_story() -> None:
    report = make_report(row(), holding=(HOLDING, HOLDING))

    line = cycle_line(report, TOOK, [])

    assert (line.level, line.message) == ("info", "Cycle: 12 SmartTrades read, 1 cancelled, 2 holding.")
    assert line.fields == {
        "cycle_id": "cycle-1",
        "mode": "live",
        "armed": True,
        "started_at": "2026-01-02T12:00:00Z",
        "took_s": 1.235,
        "smart_trades_read": 12,
        "requests": 5,
        "outcomes": {"cancelled": 1},
        "reasons": {},
        "holding": 2,
        "errors": {},
    }


def test_rows_are_counted_by_outcome_and_by_reason() -> None:
    rows = [row(Outcome.DENIED, "steps-remain")] * 3 + [row(Outcome.DENIED, "data-plausible"), row()]
    rows += [row(Outcome.DEFERRED, "backoff")] * 2 + [row(Outcome.REJECTED, "record_not_found")]

    line = cycle_line(make_report(*rows), TOOK, [])

    assert line.message == "Cycle: 12 SmartTrades read, 1 cancelled, 4 denied, 2 deferred, 1 refused by 3Commas."
    assert line.fields["outcomes"] == {"cancelled": 1, "denied": 4, "deferred": 2, "rejected": 1}
    assert line.fields["reasons"] == {"steps-remain": 3, "backoff": 2, "data-plausible": 1}


@pytest.mark.parametrize(
    ("mode", "armed", "message"),
    [
        (Mode.LIVE, True, "Cycle: 1 SmartTrade read, no rule wants anything."),
        (Mode.DRY_RUN, True, "Cycle (dry-run): 1 SmartTrade read, no rule wants anything."),
        (Mode.LIVE, False, "Cycle (disarmed): 1 SmartTrade read, no rule wants anything."),
        (Mode.DRY_RUN, False, "Cycle (dry-run, disarmed): 1 SmartTrade read, no rule wants anything."),
    ],
    ids=["live", "dry-run", "disarmed", "both"],
)
def test_it_says_when_nothing_would_be_sent(mode: Mode, message: str, *, armed: bool) -> None:
    report = make_report(mode=mode, armed=armed, smart_trades_read=1)

    assert cycle_line(report, TOOK, []).message == message


def test_trouble_is_a_warning_with_its_text() -> None:
    unreadable = [CycleError(error="unreadable_smart_trade", message=f"no id {n}") for n in range(3)]

    line = cycle_line(make_report(errors=(FAILED, *unreadable)), TOOK, [])

    assert line.level == "warning"
    assert line.fields["errors"] == {"api": 1, "unreadable_smart_trade": 3}
    assert line.message == (
        "Cycle: 12 SmartTrades read. Trouble: 3Commas did not answer GET /v2/smart_trades in time. "
        "Trouble: no id 0. And 2 more of that kind."
    )


def test_trouble_that_was_told_is_only_counted() -> None:
    line = cycle_line(make_report(errors=(FAILED,), smart_trades_read=0), TOOK, [TROUBLE])

    assert line.message == "Cycle: 0 SmartTrades read. Trouble goes on: api, 12 times since 2026-01-02T11:46:00Z."
    assert line.fields["trouble"] == [TROUBLE]


def test_a_stop_signal_is_no_trouble() -> None:
    interrupted = CycleError(error="interrupted", message="interrupted by a stop signal")

    line = cycle_line(make_report(errors=(interrupted,)), TOOK, [])

    assert (line.level, line.message) == ("info", "Cycle: 12 SmartTrades read. Interrupted by a stop signal.")
    assert line.fields["errors"] == {"interrupted": 1}


def test_a_breach_is_never_told_in_passing() -> None:
    line = cycle_line(make_report(replace(row(), outcome=Outcome.BREACH)), TOOK, [])

    assert (line.level, line.message) == ("warning", "Cycle: 12 SmartTrades read, 1 BREACH.")


def test_every_outcome_has_words() -> None:
    assert list(IN_WORDS) == list(Outcome)


def test_the_rest_is_counted() -> None:
    deferred = more_line(("deferred", "disarmed"), 990)
    unchosen = more_line(("chose_nothing", "no step is left"), 1)

    assert deferred.message == "990 more proposals deferred, by disarmed: `tradewarden journal` lists them."
    assert deferred.fields == {"told": "deferred", "reason": "disarmed", "count": 990}
    assert unchosen.message == "1 more time a rule is true but names no step: no step is left."
