"""
A stop signal ends the cycle, but never between a DELETE and its answer on disk.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scenario.incidents import DELETE, ENTITY, LISTING
from scenario.scripts import ID, rules, smart_trade, told

if TYPE_CHECKING:
    from scenario.stage import Stage


def _stop(stage: Stage) -> None:
    assert stage.task is not None
    stage.task.cancel()


@pytest.mark.parametrize("cue", ["cancel.intended", "cancel.answered"])
def test_a_stop_around_the_delete_waits_for_its_answer_on_disk(stage: Stage, cue: str) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.ears.cues[cue] = lambda: _stop(stage)

    with pytest.raises(asyncio.CancelledError):
        stage.cycle()

    assert stage.deletes == [(ID, 1012)]
    assert stage.query("SELECT answer, outcome FROM intents") == [("accepted", None)]


def test_stops_that_come_again_and_again_do_not_interrupt_either(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.after(DELETE, lambda response: replace(response, delay_s=5.0))

    async def impatient() -> None:
        cycle = asyncio.ensure_future(stage.daemon.cycle.run())
        while not cycle.done():
            await asyncio.sleep(0.3)
            if stage.deletes:
                cycle.cancel()
        assert cycle.cancelled()

    stage.run(impatient())

    assert stage.query("SELECT answer, outcome FROM intents") == [("accepted", None)]
    stage.reopen()
    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


@pytest.mark.parametrize("pattern", [LISTING, ENTITY], ids=["listing", "second read"])
def test_a_stop_during_a_read_ends_it_at_once(stage: Stage, pattern: str) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(pattern, lambda: _stop(stage))

    with pytest.raises(asyncio.CancelledError):
        stage.cycle()

    assert stage.deletes == []
    stage.reopen()
    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_a_stop_during_settling_leaves_the_question_open(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.before(ENTITY, lambda: _stop(stage), skip=1)

    with pytest.raises(asyncio.CancelledError):
        stage.cycle()

    stage.reopen()
    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]
