"""
Without the journal nothing is sent; and what was sent is looked after, whatever the journal says.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from scenario.incidents import DELETE, ENTITY
from scenario.scripts import ID, errors, rules, smart_trade, told
from tradewarden.journal.folder import JOURNAL_FILE

if TYPE_CHECKING:
    from scenario.stage import Stage

_TRIGGERS = {
    "intent": "CREATE TRIGGER fault BEFORE INSERT ON intents BEGIN SELECT raise(ABORT, 'no'); END",
    "answer": "CREATE TRIGGER fault BEFORE UPDATE OF answer ON intents BEGIN SELECT raise(ABORT, 'no'); END",
    "outcome": "CREATE TRIGGER fault BEFORE UPDATE OF outcome ON intents BEGIN SELECT raise(ABORT, 'no'); END",
    "log": "CREATE TRIGGER fault BEFORE INSERT ON log BEGIN SELECT raise(ABORT, 'no'); END",
    "memory": "CREATE TRIGGER fault BEFORE INSERT ON prices BEGIN SELECT raise(ABORT, 'no'); END",
}


def _run(stage: Stage, sql: str) -> None:
    file = sqlite3.connect(stage.folder / JOURNAL_FILE)
    try:
        file.execute(sql)
        file.commit()
    finally:
        file.close()


def _break(stage: Stage, what: str) -> None:
    _run(stage, _TRIGGERS[what])


def _mend(stage: Stage) -> None:
    _run(stage, "DROP TRIGGER fault")


@pytest.mark.parametrize("what", ["intent", "memory", "log"])
def test_what_cannot_be_written_is_not_sent(stage: Stage, what: str) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    _break(stage, what)

    report = stage.cycle()

    assert (told(report), errors(report)) == ([], ["journal"])
    assert stage.deletes == []
    _mend(stage)
    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_an_answer_that_cannot_be_written_is_settled_all_the_same_and_nothing_more_is_sent(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, lambda: _break(stage, "answer"))

    report = stage.cycle()

    assert (told(report), errors(report)) == ([(101, "cancelled", None)], ["journal"])
    assert stage.deletes == [(101, 1012)]


def test_an_outcome_that_cannot_be_written_stays_an_open_question(stage: Stage) -> None:
    for number in (101, 102):
        stage.add(smart_trade(number), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, lambda: _break(stage, "outcome"))

    report = stage.cycle()

    assert told(report)[0] == (101, "unknown", None)
    assert errors(report) == ["journal"]
    _mend(stage)
    assert told(stage.cycle(minutes=1))[0] == (101, "cancelled", None)
    assert stage.deletes.count((101, 1012)) == 1


def test_a_question_that_cannot_be_settled_stops_the_next_cycle(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(DELETE, lambda: _break(stage, "outcome"))
    stage.cycle()
    stage.add(smart_trade(102), day_change="-6")

    report = stage.cycle(minutes=1)

    assert errors(report) == ["journal"]
    assert len(stage.deletes) == 1


def test_a_journal_that_was_replaced_sends_nothing(stage: Stage) -> None:
    """
    `disarm` would reach another file than the daemon reads.
    """
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    path = stage.folder / JOURNAL_FILE
    stage.before(ENTITY, lambda: path.rename(path.with_suffix(".moved")))

    report = stage.cycle()

    assert (errors(report), report.armed, stage.deletes) == (["journal"], False, [])
