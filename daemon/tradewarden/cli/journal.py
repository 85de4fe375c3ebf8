"""
``tradewarden journal``: what was done, denied or deferred, and why, newest first.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tradewarden.cli.awaited import awaited
from tradewarden.cli.journal_json import row_to_json
from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.report_text import write_journal
from tradewarden.cli.terminal import json_text, say
from tradewarden.clock import SystemClock
from tradewarden.errors import StateError, UsageError
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.places import find_state

if TYPE_CHECKING:
    from tradewarden.journal.rows import JournalRow

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
DURATION = re.compile("(?=.)" + "".join(f"(?:([0-9]{{1,6}}){unit})?" for unit in UNITS))
LONGEST = timedelta(days=36_500)
LARGEST_ID = 2**63 - 1  # what the journal can hold


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
    if smart_trade is not None and not 0 < smart_trade <= LARGEST_ID:
        msg = f"--smart-trade {smart_trade} is not a SmartTrade's id."
        raise UsageError(msg)
    rows = awaited(_read(options, age=None if since is None else parse_age(since), smart_trade=smart_trade))
    if as_json:
        sys.stdout.write(json_text([row_to_json(row) for row in rows], sys.stdout) + "\n")
    else:
        write_journal(rows, sys.stdout)


def parse_age(text: str) -> timedelta:
    """
    Read ``2h`` or ``1h30m``: each unit once at most, the larger first. Raises UsageError.
    """
    found = DURATION.fullmatch(text)
    if found is None:
        msg = f"--since takes a duration like 30m, 2h, 1d or 1h30m (each unit once, the larger first), not {text!r}."
        raise UsageError(msg)
    age = timedelta(**{name: int(number or 0) for name, number in zip(UNITS.values(), found.groups(), strict=True)})
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
