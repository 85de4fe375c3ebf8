"""
What the market does to a SmartTrade: targets that are reached, trailing, and the stop loss.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.simulator.smart_trade import LIVE

if TYPE_CHECKING:
    from tradewarden.simulator.market import Quote
    from tradewarden.simulator.smart_trade import Leg, SmartTrade
    from tradewarden.simulator.world import World


def play_market(world: World) -> None:
    """
    Fill what the prices of this moment reach, in every SmartTrade whose targets are armed.
    """
    for smart_trade in world.smart_trades():
        if smart_trade.status == "waiting_targets":
            _play(world, smart_trade)


def _play(world: World, smart_trade: SmartTrade) -> None:
    quote = world.quote(smart_trade)
    stop_loss = smart_trade.stop_loss
    if stop_loss is not None and stop_loss.status in LIVE and _reached(smart_trade, stop_loss, quote):
        _fire(world, smart_trade, stop_loss)
        return
    for step in smart_trade.steps:
        # One whose cancel is under way can still fill: that is the race of every cancel.
        if step.status in LIVE and smart_trade.status == "waiting_targets":
            _play_step(world, smart_trade, step, quote)


def _play_step(world: World, smart_trade: SmartTrade, step: Leg, quote: Quote) -> None:
    if step.status == "trailing_activated":
        _trail(world, smart_trade, step, quote)
    elif _reached(smart_trade, step, quote):
        if step.trail_pct is None:
            world.fill(smart_trade, step, share=Decimal(1), price=step.price)
        else:
            step.status, step.best_price, step.updated_at = "trailing_activated", step.price, world.now
            world.record("trailing_activated", "market", smart_trade, step)
            _trail(world, smart_trade, step, quote)


def _trail(world: World, smart_trade: SmartTrade, step: Leg, quote: Quote) -> None:
    price = quote.followed(step.follows)
    if price is None or step.best_price is None or step.trail_pct is None:
        return
    part = step.trail_pct / 100
    if smart_trade.is_long:
        step.best_price = max(step.best_price, price)
        turned = price <= step.best_price * (1 - part)
    else:
        step.best_price = min(step.best_price, price)
        turned = price >= step.best_price * (1 + part)
    if turned:
        world.fill(smart_trade, step, share=Decimal(1), price=price)


def _reached(smart_trade: SmartTrade, leg: Leg, quote: Quote) -> bool:
    price = quote.followed(leg.follows)
    if price is None or leg.price is None:
        return False
    upward = smart_trade.is_long == (leg.purpose == "take_profit")
    return price >= leg.price if upward else price <= leg.price


def _fire(world: World, smart_trade: SmartTrade, stop_loss: Leg) -> None:
    smart_trade.status, smart_trade.updated_at = "stop_loss_in_progress", world.now
    world.record("stop_loss_fired", "market", smart_trade, stop_loss)
    price = world.quote(smart_trade).followed(stop_loss.follows)

    def finish() -> None:
        if smart_trade.status != "stop_loss_in_progress":
            return
        open_amount = max((smart_trade.units or Decimal(0)) - smart_trade.closed_amount, Decimal(0))
        stop_loss.status, stop_loss.updated_at = "finished", world.now
        stop_loss.realised_amount, stop_loss.realised_price = open_amount, price
        smart_trade.closed_amount += open_amount
        smart_trade.closed_total += open_amount * (price or Decimal(0))
        world.end(smart_trade, "stop_loss_finished", by="market")

    world.later(world.habits.cancel_lag_s, finish)
