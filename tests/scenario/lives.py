"""
Ways to die in the middle of a cancel, and what must hold afterwards whichever it was.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from scenario.mortality import Life, Lines, Mortal
from scenario.scripts import ID, rule, rules, smart_trade
from scenario.stage import Stage
from tradewarden import execution
from tradewarden.service import acting
from tradewarden.service.cycle import Cycle
from tradewarden.service.settlings import Settlings

STEP = 1012
MOST_CYCLES = 4
MINUTES = 4  # from cycle to cycle
REST = ["finished", "order_placed", "order_placed", "to_process"]  # entry, two steps, stop loss

_PROTOCOL = frozenset({*(str(path) for path in Path(execution.__path__[0]).glob("*.py")), acting.__file__})


def falling(folder: Path) -> Stage:
    """
    Open a stage on which STEP, the middle one of three, is to be cancelled.
    """
    stage = Stage(folder)
    stage.add(smart_trade(prices=("150", "200", "250")), day_change="-6")
    stage.open(rules(rule(cancel="{position: 2}"), safety="{frozen_after: never}"))
    return stage


def die_at_a_call(stage: Stage, left: int) -> str | None:
    """
    Run a cycle whose process dies after *left* beginnings and ends of calls of its ports. Return the moment of death.
    """
    daemon, life = stage.daemon, Life(left, power=stage.power)
    cycle = Cycle(
        gateway=cast("Any", Mortal(daemon.gateway, life)),
        journal=cast("Any", Mortal(daemon.journal, life)),
        clock=stage.clock,
        observer=stage.ears,
        settings=daemon.settings,
        ruleset=stage.wiring.rules.ruleset,
        settlings=Settlings(),
        access=daemon.access,
        hold_gap_of=lambda _: timedelta(minutes=5),
        new_cycle_id=lambda: "mortal",
    )
    stage.run_until_power_cut(cycle)
    return life.last


def die_at_a_line(stage: Stage, left: int) -> str | None:
    """
    Run a cycle whose process dies after *left* lines of the protocol. Return the line that did not come any more.
    """
    with Lines(_PROTOCOL, left, stage.power) as lines:
        stage.run_until_power_cut(stage.daemon.cycle)
    return lines.last


def goes_on(stage: Stage, where: str) -> None:
    """
    Restart, go on until the step is gone, and see that everything else is as it was: the crash cost a delay only.
    """
    where = f"died {where}, had sent: {stage.deletes}"
    stage.reopen()
    stage.cycle(minutes=MINUTES)
    for _ in range(MOST_CYCLES - 1):
        is_done = _status_of_the_step(stage) == "cancelled" and not _left_open(stage)
        stage.cycle(minutes=MINUTES)
        if is_done:
            break
    assert stage.deletes == [(ID, STEP)], where
    assert _status_of_the_step(stage) == "cancelled", where
    assert stage.world.smart_trade(ID).status == "waiting_targets", where
    assert [leg.status for leg in stage.world.smart_trade(ID).legs if leg.id != STEP] == REST, where
    assert not _left_open(stage), where
    assert stage.armed, where
    assert stage.broken_promises == [], where


def _left_open(stage: Stage) -> bool:
    return stage.query("SELECT count(*) FROM intents WHERE outcome IS NULL") != [(0,)]


def _status_of_the_step(stage: Stage) -> str:
    leg = stage.world.smart_trade(ID).leg(STEP)
    assert leg is not None
    return leg.status
