"""
Asks 3Commas whether it knows pairs that no open SmartTrade has.

Nobody has written down what it answers for a pair that does not exist, nor that an account's type is the word that it
takes for an exchange. So each exchange is tried first with a pair that is open there: only where that one is answered
with a price does a refusal of another pair mean that it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.errors import ApiError, RequestRejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.ports import SmartTradeGateway
    from tradewarden.rulesfile.advice.asked_pairs import Question

MOST_ASKED = 8
REQUESTS_OF_A_QUESTION = 2  # itself, and the trial of its exchange


async def answers_to(
    questions: Sequence[Question], gateway: SmartTradeGateway, trades: Sequence[SmartTrade]
) -> dict[Question, bool]:
    """
    Return the answers that are certain. *trades* are the open SmartTrades.

    Anything that goes wrong ends the asking: what is not answered is left out.
    """
    answers: dict[Question, bool] = {}
    tried: dict[str, bool] = {}
    try:
        for question in questions:
            exchange = question.exchange
            if exchange not in tried:
                pair = next(trade.pair for trade in trades if trade.exchange == exchange)
                tried[exchange] = await _has_a_price(pair, exchange, gateway) is True
            known = await _has_a_price(question.pair, exchange, gateway) if tried[exchange] else None
            if known is not None:
                answers[question] = known
    except ApiError:
        pass
    return answers


async def _has_a_price(pair: str, exchange: str, gateway: SmartTradeGateway) -> bool | None:
    """
    Tell whether 3Commas knows a price of *pair*: no if it refuses, unknown if it answers without one. Raises ApiError.
    """
    try:
        price = await gateway.read_market(pair, exchange=exchange)
    except RequestRejected:
        return False
    return None if price.last is None else True
