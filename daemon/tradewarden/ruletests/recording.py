"""
The readings of one SmartTrade as a fixture and a series: what changed from one to the next, as a test can say it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby, pairwise
from statistics import median_low
from typing import TYPE_CHECKING

from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.smart_trade import CurrentPrice
from tradewarden.rules.literals import plain
from tradewarden.rules.over_time import MARKET
from tradewarden.rules.schema import Kind
from tradewarden.ruletests.settable import MARKET_KEY, MARKET_SETTABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from tradewarden.model.smart_trade import Listing, SmartTrade, SmartTradeId, TakeProfitStep
    from tradewarden.rules.schema import FactValue

A_SECOND = timedelta(seconds=1)
FEWEST = 10  # readings that are kept, if there are so many
NO_PRICE = CurrentPrice(bid=None, ask=None, last=None, day_change_pct=None, quote_volume=None)

FACTS: dict[str, Callable[[SmartTrade], Decimal | str | bool | None]] = {
    "day_change": lambda trade: trade.price.day_change_pct,
    "last": lambda trade: trade.price.last,
    "bid": lambda trade: trade.price.bid,
    "ask": lambda trade: trade.price.ask,
    "quote_volume": lambda trade: trade.price.quote_volume,
    "profit": lambda trade: trade.profit_pct,
    "profit_usd": lambda trade: trade.profit_usd,
    "roe": lambda trade: trade.roe_pct,
    "leverage": lambda trade: trade.leverage,
    "entry_price": lambda trade: trade.entry_price,
    "units": lambda trade: trade.quantity,
    "total": lambda trade: trade.notional,
    "stop_loss_price": lambda trade: trade.stop_loss.trigger_price,
    "breakeven": lambda trade: trade.stop_loss.breakeven,
}
"""
The facts that may change within a series, as they are read.
"""

STEP_FACTS: dict[str, Callable[[TakeProfitStep], Decimal | str | None]] = {
    "status": lambda step: None if step.status is None else step.status.word,
    "price": lambda step: step.price,
    "share": lambda step: step.share_pct,
}
MOVED_BY_LAST = frozenset({"bid", "ask"})
ALWAYS = "day_change"  # told at every reading, so that the series has its length


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReading:
    """
    What a cycle read, and the facts of other *markets* by their names: ``market("USDT_BTC").last``.
    """

    listing: Listing
    markets: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    at: datetime
    trade: SmartTrade
    markets: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """
    *trade* is the first reading; *lines* are the keys of `series` below `every`. The last reading is at *readings* - 1.
    """

    trade: SmartTrade
    start: datetime
    every: timedelta
    readings: int
    lines: tuple[str, ...]


def recording_of(
    readings: Sequence[RecordedReading], smart_trade_id: SmartTradeId, *, history: timedelta
) -> Recording | None:
    """
    Make a recording of the readings of a SmartTrade, oldest first; ``None`` if it is in none of them.

    It holds what *history* before the last reading needs, and begins no earlier than where something changed that a
    test cannot change on its way, such as a step that appeared. The pauses between readings become the one that is
    usual among them.
    """
    kept = _since_the_last_change(
        [
            _Kept(at=reading.listing.asked_at.wall, trade=trade, markets=_settable(reading))
            for reading in readings
            for trade in reading.listing.smart_trades
            if trade.id == smart_trade_id
        ]
    )
    if not kept:
        return None
    gaps = [after.at - before.at for before, after in pairwise(kept)]
    usual = median_low(gaps) if gaps else timedelta(minutes=1)
    every = max(A_SECOND, timedelta(seconds=round(usual.total_seconds())))
    kept = kept[-max(FEWEST, -(-history // every) + 2) :]
    trades = [one.trade for one in kept]
    return Recording(
        trade=trades[0],
        start=kept[0].at,
        every=every,
        readings=len(kept),
        lines=(*_fact_lines(trades), *_step_lines(trades), *_market_lines(kept)),
    )


def _settable(reading: RecordedReading) -> Mapping[str, Decimal]:
    """
    Return the facts of markets, and for a spread, which no test can set, the prices that it follows from.
    """
    found = dict(reading.markets)
    for name in reading.markets:
        key = MARKET_KEY.fullmatch(name)
        if key is not None and key[2] == "spread" and key[1] in reading.listing.markets:
            price = reading.listing.markets[key[1]]
            told = {"last": price.last, "bid": price.bid, "ask": price.ask}
            found |= {f'{MARKET}("{key[1]}").{fact}': value for fact, value in told.items() if value is not None}
    return found


def _since_the_last_change(read: list[_Kept]) -> list[_Kept]:
    """
    Return the last readings, as far as they differ in nothing but what a series can tell.
    """
    first = len(read)
    while first > 0 and _rest(read[first - 1].trade) == _rest(read[-1].trade):
        first -= 1
    return read[first:]


def _rest(trade: SmartTrade) -> SmartTrade:
    """
    Return *trade* without what a series can tell: what is left must stay the same.
    """
    stop_loss = replace(trade.stop_loss, trigger_price=None, breakeven=None)
    steps = tuple(replace(step, status=None, price=None, share_pct=None) for step in trade.steps)
    return replace(
        trade,
        price=NO_PRICE,
        profit_pct=None,
        profit_usd=None,
        roe_pct=None,
        leverage=None,
        entry_price=None,
        quantity=None,
        notional=None,
        updated_at=None,
        stop_loss=stop_loss,
        steps=steps,
    )


def _fact_lines(trades: Sequence[SmartTrade]) -> Iterable[str]:
    moves = len({FACTS["last"](trade) for trade in trades}) > 1
    for name, read in FACTS.items():
        values = [read(trade) for trade in trades]
        if len(set(values)) > 1 or name == ALWAYS or (moves and name in MOVED_BY_LAST):
            yield f"{name}: {_list(values, VOCABULARY[name].kind)}"


def _step_lines(trades: Sequence[SmartTrade]) -> Iterable[str]:
    lines = []
    for index, step in enumerate(trades[0].steps):
        told = []
        for name, read in STEP_FACTS.items():
            values = [read(trade.steps[index]) for trade in trades]
            if len(set(values)) > 1:
                told.append(f"{name}: {_list(values, VOCABULARY[f'step.{name}'].kind)}")
        if told and step.position is not None:
            lines.append(f"{step.position}: {{{', '.join(told)}}}")
    return [f"steps: {{{', '.join(lines)}}}"] if lines else []


def _market_lines(kept: Sequence[_Kept]) -> Iterable[str]:
    """
    Write the facts of other markets; that of the SmartTrade's own pair is read off it.
    """
    for name in sorted({name for one in kept for name in one.markets}):
        found = MARKET_KEY.fullmatch(name)
        if found is not None and found[1] != kept[0].trade.pair and found[2] in MARKET_SETTABLE:
            yield f"{name}: {_list([one.markets.get(name) for one in kept], VOCABULARY[found[2]].kind)}"


def _list(values: Sequence[FactValue], kind: Kind) -> str:
    """
    Write values as a list in YAML; what stays is written once: ``[-4%, -6% x 3]``.
    """
    texts: list[str] = []
    for word, group in groupby(write_value(value, kind) for value in values):
        count = len(list(group))
        if kind is Kind.TEXT:
            texts += [word] * count
        else:
            texts.append(f"{word} x {count}" if count > 1 else word)
    return f"[{', '.join(texts)}]"


def write_value(value: FactValue, kind: Kind) -> str:
    """
    Write one value as a test file holds it.
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{plain(value)}%" if kind is Kind.PERCENT else plain(value)
