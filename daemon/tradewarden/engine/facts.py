"""
The facts: every name that a rule may use, declared once. What cannot be known is ``None``, never 0.

The checker, the documentation and the `vocabulary` command are drawn from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.bounds import ABOVE_ZERO, ANY, COUNT_OF_STEPS, ID, NO_OTHERS, NOT_NEGATIVE, Bounds, within
from tradewarden.engine.market import MARKET_FACTS, spread_pct
from tradewarden.engine.plausibility import (
    DAY_CHANGE_AT_LEAST_PCT,
    DAY_CHANGE_AT_MOST_PCT,
    distance_pct,
    positive,
)
from tradewarden.engine.seen import Seen
from tradewarden.engine.step_facts import STEP_SCHEMAS
from tradewarden.model.status import KNOWN_SMART_TRADE_STATUSES
from tradewarden.rules.schema import FactSchema, FactValue, Kind, OverTime, Vocabulary

if TYPE_CHECKING:
    from datetime import datetime

Facts = Mapping[str, FactValue]
Derivations = tuple[tuple[str, Callable[[Seen], FactValue]], ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class _Fact:
    schema: FactSchema
    derive: Callable[[Seen], FactValue]


def _fact(  # noqa: PLR0913 (the words of a declaration)
    name: str,
    kind: Kind,
    derive: Callable[[Seen], FactValue],
    *,
    meaning: str,
    source: str,
    unknown_when: str = "missing",
    values: tuple[str, ...] = (),
    bounds: Bounds = ANY,
    over_time: OverTime = OverTime.NOTHING,
) -> _Fact:
    schema = FactSchema(
        name=name,
        kind=kind,
        meaning=meaning,
        source=source,
        unknown_when=unknown_when,
        values=values,
        **bounds,
        over_time=over_time,
        of_market=name in MARKET_FACTS,
    )
    return _Fact(schema, derive)


def _unless_frozen(seen: Seen, value: Decimal | None) -> Decimal | None:
    return None if seen.is_frozen else value


def _seconds_since(seen: Seen, moment: datetime | None) -> Decimal | None:
    if moment is None or moment > seen.now:
        return None
    return Decimal((seen.now - moment).days * 86400 + (seen.now - moment).seconds)


def _count_steps(seen: Seen, *, filled: bool) -> Decimal | None:
    count = 0
    for step in seen.trade.steps:
        if step.status is None or not step.status.is_known:
            return None
        count += step.status.is_filled if filled else step.status.is_live
    return Decimal(count)


def _stop_loss_distance(seen: Seen) -> Decimal | None:
    trigger, last, side = positive(seen.trade.stop_loss.trigger_price), seen.price.last, seen.trade.side
    if not seen.trade.stop_loss.is_live or trigger is None or last is None or side is None:
        return None
    return -distance_pct(trigger, last, side)


_FROZEN = "missing, implausible, or the price stands still for `frozen_after`"

_FACTS: tuple[_Fact, ...] = (
    _fact(
        "pair",
        Kind.TEXT,
        lambda s: s.trade.pair,
        meaning="The pair, quote first, as 3Commas writes it: USDT_DOGE.",
        source="pair",
        unknown_when="never",
    ),
    _fact(
        "quote",
        Kind.TEXT,
        lambda s: s.trade.quote,
        meaning="The first part of the pair: what the price is in.",
        source="pair",
        unknown_when="never",
    ),
    _fact(
        "account_id",
        Kind.NUMBER,
        lambda s: Decimal(s.trade.account_id),
        meaning="The id of the exchange account at 3Commas.",
        source="account.id",
        unknown_when="never",
        bounds=ID,
    ),
    _fact(
        "exchange",
        Kind.TEXT,
        lambda s: s.trade.exchange,
        meaning="The kind of exchange account, as 3Commas names it: binance_us.",
        source="account.type",
    ),
    _fact(
        "kind",
        Kind.TEXT,
        lambda s: s.trade.kind,
        meaning="How the SmartTrade was made: smart_trade, smart_cover, smart_sell, smart_buy, ...",
        source="data.type",
        values=("simple_buy", "simple_sell", "smart_sell", "smart_buy", "smart_trade", "smart_cover"),
    ),
    _fact(
        "side",
        Kind.TEXT,
        lambda s: s.trade.side and s.trade.side.value,
        meaning="long gains when the price rises, short when it falls.",
        source="position.type",
        unknown_when="neither buy nor sell",
        values=("long", "short"),
        bounds=NO_OTHERS,
    ),
    _fact(
        "status",
        Kind.TEXT,
        lambda s: s.trade.status,
        meaning="The status of the SmartTrade. Rules are asked only about open ones: waiting_targets.",
        source="status.basic_type",
        values=tuple(sorted(KNOWN_SMART_TRADE_STATUSES)),
    ),
    _fact("note", Kind.TEXT, lambda s: s.trade.note, meaning='The owner\'s note; "" if none.', source="note"),
    _fact(
        "leverage",
        Kind.NUMBER,
        lambda s: positive(s.trade.leverage),
        meaning="The leverage; 1 where it is off.",
        source="leverage.value",
        bounds=ABOVE_ZERO,
    ),
    _fact(
        "day_change",
        Kind.PERCENT,
        lambda s: s.price.day_change_pct,
        meaning="The change of the price as 3Commas reports it; its window is undocumented, not since your midnight.",
        source="data.current_price.day_change_percent",
        unknown_when=_FROZEN,
        bounds=within(DAY_CHANGE_AT_LEAST_PCT, DAY_CHANGE_AT_MOST_PCT),
        over_time=OverTime.ALL,
    ),
    _fact(
        "bid",
        Kind.NUMBER,
        lambda s: s.price.bid,
        meaning="The best price somebody would buy at.",
        source="data.current_price.bid",
        unknown_when=_FROZEN,
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "ask",
        Kind.NUMBER,
        lambda s: s.price.ask,
        meaning="The best price somebody would sell at.",
        source="data.current_price.ask",
        unknown_when=_FROZEN,
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "last",
        Kind.NUMBER,
        lambda s: s.price.last,
        meaning="The price of the last deal.",
        source="data.current_price.last",
        unknown_when=_FROZEN,
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "spread",
        Kind.PERCENT,
        lambda s: spread_pct(s.price),
        meaning="The gap between ask and bid, in percent of the ask.",
        source="data.current_price",
        unknown_when="bid or ask is unknown",
        bounds=within(0, 100),
        over_time=OverTime.ALL,
    ),
    _fact(
        "quote_volume",
        Kind.NUMBER,
        lambda s: s.price.quote_volume,
        meaning="What was traded in a day, in the quote currency.",
        source="data.current_price.quote_volume",
        unknown_when=_FROZEN,
        bounds=NOT_NEGATIVE,
        over_time=OverTime.ALL,
    ),
    _fact(
        "profit",
        Kind.PERCENT,
        lambda s: _unless_frozen(s, s.trade.profit_pct),
        meaning="The profit after the exit fee; positive is a gain for shorts too.",
        source="profit.percent",
        unknown_when=_FROZEN,
        over_time=OverTime.ALL,
    ),
    _fact(
        "profit_usd",
        Kind.NUMBER,
        lambda s: _unless_frozen(s, s.trade.profit_usd),
        meaning="The profit in US dollars.",
        source="profit.usd",
        unknown_when=_FROZEN,
        over_time=OverTime.EXTREMES,
    ),
    _fact(
        "roe",
        Kind.PERCENT,
        lambda s: _unless_frozen(s, s.trade.roe_pct),
        meaning="The return on the margin: profit times leverage.",
        source="profit.roe",
        unknown_when="spot, or as profit",
        over_time=OverTime.ALL,
    ),
    _fact(
        "entry_price",
        Kind.NUMBER,
        lambda s: positive(s.trade.entry_price),
        meaning="The average price of entry; of own funds the price that was entered.",
        source="data.average_enter_price, else position.price.value",
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "units",
        Kind.NUMBER,
        lambda s: positive(s.trade.quantity),
        meaning="The size of the position, in coins or contracts.",
        source="position.units.value",
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "total",
        Kind.NUMBER,
        lambda s: positive(s.trade.notional),
        meaning="What the position cost, in the quote currency.",
        source="position.total.value",
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "age",
        Kind.DURATION,
        lambda s: _seconds_since(s, s.trade.created_at),
        meaning="How long ago the SmartTrade was made.",
        source="data.created_at",
        unknown_when="missing or in the future",
        bounds=within(0, None, is_whole=True),
    ),
    _fact(
        "idle_for",
        Kind.DURATION,
        lambda s: _seconds_since(s, s.trade.updated_at),
        meaning="How long ago 3Commas last changed the SmartTrade.",
        source="data.updated_at",
        unknown_when="missing or in the future",
        bounds=within(0, None, is_whole=True),
    ),
    _fact(
        "live_steps",
        Kind.NUMBER,
        lambda s: _count_steps(s, filled=False),
        meaning="How many take-profit steps can still fill.",
        source="take_profit.steps[].status",
        unknown_when="a step has a status that nobody knows",
        bounds=COUNT_OF_STEPS,
        over_time=OverTime.EXTREMES,
    ),
    _fact(
        "filled_steps",
        Kind.NUMBER,
        lambda s: _count_steps(s, filled=True),
        meaning="How many take-profit steps have filled, as far as 3Commas still lists them.",
        source="take_profit.steps[].status",
        unknown_when="a step has a status that nobody knows",
        bounds=COUNT_OF_STEPS,
        over_time=OverTime.EXTREMES,
    ),
    _fact(
        "stop_loss",
        Kind.BOOL,
        lambda s: s.trade.stop_loss.is_live,
        meaning="Whether a live stop loss exists.",
        source="stop_loss",
    ),
    _fact(
        "stop_loss_price",
        Kind.NUMBER,
        lambda s: positive(s.trade.stop_loss.trigger_price),
        meaning="The price that triggers the stop loss.",
        source="stop_loss.conditional.price.value",
        bounds=ABOVE_ZERO,
        over_time=OverTime.ALL,
    ),
    _fact(
        "stop_loss_distance",
        Kind.PERCENT,
        _stop_loss_distance,
        meaning="How far the price must move against the trade to trigger the stop loss, in percent of the last price.",
        source="stop_loss.conditional.price.value",
        unknown_when="no live stop loss, or the last price is unknown",
        over_time=OverTime.ALL,
    ),
    _fact(
        "breakeven",
        Kind.BOOL,
        lambda s: s.trade.stop_loss.breakeven,
        meaning="Whether the stop loss moves to the entry price once a step has filled.",
        source="stop_loss.breakeven",
    ),
    _fact(
        "hour",
        Kind.NUMBER,
        lambda s: Decimal(s.now.hour),
        meaning="The hour of the day, 0 to 23, in the file's `timezone`.",
        source="the clock",
        unknown_when="never",
        bounds=within(0, 23, is_whole=True),
    ),
    _fact(
        "weekday",
        Kind.TEXT,
        lambda s: WEEKDAYS[s.now.weekday()],
        meaning="The day of the week in the file's `timezone`.",
        source="the clock",
        unknown_when="never",
        values=WEEKDAYS,
        bounds=NO_OTHERS,
    ),
)

VOCABULARY = Vocabulary([*(fact.schema for fact in _FACTS), *STEP_SCHEMAS])


ALL_FACTS: Derivations = tuple((fact.schema.name, fact.derive) for fact in _FACTS)


def derivations_of(names: Collection[str]) -> Derivations:
    """
    Return how the facts among *names* are derived, those of a step left out: it pays where many SmartTrades are asked.
    """
    return tuple((name, derive) for name, derive in ALL_FACTS if name in names)


def derive_facts(seen: Seen, derivations: Derivations = ALL_FACTS) -> dict[str, FactValue]:
    """
    Return the facts of the SmartTrade: all of them, or those of *derivations*.
    """
    return {name: derive(seen) for name, derive in derivations}
