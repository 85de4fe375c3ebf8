"""
Takes an entity as the API gives it, and perhaps its list of trades, into the world.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.market import PricePath, Quote
from tradewarden.simulator.reader import Reader
from tradewarden.simulator.scenario_error import ScenarioError
from tradewarden.simulator.smart_trade import Leg, SmartTrade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.simulator.smart_trade import Json

FIRST_TRADE_ID = 1008300000
IDS_PER_SMART_TRADE = 20


class TradeIds:
    """
    Hands out trade ids that nobody has.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self, trade_id: int, place: str) -> int:
        """
        Return *trade_id*, now taken. Raises ScenarioError if it was taken before.
        """
        if trade_id in self._taken:
            msg = f"{place}: the trade id {trade_id} is used twice."
            raise ScenarioError(msg)
        self._taken.add(trade_id)
        return trade_id

    def new(self, near: int | None = None) -> int:
        """
        Return the first free id from *near* on.
        """
        trade_id = FIRST_TRADE_ID + IDS_PER_SMART_TRADE * len(self._taken) if near is None else near
        while trade_id in self._taken:
            trade_id += 1
        self._taken.add(trade_id)
        return trade_id


def smart_trade_from(entity: Json, *, trades: Sequence[Json], mode: str, ids: TradeIds, place: str) -> SmartTrade:
    """
    Return the SmartTrade that *entity* shows. Without *trades* its list of trades is derived from it.

    Raises ScenarioError.
    """
    reader = Reader(entity, place)
    position = reader.child("position")
    data = reader.child("data")
    legs = _legs(reader, ids)
    _take_rows(legs, trades, ids, f"{place} (trades)")
    return SmartTrade(
        id=reader.integer("id"),
        mode=mode,
        pair=reader.text("pair"),
        is_long=position.text("type", choices=("buy", "sell")) == "buy",
        status=_status(reader),
        entry_price=data.number("average_enter_price") or position.child("price").number("value"),
        units=position.child("units").number("value"),
        commission=data.number("commission") or Decimal(0),
        closed_amount=data.number("closed_amount") or Decimal(0),
        closed_total=data.number("closed_total") or Decimal(0),
        legs=legs,
        prices=PricePath(_quote(data)),
        body=entity,
    )


def _status(reader: Reader) -> str:
    status = reader.child("status")
    return status.text("basic_type") if status.has("basic_type") else status.text("type")


def _quote(data: Reader) -> Quote:
    price = data.child("current_price")
    return Quote(
        bid=price.number("bid"),
        ask=price.number("ask"),
        last=price.number("last"),
        day_change=price.number("day_change_percent"),
        volume=price.number("quote_volume"),
    )


def _legs(reader: Reader, ids: TradeIds) -> list[Leg]:
    steps = reader.child("take_profit").children("steps")
    given = [ids.take(step.integer("id"), step.at("id")) for step in steps if step.has("id")]
    # As in the samples: the entry has the id before the first step, the stop loss the one after the last.
    entry = _entry(reader, ids.new(min(given) - 1 if given else None))
    legs = [entry]
    for number, step in enumerate(steps, start=1):
        step_id = step.integer("id") if step.has("id") else ids.new(entry.id + number)
        legs.append(_step(step, step_id))
    stop_loss = reader.child("stop_loss")
    if stop_loss.flag("enabled", default=False):
        legs.append(_stop_loss(stop_loss, entry, ids.new(max(leg.id for leg in legs) + 1)))
    reduce_funds = reader.child("reduce_funds").children("steps")
    return [*legs, *(_funds_leg(step, ids) for step in reduce_funds)]


def _entry(reader: Reader, trade_id: int) -> Leg:
    position = reader.child("position")
    status = _status(position)
    units = position.child("units").number("value")
    price = position.child("price").number("value")
    filled = status in {"finished", "smart_sell"}
    return Leg(
        id=trade_id,
        purpose="position",
        status=status,
        price=price,
        amount=units,
        order_type=position.text("order_type", "market"),
        realised_amount=units if filled and units is not None else Decimal(0),
        realised_price=price if filled else None,
    )


def _step(reader: Reader, trade_id: int) -> Leg:
    price = reader.child("price")
    trailing = reader.child("trailing")
    trail_pct = trailing.number("percent")
    trails = trailing.flag("enabled", default=False) and trail_pct is not None
    status = _status(reader)
    amount = reader.child("units").number("value")
    filled = status in {"finished", "panic_sold"}
    return Leg(
        id=trade_id,
        purpose="take_profit",
        status=status,
        price=price.number("value"),
        amount=amount,
        order_type=reader.text("order_type", "limit"),
        follows=price.text("type", "last"),
        position=reader.integer("position", 0) or None,
        # One recorded sample has a negative percent for a long.
        trail_pct=abs(trail_pct) if trails and trail_pct is not None else None,
        realised_amount=amount if filled and amount is not None else Decimal(0),
        realised_price=price.number("value") if filled else None,
        step={**reader.object, "id": trade_id},
    )


def _stop_loss(reader: Reader, entry: Leg, trade_id: int) -> Leg:
    trigger = reader.child("conditional").child("price")
    return Leg(
        id=trade_id,
        purpose="stop_loss",
        status=_status(reader),
        price=trigger.number("value"),
        amount=entry.amount,
        order_type=reader.text("order_type", "market"),
        follows=trigger.text("type", "last"),
    )


def _funds_leg(reader: Reader, ids: TradeIds) -> Leg:
    trade_id = ids.take(reader.integer("id"), reader.at("id")) if reader.has("id") else ids.new()
    return Leg(
        id=trade_id,
        purpose="reduce_funds",
        status=_status(reader),
        price=reader.child("price").number("value"),
        amount=reader.child("units").number("value"),
        order_type=reader.text("type", "market"),
        step={**reader.object, "id": trade_id},
    )


def _take_rows(legs: list[Leg], trades: Sequence[Json], ids: TradeIds, place: str) -> None:
    for number, row in enumerate(trades):
        reader = Reader(row, f"{place}[{number}]")
        trade_id, purpose = reader.integer("id"), reader.text("trade_purpose")
        leg = next((leg for leg in legs if leg.id == trade_id), None)
        if leg is None and purpose in {"position", "stop_loss"}:
            # The entity tells no id of these two: the row does.
            leg = next((leg for leg in legs if leg.purpose == purpose), None)
        if leg is None or leg.purpose != purpose:
            msg = f"{reader.place}: the SmartTrade has no {purpose} of the id {trade_id}."
            raise ScenarioError(msg)
        if leg.id != trade_id:
            leg.id = ids.take(trade_id, reader.at("id"))
        leg.row = row
        leg.status = reader.text("status", leg.status)
        leg.realised_amount = reader.number("realised_amount") or leg.realised_amount
        leg.realised_price = reader.number("realised_price") or leg.realised_price
