"""
The process dies at every single beginning and end of a call of its ports. It costs at most a delay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenario.incidents import DELETE
from scenario.lives import die_at_a_call, falling, goes_on
from scenario.scripts import ID, html, rule, rules, smart_trade, told
from tradewarden.simulator.habits import Habits

if TYPE_CHECKING:
    from pathlib import Path

    from scenario.stage import Stage

MOST_CALLS = 200


def _live_through(folder: Path, lives: int, lag_s: float) -> str | None:
    """
    Die after *lives* moments, restart, and go on until the step is gone. Returns the moment of death.
    """
    stage = falling(folder)
    try:
        stage.world.habits = Habits(cancel_lag_s=lag_s)
        moment = die_at_a_call(stage, lives)
        goes_on(stage, f"{moment}")
    finally:
        stage.end()
    return moment


@pytest.mark.parametrize("lag_s", [0.7, 30.0])
def test_a_crash_at_any_moment_costs_at_most_a_delay(tmp_path: Path, lag_s: float) -> None:
    moments: list[str] = []
    for lives in range(MOST_CALLS):
        folder = tmp_path / str(lives)
        folder.mkdir()
        moment = _live_through(folder, lives, lag_s)
        if moment is None:
            break
        moments.append(moment)

    assert moment is None, "the cycle has more calls than expected"
    for name in ("list_open", "save_memory", "reserve_cancel", "read", "record_intent", "is_armed", "cancel_step"):
        assert {f"before {name}", f"after {name}"} <= set(moments)
    for name in ("record_answer", "settle"):
        assert {f"before {name}", f"after {name}"} <= set(moments)


def test_a_crash_after_the_delete_is_settled_before_anything_else_is_done_to_that_smart_trade(stage: Stage) -> None:
    """
    The second rule wants another step of it: not before the question of the first is settled.
    """
    stage.add(smart_trade(prices=("150", "200", "250")), day_change="-6")
    stage.open(rules(rule("a"), rule("b", cancel="{position: 2}")))
    stage.world.habits = Habits(cancel_lag_s=100.0)
    stage.cycle_killed_at("cancel.answered")

    stage.reopen()
    first = stage.cycle(seconds=30)
    stage.world.habits = Habits()
    second = stage.cycle(minutes=2)

    assert told(first) == [(ID, "unknown", None), (ID, "deferred", "open_question")]
    assert told(second) == [(ID, "cancelled", None), (ID, "cancelled", None)]
    assert stage.deletes == [(ID, 1013), (ID, 1012)]


def test_a_crash_with_the_delete_never_sent_is_not_applied_after_two_minutes(stage: Stage) -> None:
    """
    Without an answer on disk the request may have gone on without us: that takes longer to rule out.
    """
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.cycle_killed_at("cancel.intended")

    stage.reopen()

    assert told(stage.cycle(seconds=100)) == [(ID, "unknown", None)]
    assert told(stage.cycle(seconds=30)) == [(ID, "not_applied", None), (ID, "deferred", "backoff")]
    assert stage.deletes == []


def test_a_reboot_between_intent_and_answer_is_settled_too(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())
    stage.cycle_killed_at("cancel.answered")
    stage.clock.reboot("boot-2")
    stage.reopen()

    assert told(stage.cycle(minutes=1)) == [(ID, "cancelled", None)]


def test_a_second_start_does_nothing_twice(stage: Stage) -> None:
    stage.add(smart_trade(prices=("150", "200", "250")), day_change="-6")
    stage.open(rules())
    stage.after(DELETE, html(504))
    stage.cycle()

    for _ in range(3):
        stage.reopen()
        assert told(stage.cycle(minutes=1)) == []
    assert len(stage.deletes) == 1
