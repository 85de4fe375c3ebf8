"""
The facts that a test may set, and how each is written into a SmartTrade; and why the others cannot be set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Any, cast

from tradewarden.model.smart_trade import AccountId, Side, StopLoss
from tradewarden.model.status import TradeStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tradewarden.model.smart_trade import CurrentPrice, SmartTrade, TakeProfitStep
    from tradewarden.rules.schema import FactValue
    from tradewarden.ruletests.case import Put, PutPrice

PRICE_FACTS = frozenset({"last", "bid", "ask", "quote_volume"})
"""
The facts by which the daemon sees that a price stands still.
"""

LIVE_STOP_LOSS = TradeStatus("to_process")
_DIGITS = 8
_DOWN, _UP = Context(prec=_DIGITS, rounding=ROUND_FLOOR), Context(prec=_DIGITS, rounding=ROUND_CEILING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settable:
    """
    A fact of the SmartTrade that can be set. *may_be_unknown*: else 3Commas always tells it.
    """

    put: Put
    may_be_unknown: bool = True


def _number(value: FactValue) -> Decimal | None:
    return cast("Decimal | None", value)  # the reader lets only values of the fact's kind pass


def _text(value: FactValue) -> str | None:
    return cast("str | None", value)


def _last(trade: SmartTrade, value: FactValue, _: datetime) -> SmartTrade:
    return replace(trade, price=move_last(trade.price, _number(value)))


def move_last(price: CurrentPrice, last: Decimal | None) -> CurrentPrice:
    """
    Return *price* with another last price; bid and ask keep their distance from it, in percent.

    Where the fixture does not tell all three, all are *last*. An unknown *last* leaves bid and ask as they are.
    """
    if last is None:
        return replace(price, last=None)
    before, bid, ask = price.last, price.bid, price.ask
    if not before or bid is None or ask is None:
        return replace(price, bid=last, ask=last, last=last)
    moved_bid, moved_ask = _DOWN.divide(bid * last, before), _UP.divide(ask * last, before)
    return replace(price, bid=moved_bid, ask=moved_ask, last=last)


def _one(name: str, value: object) -> dict[str, Any]:
    return {name: value}


def _price(name: str) -> Put:
    return lambda trade, value, _: replace(trade, price=replace(trade.price, **_one(name, value)))


def _field(name: str) -> Put:
    return lambda trade, value, _: replace(trade, **_one(name, value))


def _ago(name: str) -> Put:
    def put(trade: SmartTrade, value: FactValue, now: datetime) -> SmartTrade:
        seconds = _number(value)
        moment = None if seconds is None else now - timedelta(microseconds=int(seconds * 1_000_000))
        return replace(trade, **_one(name, moment))

    return put


def _account_id(trade: SmartTrade, value: FactValue, _: datetime) -> SmartTrade:
    return replace(trade, account_id=AccountId(int(_number(value) or 0)))


def _side(trade: SmartTrade, value: FactValue, _: datetime) -> SmartTrade:
    word = _text(value)
    return replace(trade, side=None if word is None else Side(word))


def _stop_loss(trade: SmartTrade, value: FactValue, _: datetime) -> SmartTrade:
    """
    Switch it off; on, live, with the price it has; or to a status that nobody can read.
    """
    if value is False:
        return replace(trade, stop_loss=StopLoss(enabled=False, status=None, trigger_price=None, breakeven=None))
    status = None if value is None else LIVE_STOP_LOSS
    breakeven = trade.stop_loss.breakeven if trade.stop_loss.enabled else False
    return replace(trade, stop_loss=replace(trade.stop_loss, enabled=True, status=status, breakeven=breakeven))


def _of_stop_loss(name: str) -> Put:
    return lambda trade, value, _: replace(trade, stop_loss=replace(trade.stop_loss, **_one(name, value)))


SETTABLE: dict[str, Settable] = {
    "pair": Settable(put=_field("pair"), may_be_unknown=False),
    "account_id": Settable(put=_account_id, may_be_unknown=False),
    "exchange": Settable(put=_field("exchange")),
    "kind": Settable(put=_field("kind")),
    "side": Settable(put=_side),
    "status": Settable(put=_field("status")),
    "note": Settable(put=_field("note")),
    "leverage": Settable(put=_field("leverage")),
    "day_change": Settable(put=_price("day_change_pct")),
    "last": Settable(put=_last),
    "bid": Settable(put=_price("bid")),
    "ask": Settable(put=_price("ask")),
    "quote_volume": Settable(put=_price("quote_volume")),
    "profit": Settable(put=_field("profit_pct")),
    "profit_usd": Settable(put=_field("profit_usd")),
    "roe": Settable(put=_field("roe_pct")),
    "entry_price": Settable(put=_field("entry_price")),
    "units": Settable(put=_field("quantity")),
    "total": Settable(put=_field("notional")),
    "age": Settable(put=_ago("created_at")),
    "idle_for": Settable(put=_ago("updated_at")),
    "stop_loss": Settable(put=_stop_loss),
    "stop_loss_price": Settable(put=_of_stop_loss("trigger_price")),
    "breakeven": Settable(put=_of_stop_loss("breakeven")),
}
"""
In the order in which they are written: bid and ask after `last`, which moves them; what is of the stop loss after it.
"""

ORDER = {name: place for place, name in enumerate(SETTABLE)}

NOT_SETTABLE: dict[str, tuple[str, str]] = {
    "spread": ("follows from bid and ask", "set `bid` and `ask`"),
    "quote": ("is the first part of the pair", "set `pair`"),
    "live_steps": ("is counted from the steps", "set the status of a step: steps: {2: {status: finished}}"),
    "filled_steps": ("is counted from the steps", "set the status of a step: steps: {2: {status: finished}}"),
    "stop_loss_distance": ("follows from two prices", "set `stop_loss_price` or `last`"),
    "hour": ("comes from the clock of the test", "say when it starts: start: 2026-01-02T20:00"),
    "weekday": ("comes from the clock of the test", "say when it starts: start: 2026-01-02T20:00"),
}
"""
Why the other facts of a SmartTrade cannot be set, and what to do instead.
"""

STEP_SETTABLE: dict[str, Callable[[TakeProfitStep, FactValue], TakeProfitStep]] = {
    "status": lambda step, value: replace(step, status=None if value is None else TradeStatus(str(value))),
    "price": lambda step, value: replace(step, price=_number(value)),
    "share": lambda step, value: replace(step, share_pct=_number(value)),
    "order_type": lambda step, value: replace(step, order_type=_text(value)),
    "trailing": lambda step, value: replace(step, trailing=cast("bool | None", value)),
}
"""
The facts of a step that can be set, by the part of their name behind ``step.``
"""

STEP_NOT_SETTABLE: dict[str, tuple[str, str]] = {
    "position": ("is the key above it", "the step is found by its position: steps: {2: {status: finished}}"),
    "distance": ("follows from two prices", "set the step's `price`, or `last`"),
}

MARKET_SETTABLE: dict[str, PutPrice] = {
    "day_change": lambda price, value: replace(price, day_change_pct=value),
    "last": move_last,
    "bid": lambda price, value: replace(price, bid=value),
    "ask": lambda price, value: replace(price, ask=value),
    "quote_volume": lambda price, value: replace(price, quote_volume=value),
}
"""
The facts of another market.
"""


MARKET_FORM = r'market\("([^"\s]{1,64})"\)\.'
MARKET_KEY = re.compile(rf"{MARKET_FORM}([a-z_]+)")
"""
How a fact of another market is written: its pair and its name.
"""


def put_step(position: int, name: str) -> Put:
    """
    Return what writes the fact *name* of the step at *position*.
    """
    put = STEP_SETTABLE[name]

    def put_into(trade: SmartTrade, value: FactValue, _: datetime) -> SmartTrade:
        steps = tuple(put(step, value) if step.position == position else step for step in trade.steps)
        return replace(trade, steps=steps)

    return put_into
