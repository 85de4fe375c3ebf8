"""
Shows the world as the API does: the SmartTrade entity and the rows of its list of trades.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.smart_trade import BEFORE_ENTRY, DONE, LIVE

if TYPE_CHECKING:
    from tradewarden.simulator.habits import Habits
    from tradewarden.simulator.market import Quote
    from tradewarden.simulator.smart_trade import Json, Leg, SmartTrade

TRADE_TITLES = {
    "idle": "Pending",
    "to_process": "Pending",
    "order_placed": "Placed",
    "panic_sell_pending": "Panic closing",
    "smart_sell": "Own funds",
}
SMART_TRADE_TITLES = {
    "created": "Pending",
    "waiting_position": "Pending Position Opened",
    "pending_reduce_funds": "Pending reduce funds",
    "panic_sell_pending": "Closing at Market Price",
    "cancellation_pending": "Cancelling",
}
EDITABLE = frozenset({"waiting_position", "waiting_targets"})
CLOSABLE = frozenset({"waiting_targets", "pending_reduce_funds", "reduce_funds_in_progress", "stop_loss_in_progress"})


def number_text(value: Decimal) -> str:
    """
    Return a number as the API writes it: plain decimals, at least one.
    """
    text = format(value.normalize(), "f")
    return text if "." in text else f"{text}.0"


def optional_text(value: Decimal | None) -> str | None:
    """
    Return a number as text, null for ``None``.
    """
    return None if value is None else number_text(value)


def time_text(seconds: float) -> str:
    """
    Return seconds since the epoch as the API writes a time.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def status_block(status: str, *, of_smart_trade: bool = False) -> Json:
    """
    Return the three-fold status of an entity.
    """
    titles = SMART_TRADE_TITLES if of_smart_trade else TRADE_TITLES
    title = titles.get(status, status.replace("_", " ").title())
    return {"type": status, "basic_type": status, "title": title}


def smart_trade_body(smart_trade: SmartTrade, *, quote: Quote, habits: Habits) -> Json:
    """
    Return the entity as it is now: what was given, with what has changed since laid over it.
    """
    given = smart_trade.body
    changed = _given_status(given) != smart_trade.status
    body = {
        **given,
        "position": _position_block(smart_trade, changed=changed),
        "take_profit": {**given["take_profit"], "steps": _step_bodies(smart_trade, habits)},
        "stop_loss": _stop_loss_block(smart_trade),
        "reduce_funds": {**(given.get("reduce_funds") or {}), "steps": _funds_bodies(smart_trade)},
        "market_close": _market_close_block(smart_trade),
        "data": _data_block(smart_trade, quote, changed=changed),
        "profit": _profit_block(smart_trade, quote),
    }
    if changed:
        body["status"] = status_block(smart_trade.status, of_smart_trade=True)
        body["is_position_not_filled"] = smart_trade.status in BEFORE_ENTRY
    return body


def _given_status(given: Json) -> str | None:
    block = given["status"]
    status: str | None = block.get("basic_type") or block.get("type")
    return status


def _position_block(smart_trade: SmartTrade, *, changed: bool) -> Json:
    given = smart_trade.body["position"]
    block = {**given, "status": _trade_status_block(given, smart_trade.position.status)}
    if changed:
        block["editable"] = smart_trade.status in EDITABLE
    if smart_trade.units is not None:
        block["units"] = {**(given.get("units") or {}), "value": number_text(smart_trade.units)}
    return block


def _trade_status_block(given: Json, status: str) -> Json:
    block: Json = given.get("status") or {}
    return block if status in (block.get("basic_type"), block.get("type")) else status_block(status)


def _step_bodies(smart_trade: SmartTrade, habits: Habits) -> list[Json]:
    if smart_trade.status in {"cancelled", "failed"}:
        return []
    return [
        _step_body(leg)
        for leg in smart_trade.steps
        if not (habits.filled_steps_vanish and leg.status in {"finished", "panic_sold"})
    ]


def _step_body(leg: Leg) -> Json:
    given = leg.step
    idle = leg.status == "idle"
    price, total = optional_text(leg.price), given.get("total")
    if price != (given.get("price") or {}).get("value") or total is None:
        total = None if leg.amount is None or leg.price is None else number_text(leg.amount * leg.price)
    body = {
        **given,
        "id": leg.id,
        "units": {**(given.get("units") or {}), "value": None if idle else optional_text(leg.amount)},
        "price": {**(given.get("price") or {}), "value": price},
        "total": None if idle else total,
        "status": _trade_status_block(given, leg.status),
    }
    if body["status"] is not given.get("status"):
        body["data"] = {"cancelable": leg.status not in DONE, "panic_sell_available": leg.status in LIVE}
    return body


def _stop_loss_block(smart_trade: SmartTrade) -> Json:
    given: Json = smart_trade.body.get("stop_loss") or {"enabled": False}
    leg = next((leg for leg in reversed(smart_trade.legs) if leg.purpose == "stop_loss"), None)
    if leg is None or (leg.status == "cancelled" and not smart_trade.has_ended):
        return {"enabled": False}
    conditional: Json = given.get("conditional") or {}
    price = {**(conditional.get("price") or {}), "value": optional_text(leg.price)}
    return {
        **given,
        "conditional": {**conditional, "price": price},
        "status": _trade_status_block(given, leg.status),
    }


def _funds_bodies(smart_trade: SmartTrade) -> list[Json]:
    return [
        {**leg.step, "status": _trade_status_block(leg.step, leg.status)}
        for leg in smart_trade.legs
        if leg.purpose == "reduce_funds"
    ]


def _market_close_block(smart_trade: SmartTrade) -> Json:
    leg = next((leg for leg in smart_trade.legs if leg.purpose == "market_close"), None)
    if leg is None:
        block: Json = smart_trade.body.get("market_close") or {}
        return block
    return {"id": leg.id, "type": "market", "status": status_block(leg.status), "units": optional_text(leg.amount)}


def _data_block(smart_trade: SmartTrade, quote: Quote, *, changed: bool) -> Json:
    data = dict(smart_trade.body["data"])
    if data.get("current_price") is not None:
        data["current_price"] = {
            **data["current_price"],
            "day_change_percent": optional_text(quote.day_change),
            "bid": optional_text(quote.bid),
            "ask": optional_text(quote.ask),
            "last": optional_text(quote.last),
            "quote_volume": optional_text(quote.volume),
        }
    data["closed_amount"] = number_text(smart_trade.closed_amount)
    data["closed_total"] = number_text(smart_trade.closed_total)
    if smart_trade.closed_amount:
        data["average_close_price"] = number_text((smart_trade.closed_total / smart_trade.closed_amount).normalize())
    if smart_trade.updated_at is not None:
        data["updated_at"] = time_text(smart_trade.updated_at)
    if smart_trade.closed_at is not None:
        data["closed_at"] = time_text(smart_trade.closed_at)
    if changed:
        data.update(_flags(smart_trade))
    return data


def _flags(smart_trade: SmartTrade) -> Json:
    status = smart_trade.status
    entered = status not in BEFORE_ENTRY
    flags: Json = {
        "editable": status in EDITABLE,
        "panic_sell_available": status in CLOSABLE,
        "add_funds_available": status in EDITABLE,
        "reduce_funds_available": status == "waiting_targets",
        "cancel_available": status in CLOSABLE or status == "waiting_position",
        "finished": status == "finished",  # false even for cancelled and failed
        "base_position_step_finished": entered,
    }
    if entered and not _given_entered(smart_trade.body):
        flags["entered_amount"] = optional_text(smart_trade.units)
        flags["average_enter_price"] = optional_text(smart_trade.entry_price)
    return flags


def _given_entered(given: Json) -> bool:
    return _given_status(given) not in BEFORE_ENTRY


def _profit_block(smart_trade: SmartTrade, quote: Quote) -> Json:
    given: Json = smart_trade.body.get("profit") or {}
    if smart_trade.status in BEFORE_ENTRY or smart_trade.status in {"cancelled", "failed"}:
        return {**given, "volume": None, "usd": None, "percent": "0.0"}
    exit_price = quote.bid if smart_trade.is_long else quote.ask
    entry, units = smart_trade.entry_price, smart_trade.units
    if smart_trade.has_ended or exit_price is None or not entry or units is None:
        return given
    # Recomputed over recorded samples: side-adjusted and net of the exit's fee.
    if smart_trade.is_long:
        gain = exit_price * (1 - smart_trade.commission) - entry
    else:
        gain = entry - exit_price * (1 + smart_trade.commission)
    percent = (gain / entry * 100).quantize(Decimal("0.01"))
    in_dollars = smart_trade.pair.startswith("USD")
    volume = number_text(gain * units)
    block = {**given, "volume": volume, "usd": volume if in_dollars else None, "percent": number_text(percent)}
    leverage: Json = smart_trade.body.get("leverage") or {}
    if leverage.get("enabled"):
        block["roe"] = number_text(percent * Decimal(str(leverage.get("value") or 1)))
    return block
