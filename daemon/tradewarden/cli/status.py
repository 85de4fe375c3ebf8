"""
``tradewarden status``: is it alive, armed, live, and does it go on. Exit 0 if it is healthy, 3 if not.

It reads what the daemon leaves in its state folder, and asks nobody: the daemon need not answer for it to be told.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.status_json import status_to_json
from tradewarden.cli.status_text import write_status
from tradewarden.cli.terminal import json_text, say
from tradewarden.clock import SystemClock
from tradewarden.engine.findings import Ill, Known, Problem
from tradewarden.engine.health import judge
from tradewarden.errors import JournalError, StateError, UsageError
from tradewarden.journal.locks import DaemonInfo, running_daemon
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.journal.status_file import read_status
from tradewarden.model.settings import Mode
from tradewarden.places import Place, find_state

if TYPE_CHECKING:
    from pathlib import Path

    from tradewarden.model.daemon_status import DaemonStatus
    from tradewarden.model.memory import Ledger
    from tradewarden.model.standing import Standing

HEALTHY, NOT_HEALTHY = 0, 3
UNREADABLE = (StateError, JournalError, OSError)


def status(
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="As one JSON document.")] = False,
    options: Options = DEFAULTS,
) -> int:
    """
    Tell whether the daemon is alive, armed and live, what it does next, and what is wrong; exit 0 healthy, 3 not.
    """
    place: Place | None = None
    try:
        place = find_state(options.state, os.environ)
        say(f"state {place}")
        known = asyncio.run(_look(place))
    except UsageError as error:
        if as_json:
            _answer(_nothing_known(Ill.NO_STATE, str(error)), place, as_json=True)
        raise
    except OSError as error:
        known = _nothing_known(Ill.STATE_UNREADABLE, _sentence(error))
    return _answer(known, place, as_json=as_json)


def _answer(known: Known, place: Place | None, *, as_json: bool) -> int:
    health = judge(known)
    if as_json:
        state = None if place is None else str(place.path)
        sys.stdout.write(json_text(status_to_json(known, health, state=state), sys.stdout) + "\n")
    else:
        write_status(known, health, sys.stdout)
    return HEALTHY if health.is_healthy else NOT_HEALTHY


async def _look(place: Place) -> Known:
    """
    Learn what can be learnt. Raises OSError if not even the folder can be looked for.
    """
    clock = SystemClock()
    if not place.path.is_dir():
        message = (
            f"there is no state folder {place}. "
            "Name the one of your daemon with --state, or run this as the daemon's user"
        )
        problem = Problem(problem=Ill.NO_STATE, message=message)
        return Known(now=clock.now(), is_alive=False, obstacles=(problem,))
    if not os.access(place.path, os.R_OK | os.X_OK, effective_ids=True):
        message = f"the state folder {place} may not be read. Run this as the daemon's user, or as root"
        return _nothing_known(Ill.STATE_UNREADABLE, message)
    obstacles: list[Problem] = []
    daemon, is_alive = _daemon(place.path, obstacles)
    record = _record(place.path, obstacles)
    mode = Mode.LIVE if record is None else record.mode
    standing, ledger = await _journal(place.path, clock, mode, obstacles)
    return Known(
        now=clock.now(),
        is_alive=is_alive,
        pid=None if daemon is None else daemon.pid,
        since=None if daemon is None else daemon.started_at,
        record=record,
        standing=standing,
        ledger=ledger,
        obstacles=tuple(obstacles),
    )


def _daemon(folder: Path, obstacles: list[Problem]) -> tuple[DaemonInfo | None, bool | None]:
    """
    Return who holds the folder, and whether anybody does; ``None`` if that cannot be told.
    """
    try:
        daemon = running_daemon(folder)
    except UNREADABLE as error:
        obstacles.append(Problem(problem=Ill.STATE_UNREADABLE, message=_sentence(error)))
        return None, None
    return daemon, daemon is not None


def _record(folder: Path, obstacles: list[Problem]) -> DaemonStatus | None:
    try:
        return read_status(folder)
    except UNREADABLE as error:
        obstacles.append(Problem(problem=Ill.NO_RECORD, message=_sentence(error)))
        return None


async def _journal(
    folder: Path, clock: SystemClock, mode: Mode, obstacles: list[Problem]
) -> tuple[Standing | None, Ledger | None]:
    """
    Read the journal beside the daemon, which goes on writing to it.
    """
    try:
        async with await SqliteJournal.open(folder, clock=clock) as journal:
            return await journal.standing(), await journal.ledger(mode=mode)
    except UNREADABLE as error:
        obstacles.append(Problem(problem=Ill.JOURNAL, message=_sentence(error)))
        return None, None


def _nothing_known(problem: Ill, message: str) -> Known:
    return Known(now=SystemClock().now(), obstacles=(Problem(problem=problem, message=message),))


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        where = "" if error.filename is None else f": {error.filename}"
        return f"{error.strerror}{where}. Run this as the daemon's user, or as root"
    return str(error)
