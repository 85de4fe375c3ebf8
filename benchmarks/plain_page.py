"""
A page decoded plainly: by msgspec's own typed decoder, to exactly what our model keeps of a SmartTrade.

Numbers become `Decimal` and times `datetime`, both by msgspec. It sets no odd SmartTrade aside, takes "Infinity" and
" 1" for numbers, and builds no model: what TradeWarden does more is what the ratio allows for.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (msgspec reads the annotations)
from decimal import Decimal  # noqa: TC003 (msgspec reads the annotations)

import msgspec


class Status(msgspec.Struct):
    """
    A status in its two spellings.
    """

    basic_type: str | None = None
    type: str | None = None


class Value(msgspec.Struct):
    """
    A number.
    """

    value: Decimal | None = None


class Switch(msgspec.Struct):
    """
    On or off.
    """

    enabled: bool | None = None


class Account(msgspec.Struct):
    """
    The account.
    """

    id: int
    type: str | None = None


class Position(msgspec.Struct):
    """
    The entry.
    """

    type: str | None = None
    status: Status | None = None
    units: Value | None = None
    price: Value | None = None
    total: Value | None = None


class StepData(msgspec.Struct):
    """
    The flags of a step.
    """

    cancelable: bool | None = None


class Step(msgspec.Struct):
    """
    A step.
    """

    id: int
    position: int | None = None
    status: Status | None = None
    price: Value | None = None
    volume: Decimal | None = None
    units: Value | None = None
    order_type: str | None = None
    trailing: Switch | None = None
    data: StepData | None = None


class TakeProfit(msgspec.Struct):
    """
    The steps.
    """

    steps: list[Step]


class Exit(msgspec.Struct):
    """
    Another exit.
    """

    status: Status | None = None


class ReduceFunds(msgspec.Struct):
    """
    The other exits.
    """

    steps: list[Exit] | None = None


class Conditional(msgspec.Struct):
    """
    The trigger.
    """

    price: Value | None = None


class StopLoss(msgspec.Struct):
    """
    The stop loss.
    """

    enabled: bool | None = None
    breakeven: bool | None = None
    status: Status | None = None
    conditional: Conditional | None = None


class CurrentPrice(msgspec.Struct):
    """
    The market.
    """

    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    day_change_percent: Decimal | None = None
    quote_volume: Decimal | None = None


class Data(msgspec.Struct):
    """
    The data.
    """

    type: str | None = None
    editable: bool | None = None
    current_price: CurrentPrice | None = None
    average_enter_price: Decimal | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Leverage(msgspec.Struct):
    """
    The leverage.
    """

    enabled: bool | None = None
    value: Decimal | None = None


class Profit(msgspec.Struct):
    """
    The profit.
    """

    percent: Decimal | None = None
    usd: Decimal | None = None
    roe: Decimal | None = None


class SmartTrade(msgspec.Struct):
    """
    A SmartTrade.
    """

    id: int
    account: Account
    pair: str
    take_profit: TakeProfit
    status: Status | None = None
    position: Position | None = None
    data: Data | None = None
    profit: Profit | None = None
    stop_loss: StopLoss | None = None
    leverage: Leverage | None = None
    reduce_funds: ReduceFunds | None = None
    market_close: dict[str, msgspec.Raw] | None = None
    note: str | None = None
    is_position_not_filled: bool | None = None


decode_page = msgspec.json.Decoder(list[SmartTrade]).decode
