"""
The daemon's own readings, on disk for about a day: what windows look back on, and what is explained afterwards.

One row for a cycle; of a thousand SmartTrades about thirty kilobytes. What does not move with the market is kept
beside, when it changes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradewarden.journal.database import snapshot, transaction
from tradewarden.journal.market_prices import prices_from_text, prices_to_text
from tradewarden.journal.portraits import features_of, portrait_to_bytes, smart_trade_of
from tradewarden.journal.queries import load_queries
from tradewarden.journal.values import (
    instant_from_text,
    instant_to_text,
    legible,
    moment_from_columns,
    moment_to_columns,
)
from tradewarden.model.history import History, Sample, checked, with_extremes
from tradewarden.model.smart_trade import Listing, SmartTradeId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

_SQL = load_queries("samples.sql")

KEPT_FOR = timedelta(hours=24, minutes=15)
MOST_SAMPLES = 3_000
MOST_PORTRAIT_BYTES = 8_000_000
TIDY_EVERY = 30  # samples
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSpan:
    """
    From when to when cycles are recorded.
    """

    first: datetime
    last: datetime


class SampleStore:
    """
    Writes samples, and keeps a copy of as much of the past as windows are asked of.
    """

    def __init__(self) -> None:
        self._history: History | None = None
        self._asked: tuple[frozenset[str], timedelta] | None = None
        self._features: dict[SmartTradeId, Any] = {}
        self._written = 0

    def load(
        self, connection: sqlite3.Connection, *, columns: Collection[str], reach: timedelta, now: datetime
    ) -> History:
        """
        Return those *columns* of the samples of the last *reach*.
        """
        asked = (frozenset(columns), reach)
        if self._history is None or self._asked != asked:
            with snapshot(connection):
                rows = connection.execute(
                    _SQL["samples_since"],
                    {"since": instant_to_text(now - reach), "until": instant_to_text(now + CLOCK_SLACK)},
                )
                self._history = History.of(
                    sample for _, sample in _samples(rows, only=frozenset(with_extremes(columns)))
                )
            self._asked = asked
        return self._history

    def keep(
        self,
        connection: sqlite3.Connection,
        sample: Sample | None,
        listing: Listing,
        *,
        history: History,
        now: datetime,
    ) -> None:
        """
        Write a *sample* of the *listing*; *history* is the past with it, as far as it is remembered.
        """
        if sample is None:
            self._history = history
            return
        subjects = set(sample.subjects)
        features = {trade.id: features_of(trade) for trade in listing.smart_trades if trade.id in subjects}
        changed = {
            trade.id: portrait_to_bytes(trade)
            for trade in listing.smart_trades
            if trade.id in subjects and features[trade.id] != self._features.get(trade.id)
        }
        with transaction(connection):
            if not self._written:  # an earlier daemon may have portrayed most of them already
                written = dict(connection.execute(_SQL["latest_portraits"]).fetchall())
                changed = {number: data for number, data in changed.items() if written.get(number) != data}
            roster_id = _roster(connection, sample)
            names = list(sample.columns)
            row = {
                "roster_id": roster_id,
                "markets": json.dumps({name: str(value) for name, value in sample.markets.items()}),
                "prices": prices_to_text(sample.prices),
                "packed": json.dumps([[name, len(sample.columns[name])] for name in names]),
                "data": b"".join(sample.columns[name] for name in names),
                **moment_to_columns("at", sample.at),
            }
            sample_id = connection.execute(_SQL["add_sample"], row).lastrowid
            connection.executemany(
                _SQL["add_portrait"],
                [{"smart_trade_id": number, "sample_id": sample_id, "data": data} for number, data in changed.items()],
            )
            if self._written % TIDY_EVERY == 0:
                _tidy(connection, now=now, reach=self._asked[1] if self._asked else timedelta(0))
        self._written += 1
        self._history = history
        self._features = features


def recorded_at(connection: sqlite3.Connection, moment: datetime) -> datetime | None:
    """
    Return when the last cycle at *moment* or before was recorded; ``None`` if none is kept.
    """
    row = connection.execute(_SQL["sample_at"], {"until": instant_to_text(moment)}).fetchone()
    with legible("a sample"):
        return None if row is None else instant_from_text(row["at_wall"])


def history_before(
    connection: sqlite3.Connection, moment: datetime, *, columns: Collection[str], reach: timedelta
) -> History:
    """
    Return those *columns* of the samples of the time *reach* before *moment*, and the facts of their markets.
    """
    bounds = {"since": instant_to_text(moment - reach), "until": instant_to_text(moment)}
    rows = connection.execute(_SQL["samples_since"], bounds).fetchall() if reach else []
    found = _samples(rows, only=frozenset(with_extremes(columns)))
    return History.of(sample for _, sample in found if sample.at.wall < moment)


def recorded_span(connection: sqlite3.Connection) -> RecordedSpan | None:
    """
    Return from when to when cycles are recorded; ``None`` if none is.
    """
    row = connection.execute(_SQL["span"]).fetchone()
    if row["first"] is None:
        return None
    with legible("a sample"):
        return RecordedSpan(first=instant_from_text(row["first"]), last=instant_from_text(row["last"]))


def recorded_listings(
    connection: sqlite3.Connection, *, since: datetime, until: datetime, smart_trade_id: SmartTradeId | None
) -> list[tuple[Listing, Sample]]:
    """
    Return the cycles from *since* to *until* as they were seen, oldest first, and their samples.

    With *smart_trade_id* they show that SmartTrade alone. What was implausible or frozen about a price is unknown. The
    markets that rules looked at are told whoever traded there: the others of a listing may be left out.
    """
    bounds = {"since": instant_to_text(since), "until": instant_to_text(until)}
    with snapshot(connection):
        samples = list(_samples(connection.execute(_SQL["samples_since"], bounds)))
        if not samples:
            return []
        rows = connection.execute(
            _SQL["portraits_until"], {"sample_id": samples[-1][0], "smart_trade_id": smart_trade_id}
        ).fetchall()
    with legible("a portrait"):
        return list(_listings(samples, rows, smart_trade_id))


def _listings(
    samples: list[tuple[int, Sample]], rows: list[sqlite3.Row], smart_trade_id: SmartTradeId | None
) -> Iterator[tuple[Listing, Sample]]:
    portraits: dict[SmartTradeId, bytes] = {}
    waiting = iter(rows)
    following = next(waiting, None)
    for sample_id, sample in samples:
        while following is not None and following["sample_id"] <= sample_id:
            portraits[SmartTradeId(following["smart_trade_id"])] = following["data"]
            following = next(waiting, None)
        columns = {name: sample.values(name) for name in sample.columns}
        trades = tuple(
            smart_trade_of(portraits[subject], {name: values.get(subject) for name, values in columns.items()})
            for subject in sample.subjects
            if subject in portraits and smart_trade_id in {None, subject}
        )
        yield Listing(smart_trades=trades, unreadable=(), asked_at=sample.at, markets=sample.prices), sample


def _samples(
    rows: Collection[sqlite3.Row] | sqlite3.Cursor, only: frozenset[str] | None = None
) -> Iterator[tuple[int, Sample]]:
    rosters: dict[str, tuple[SmartTradeId, ...]] = {}
    with legible("a sample"):
        for row in rows:
            written = row["subjects"]
            if written not in rosters:
                rosters[written] = _subjects(written)
            yield (
                int(row["id"]),
                Sample(
                    at=moment_from_columns("at", row),
                    subjects=rosters[written],
                    columns=_columns(row["packed"], row["data"], only),
                    markets=_markets(row["markets"]),
                    prices=prices_from_text(row["prices"]) if only is None else {},
                ),
            )


def _subjects(written: str) -> tuple[SmartTradeId, ...]:
    found = json.loads(written)
    if not isinstance(found, list) or not all(type(number) is int for number in found):
        msg = "it does not say of which SmartTrades it is"
        raise ValueError(msg)
    return tuple(SmartTradeId(number) for number in found)


def _markets(written: str) -> Mapping[str, Decimal]:
    found = {str(name): Decimal(text) for name, text in dict(json.loads(written)).items()}
    if not all(value.is_finite() for value in found.values()):
        msg = "the fact of a market is no number"
        raise ValueError(msg)
    return found


def _columns(packed: str, data: bytes, only: frozenset[str] | None) -> Mapping[str, bytes]:
    columns, at = {}, 0
    for name, length in json.loads(packed):
        if only is None or name in only:
            columns[str(name)] = checked(bytes(data[at : at + length]))
        at += length
    return columns


def _roster(connection: sqlite3.Connection, sample: Sample) -> int:
    subjects = json.dumps(sample.subjects, separators=(",", ":"))
    row = connection.execute(_SQL["latest_roster"]).fetchone()
    if row is not None and row["subjects"] == subjects:
        return int(row["id"])
    return int(connection.execute(_SQL["add_roster"], {"subjects": subjects}).lastrowid or 0)


def _tidy(connection: sqlite3.Connection, *, now: datetime, reach: timedelta) -> None:
    """
    Forget what nothing asks for any more, so that the journal stays small.
    """
    bounds = {
        "since": instant_to_text(now - max(KEPT_FOR, reach)),
        "until": instant_to_text(now + timedelta(days=1)),
        "most": MOST_SAMPLES,
    }
    connection.execute(_SQL["forget_old"], bounds)
    connection.execute(_SQL["thin_out"], {"reach": instant_to_text(now - reach - CLOCK_SLACK)})
    connection.execute(_SQL["forget_rosters"])
    connection.execute(_SQL["forget_portraits"])
    size = 0
    for row in connection.execute(_SQL["portrait_sizes"]).fetchall():
        size += row["size"]
        if size > MOST_PORTRAIT_BYTES:
            connection.execute(_SQL["forget_portraits_before"], {"sample_id": row["sample_id"] + 1})
            break
