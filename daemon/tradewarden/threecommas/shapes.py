"""
The SmartTrade of a listing as 3Commas ordinarily sends it, typed: what does not fit is for `wire` to judge.

Only what the model reads is named here, so that the rest is skipped. A section that is missing is one without values;
one that is null does not fit. Numbers and times stay texts: whether a text is one is our judgement (`scalars`), not the
decoder's, which would take "Infinity" and " 1".
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from tradewarden.threecommas.scalars import HIGHEST_POSITION, MAX_ID, MOST_IN_A_LIST, MOST_STEPS

Id = Annotated[int, msgspec.Meta(gt=0, le=MAX_ID)]
Place = Annotated[int, msgspec.Meta(ge=1, le=HIGHEST_POSITION)]
Number = str | None  # a JSON number does not fit: it is rare, and must not become a binary float
Time = str | None


class _Shape(msgspec.Struct, frozen=True, gc=False):
    """
    Never part of a cycle of references, so that the garbage collector need not look at thousands of them.
    """


class Account(_Shape, frozen=True, gc=False):
    """
    The exchange account.
    """

    id: Id
    type: str | None = None


class Status(_Shape, frozen=True, gc=False):
    """
    A status; older answers have the *type* alone.
    """

    basic_type: str | None = None
    type: str | None = None


class Value(_Shape, frozen=True, gc=False):
    """
    A price, a volume or a total.
    """

    value: Number = None


class Switch(_Shape, frozen=True, gc=False):
    """
    Something that may be on.
    """

    enabled: bool | None = None


class Cancelable(_Shape, frozen=True, gc=False):
    """
    The ``data`` of a step.
    """

    cancelable: bool | None = None


class Step(_Shape, frozen=True, gc=False):
    """
    A take-profit step.
    """

    id: Id
    position: Place | None = None
    status: Status = Status()
    price: Value = Value()
    volume: Number = None
    units: Value = Value()
    order_type: str | None = None
    trailing: Switch = Switch()
    data: Cancelable = Cancelable()


class TakeProfit(_Shape, frozen=True, gc=False):
    """
    The steps: a SmartTrade without a list of them is set aside.
    """

    steps: Annotated[list[Step], msgspec.Meta(max_length=MOST_STEPS)]


class Exit(_Shape, frozen=True, gc=False):
    """
    A step of ``reduce_funds``.
    """

    status: Status = Status()


class ReduceFunds(_Shape, frozen=True, gc=False):
    """
    What else may sell.
    """

    steps: Annotated[list[Exit], msgspec.Meta(max_length=MOST_IN_A_LIST)] | None = None


class Trigger(_Shape, frozen=True, gc=False):
    """
    The condition of a stop loss.
    """

    price: Value = Value()


class StopLossShape(_Shape, frozen=True, gc=False):
    """
    The stop loss.
    """

    enabled: bool | None = None
    breakeven: bool | None = None
    status: Status = Status()
    conditional: Trigger = Trigger()


class Market(_Shape, frozen=True, gc=False):
    """
    The current price.
    """

    bid: Number = None
    ask: Number = None
    last: Number = None
    day_change_percent: Number = None
    quote_volume: Number = None


class Data(_Shape, frozen=True, gc=False):
    """
    What 3Commas says about the SmartTrade.
    """

    type: str | None = None
    editable: bool | None = None
    current_price: Market = Market()
    average_enter_price: Number = None
    created_at: Time = None
    updated_at: Time = None


class Leverage(_Shape, frozen=True, gc=False):
    """
    The leverage.
    """

    enabled: bool | None = None
    value: Number = None


class Profit(_Shape, frozen=True, gc=False):
    """
    The profit.
    """

    percent: Number = None
    usd: Number = None
    roe: Number = None


class PositionShape(_Shape, frozen=True, gc=False):
    """
    The entry.
    """

    type: str | None = None
    status: Status = Status()
    units: Value = Value()
    price: Value = Value()
    total: Value = Value()


class Entity(_Shape, frozen=True, gc=False):
    """
    A SmartTrade.
    """

    id: Id
    account: Account
    pair: str
    take_profit: TakeProfit
    status: Status = Status()
    position: PositionShape = PositionShape()
    data: Data = Data()
    profit: Profit = Profit()
    stop_loss: StopLossShape = StopLossShape()
    leverage: Leverage = Leverage()
    reduce_funds: ReduceFunds = ReduceFunds()
    market_close: dict[str, msgspec.Raw] | None = None
    note: str | None = None
    is_position_not_filled: bool | None = None
