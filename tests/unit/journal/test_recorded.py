"""
What the journal tells of a moment of the past.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import gap_of, make_listing, make_price, make_rule, make_settings, make_smart_trade
from fakes import START
from journal_samples import make_outcome, moment
from tradewarden.engine.decide import evaluate
from tradewarden.engine.window_plan import plan_windows
from tradewarden.errors import NotRecorded
from tradewarden.journal.recorded import cycles_before, recorded, rows_around, was_armed
from tradewarden.model.history import History, pack
from tradewarden.model.memory import Memory
from tradewarden.model.moment import Moment
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakes import FakeClock
    from tradewarden.journal.sqlite import SqliteJournal
    from tradewarden.model.smart_trade import CurrentPrice, Listing
    from tradewarden.rules.ruleset import Rule

MINUTE = timedelta(minutes=1)


async def record(
    journal: SqliteJournal, *minutes: int, rules: Sequence[Rule] = (), markets: Mapping[str, CurrentPrice] | None = None
) -> list[Listing]:
    """
    Record the cycles of so many minutes after the start, each with a price of its own. What *rules* look at is kept.
    """
    plan = plan_windows(rules, lambda _: MINUTE)
    listings = []
    for minute in minutes:
        trade = make_smart_trade(price=make_price(day_change=f"-{minute}"))
        other = make_smart_trade(id=SmartTradeId(7), note="the other")
        at = Moment(wall=START + minute * MINUTE, boot=timedelta(hours=1) + minute * MINUTE, boot_id="boot-1")
        listing = make_listing(trade, other, asked_at=at, markets=markets or {})
        sample = evaluate(listing, [], Memory(), settings=make_settings(), hold_gap_of=gap_of(), plan=plan).sample
        assert sample is not None
        await journal.keep_sample(sample, listing, history=History())
        listings.append(listing)
    return listings


async def test_without_readings_nothing_is_recorded(journal: SqliteJournal) -> None:
    with pytest.raises(NotRecorded, match=r"nothing is recorded of that time \(2026-01-02 03:04:05 UTC\): no readings"):
        await recorded(journal, START)


async def test_the_last_cycle_before_a_moment(journal: SqliteJournal) -> None:
    """As it was read, to the last digit."""
    listings = await record(journal, 1, 2, 5)

    assert await recorded(journal, START + MINUTE) == listings[0]
    assert await recorded(journal, START + 4.9 * MINUTE) == listings[1]
    assert await recorded(journal, START + 999 * MINUTE) == listings[2]
    with pytest.raises(NotRecorded, match="readings are kept from 2026-01-02 03:05:05 to 2026-01-02 03:09:05 UTC"):
        await recorded(journal, START)


async def test_the_cycles_before_it(journal: SqliteJournal) -> None:
    """Oldest first, without itself; many are not taken into memory at once."""
    listings = await record(journal, 1, 2, 9, 10, 11, 20, 21, 22)
    end = listings[-1].asked_at.wall

    assert [one async for one in cycles_before(journal, end, back=20 * MINUTE)] == listings[1:-1]
    assert [one async for one in cycles_before(journal, end, back=0 * MINUTE)] == []
    only = [one async for one in cycles_before(journal, end, back=2 * MINUTE, smart_trade_id=SmartTradeId(7))]
    assert [[trade.note for trade in one.smart_trades] for one in only] == [["the other"]] * 2


async def test_the_history_before_it(journal: SqliteJournal) -> None:
    await record(journal, 1, 2, 3)

    history = await journal.history_before(START + 3 * MINUTE, columns=["day_change"], reach=1.5 * MINUTE)

    assert [sample.values("day_change")[SmartTradeId(30428625)] for sample in history.samples] == [Decimal(-2)]
    nothing = await journal.history_before(START + 3 * MINUTE, columns=["day_change"], reach=0 * MINUTE)
    assert nothing.samples == []  # no window looks back


async def test_windows_of_markets_alone_look_back_too(journal: SqliteJournal) -> None:
    """They take no column of the SmartTrades, and yet there is a past."""
    rules = [make_rule('change(market("USDT_DOGE").last, 15m) < -1%')]
    await record(journal, 1, 2, rules=rules)

    history = await journal.history_before(START + 3 * MINUTE, columns=[], reach=15 * MINUTE)

    assert [dict(sample.markets) for sample in history.samples] == [
        {'market("USDT_DOGE").last': Decimal("0.10268")}
    ] * 2
    assert [sample.columns for sample in history.samples] == [{}] * 2


async def test_what_a_fast_cycle_saw_between_two_samples_is_of_the_history(journal: SqliteJournal) -> None:
    await record(journal, 1)
    [(listing, sample)] = await journal.recorded_listings(since=START, until=START + MINUTE)
    at = replace(sample.at, wall=sample.at.wall + MINUTE)
    deep = replace(sample, at=at, columns={**sample.columns, "lowest of last": pack([Decimal("0.01"), None])})
    await journal.keep_sample(deep, listing, history=History())

    history = await journal.history_before(START + 3 * MINUTE, columns=["last"], reach=15 * MINUTE)

    assert history.samples[1].lowest("last") == {SmartTradeId(30428625): Decimal("0.01")}


async def test_a_market_is_told_as_it_was(journal: SqliteJournal) -> None:
    """Whether 3Commas was asked for it or a SmartTrade traded there; also where only another SmartTrade is shown."""
    rules = [make_rule('market("USDT_BTC").last < 60000 and market("USDT_DOGE").day_change < -5%')]
    btc = make_price(last="61000", bid="60990", ask="61000", day_change="-3.2")
    await record(journal, 1, rules=rules, markets={"USDT_BTC": btc})

    seen = await recorded(journal, START + MINUTE)
    [one] = [it async for it in cycles_before(journal, START + 2 * MINUTE, back=MINUTE, smart_trade_id=SmartTradeId(7))]

    assert seen.markets == one.markets == {"USDT_BTC": btc, "USDT_DOGE": make_price(day_change="-1")}


async def test_the_rows_of_that_time(journal: SqliteJournal, clock: FakeClock) -> None:
    """A denial that was seen again and again belongs to every moment of it."""
    await journal.record_outcome(make_outcome(), cycle_id="1", mode=Mode.LIVE, at=moment(START))
    await journal.record_outcome(make_outcome(), cycle_id="2", mode=Mode.LIVE, at=moment(START + 60 * MINUTE))
    clock.advance(30 * MINUTE)
    await journal.disarm(reason="wild")
    rows = await journal.rows()

    def around(minutes: int) -> list[int]:
        return [row.id for row in rows_around(rows, START + minutes * MINUTE)]

    event, denial = rows[0].id, rows[1].id
    assert around(-11) == []
    assert around(-10) == [denial]
    assert around(15) == [denial]
    assert around(20) == around(40) == [event, denial]
    assert around(41) == around(70) == [denial]
    assert around(71) == []


async def test_whether_it_was_armed_then(journal: SqliteJournal, clock: FakeClock) -> None:
    clock.advance(10 * MINUTE)
    await journal.disarm(reason="wild", event="breach")
    clock.advance(10 * MINUTE)
    await journal.arm(reason="calm")
    rows = await journal.rows()

    assert [was_armed(rows, START + minutes * MINUTE) for minutes in (0, 9, 10, 19, 20, 30)] == [
        *(True, True, False, False, True, True)
    ]
