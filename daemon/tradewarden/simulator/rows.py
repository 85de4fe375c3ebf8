"""
Shows a SmartTrade's list of trades: one row for each leg, with every key of the documented Trade entity.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.entities import number_text, optional_text, time_text
from tradewarden.simulator.smart_trade import LIVE

if TYPE_CHECKING:
    from tradewarden.simulator.habits import Habits
    from tradewarden.simulator.smart_trade import Json, Leg, SmartTrade

HUNDRED = Decimal(100)


def trade_rows(smart_trade: SmartTrade, *, habits: Habits) -> list[Json]:
    """
    Return the list of trades as it is now.
    """
    return [
        trade_row(smart_trade, leg, habits=habits)
        for leg in smart_trade.legs
        if not (habits.cancelled_rows_vanish and leg.status == "cancelled")
    ]


def trade_row(smart_trade: SmartTrade, leg: Leg, *, habits: Habits) -> Json:
    """
    Return the row of one trade: as it was given, or derived, with what has changed since laid over it.
    """
    row = {**_derived(smart_trade, leg), **leg.row}
    row["status"] = "pending_cancellation" if leg.going and habits.shows_pending_cancellation else leg.status
    row.update(_realised(leg))
    if not leg.row or leg.status not in LIVE | {"idle"}:
        # True on the stop loss too: nothing in the API protects it.
        row["cancelable"] = leg.purpose != "reduce_funds" and leg.status in LIVE | {"idle"}
        row["force_processable"] = leg.purpose != "position" and leg.status in LIVE
    if leg.updated_at is not None:
        row["updated_at"] = time_text(leg.updated_at)
    return row


def _realised(leg: Leg) -> Json:
    done = leg.realised_amount
    total = None if not done or leg.realised_price is None else done * leg.realised_price
    percent = done / leg.amount * HUNDRED if done and leg.amount else Decimal(0)
    return {
        "realised_amount": number_text(done),
        "realised_total": optional_text(total),
        "realised_percentage": number_text(percent.quantize(Decimal("0.01"))),
        "realised_price": optional_text(leg.realised_price) if done else None,
        "average_price": optional_text(leg.realised_price) if done else None,
    }


def _derived(smart_trade: SmartTrade, leg: Leg) -> Json:
    # A market order rests nowhere: 3Commas watches the price, and that is a condition.
    conditional = leg.purpose in {"take_profit", "stop_loss"} and leg.order_type == "market"
    total = None if leg.amount is None or leg.price is None else number_text(leg.amount * leg.price)
    data = smart_trade.body["data"]
    return {
        "id": leg.id,
        "average_price": None,
        "follow_price_type": leg.follows,
        "initial_amount": optional_text(leg.amount),
        "initial_total": total,
        "order_price": None if leg.order_type == "market" else optional_text(leg.price),
        "order_side": _order_side(smart_trade, leg),
        "order_type": leg.order_type,
        "pair": smart_trade.pair,
        "position_percentage": _position_percentage(leg),
        "realised_amount": "0.0",
        "realised_total": None,
        "status": leg.status,
        "take_profit_percentage": None,
        "trade_purpose": leg.purpose,
        "trail_percentage": optional_text(leg.trail_pct),
        "trail_value": None,
        "trailing_enabled": leg.trail_pct is not None,
        "trailing_last_price": optional_text(leg.best_price),
        "trailing_last_price_updated_at": None,
        "trigger_condition": _trigger_condition(smart_trade, leg) if conditional else None,
        "trigger_price": optional_text(leg.price) if conditional else None,
        "trigger_price_percentage": None,
        "trigger_type": "conditional" if conditional else "none",
        "created_at": data.get("created_at"),
        "updated_at": data.get("updated_at"),
        "realised_percentage": "0.0",
        "initial_price": optional_text(leg.price),
        "realised_price": None,
        "cancelable": False,
        "force_processable": False,
    }


def _order_side(smart_trade: SmartTrade, leg: Leg) -> str:
    return "buy" if (leg.purpose == "position") == smart_trade.is_long else "sell"


def _position_percentage(leg: Leg) -> str | None:
    if leg.purpose == "take_profit":
        return leg.step.get("volume")
    return "100.0" if leg.purpose == "stop_loss" else None


def _trigger_condition(smart_trade: SmartTrade, leg: Leg) -> str:
    upward = (leg.purpose == "take_profit") == smart_trade.is_long
    return "greater_or_equal" if upward else "less_or_equal"
