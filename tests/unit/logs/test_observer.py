from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from factories import NOON, make_proposal, make_question
from tradewarden.engine.change import RulesChange
from tradewarden.errors import JournalError, RateLimited, TransientError
from tradewarden.logs import LogObserver, open_log
from tradewarden.logs.events import EVENTS
from tradewarden.logs.repeats import MOST_ALIKE
from tradewarden.model.cancel import Answer, CancelAnswer, Verdict
from tradewarden.model.daemon_status import Trouble
from tradewarden.model.decision import CycleError, Outcome, OutcomeRow
from tradewarden.model.smart_trade import SmartTradeId
from unit.logs.listener import Listener, make_report

if TYPE_CHECKING:
    from pathlib import Path

    from tradewarden.model.memory import HoldKey

TROUBLE = Trouble(kind="api", message="3Commas did not answer in time", since=NOON)
FAILED = CycleError(error="api", message="3Commas did not answer in time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resets:
    """
    As much of an evaluation as the log looks at.
    """

    resets: tuple[HoldKey, ...] = ()


def denied(reason: str = "steps-remain", **changes: Any) -> OutcomeRow:
    return replace(make_proposal().row(Outcome.DENIED, reason, detail="why"), **changes)


def deferred(reason: str = "disarmed", **changes: Any) -> OutcomeRow:
    return replace(make_proposal().row(Outcome.DEFERRED, reason, detail="why"), **changes)


def verdict(outcome: Outcome = Outcome.CANCELLED) -> Verdict:
    return Verdict(outcome=outcome, reason=None, detail="the step is gone, the rest intact")


def names(lines: list[dict[str, Any]]) -> list[str]:
    return [line["event"] for line in lines]


def test_a_cancel_is_told_from_intent_to_outcome() -> None:
    listener = Listener()
    lines = listener.tell("cycle.started", cycle_id="cycle-1")
    lines += listener.tell("cancel.judged", proposal=make_proposal(), checks=(), trace="")
    lines += listener.tell("cancel.intended", proposal=make_proposal(), intent_id=1)
    answer = CancelAnswer(answer=Answer.ACCEPTED, window=timedelta(milliseconds=412))
    lines += listener.tell("cancel.answered", proposal=make_proposal(), answer=answer)
    lines += listener.tell("cancel.settled", question=make_question(), verdict=verdict())
    lines += listener.tell("cycle.ended", report=make_report(), took=timedelta(seconds=1))

    assert names(lines) == ["cancel.intended", "cancel.answered", "cancel.settled", "cycle.ended"]
    assert {line["cycle_id"] for line in lines} == {"cycle-1"}
    assert lines[2]["message"].startswith("Cancelled step 2 at 0.4 (35 % of the position) of USDT_DOGE")


def test_a_settling_belongs_to_the_cycle_that_sent_it() -> None:
    """It may end long after that cycle, in the middle of another."""
    listener = Listener()
    listener.tell("cycle.started", cycle_id="cycle-9")

    [line] = listener.tell("cancel.settled", question=make_question(), verdict=verdict())

    assert line["cycle_id"] == "cycle-1"


def test_a_denial_is_told_when_it_begins_and_then_counted() -> None:
    listener = Listener()

    first, second = listener.cycle(denied()), listener.cycle(denied(), cycle_id="cycle-2")

    assert names(first) == ["proposal.outcome", "cycle.ended"]
    assert names(second) == ["cycle.ended"]
    assert second[0]["outcomes"] == {"denied": 1}
    assert second[0]["reasons"] == {"steps-remain": 1}


def test_a_denial_is_told_again_when_it_changes() -> None:
    listener = Listener()
    listener.cycle(denied())

    lines = listener.cycle(denied("stop-loss-present"))

    assert names(lines) == ["proposal.outcome", "cycle.ended"]


def test_a_denial_is_told_again_after_its_condition_was_false() -> None:
    listener = Listener()
    row = denied()
    listener.cycle(row)
    listener.tell("cycle.evaluated", evaluation=Resets(resets=((row.rule, row.smart_trade_id),)), cycle_id="cycle-2")

    assert names(listener.cycle(row)) == ["proposal.outcome", "cycle.ended"]


def test_a_denial_is_not_told_again_after_cycles_in_which_its_rule_was_not_due() -> None:
    listener = Listener()
    listener.cycle(denied())
    for minute in range(1, 60):
        listener.cycle(started_at=NOON + timedelta(minutes=minute))

    assert names(listener.cycle(denied(), started_at=NOON + timedelta(hours=1))) == ["cycle.ended"]


def test_all_is_told_anew_after_a_reload() -> None:
    listener = Listener()
    listener.cycle(denied())
    listener.tell("rules.reloaded", change=RulesChange(), impact=())

    assert names(listener.cycle(denied())) == ["proposal.outcome", "cycle.ended"]


def test_what_is_sent_or_would_be_is_always_told() -> None:
    """Only denials and deferrals repeat: each of these has an intent of its own, or a row in the dry-run's ledger."""
    listener = Listener()
    rows = [make_proposal().row(outcome, None) for outcome in (Outcome.WOULD_CANCEL, Outcome.NOT_SENT)] * 2

    assert len(listener.cycle(*rows)) == 5


def test_a_crowd_is_counted() -> None:
    """A thrown kill switch defers a thousand proposals at once."""
    listener = Listener()
    rows = [deferred(smart_trade_id=SmartTradeId(number)) for number in range(1, 1001)]

    first, second = listener.cycle(*rows), listener.cycle(*rows)

    assert names(first) == ["proposal.outcome"] * MOST_ALIKE + ["cycle.more", "cycle.ended"]
    assert (first[-2]["count"], first[-2]["reason"], first[-2]["cycle_id"]) == (990, "disarmed", "cycle-1")
    assert names(second) == ["cycle.ended"]
    assert second[0]["outcomes"] == {"deferred": 1000}


def test_the_rest_of_an_interrupted_cycle_is_told_with_the_next() -> None:
    listener = Listener()
    listener.tell("cycle.started", cycle_id="cycle-1")
    for number in range(1, MOST_ALIKE + 3):
        listener.tell("proposal.outcome", row=deferred(smart_trade_id=SmartTradeId(number)))

    [line] = listener.tell("cycle.started", cycle_id="cycle-2")

    assert (line["event"], line["count"], line["cycle_id"]) == ("cycle.more", 2, "cycle-1")


def test_a_rule_that_chose_nothing_is_told_once() -> None:
    listener = Listener()
    data = {"rule": "r", "smart_trade_id": 1}
    heard = [
        listener.tell("rule.chose_nothing", **data, why=why) for why in ("no step is left", "no step is left", "?")
    ]

    assert [len(lines) for lines in heard] == [1, 0, 1]


def test_a_crowd_of_rules_that_chose_nothing_is_counted() -> None:
    listener = Listener()
    for number in range(MOST_ALIKE + 4):
        listener.tell("rule.chose_nothing", rule="r", smart_trade_id=number, why="no step is left")

    lines = listener.tell("cycle.ended", report=make_report(), took=timedelta(seconds=1))

    assert [(line["event"], line.get("count")) for line in lines] == [("cycle.more", 4), ("cycle.ended", None)]


def test_reads_that_fail_are_told_once_and_counted_at_the_end() -> None:
    listener = Listener()
    lines = []
    for _ in range(5):
        lines += listener.tell("settling.taken_up", question=make_question())
        lines += listener.tell("settling.read_failed", question=make_question(), error=TransientError("no answer"))
    lines += listener.tell("cancel.settled", question=make_question(), verdict=verdict())

    assert names(lines) == ["settling.taken_up", "settling.read_failed", "cancel.settled"]
    assert lines[-1]["failed_reads"] == 5


def test_another_obstacle_is_told_too() -> None:
    listener = Listener()
    pause = RateLimited("a pause", pause=timedelta(seconds=300), banned=False)
    lines = listener.tell("settling.read_failed", question=make_question(), error=TransientError("no answer"))
    lines += listener.tell("settling.stopped", question=make_question(), error=pause)
    lines += listener.tell("settling.failed", question=make_question(), error=JournalError("disk full"))

    assert [line["level"] for line in lines] == ["warning", "warning", "error"]


def test_a_breach_is_critical() -> None:
    [line] = Listener().tell("cancel.breach", question=make_question(), verdict=verdict(Outcome.BREACH))

    assert (line["event"], line["level"]) == ("cancel.breach", "critical")


def test_trouble_is_told_when_it_begins_counted_and_told_when_it_ends() -> None:
    listener = Listener()
    lines = listener.cycle(errors=(FAILED,))
    lines += listener.tell("trouble.began", trouble=TROUBLE)
    for number in range(2, 5):
        lines += listener.cycle(
            cycle_id=f"cycle-{number}", errors=(FAILED,), started_at=NOON + number * timedelta(minutes=1)
        )
    lines += listener.cycle(cycle_id="cycle-5", started_at=NOON + timedelta(minutes=5))
    lines += listener.tell("trouble.ended", trouble=replace(TROUBLE, times=4))

    assert names(lines) == ["cycle.ended", "trouble.began", *["cycle.ended"] * 4, "trouble.ended"]
    assert [line["level"] for line in lines] == ["warning", "warning", *["warning"] * 3, "info", "info"]
    assert [trouble["times"] for line in lines for trouble in line.get("trouble", [])] == [2, 3, 4]
    assert (lines[1]["cycle_id"], lines[-1]["cycle_id"]) == ("cycle-1", "cycle-5")
    assert lines[-1]["message"] == "3Commas answers again after 4 cycles, 5 min 1 s."


def test_trouble_before_the_first_cycle_has_no_cycle_id() -> None:
    [line] = Listener().tell("trouble.began", trouble=TROUBLE)

    assert "cycle_id" not in line


@pytest.mark.parametrize("kind", ["rules", "status"])
def test_trouble_outside_of_cycles_belongs_to_none(kind: str) -> None:
    listener = Listener()
    listener.cycle()
    lines = listener.tell("trouble.began", trouble=replace(TROUBLE, kind=kind))
    lines += listener.tell("trouble.ended", trouble=replace(TROUBLE, kind=kind))

    assert [line.get("cycle_id") for line in lines] == [None, None]


def test_lost_access_is_told_once_for_each_reason() -> None:
    listener = Listener()
    heard = [listener.tell("access.stopped", reason=reason) for reason in ("401", "401", "403")]
    heard += [listener.tell("access.regained"), listener.tell("access.stopped", reason="403")]

    assert [len(lines) for lines in heard] == [1, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("daemon.stopping", {"signal": "SIGTERM"}),
        ("daemon.stopped", {}),
        ("rules.reloaded", {"change": RulesChange(), "impact": ()}),
        ("rules.refused", {"problems": ("rules.yaml:1:1: no",)}),
        ("clock.stepped", {"by": timedelta(hours=-1)}),
        ("clock.slept", {"by": timedelta(hours=1)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_events_of_the_daemon_belong_to_no_cycle(event: str, data: dict[str, Any]) -> None:
    """A reload goes on beside a cycle."""
    listener = Listener()
    listener.tell("cycle.started", cycle_id="cycle-1")

    [line] = listener.tell(event, **data)

    assert "cycle_id" not in line
    assert line["event"] == event
    assert line["level"] in EVENTS[event]
    assert line["message"].endswith((".", "!"))


@pytest.mark.parametrize("event", ["cancel.judged", "cycle.started", "something.new"])
def test_what_is_not_for_the_log_stays_out(event: str) -> None:
    assert Listener().tell(event, cycle_id="cycle-1", secret="s") == []


def test_a_surprising_value_stops_nothing_and_is_not_shown() -> None:
    """Between an intent and its DELETE nothing may come from the log, not even its own mistakes."""
    listener = Listener()

    [line] = listener.tell("cancel.intended", proposal="s3cret", intent_id=1)

    assert (line["event"], line["level"], line["told"]) == ("log.failed", "error", "cancel.intended")
    assert "s3cret" not in json.dumps(line)


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """A pipe was closed, a disk is full: the journal is the record."""
    stream = (tmp_path / "log").open("w", encoding="utf-8")
    observer = LogObserver(open_log(stream, {}))
    stream.close()

    observer.tell("access.regained")
    observer.tell("cancel.judged")


def test_a_full_disk_stops_nothing() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            del text
            raise OSError(28, "No space left on device")

    LogObserver(open_log(Full(), {})).tell("access.regained")


def test_a_text_that_cannot_be_encoded_is_told_all_the_same() -> None:
    raw = io.BytesIO()
    observer = LogObserver(open_log(io.TextIOWrapper(raw, encoding="utf-8", write_through=True), {}))

    observer.tell("access.stopped", reason="\ud800 \x1b[31m")

    assert json.loads(raw.getvalue())["reason"] == "\ud800 \x1b[31m"
