"""
Tests for tradewarden.journal.samples.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import gap_of, make_price, make_rule, make_settings, make_smart_trade, make_step
from fakes import START, FakeClock
from tradewarden.engine.decide import evaluate
from tradewarden.engine.window_plan import RECORDED, WindowPlan, plan_windows
from tradewarden.errors import JournalError
from tradewarden.journal.migrations import migrate, shipped_migrations
from tradewarden.journal.samples import (
    KEPT_FOR,
    MOST_PORTRAIT_BYTES,
    MOST_SAMPLES,
    TIDY_EVERY,
    SampleStore,
    recorded_listings,
    recorded_span,
)
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.history import History, Sample, pack
from tradewarden.model.memory import Memory
from tradewarden.model.smart_trade import Listing, SmartTrade, SmartTradeId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A, B = SmartTradeId(1), SmartTradeId(2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = (make_rule('change(last, 15m) < -3% and held(day_change < -5%, 5m) and market("USDT_DOGE").last < 1'),)
PLAN = plan_windows(RULES, lambda _: MINUTE)


def _trade(number: int = A, **changes: object) -> SmartTrade:
    return make_smart_trade(id=SmartTradeId(number), **changes)


def _seen(
    clock: FakeClock, *trades: SmartTrade, history: History, plan: WindowPlan = PLAN
) -> tuple[Sample, Listing, History]:
    """
    Let the engine look at a listing of *trades*, and return what it wants to be kept.
    """
    listing = Listing(smart_trades=trades or (_trade(),), unreadable=(), asked_at=clock.now())
    found = evaluate(listing, RULES, Memory(history=history), settings=make_settings(), hold_gap_of=gap_of(), plan=plan)
    assert found.sample is not None
    return found.sample, listing, found.memory.history


async def _load(journal: SqliteJournal, plan: WindowPlan = PLAN) -> History:
    return await journal.load_history(columns=plan.columns, reach=plan.reach)


async def _cycle(journal: SqliteJournal, clock: FakeClock, *trades: SmartTrade, plan: WindowPlan = PLAN) -> Sample:
    """
    Keep what a cycle sees, a minute later.
    """
    clock.advance(MINUTE)
    sample, listing, history = _seen(clock, *trades, history=await _load(journal, plan), plan=plan)
    await journal.keep_sample(sample, listing, history=history)
    return sample


async def _listings(journal: SqliteJournal, smart_trade_id: SmartTradeId | None = None) -> list[tuple[Listing, Sample]]:
    far = timedelta(days=400)
    return await journal.recorded_listings(since=START - far, until=START + far, smart_trade_id=smart_trade_id)


async def _count(journal: SqliteJournal, table: str) -> int:
    return await journal._database.run(lambda c: int(c.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))  # noqa: S608 (ours)


async def test_a_new_journal_has_recorded_nothing(journal: SqliteJournal) -> None:
    assert await _load(journal) == History()
    assert await journal.recorded_span() is None
    assert await _listings(journal) == []


async def test_what_was_recorded_survives_a_restart(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    samples = [await _cycle(journal, clock, _trade(A), _trade(B)) for _ in range(3)]
    expected = [sample.only(PLAN.columns) for sample in samples]

    assert list((await _load(journal)).samples) == expected
    async with await SqliteJournal.open(folder, clock=clock) as other:
        assert list((await _load(other)).samples) == expected
        assert [sample for _, sample in await _listings(other)] == samples
    assert set(samples[0].columns) == {*RECORDED, "held(day_change < -5%)"}
    assert samples[0].markets == {'market("USDT_DOGE").last': Decimal("0.10268")}


async def test_what_came_too_soon_survives_with_the_next_sample(
    journal: SqliteJournal, folder: Path, clock: FakeClock
) -> None:
    plan = plan_windows([make_rule("lowest(last, 1d) < 1")], lambda _: timedelta(seconds=10))
    prices = ("0.10268", "0.09", "0.2", "0.10268")
    for price, passed in zip(prices, (0, 10, 10, 50), strict=True):
        clock.advance(timedelta(seconds=passed))
        quotes = {"bid": Decimal(price), "ask": Decimal(price), "last": Decimal(price)}
        listing = Listing(
            smart_trades=(_trade(price=replace(_trade().price, **quotes)),), unreadable=(), asked_at=clock.now()
        )
        memory = Memory(history=await _load(journal, plan))
        found = evaluate(listing, RULES, memory, settings=make_settings(), hold_gap_of=gap_of(), plan=plan)
        await journal.keep_sample(found.sample, listing, history=found.memory.history)

    async with await SqliteJournal.open(folder, clock=clock) as other:
        last = (await _load(other, plan)).samples[-1]
        assert last.values("last") == {A: Decimal("0.10268")}
        assert last.lowest("last") == {A: Decimal("0.09")}
        assert last.highest("last") == {A: Decimal("0.2")}
    assert await _count(journal, "samples") == 2


async def test_it_is_read_from_the_disk_only_when_other_windows_are_asked_for(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    await _cycle(journal, clock)
    first = await _load(journal)
    wider = plan_windows([make_rule("lowest(bid, 2h) < 1")], lambda _: MINUTE)

    assert await _load(journal) is first
    assert [list(sample.columns) for sample in (await _load(journal, wider)).samples] == [["bid"]]
    assert await _load(journal) == first


async def test_other_rules_find_what_was_recorded_before_them(journal: SqliteJournal, clock: FakeClock) -> None:
    await _cycle(journal, clock)
    other = plan_windows([make_rule("lowest(bid, 2h) < 1 and lowest(spread, 2h) < 1%")], lambda _: MINUTE)

    await _cycle(journal, clock, plan=other)

    first, second = (await _load(journal, other)).samples
    assert (set(first.columns), set(second.columns)) == ({"bid"}, {"bid", "spread"})


async def test_only_as_much_is_read_as_is_asked_for(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    for _ in range(20):
        await _cycle(journal, clock)

    async with await SqliteJournal.open(folder, clock=clock) as other:
        few = await other.load_history(columns={"last"}, reach=5 * MINUTE)

    assert [(sample.at, list(sample.columns)) for sample in few.samples] == [
        (replace(clock.now(), wall=clock.now().wall - n * MINUTE, boot=clock.now().boot - n * MINUTE), ["last"])
        for n in range(5, -1, -1)
    ]


async def test_readings_from_the_future_are_not_read(journal: SqliteJournal, folder: Path, clock: FakeClock) -> None:
    await _cycle(journal, clock)
    clock.step_wall(HOUR)
    await _cycle(journal, clock)
    clock.step_wall(-HOUR)

    async with await SqliteJournal.open(folder, clock=clock) as other:
        assert len((await _load(other)).samples) == 1


async def test_from_when_to_when_is_told(journal: SqliteJournal, clock: FakeClock) -> None:
    for _ in range(3):
        await _cycle(journal, clock)

    span = await journal.recorded_span()

    assert span is not None
    assert (span.first, span.last) == (START + MINUTE, START + 3 * MINUTE)


async def test_a_past_listing_shows_each_smart_trade_as_it_was(journal: SqliteJournal, clock: FakeClock) -> None:
    early, steady = _trade(A, note="early"), _trade(B)
    late = _trade(A, note="late", price=make_price(last="0.1026"), steps=(make_step(1),))
    moments = []
    for trades in ((early, steady), (early, steady), (late, steady), (late,)):
        await _cycle(journal, clock, *trades)
        moments.append(clock.now())

    found = await _listings(journal)

    assert [listing for listing, _ in found] == [
        Listing(smart_trades=trades, unreadable=(), asked_at=moment, markets={"USDT_DOGE": trades[0].price})
        for trades, moment in zip(((early, steady), (early, steady), (late, steady), (late,)), moments, strict=True)
    ]
    assert await _count(journal, "portraits") == 3
    assert await _count(journal, "rosters") == 2


async def test_of_one_smart_trade_the_others_are_left_out(journal: SqliteJournal, clock: FakeClock) -> None:
    await _cycle(journal, clock, _trade(A), _trade(B))

    ((listing, sample),) = await _listings(journal, B)

    assert listing.smart_trades == (_trade(B),)
    assert sample.subjects == (A, B)


async def test_listings_between_two_moments(journal: SqliteJournal, clock: FakeClock) -> None:
    for number in range(4):
        await _cycle(journal, clock, _trade(A, note=str(number)))

    found = await journal.recorded_listings(since=START + 2 * MINUTE, until=START + 3 * MINUTE)

    assert [[trade.note for trade in listing.smart_trades] for listing, _ in found] == [["1"], ["2"]]


async def test_only_what_is_open_is_recorded_from_when_it_is(journal: SqliteJournal, clock: FakeClock) -> None:
    waiting = _trade(B, status="waiting_position")
    await _cycle(journal, clock, _trade(A), waiting)
    await _cycle(journal, clock, _trade(A), replace(waiting, status="waiting_targets"))

    assert [len(listing.smart_trades) for listing, _ in await _listings(journal)] == [1, 2]


async def test_a_smart_trade_that_was_not_recorded_is_portrayed_once_it_is(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    """
    Its account was not allowed; it has not changed, but the rules file has.
    """
    clock.advance(MINUTE)
    sample, listing, history = _seen(clock, _trade(A), history=History())
    both = replace(listing, smart_trades=(_trade(A), _trade(B)))
    await journal.keep_sample(sample, both, history=history)

    await _cycle(journal, clock, _trade(A), _trade(B))

    assert [len(listing.smart_trades) for listing, _ in await _listings(journal)] == [1, 2]


async def test_a_restarted_daemon_writes_only_what_has_changed_meanwhile(
    journal: SqliteJournal, folder: Path, clock: FakeClock
) -> None:
    """
    `run --once` each minute keeps no more than a daemon.
    """
    changing = [_trade(B, note="a"), _trade(B, note="b"), _trade(B, note="a"), _trade(B, note="a")]
    await _cycle(journal, clock, _trade(A), changing[0])
    for trade in changing[1:]:
        async with await SqliteJournal.open(folder, clock=clock) as other:
            await _cycle(other, clock, _trade(A), trade)

    assert await _count(journal, "portraits") == 4
    assert [listing.smart_trades[1] for listing, _ in await _listings(journal)] == changing


GARBAGE = zlib.compress(b"1,NaN,x")
BAD_SAMPLES = {
    "wall clock": "at_wall = '2026-01-02T03:0X:00Z'",
    "boot clock": "at_boot_us = 'long ago'",
    "markets": "markets = '{'",
    "markets as a list": "markets = '[1, 2]'",
    "markets deeply nested": f"markets = '{'[' * 100_000}'",
    "a market's text": """markets = '{"m": "dear"}'""",
    "a market's list": """markets = '{"m": [1]}'""",
    "a market of infinity": """markets = '{"m": "Infinity"}'""",
    "columns": "packed = 'x'",
    "columns as a number": "packed = '5'",
    "columns without lengths": """packed = '[["last"]]'""",
    "a length that is a text": """packed = '[["last", "5"]]'""",
    "lengths that do not fit": """packed = '[["last", 5]]'""",
    "data": "data = x'00'",
    "data as a number": "data = 5",
    "data that are no numbers": f"""packed = '[["last", {len(GARBAGE)}]]', data = x'{GARBAGE.hex()}'""",
}


async def _tamper(journal: SqliteJournal, statement: str) -> None:
    def run(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)

    await journal._database.run(run)


@pytest.mark.parametrize("change", BAD_SAMPLES.values(), ids=BAD_SAMPLES.keys())
async def test_a_sample_that_cannot_be_read_is_told_in_a_sentence(
    journal: SqliteJournal, folder: Path, clock: FakeClock, change: str
) -> None:
    await _cycle(journal, clock)
    await _tamper(journal, f"UPDATE samples SET {change}")  # noqa: S608 (ours)

    async with await SqliteJournal.open(folder, clock=clock) as other:
        with pytest.raises(JournalError, match="The journal holds a sample that cannot be read"):
            await _load(other)
        with pytest.raises(JournalError, match="The journal holds a sample that cannot be read"):
            await _listings(other)


BAD_PRICES = {
    "no JSON": "{",
    "a list": "[1]",
    "a number": "5",
    "a market's number": '{"USDT_BTC": 5}',
    "a market's text": '{"USDT_BTC": "12345"}',
    "too few": '{"USDT_BTC": ["1", "2"]}',
    "numbers": '{"USDT_BTC": [1, 2, 3, 4, 5]}',
    "no number": '{"USDT_BTC": [null, null, "dear", null, null]}',
    "infinity": '{"USDT_BTC": [null, null, "Infinity", null, null]}',
    "deeply nested": "[" * 100_000,
}


@pytest.mark.parametrize(
    "prices", [*(f"'{one}'" for one in BAD_PRICES.values()), "5", "x'ff'"], ids=[*BAD_PRICES, *"if"]
)
async def test_prices_of_markets_that_cannot_be_read_are_told_in_a_sentence(
    journal: SqliteJournal, clock: FakeClock, prices: str
) -> None:
    """Windows need none of them, and go on."""
    await _cycle(journal, clock)
    await _tamper(journal, f"UPDATE samples SET prices = {prices}")  # noqa: S608 (ours)

    with pytest.raises(JournalError, match="The journal holds a sample that cannot be read"):
        await _listings(journal)
    assert len((await journal.history_before(START + HOUR, columns=["last"], reach=2 * HOUR)).samples) == 1


async def test_prices_are_written_only_where_a_rule_looks_at_a_market(journal: SqliteJournal, clock: FakeClock) -> None:
    """And with the SmartTrades of a cycle: not once more for each of them."""
    await _cycle(journal, clock, _trade(A), _trade(B))
    await _cycle(journal, clock, _trade(A), plan=plan_windows([make_rule("change(last, 15m) < -3%")], lambda _: MINUTE))

    written = await journal._database.run(lambda c: [row[0] for row in c.execute("SELECT prices FROM samples")])

    assert written == ['{"USDT_DOGE":["0.10257","0.1027","0.10268","-6","136509.39725"]}', None]
    assert [bool(listing.markets) for listing, _ in await _listings(journal)] == [True, False]


@pytest.mark.parametrize("wall", ["'x'", "x'00'"])
async def test_a_span_that_cannot_be_read_is_told_in_a_sentence(
    journal: SqliteJournal, clock: FakeClock, wall: str
) -> None:
    await _cycle(journal, clock)
    await _tamper(journal, f"UPDATE samples SET at_wall = {wall}")  # noqa: S608 (ours)

    with pytest.raises(JournalError, match="The journal holds a sample that cannot be read"):
        await journal.recorded_span()


@pytest.mark.parametrize("data", ["x'00'", "'text'", "5", f"x'{zlib.compress(b'{}').hex()}'", "x'ff'"])
async def test_a_portrait_that_cannot_be_read_is_told_in_a_sentence(
    journal: SqliteJournal, clock: FakeClock, data: str
) -> None:
    await _cycle(journal, clock)
    await _tamper(journal, f"UPDATE portraits SET data = {data}")  # noqa: S608 (ours)

    with pytest.raises(JournalError, match="The journal holds a portrait that cannot be read"):
        await _listings(journal)


@pytest.mark.parametrize("subjects", ["x", "5", '["a"]', '{"a": 1}', "[[1]]", "null"])
async def test_a_roster_that_cannot_be_read_is_told_in_a_sentence(
    journal: SqliteJournal, folder: Path, clock: FakeClock, subjects: str
) -> None:
    await _cycle(journal, clock)
    await _tamper(journal, f"UPDATE rosters SET subjects = '{subjects}'")  # noqa: S608 (ours)

    async with await SqliteJournal.open(folder, clock=clock) as other:
        with pytest.raises(JournalError, match="The journal holds a sample that cannot be read"):
            await _load(other)


# How much is kept


class Disk:
    """
    A store over a database in memory: a cycle costs nothing but its work. *reach* is that of the longest window.
    """

    def __init__(self, connection: sqlite3.Connection, *, reach: timedelta = timedelta(0)) -> None:
        self.connection = connection
        self.store = SampleStore()
        self.clock = FakeClock()
        self.store.load(connection, columns=(), reach=reach, now=START)

    def cycle(self, *trades: SmartTrade, **passed: float) -> None:
        """
        Keep a sample of *trades*, after *passed*.
        """
        self.clock.advance(timedelta(**passed))
        now = self.clock.now()
        trades = trades or (_trade(),)
        subjects = tuple(trade.id for trade in trades)
        sample = Sample(at=now, subjects=subjects, columns={"last": pack([Decimal(5)] * len(trades))})
        listing = Listing(smart_trades=trades, unreadable=(), asked_at=now)
        self.store.keep(self.connection, sample, listing, history=History(), now=now.wall)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.connection.execute(query)]

    def count(self, table: str) -> int:
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (ours)

    @property
    def span(self) -> timedelta:
        """
        How far back what is recorded goes.
        """
        span = recorded_span(self.connection)
        assert span is not None
        return self.clock.now().wall - span.first

    def listings(self, ago: timedelta) -> list[Listing]:
        now = self.clock.now().wall
        found = recorded_listings(self.connection, since=now - ago, until=now, smart_trade_id=None)
        return [listing for listing, _ in found]


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, shipped_migrations(), file="memory", now="2026-01-02T03:04:05Z")
        yield connection


def test_a_day_and_a_quarter_of_an_hour_is_kept(connection: sqlite3.Connection) -> None:
    disk = Disk(connection, reach=timedelta(days=1))

    for _ in range(1700):
        disk.cycle(minutes=1)

    assert KEPT_FOR <= disk.span <= KEPT_FOR + TIDY_EVERY * MINUTE
    assert KEPT_FOR // MINUTE <= disk.count("samples") <= KEPT_FOR // MINUTE + TIDY_EVERY


def test_a_longer_reach_is_kept_too(connection: sqlite3.Connection) -> None:
    disk = Disk(connection, reach=timedelta(hours=28))

    for _ in range(300):
        disk.cycle(minutes=10)

    assert disk.span >= timedelta(hours=28)


def test_what_no_window_reaches_is_thinned_to_one_a_minute(connection: sqlite3.Connection) -> None:
    """
    With a cycle each second: the last quarter of an hour wholly, and an older hour with its minutes.
    """
    disk = Disk(connection, reach=15 * MINUTE)

    for _ in range(2 * 3600):
        disk.cycle(seconds=1)

    recent = 20 * 60 + TIDY_EVERY
    assert recent - TIDY_EVERY <= disk.count("samples") <= recent + 102
    assert disk.span == timedelta(hours=2, seconds=-1)
    minutes = [str(at)[:16] for (at,) in disk.ask("SELECT at_wall FROM samples ORDER BY id LIMIT 90")]
    assert len(set(minutes)) == 90


def test_too_many_are_never_kept(connection: sqlite3.Connection) -> None:
    disk = Disk(connection, reach=timedelta(days=1))

    for _ in range(MOST_SAMPLES + 2 * TIDY_EVERY):
        disk.cycle(seconds=1)

    assert MOST_SAMPLES <= disk.count("samples") <= MOST_SAMPLES + TIDY_EVERY


@pytest.mark.parametrize("hours", [30, 20])
def test_a_wall_clock_that_was_set_forward_and_back_leaves_nothing_behind(
    connection: sqlite3.Connection, hours: int
) -> None:
    disk = Disk(connection, reach=HOUR)
    for step in (0, hours, -hours):
        disk.clock.step_wall(timedelta(hours=step))
        for _ in range(2 * TIDY_EVERY):
            disk.cycle(minutes=1)

    ahead = disk.ask(f"SELECT 1 FROM samples WHERE at_wall > '{disk.clock.now().wall:%Y-%m-%dT%H:%M:%S}Z'")  # noqa: S608 (ours)
    assert len(ahead) <= (2 * TIDY_EVERY if hours < 24 else 0)
    for _ in range(60 * (hours + 26)):
        disk.cycle(minutes=1)
    assert disk.count("samples") <= 1500 + TIDY_EVERY
    assert disk.span <= KEPT_FOR + TIDY_EVERY * MINUTE


def test_smart_trades_that_come_and_go_are_forgotten_with_their_samples(connection: sqlite3.Connection) -> None:
    disk = Disk(connection)

    for number in range(1, 200):
        disk.cycle(_trade(number), _trade(9999), hours=1)

    samples = disk.count("samples")
    assert samples <= 26 + TIDY_EVERY
    assert disk.count("rosters") == samples
    assert disk.count("portraits") <= samples + 2
    assert [len(listing.smart_trades) for listing in disk.listings(timedelta(hours=24))] == [2] * 25


def test_of_portraits_only_as_many_are_kept_as_samples_need(connection: sqlite3.Connection) -> None:
    disk = Disk(connection)

    for number in range(200):
        disk.cycle(_trade(note=str(number)), hours=1)

    assert disk.count("portraits") <= disk.count("samples")
    assert [listing.smart_trades[0].note for listing in disk.listings(timedelta(hours=24))] == [
        str(number) for number in range(175, 200)
    ]


def _noise(number: int) -> str:
    """
    Make a text that cannot be compressed much.
    """
    return "".join(format(hash((number, place)) % 2**60, "015x") for place in range(4000))


def test_portraits_that_change_in_every_cycle_take_no_more_than_some_megabytes(connection: sqlite3.Connection) -> None:
    """
    How far back can be explained shrinks. A SmartTrade that has long not changed can be explained all the same.
    """
    disk = Disk(connection)
    steady = _trade(B)

    for number in range(500):
        disk.cycle(_trade(A, note=_noise(number)), steady, minutes=1)

    ((size,),) = disk.ask("SELECT sum(length(data)) FROM portraits")
    ((largest,),) = disk.ask("SELECT max(length(data)) FROM portraits")
    assert isinstance(size, int)
    assert isinstance(largest, int)
    assert size <= MOST_PORTRAIT_BYTES + (TIDY_EVERY + 1) * largest
    assert size >= MOST_PORTRAIT_BYTES / 2
    assert [listing.smart_trades[1] for listing in disk.listings(HOUR)] == [
        replace(steady, price=listing.smart_trades[1].price, profit_pct=None, profit_usd=None)
        for listing in disk.listings(HOUR)
    ]


def test_one_sample_of_very_many_portraits_stays(connection: sqlite3.Connection) -> None:
    disk = Disk(connection)
    trades = [_trade(number, note=_noise(number)[:30_000]) for number in range(600)]

    for _ in range(TIDY_EVERY + 1):
        disk.cycle(*trades, minutes=1)

    ((size,),) = disk.ask("SELECT sum(length(data)) FROM portraits")
    assert isinstance(size, int)
    assert size > MOST_PORTRAIT_BYTES
    assert len(disk.listings(MINUTE)[0].smart_trades) == 600


def test_of_an_older_journal_the_markets_are_unknown_and_the_rest_is_told() -> None:
    """Its cycles stay, and what is recorded from now on has its markets."""
    before = tuple(one for one in shipped_migrations() if one.name < "0004")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, before, file="memory", now="2026-01-02T03:04:05Z")
        connection.execute("INSERT INTO rosters (id, subjects) VALUES (1, '[]')")
        connection.execute(
            "INSERT INTO samples (at_wall, at_boot_us, at_boot_id, roster_id, markets, packed, data) "
            "VALUES ('2026-01-02T03:00:00.000000Z', 5, 'boot-1', 1, '{\"m\": \"7\"}', '[]', x'')"
        )

        migrate(connection, shipped_migrations(), file="memory", now="2026-01-02T03:04:05Z")

        [(listing, sample)] = recorded_listings(connection, since=START - HOUR, until=START, smart_trade_id=None)
        disk = Disk(connection)
        disk.cycle(minutes=1)
        assert (listing.markets, sample.markets, sample.prices) == ({}, {"m": Decimal(7)}, {})
        assert disk.count("samples") == 2
