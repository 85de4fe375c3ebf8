"""
Whether a daemon lives, and whether its cycles go on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.findings import Ill, Note, Problem, Worth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tradewarden.engine.findings import Finding, Known
    from tradewarden.model.daemon_status import DaemonStatus

PATIENCE = timedelta(minutes=5)  # with a cycle that should have begun or ended, and with a start
RENEWED_WITHIN = timedelta(seconds=90)  # a running daemon renews its record every 30 s, whatever its cycles do
PATIENCE_IN_CYCLES = 3  # with a cycle, by how long the last one took: 10,000 SmartTrades take their time


def judge_life(known: Known) -> Iterator[Finding]:
    """
    Tell what is wrong with the process and with the pace of its cycles, by the lock and by the daemon's last word.
    """
    if known.is_alive is None:
        return
    if not known.is_alive:
        yield Problem(problem=Ill.NOT_RUNNING, message=_how_it_ended(known.record), since=_ended_at(known.record))
    elif known.current is None:
        if all(obstacle.problem is not Ill.NO_RECORD for obstacle in known.obstacles):
            yield _without_record(known)
    elif known.current.stopped_at is not None:
        message = f"process {known.pid} is about to end: it was told to stop"
        yield Problem(problem=Ill.STOPPING, message=message, since=known.current.stopped_at)
    else:
        yield from _of_cycles(known.current, known.now.wall)


def _how_it_ended(record: DaemonStatus | None) -> str:
    nobody = "no daemon is running on this state folder"
    if record is None:
        return nobody
    if record.stopped_at is not None:
        return f"{nobody}: the last one was stopped"
    return f"{nobody}: the last one (process {record.pid}) ended without a word, killed or by a power cut"


def _ended_at(record: DaemonStatus | None) -> datetime | None:
    return None if record is None else record.stopped_at or record.written_at


def _without_record(known: Known) -> Finding:
    """
    Judge one that has not told of itself: it has only just begun, or it never will.
    """
    process = "the process that holds the state folder" if known.pid is None else f"process {known.pid}"
    if known.since is not None and abs(known.now.wall - known.since) < PATIENCE:
        message = f"{process} is starting: it has not told of itself yet"
        return Note(note=Worth.STARTING, message=message, since=known.since)
    message = f"{process} has left no status record: it hangs, or cannot write to its state folder"
    return Problem(problem=Ill.NO_RECORD, message=message, since=known.since)


def _of_cycles(record: DaemonStatus, now: datetime) -> Iterator[Finding]:
    """
    Look for a loop that does not go round, and for a cycle that does not begin or does not end.

    A running loop renews its record, and so takes note of a clock that was set and of a machine that was suspended.
    """
    last = record.last_cycle
    bound = PATIENCE if last is None else max(PATIENCE, last.took * PATIENCE_IN_CYCLES)
    if abs(now - record.written_at) > RENEWED_WITHIN:
        message = "it tells no more of itself: it hangs, or cannot write to its state folder"
        yield Problem(problem=Ill.HANGING, message=message, since=min(record.written_at, now))
    elif record.cycle_began_at is not None:
        if now - record.cycle_began_at > bound:
            message = "the cycle that runs does not come to its end"
            yield Problem(problem=Ill.HANGING, message=message, since=record.cycle_began_at)
    elif record.next_cycle_at is not None:
        if now - record.next_cycle_at > bound:
            message = "the cycle that is due does not begin"
            yield Problem(problem=Ill.HANGING, message=message, since=record.next_cycle_at)
    elif now - (idle_since := record.started_at if last is None else last.started_at) > bound:
        message = "no cycle lies ahead: no schedule of the rules file comes due any more"
        yield Problem(problem=Ill.NO_NEXT_CYCLE, message=message, since=idle_since)
    if last is None:
        yield Note(note=Worth.STARTING, message="it has made no cycle yet", since=record.started_at)
