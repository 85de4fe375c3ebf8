"""
``tradewarden journal``: what was done, denied or deferred, and why, newest first.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tradewarden.cli.journal_json import row_to_json
from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.report_text import write_journal
from tradewarden.cli.terminal import say
from tradewarden.clock import SystemClock
from tradewarden.errors import StateError, UsageError
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.places import find_state

if TYPE_CHECKING:
    from tradewarden.journal.rows import JournalRow

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DURATION = re.compile(r"(?:\d{1,6}[smhdw]){1,5}")
LONGEST = timedelta(days=36_500)


def journal(
    *,
    since: Annotated[str | None, Parameter(help="Only what is younger: 90s, 30m, 2h, 1d, 1h30m.")] = None,
    smart_trade: Annotated[int | None, Parameter(help="Only this SmartTrade's id.")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="", help="As one JSON document.")] = False,
    options: Options = DEFAULTS,
) -> None:
    """
    Show every cancellation, denial, unknown outcome and switch, newest first.
    """
    rows = asyncio.run(_read(options, age=None if since is None else parse_age(since), smart_trade=smart_trade))
    if as_json:
        sys.stdout.write(json.dumps([row_to_json(row) for row in rows], indent=2, ensure_ascii=False) + "\n")
    else:
        write_journal(rows, sys.stdout)


def parse_age(text: str) -> timedelta:
    """
    Read ``2h`` or ``1h30m``. Raises UsageError.
    """
    if not DURATION.fullmatch(text):
        msg = f"--since takes a duration like 30m, 2h or 1d, not {text!r}."
        raise UsageError(msg)
    age = sum((timedelta(**{UNITS[u]: int(n)}) for n, u in re.findall(r"(\d+)([smhdw])", text)), timedelta(0))
    if age > LONGEST:
        msg = f"--since {text} is longer than any journal."
        raise UsageError(msg)
    return age


async def _read(options: Options, *, age: timedelta | None, smart_trade: int | None) -> list[JournalRow]:
    place = find_state(options.state, os.environ)
    if not place.path.is_dir():
        msg = f"there is no state folder {place}, so there is no journal. Name another with --state."
        raise StateError(msg)
    say(f"state {place}")
    clock = SystemClock()
    since = None if age is None else clock.now().wall - age
    async with await SqliteJournal.open(place.path, clock=clock) as opened:
        smart_trade_id = None if smart_trade is None else SmartTradeId(smart_trade)
        return await opened.rows(since=since, smart_trade_id=smart_trade_id)
