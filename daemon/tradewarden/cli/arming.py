"""
``tradewarden disarm`` and ``arm``: the kill switch, and the way back.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated

from cyclopts import Parameter

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.terminal import plain
from tradewarden.clock import SystemClock
from tradewarden.errors import StateError
from tradewarden.journal.locks import running_daemon
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.places import Place, find_state

LONGEST_REASON = 500
BY_HAND = "by hand"

Reason = Annotated[str, Parameter(help="Why: it stands in the journal.")]


def disarm(*, reason: Reason = BY_HAND, options: Options = DEFAULTS) -> None:
    """
    Throw the kill switch: no DELETE goes out any more, not even one that is being prepared. It survives restarts.
    """
    asyncio.run(_switch(options, armed=False, reason=reason))


def arm(*, reason: Reason = BY_HAND, options: Options = DEFAULTS) -> None:
    """
    Switch acting on again, after `disarm` or a breach. It also takes up SmartTrades that were set aside.
    """
    asyncio.run(_switch(options, armed=True, reason=reason))


async def _switch(options: Options, *, armed: bool, reason: str) -> None:
    word = "armed" if armed else "disarmed"
    try:
        place = find_state(options.state, os.environ)
        was_there = place.path.is_dir()
        daemon = running_daemon(place.path) if was_there else None
    except OSError as error:
        raise StateError(_out_of_reach(error, word)) from None
    if not was_there and not place.is_explicit:
        raise StateError(_nowhere(place, word))
    # The switch is thrown whatever the reason looks like: what the journal cannot hold is replaced.
    reason = plain(reason)[:LONGEST_REASON].strip() or BY_HAND
    async with await SqliteJournal.open(place.path, clock=SystemClock(), create=place.is_explicit) as journal:
        if armed:
            await journal.arm(reason=reason)
        else:
            await journal.disarm(reason=reason)
    if not was_there:
        whom = "There was no such folder: it was made. No daemon is running on it."
    elif daemon is None:
        whom = "No daemon is running on it: it holds from the next start on."
    else:
        whom = f"The running daemon ({daemon}) heeds it before its next DELETE."
    sys.stdout.write(f"{plain(f'{word.capitalize()}: state {place}. {whom}')}\n")


def _out_of_reach(error: OSError, word: str) -> str:
    problem = f"{error.strerror}: the state folder {error.filename}"
    return f"nothing was {word}: {problem}. Run this as the daemon's user, or as root."


def _nowhere(place: Place, word: str) -> str:
    return (
        f"nothing was {word}: there is no state folder {place}. "
        "Name the one of your daemon with --state, or run this as the daemon's user."
    )
