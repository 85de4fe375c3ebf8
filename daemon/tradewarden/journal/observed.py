"""
What was observed so far: holds, prices that stand still, the last accepted listing. Only what changed is written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
    from collections.abc import Sequence

    from tradewarden.journal.values import Columns
    from tradewarden.model.memory import HoldKey

_SQL = load_queries("observed.sql")

_LAST_ATTEMPTS = {Mode.LIVE: "last_live_attempts", Mode.DRY_RUN: "last_dry_run_attempts"}


class ObservedMemory:
    """
    The memory on disk, and a copy of it: that of a thousand SmartTrades is not read and written each minute anew.
    """

    def __init__(self) -> None:
        self._copy: Memory | None = None
        self._version = 0  # of the file, when the copy was made

    def load(self, connection: sqlite3.Connection) -> Memory:
        """
        Return what is on disk.
        """
        with snapshot(connection):
            return self._current(connection)

    def save(self, connection: sqlite3.Connection, memory: Memory, *, mode: Mode, resets: Sequence[HoldKey]) -> None:
        """
        Replace what is on disk, and note the resets, in one transaction.
        """
        with transaction(connection):
            before = self._current(connection)
            self._copy = None  # until the commit, nobody knows what stands there
            _write_holds(connection, before, memory)
            _write_prices(connection, before, memory)
            if memory.listing != before.listing:
                _write_listing(connection, memory.listing)
            _write_resets(connection, mode, resets)
        self._copy = Memory(holds=dict(memory.holds), prices=dict(memory.prices), listing=memory.listing)

    def _current(self, connection: sqlite3.Connection) -> Memory:
        version = int(connection.execute(_SQL["version"]).fetchone()[0])
        if self._copy is None or self._version != version:
            self._copy, self._version = _read(connection), version
        return self._copy


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
    connection.executemany(_SQL["drop_hold"], [{"rule": key[0], "smart_trade_id": key[1]} for key in ended])
    connection.executemany(
        _SQL["save_hold"],
        [_hold_to_columns(key, hold) for key, hold in after.holds.items() if before.holds.get(key) != hold],
    )


def _hold_to_columns(key: HoldKey, hold: Hold) -> Columns:
    return {
        "rule": key[0],
        "smart_trade_id": key[1],
        "held_us": duration_to_int(hold.held),
        **moment_to_columns("last", hold.last),
        "fingerprint": hold.fingerprint,
    }


def _write_prices(connection: sqlite3.Connection, before: Memory, after: Memory) -> None:
    ended = before.prices.keys() - after.prices.keys()
    connection.executemany(_SQL["drop_price"], [{"smart_trade_id": smart_trade_id} for smart_trade_id in ended])
    connection.executemany(
        _SQL["save_price"],
        [_price_to_columns(key, watch) for key, watch in after.prices.items() if before.prices.get(key) != watch],
    )


def _price_to_columns(smart_trade_id: SmartTradeId, watch: PriceWatch) -> Columns:
    price = watch.price
    return {
        "smart_trade_id": smart_trade_id,
        "bid": number_to_text(price.bid),
        "ask": number_to_text(price.ask),
        "last": number_to_text(price.last),
        "day_change_pct": number_to_text(price.day_change_pct),
        "quote_volume": number_to_text(price.quote_volume),
        **moment_to_columns("since", watch.since),
    }


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
    false = set(resets)
    attempts = connection.execute(_SQL[_LAST_ATTEMPTS[mode]]).fetchall()
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
