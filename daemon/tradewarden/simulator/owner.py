"""
The owner's own hands: what they do on the web while TradeWarden is at work.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.entities import number_text, status_block
from tradewarden.simulator.smart_trade import ACCEPTS_CANCELS, DONE, LIVE, Leg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.simulator.smart_trade import SmartTrade
    from tradewarden.simulator.world import World


class Owner:
    """
    Acts on the SmartTrades of a world. Every method returns ``False``, and does nothing, if it is too late for that,
    and raises KeyError for a SmartTrade that is not there.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def cancel_step(self, smart_trade_id: int, trade_id: int) -> bool:
        """
        Cancel a step by hand; ``False`` if it can not be cancelled. The last one takes the SmartTrade with it.
        """
        return self._world.cancel_trade(smart_trade_id, trade_id, by="owner")

    def cancel_smart_trade(self, smart_trade_id: int) -> bool:
        """
        Cancel the whole SmartTrade by hand.
        """
        return self._world.cancel_smart_trade(smart_trade_id, by="owner")

    def edit(
        self,
        smart_trade_id: int,
        *,
        prices: Mapping[int, str | Decimal] | None = None,
        stop_loss: str | Decimal | None = None,
    ) -> bool:
        """
        Save the SmartTrade with new *prices* by step position. Its open steps get new ids and are idle for a moment.
        """
        smart_trade = self._begin(smart_trade_id)
        if smart_trade is None:
            return False
        prices = prices or {}
        # A step that is going stays going: it is not saved again.
        fresh = [
            self._renew(smart_trade, leg, prices)
            for leg in smart_trade.steps
            if not leg.going and leg.status not in DONE
        ]
        if stop_loss is not None and smart_trade.stop_loss is not None:
            smart_trade.stop_loss.price = Decimal(stop_loss)
            smart_trade.stop_loss.updated_at = self._world.now
        self._world.record("edited", "owner", smart_trade)
        self._world.later(self._world.habits.edit_lag_s, lambda: self._arm(smart_trade, fresh))
        return True

    def remove_stop_loss(self, smart_trade_id: int) -> bool:
        """
        Switch the stop loss off by an edit, which leaves the SmartTrade open. (To cancel its trade would not.)
        """
        smart_trade = self._begin(smart_trade_id)
        stop_loss = None if smart_trade is None else smart_trade.stop_loss
        if smart_trade is None or stop_loss is None:
            return False
        stop_loss.status, stop_loss.updated_at = "cancelled", self._world.now
        self._world.record("stop_loss_removed", "owner", smart_trade, stop_loss)
        return True

    def close_at_market(self, smart_trade_id: int) -> bool:
        """
        Close the whole SmartTrade at the market price.
        """
        smart_trade = self._begin(smart_trade_id)
        if smart_trade is None:
            return False
        smart_trade.status = "panic_sell_pending"
        close = Leg(
            id=self._world.ids.new(max(leg.id for leg in smart_trade.legs) + 1),
            purpose="market_close",
            status="to_process",
            price=None,
            amount=smart_trade.units,
            order_type="market",
        )
        smart_trade.legs.append(close)
        self._world.record("close_requested", "owner", smart_trade, close)

        def finish() -> None:
            if smart_trade.status != "panic_sell_pending":
                return
            close.status, close.updated_at = "finished", self._world.now
            close.realised_amount = close.amount or Decimal(0)
            close.realised_price = self._world.quote(smart_trade).last
            self._world.end(smart_trade, "panic_sold", by="owner")

        self._world.later(self._world.habits.cancel_lag_s, finish)
        return True

    def close_step_at_market(self, smart_trade_id: int, trade_id: int) -> bool:
        """
        Close one step at the market price: it is ``panic_sell_pending`` and then ``panic_sold``.
        """
        smart_trade = self._begin(smart_trade_id)
        step = None if smart_trade is None else smart_trade.leg(trade_id)
        if smart_trade is None or step is None or step.purpose != "take_profit" or step.status not in LIVE:
            return False
        step.status, step.going = "panic_sell_pending", False
        self._world.record("close_requested", "owner", smart_trade, step)

        def finish() -> None:
            if step.status != "panic_sell_pending":
                return
            self._world.fill(smart_trade, step, share=Decimal(1), price=self._world.quote(smart_trade).last)
            step.status = "panic_sold"

        self._world.later(self._world.habits.cancel_lag_s, finish)
        return True

    def reduce_funds(self, smart_trade_id: int, amount: str | Decimal) -> bool:
        """
        Sell *amount* of the position at the market price: the SmartTrade is ``pending_reduce_funds`` for a moment.
        """
        smart_trade = self._begin(smart_trade_id)
        if smart_trade is None:
            return False
        amount = Decimal(amount)
        leg = Leg(
            id=self._world.ids.new(max(leg.id for leg in smart_trade.legs) + 1),
            purpose="reduce_funds",
            status="to_process",
            price=None,
            amount=amount,
            order_type="market",
        )
        leg.step = {
            "id": leg.id,
            "type": "market",
            "status": status_block("to_process"),
            "units": {"value": number_text(amount)},
            "price": {"value": None},
            "total": None,
            "data": {"cancelable": False, "panic_sell_available": False},
        }
        smart_trade.legs.append(leg)
        smart_trade.status = "pending_reduce_funds"
        self._world.record("reduce_requested", "owner", smart_trade, leg)

        def finish() -> None:
            if smart_trade.status != "pending_reduce_funds":
                return
            leg.status, leg.realised_amount, leg.updated_at = "finished", amount, self._world.now
            leg.realised_price = self._world.quote(smart_trade).last
            smart_trade.units = (smart_trade.units or Decimal(0)) - amount
            smart_trade.status, smart_trade.updated_at = "waiting_targets", self._world.now
            self._world.record("funds_reduced", "owner", smart_trade, leg)

        self._world.later(self._world.habits.cancel_lag_s, finish)
        return True

    def _begin(self, smart_trade_id: int) -> SmartTrade | None:
        self._world.advance()
        smart_trade = self._world.smart_trade(smart_trade_id)
        if smart_trade.status not in ACCEPTS_CANCELS:
            return None
        smart_trade.updated_at = self._world.now
        return smart_trade

    def _renew(self, smart_trade: SmartTrade, old: Leg, prices: Mapping[int, str | Decimal]) -> Leg:
        price = prices.get(old.position, old.price) if old.position is not None else old.price
        fresh = Leg(
            id=self._world.ids.new(max(leg.id for leg in smart_trade.legs) + 1),
            purpose="take_profit",
            status="idle",
            price=None if price is None else Decimal(price),
            amount=old.amount,
            order_type=old.order_type,
            follows=old.follows,
            position=old.position,
            trail_pct=old.trail_pct,
            step=old.step,
            updated_at=self._world.now,
        )
        smart_trade.legs.insert(smart_trade.legs.index(old), fresh)
        old.status, old.going, old.updated_at = "cancelled", False, self._world.now
        return fresh

    def _arm(self, smart_trade: SmartTrade, steps: list[Leg]) -> None:
        if smart_trade.status != "waiting_targets":
            return
        for step in steps:
            if step.status == "idle" and not step.going:
                step.status, step.updated_at = step.armed_status, self._world.now
                self._world.record("armed", "owner", smart_trade, step)
