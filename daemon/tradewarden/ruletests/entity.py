"""
A SmartTrade as JSON in the shape of the API: what the model knows of it, which `threecommas.wire` reads back as it was.

What the model does not know (titles, links, totals of steps) is left out: nothing of it is read.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING

from tradewarden.model.smart_trade import Side

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from tradewarden.model.smart_trade import CurrentPrice, SmartTrade, StopLoss, TakeProfitStep
    from tradewarden.model.status import TradeStatus

    Json = dict[str, object]

VERSION = 2  # of every SmartTrade (api-facts 2)
ENTRY_SIDES = {Side.LONG: "buy", Side.SHORT: "sell"}


def smart_trade_text(trade: SmartTrade) -> str:
    """
    Write the JSON text of a file that holds *trade*.
    """
    return json.dumps(smart_trade_json(trade), indent=2, ensure_ascii=False) + "\n"


def smart_trade_json(trade: SmartTrade) -> Json:
    """
    Return *trade* as the API would give it.
    """
    return {
        "id": trade.id,
        "version": VERSION,
        "account": {"id": trade.account_id, "type": trade.exchange},
        "pair": trade.pair,
        "status": _words(trade.status),
        "leverage": _leverage(trade.leverage),
        "position": {
            "type": None if trade.side is None else ENTRY_SIDES[trade.side],
            "units": {"value": _number(trade.quantity)},
            "price": {"value": _number(trade.entry_price)},
            "total": {"value": _number(trade.notional)},
            "status": _status(trade.position_status),
        },
        "take_profit": {"enabled": bool(trade.steps), "steps": [_step(step) for step in trade.steps]},
        "stop_loss": _stop_loss(trade.stop_loss),
        "reduce_funds": {"steps": [{"status": _status(status)} for status in trade.other_exits]},
        "market_close": {},
        "note": trade.note,
        "data": {
            "editable": trade.editable,
            "current_price": _current_price(trade.price),
            "average_enter_price": _number(trade.entry_price),
            "created_at": _time(trade.created_at),
            "updated_at": _time(trade.updated_at),
            "type": trade.kind,
        },
        "profit": {
            "usd": _number(trade.profit_usd),
            "percent": _number(trade.profit_pct),
            "roe": _number(trade.roe_pct),
        },
        "is_position_not_filled": trade.is_position_not_filled,
    }


def _step(step: TakeProfitStep) -> Json:
    return {
        "id": step.id,
        "order_type": step.order_type,
        "units": {"value": _number(step.quantity)},
        "price": {"value": _number(step.price)},
        "volume": _number(step.share_pct),
        "trailing": {"enabled": step.trailing},
        "status": _status(step.status),
        "data": {"cancelable": step.cancelable},
        "position": step.position,
    }


def _stop_loss(stop_loss: StopLoss) -> Json:
    return {
        "enabled": stop_loss.enabled,
        "breakeven": stop_loss.breakeven,
        "conditional": {"price": {"value": _number(stop_loss.trigger_price)}},
        "status": _status(stop_loss.status),
    }


def _current_price(price: CurrentPrice) -> Json:
    return {
        "day_change_percent": _number(price.day_change_pct),
        "bid": _number(price.bid),
        "ask": _number(price.ask),
        "last": _number(price.last),
        "quote_volume": _number(price.quote_volume),
    }


def _leverage(leverage: Decimal | None) -> Json:
    if leverage == 1:
        return {"enabled": False}
    return {"enabled": True, "value": _number(leverage)}


def _status(status: TradeStatus | None) -> Json:
    return _words(None if status is None else status.word)


def _words(word: str | None) -> Json:
    return {"type": word, "basic_type": word}


def _number(value: Decimal | None) -> str | None:
    """
    Write a number as a text, as the API does: nothing on the way can make a binary float of it.
    """
    return None if value is None else str(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
