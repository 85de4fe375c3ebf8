"""
What was observed so far: holds, prices that stand still, the last accepted listing. Only what changed is written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from tradewarden.journal.database import snapshot, transaction
from tradewarden.journal.queries import load_queries
from tradewarden.journal.values import (
    duration_from_int,
    duration_to_int,
    legible,
    moment_from_columns,
    moment_to_columns,
    number_from_text,
    number_to_text,
)
from tradewarden.model.memory import Hold, ListingMemory, Memory, PriceWatch
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import CurrentPrice, SmartTradeId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from tradewarden.journal.values import Columns
    from tradewarden.model.memory import HoldKey
    from tradewarden.model.moment import Moment

_SQL = load_queries("observed.sql")

Key = TypeVar("Key")
Value = TypeVar("Value")

_LAST_ATTEMPTS = {Mode.LIVE: "last_live_attempts", Mode.DRY_RUN: "last_dry_run_attempts"}


class ObservedMemory:
    """
    The memory on disk, and a copy of it: that of a thousand SmartTrades is not read and written each minute anew.

    A price that moves in every cycle is not worth a write in every cycle. It is written when it is new, when this
    process saves for the first time, and when it stood still since the last save: a crash costs it at most one cycle.
    """

    def __init__(self) -> None:
        self._copy: Memory | None = None
        self._version = 0  # of the file, when the copy was made
        self._unwritten: set[SmartTradeId] | None = (
            None  # whose price moved since it was written; None: written by others
        )

    def load(self, connection: sqlite3.Connection) -> Memory:
        """
        Return what was observed.
        """
        with snapshot(connection):
            return self._current(connection)

    def save(self, connection: sqlite3.Connection, memory: Memory, *, mode: Mode, resets: Sequence[HoldKey]) -> None:
        """
        Replace what was observed, and note the resets, in one transaction.
        """
        with transaction(connection):
            before = self._current(connection)
            self._copy = None  # until the commit, nobody knows what stands there
            _write_holds(connection, before, memory)
            unwritten = self._write_prices(connection, before, memory)
            if memory.listing != before.listing:
                _write_listing(connection, memory.listing)
            _write_resets(connection, mode, resets)
        self._copy = Memory(holds=dict(memory.holds), prices=dict(memory.prices), listing=memory.listing)
        self._unwritten = unwritten

    def _current(self, connection: sqlite3.Connection) -> Memory:
        version = int(connection.execute(_SQL["version"]).fetchone()[0])
        if self._copy is None or self._version != version:
            self._copy, self._version, self._unwritten = _read(connection), version, None
        return self._copy

    def _write_prices(self, connection: sqlite3.Connection, before: Memory, after: Memory) -> set[SmartTradeId]:
        """
        Write the prices that are worth it, and return the others.
        """
        ended = before.prices.keys() - after.prices.keys()
        connection.executemany(_SQL["drop_price"], [{"smart_trade_id": smart_trade_id} for smart_trade_id in ended])
        moved = dict(_changes(before.prices, after.prices))
        unwritten: set[SmartTradeId] = set()
        if self._unwritten is not None:
            unwritten = moved.keys() & before.prices.keys()
            moved = {key: watch for key, watch in moved.items() if key not in unwritten}
            moved |= {key: after.prices[key] for key in (self._unwritten - unwritten) & after.prices.keys()}
        moments = _Moments("since")
        rows = [_price_to_columns(key, watch, moments) for key, watch in moved.items()]
        connection.executemany(_SQL["save_price"], rows)
        return unwritten


def _read(connection: sqlite3.Connection) -> Memory:
    with legible("an observation"):
        holds = {
            (str(row["rule"]), SmartTradeId(row["smart_trade_id"])): Hold(
                held=duration_from_int(row["held_us"]),
                last=moment_from_columns("last", row),
                fingerprint=row["fingerprint"],
            )
            for row in connection.execute(_SQL["holds"])
        }
        prices = {
            SmartTradeId(row["smart_trade_id"]): PriceWatch(
                price=CurrentPrice(
                    bid=number_from_text(row["bid"]),
                    ask=number_from_text(row["ask"]),
                    last=number_from_text(row["last"]),
                    day_change_pct=number_from_text(row["day_change_pct"]),
                    quote_volume=number_from_text(row["quote_volume"]),
                ),
                since=moment_from_columns("since", row),
            )
            for row in connection.execute(_SQL["prices"])
        }
        row = connection.execute(_SQL["listing"]).fetchone()
        listing = None
        if row is not None:
            odd_counts = tuple(int(count) for count in json.loads(row["odd_counts"]))
            listing = ListingMemory(accepted_count=row["accepted_count"], odd_counts=odd_counts)
        return Memory(holds=holds, prices=prices, listing=listing)


def _write_holds(connection: sqlite3.Connection, before: Memory, after: Memory) -> None:
    ended = before.holds.keys() - after.holds.keys()
    changed = _changes(before.holds, after.holds)
    moments = _Moments("last")
    connection.executemany(_SQL["drop_hold"], [{"rule": key[0], "smart_trade_id": key[1]} for key in ended])
    connection.executemany(_SQL["save_hold"], [_hold_to_columns(key, hold, moments) for key, hold in changed])


def _hold_to_columns(key: HoldKey, hold: Hold, moments: _Moments) -> Columns:
    return {
        "rule": key[0],
        "smart_trade_id": key[1],
        "held_us": duration_to_int(hold.held),
        "fingerprint": hold.fingerprint,
        **moments.columns(hold.last),
    }


def _price_to_columns(smart_trade_id: SmartTradeId, watch: PriceWatch, moments: _Moments) -> Columns:
    price = watch.price
    return {
        "smart_trade_id": smart_trade_id,
        "bid": number_to_text(price.bid),
        "ask": number_to_text(price.ask),
        "last": number_to_text(price.last),
        "day_change_pct": number_to_text(price.day_change_pct),
        "quote_volume": number_to_text(price.quote_volume),
        **moments.columns(watch.since),
    }


def _changes(before: Mapping[Key, Value], after: Mapping[Key, Value]) -> list[tuple[Key, Value]]:
    """
    Return what is new or different. What did not change is mostly the very same object.
    """
    return [(key, value) for key, value in after.items() if (old := before.get(key)) is not value and old != value]


class _Moments:
    """
    Writes moments as columns. All that moved in one cycle has the same: it is written out once.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._last: tuple[Moment, Columns] | None = None

    def columns(self, moment: Moment) -> Columns:
        """
        Return the columns of *moment*.
        """
        if self._last is None or self._last[0] is not moment:
            self._last = moment, moment_to_columns(self._prefix, moment)
        return self._last[1]


def _write_listing(connection: sqlite3.Connection, listing: ListingMemory | None) -> None:
    if listing is None:
        connection.execute(_SQL["drop_listing"])
        return
    values = {"accepted_count": listing.accepted_count, "odd_counts": json.dumps(listing.odd_counts)}
    connection.execute(_SQL["save_listing"], values)


def _write_resets(connection: sqlite3.Connection, mode: Mode, resets: Sequence[HoldKey]) -> None:
    """
    Note resets of what was ever attempted: the conditions that are false in a cycle are many, the attempts few.
    """
    if not resets:
        return
    asked = {smart_trade_id for _, smart_trade_id in resets}
    attempts = connection.execute(_SQL[_LAST_ATTEMPTS[mode]], {"asked": json.dumps(list(asked))}).fetchall()
    false = set(resets) if attempts else set()
    connection.executemany(
        _SQL["save_reset"],
        [
            {
                "mode": mode.value,
                "rule": row["rule"],
                "smart_trade_id": row["smart_trade_id"],
                "after_attempt": row["attempt"],
            }
            for row in attempts
            if (row["rule"], row["smart_trade_id"]) in false
        ],
    )
