from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from factories import NOON
from tradewarden.logs.troubles import BEGINNINGS, ENDINGS, Troubles
from tradewarden.model.daemon_status import Trouble

TROUBLE = Trouble(kind="api", message="3Commas did not answer GET /v2/smart_trades in time", since=NOON)


def test_it_is_told_when_it_begins() -> None:
    line = Troubles().begin(TROUBLE, None)

    assert line.level == "warning"
    assert line.message.startswith("3Commas cannot be read: 3Commas did not answer GET /v2/smart_trades in time.")
    assert line.fields == {"kind": "api", "since": "2026-01-02T12:00:00Z", "error": TROUBLE.message}


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("api", "warning"),
        ("penalty", "warning"),
        ("suspicious_reading", "warning"),
        ("unreadable_smart_trade", "warning"),
        ("second_read", "warning"),
        ("rules", "warning"),
        ("status", "warning"),
        ("access", "error"),
        ("journal", "error"),
        ("something-new", "error"),
    ],
)
def test_what_needs_somebody_is_an_error(kind: str, level: str) -> None:
    assert Troubles().begin(replace(TROUBLE, kind=kind), None).level == level


def test_it_is_told_when_it_ends() -> None:
    line = Troubles().end(replace(TROUBLE, times=12), NOON + timedelta(minutes=14))

    assert (line.level, line.message) == ("info", "3Commas answers again after 12 cycles, 14 min.")
    assert line.fields == {"kind": "api", "times": 12, "since": "2026-01-02T12:00:00Z", "lasted_s": 840.0}


def test_what_is_no_matter_of_cycles_counts_none() -> None:
    trouble = replace(TROUBLE, kind="rules", message="rules.yaml:3:5: no\n  mode: x", times=7)

    began, ended = Troubles().begin(trouble, None), Troubles().end(trouble, NOON + timedelta(minutes=14))

    assert began.message == "The last good rules go on: rules.yaml:3:5: no."
    assert ended.message == "The rules file is in force again after 14 min."
    assert Troubles().end(trouble, None).message == "The rules file is in force again."


def test_a_duration_that_nobody_knows_is_left_out() -> None:
    line = Troubles().end(replace(TROUBLE, kind="something-new"), None)

    assert line.message == "The trouble (something-new) is over after 1 cycle."
    assert line.fields["lasted_s"] is None


def test_a_clock_that_was_set_back_makes_no_negative_duration() -> None:
    assert Troubles().end(TROUBLE, NOON - timedelta(hours=1)).fields["lasted_s"] == 0.0


def test_a_trouble_told_after_its_cycle_counts_with_the_next() -> None:
    troubles = Troubles()
    troubles.begin(TROUBLE, None)

    assert troubles.count(["api"], "cycle-2") == [{"kind": "api", "times": 2, "since": "2026-01-02T12:00:00Z"}]
    assert troubles.count(["api"], "cycle-3")[0]["times"] == 3


def test_a_trouble_told_in_its_cycle_is_not_counted_twice() -> None:
    troubles = Troubles()
    troubles.begin(TROUBLE, "cycle-1")

    assert troubles.count(["api"], "cycle-1")[0]["times"] == 1
    assert troubles.count(["api"], "cycle-2")[0]["times"] == 2


def test_what_did_not_begin_or_has_ended_is_not_counted() -> None:
    troubles = Troubles()
    troubles.begin(TROUBLE, None)

    assert troubles.count(["journal"], "cycle-2") == []
    troubles.end(TROUBLE, None)
    assert troubles.count(["api"], "cycle-3") == []


def test_every_trouble_that_has_a_beginning_has_an_end() -> None:
    assert BEGINNINGS.keys() == ENDINGS.keys()
