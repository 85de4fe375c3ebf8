"""
What a rule saw at a reading: the facts of a SmartTrade as the daemon's evaluation had them. For traces and coverage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.engine.decide import trade_facts

if TYPE_CHECKING:
    from tradewarden.engine.facts import Facts
    from tradewarden.engine.seen import Seen
    from tradewarden.model.smart_trade import SmartTrade, SmartTradeId
    from tradewarden.ruletests.play import Frame, Played


def trade_at(frame: Frame, smart_trade_id: SmartTradeId) -> SmartTrade | None:
    """
    Return the SmartTrade as the reading showed it; ``None`` if nothing was read.
    """
    trades = () if frame.listing is None else frame.listing.smart_trades
    return next((trade for trade in trades if trade.id == smart_trade_id), None)


def facts_at(played: Played, frame: Frame, trade: SmartTrade) -> tuple[Seen, Facts]:
    """
    Return *trade* as its rules saw it at the reading, windows and other markets included.
    """
    if frame.listing is None or frame.evaluation is None:
        msg = "nothing was evaluated at this reading"
        raise LookupError(msg)
    return trade_facts(
        trade,
        settings=played.settings,
        now=frame.listing.asked_at,
        watch=frame.evaluation.memory.prices.get(trade.id),
        surroundings=frame.evaluation.surroundings,
    )
