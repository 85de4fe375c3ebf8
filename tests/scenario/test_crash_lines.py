"""
The process dies before every single line of the protocol: each statement of a cancel, of its settling, and of its end.
"""

from __future__ import annotations

import bisect
import gc
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from scenario.incidents import DELETE
from scenario.lives import die_at_a_line, falling, goes_on
from scenario.mortality import PowerCut
from scenario.scripts import ID, html, rules, smart_trade
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scenario.stage import Stage
    from tradewarden.service.cycle import Cycle

MOST_LINES = 2_000
IN_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own in it; where there is none it only takes longer)


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """
    Make a folder whose disk answers at once: what a power cut does to a disk is not the question here.
    """
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else tmp_path) as folder:
        yield Path(folder)


def _ordinary(stage: Stage) -> None:
    """Nothing was done yet."""
    del stage


def _unanswered(stage: Stage) -> None:
    """The DELETE will be carried out, and its answer lost."""
    stage.after(DELETE, html(504))


def _sent_before(stage: Stage) -> None:
    """An earlier process died with its answer in hand: what is cut is the settling at the start."""
    stage.cycle_killed_at("cancel.answered")
    stage.reopen()


def _not_sent_before(stage: Stage) -> None:
    """An earlier process died with its intent on disk, and nothing sent."""
    stage.cycle_killed_at("cancel.intended")
    stage.reopen()
    stage.pass_(minutes=4)


def _has_sent(folder: Path, left: int) -> bool:
    """
    Tell whether the DELETE is out when *left* lines have run.
    """
    stage = falling(folder / f"only {left}")
    try:
        die_at_a_line(stage, left)
        return stage.deletes != []
    finally:
        stage.end()


def _die_everywhere(folder: Path, before: Callable[[Stage], None]) -> list[str]:
    """
    Live through a death before each line that runs. Return the lines.

    As long as its DELETE is not out, a cancel does not know that it will not be answered.
    """
    lines: list[str] = []
    first = 0
    if before is _unanswered:
        first = bisect.bisect_left(range(MOST_LINES), True, key=partial(_has_sent, folder))
    for left in range(first, MOST_LINES):
        stage = falling(folder / str(left))
        try:
            before(stage)
            line = die_at_a_line(stage, left)
            goes_on(stage, f"{before.__doc__} {left} lines, before {line}")
        finally:
            stage.end()
        if line is None:
            return lines
        lines.append(line)
    msg = "the cycle has more lines than expected"
    raise AssertionError(msg)


CASES = [
    (_ordinary, {"guarded_cancel.py", "shield.py", "settling.py", "acting.py"}, 150),
    (_unanswered, {"guarded_cancel.py", "shield.py", "settling.py", "acting.py"}, 60),
    (_sent_before, {"settling.py", "acting.py"}, 30),
    (_not_sent_before, {"guarded_cancel.py", "settling.py", "acting.py"}, 50),
]


@pytest.mark.timeout(240)  # hundreds of lives in each: 15 s of one core in all, and twice that under coverage
@pytest.mark.filterwarnings("ignore:coroutine 'GuardedCancel._send' was never awaited")  # it died just before
@pytest.mark.parametrize(("before", "files", "least"), CASES, ids=[case[0].__name__.strip("_") for case in CASES])
def test_a_crash_before_any_line_of_the_protocol_costs_at_most_a_delay(
    quick_folder: Path, before: Callable[[Stage], None], files: set[str], least: int
) -> None:
    try:
        lines = _die_everywhere(quick_folder, before)
    finally:
        gc.collect()  # what the dead have left is complained of here, if at all

    assert len(lines) > least
    assert {line.partition(":")[0] for line in lines} == files


def test_a_dead_process_reaches_nothing(stage: Stage) -> None:
    """Else what it does in `finally` would pass for what a restart does."""
    stage.add(smart_trade(), day_change="-6")
    gateway, journal = (daemon := stage.open(rules())).gateway, daemon.journal
    stage.power.cut()

    for work in (gateway.list_open, lambda: gateway.read(SmartTradeId(ID)), lambda: journal.disarm(reason="a test")):
        with pytest.raises(PowerCut):
            stage.run(work())
    assert stage.requests == []
    assert stage.armed


def test_a_dead_process_that_did_something_would_be_noticed(stage: Stage) -> None:
    stage.add(smart_trade(), day_change="-6")
    stage.open(rules())

    class Undead:
        async def run(self) -> None:
            error = stage.power.cut()
            stage.disarm()
            raise error

    with pytest.raises(AssertionError, match="a dead process has done something"):
        stage.run_until_power_cut(cast("Cycle", Undead()))
