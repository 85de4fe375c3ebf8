"""
The past, as gates, limits and `repeat` need it: one ledger for live, one for the dry run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.past import Past
from tradewarden.journal import control
from tradewarden.journal.database import snapshot
from tradewarden.journal.queries import load_queries
from tradewarden.journal.rows import attempt
from tradewarden.journal.values import instant_to_text, legible
from tradewarden.model.memory import Ledger
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId, TradeId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from tradewarden.model.memory import HoldKey

_SQL = load_queries("ledger.sql")

COUNTED_FOR = timedelta(hours=25)  # the longest limit counts 24 hours
COPY_LASTS = timedelta(minutes=30)  # less than the hour that is counted too much

_WORD = {Mode.LIVE: "live", Mode.DRY_RUN: "dry_run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """
    A ledger that was read, and of what: the *version* of the file, the SmartTrades that it speaks of (None: all).
    """

    ledger: Ledger
    version: tuple[int, int]
    mode: Mode
    asked: frozenset[SmartTradeId] | None
    now: datetime

    def answers(
        self, *, version: tuple[int, int], mode: Mode, asked: frozenset[SmartTradeId] | None, now: datetime
    ) -> bool:
        """
        Tell whether it would be read again as it is, or with more in it than was asked for.
        """
        covers = self.asked is None or (asked is not None and asked <= self.asked)
        is_young = timedelta(0) <= now - self.now < COPY_LASTS
        return covers and is_young and (self.version, self.mode) == (version, mode)


class LedgerReader:
    """
    Reads the ledger, and keeps a copy for as long as nobody writes: it is asked for before every proposal.
    """

    def __init__(self) -> None:
        self._copy: _Copy | None = None

    def read(
        self,
        connection: sqlite3.Connection,
        *,
        mode: Mode,
        now: datetime,
        smart_trades: Collection[SmartTradeId] | None = None,
    ) -> Ledger:
        """
        Return the ledger of *mode*, all of it from one state of the journal.

        With *smart_trades*, what outlasts a day (`repeat`, steps sent, what was put off) is theirs, or that of more.
        What limits count is always there.
        """
        asked = None if smart_trades is None else frozenset(smart_trades)
        with snapshot(connection):
            version = _version_of(connection)
            if self._copy is not None and self._copy.answers(version=version, mode=mode, asked=asked, now=now):
                return self._copy.ledger
            ledger = read_ledger(connection, mode=mode, now=now, smart_trades=asked)
        self._copy = _Copy(ledger=ledger, version=version, mode=mode, asked=asked, now=now)
        return ledger


def read_ledger(
    connection: sqlite3.Connection, *, mode: Mode, now: datetime, smart_trades: Collection[SmartTradeId] | None
) -> Ledger:
    """
    Read the ledger in the caller's snapshot.
    """
    armed_at = control.armed_at(connection)
    bounds = {
        "since": instant_to_text(now - COUNTED_FOR),
        "armed_at": None if armed_at is None else instant_to_text(armed_at),
        "asked": None if smart_trades is None else json.dumps(list(smart_trades)),
    }
    of = "" if smart_trades is None else "_of"
    word = _WORD[mode]
    waiting = _keys(connection.execute(_SQL[f"put_off{of}"], bounds))
    return Ledger(
        armed=control.is_armed(connection),
        attempts=_attempts(connection, (f"{word}_late", f"{word}_kept{of}"), bounds),
        reset_since=frozenset(_keys(connection.execute(_SQL[f"{word}_resets{of}"], bounds))),
        put_off=frozenset(waiting),
        waiting=waiting,
        set_aside=control.left_alone(connection, now=now),
        armed_at=armed_at,
        sent_steps=frozenset(TradeId(row["trade_id"]) for row in connection.execute(_SQL[f"sent_steps{of}"], bounds)),
    )


def _attempts(connection: sqlite3.Connection, queries: tuple[str, ...], bounds: Mapping[str, str | None]) -> Past:
    """
    Return the attempts that *queries* find, newest first. What an earlier one found tells more.
    """
    found: dict[int, sqlite3.Row] = {}
    for name in queries:
        for row in connection.execute(_SQL[name], bounds):
            found.setdefault(row["id"], row)
    with legible("an attempt"):
        return Past(attempt(found[number]) for number in sorted(found, reverse=True))


def _version_of(connection: sqlite3.Connection) -> tuple[int, int]:
    """
    Return what changes when another connection has written, and when this one has.
    """
    return int(connection.execute(_SQL["ledger_version"]).fetchone()[0]), connection.total_changes


def _keys(rows: Iterable[sqlite3.Row]) -> tuple[HoldKey, ...]:
    return tuple((str(row["rule"]), SmartTradeId(row["smart_trade_id"])) for row in rows)
