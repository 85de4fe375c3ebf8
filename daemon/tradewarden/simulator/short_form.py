"""
The short form of a SmartTrade in a scenario, spelled out to an entity as the API gives it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.entities import number_text, status_block
from tradewarden.simulator.scenario_error import ScenarioError

if TYPE_CHECKING:
    from tradewarden.simulator.reader import Reader
    from tradewarden.simulator.smart_trade import Json

KEYS = (
    *("id", "account_id", "pair", "side", "status", "units", "entry_price", "steps", "stop_loss", "breakeven"),
    *("last", "bid", "ask", "day_change", "volume", "note", "created_at"),
)
STEP_KEYS = ("id", "price", "share", "order_type", "status", "trailing_pct")

DEFAULT_ACCOUNT = 32402783
DEFAULT_CREATED_AT = "2026-01-02T03:04:05.000Z"
DEFAULT_SPREAD = Decimal("0.0005")  # of the last price, to each side
COMMISSION = 0.001


def is_short_form(reader: Reader) -> bool:
    """
    Tell the short form (``steps`` at the top) from an entity (``take_profit``).
    """
    return "take_profit" not in reader.object


def spelled_out(reader: Reader) -> Json:
    """
    Return the entity that the short form means. Raises ScenarioError.
    """
    reader.refuse_unknown(KEYS)
    units = reader.positive("units")
    entry_price = reader.positive("entry_price")
    is_long = reader.text("side", "long", choices=("long", "short")) == "long"
    status = reader.text("status", "waiting_targets")
    entered = status not in {"created", "waiting_position"}
    total = number_text(units * entry_price)
    steps = _steps(reader, units, entered=entered)
    closed_amount, closed_total = _closed(steps)
    created_at = reader.text("created_at", DEFAULT_CREATED_AT)
    pair = reader.text("pair")
    return {
        "id": reader.integer("id"),
        "version": 2,
        "account": _account(reader.integer("account_id", DEFAULT_ACCOUNT)),
        "pair": pair,
        "instant": False,
        "status": status_block(status, of_smart_trade=True),
        "leverage": {"enabled": False},
        "position": {
            "type": "buy" if is_long else "sell",
            "editable": True,
            "units": {"value": number_text(units), "editable": False},
            "price": {"value": number_text(entry_price), "value_without_commission": None, "editable": True},
            "total": {"value": total},
            "order_type": "market",
            "status": status_block("finished" if entered else "order_placed"),
        },
        "take_profit": {"enabled": True, "price_type": "value", "steps": steps},
        "stop_loss": _stop_loss(reader, entered=entered),
        "reduce_funds": {"steps": []},
        "market_close": {},
        "note": reader.text("note", ""),
        "note_raw": None,
        "skip_enter_step": False,
        "data": {
            "editable": True,
            "current_price": _current_price(reader),
            "target_price_type": "price",
            "orderbook_price_currency": pair.partition("_")[0],
            "base_order_finished": True,
            "missing_funds_to_close": "0.0",
            "liquidation_price": None,
            "average_enter_price": number_text(entry_price) if entered else None,
            "average_close_price": None,
            "average_enter_price_without_commission": number_text(entry_price) if entered else None,
            "average_close_price_without_commission": None,
            "panic_sell_available": entered,
            "add_funds_available": True,
            "reduce_funds_available": entered,
            "force_start_available": False,
            "force_process_available": True,
            "cancel_available": True,
            "finished": False,
            "base_position_step_finished": entered,
            "entered_amount": number_text(units) if entered else "0.0",
            "entered_total": total if entered else "0.0",
            "closed_amount": number_text(closed_amount),
            "closed_total": number_text(closed_total),
            "commission": COMMISSION,
            "created_at": created_at,
            "updated_at": created_at,
            "type": "smart_trade" if is_long else "smart_cover",
        },
        "profit": {"volume": None, "usd": None, "percent": "0.0", "roe": None},
        "margin": {"amount": None, "total": None},
        "is_position_not_filled": not entered,
    }


def _account(account_id: int) -> Json:
    return {
        "id": account_id,
        "type": "binance_us",
        "name": "My Binance US",
        "market": "Binance US Spot",
        "link": f"/accounts/{account_id}",
    }


def _steps(reader: Reader, units: Decimal, *, entered: bool) -> list[Json]:
    steps = reader.children("steps")
    if not steps:
        msg = f"{reader.at('steps')}: a SmartTrade needs at least one take-profit step."
        raise ScenarioError(msg)
    even_share = (Decimal(100) / len(steps)).quantize(Decimal("0.01"))
    return [
        _step(step, units, position=position, even_share=even_share, entered=entered)
        for position, step in enumerate(steps, start=1)
    ]


def _step(reader: Reader, units: Decimal, *, position: int, even_share: Decimal, entered: bool) -> Json:
    reader.refuse_unknown(STEP_KEYS)
    price = reader.positive("price")
    share = reader.positive("share") if reader.has("share") else even_share
    amount = units * share / 100
    order_type = reader.text("order_type", "limit", choices=("limit", "market"))
    armed = "order_placed" if order_type == "limit" else "to_process"
    trail_pct = reader.number("trailing_pct")
    return {
        "id": reader.integer("id", 0) or None,
        "order_type": order_type,
        "editable": True,
        "units": {"value": number_text(amount)},
        "price": {"type": "last", "value": number_text(price), "percent": None},
        "volume": number_text(share),
        "total": number_text(amount * price),
        "trailing": {
            "enabled": trail_pct is not None,
            "percent": None if trail_pct is None else number_text(trail_pct),
        },
        "status": status_block(reader.text("status", armed if entered else "idle")),
        "data": {"cancelable": True, "panic_sell_available": entered},
        "position": position,
    }


def _closed(steps: list[Json]) -> tuple[Decimal, Decimal]:
    filled = [step for step in steps if step["status"]["basic_type"] == "finished"]
    amounts = [Decimal(step["units"]["value"]) for step in filled]
    totals = [Decimal(step["total"]) for step in filled]
    return sum(amounts, Decimal(0)), sum(totals, Decimal(0))


def _stop_loss(reader: Reader, *, entered: bool) -> Json:
    if not reader.has("stop_loss"):
        return {"enabled": False}
    return {
        "enabled": True,
        "price_type": "value",
        "breakeven": reader.flag("breakeven", default=False),
        "order_type": "market",
        "editable": True,
        "price": {"value": None, "percent": None},
        "conditional": {
            "price": {"value": number_text(reader.positive("stop_loss")), "type": "last", "percent": None},
            "trailing": {"enabled": False, "percent": None},
        },
        "timeout": {"enabled": False, "value": None},
        "status": status_block("to_process" if entered else "idle"),
    }


def _current_price(reader: Reader) -> Json:
    last = reader.positive("last")
    unit = Decimal((0, (1,), last.adjusted() - 5))
    bid = reader.number("bid") or (last * (1 - DEFAULT_SPREAD)).quantize(unit)
    ask = reader.number("ask") or (last * (1 + DEFAULT_SPREAD)).quantize(unit)
    return {
        "day_change_percent": number_text(reader.number("day_change") or Decimal(0)),
        "bid": number_text(bid),
        "ask": number_text(ask),
        "last": number_text(last),
        "quote_volume": number_text(reader.number("volume") or Decimal(100000)),
    }
