"""
Questions about pairs: only where a pair that is open is answered does a refusal say something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import make_price, make_smart_trade
from port_fakes import FakeGateway
from tradewarden.cli.asked_pairs import answers_to
from tradewarden.errors import AccessDenied, NotFound, RateLimited, RequestRejected, TransientError, UnreadableReply
from tradewarden.rulesfile.advice.asked_pairs import Question

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import CurrentPrice

PRICE, NO_PRICE = make_price(), make_price(last=None)
NOT_FOUND = NotFound("no", status=404, code="not_found")
INVALID = RequestRejected("no", status=400, code="record_invalid")
TRADES = (
    make_smart_trade(id=1, exchange="binance", pair="USDT_DOGE"),
    make_smart_trade(id=2, exchange="kraken", pair="USD_XRP"),
)
BTC, BCT = Question("USDT_BTC", "binance"), Question("USDT_BCT", "binance")
ON_KRAKEN = Question("USD_BTC", "kraken")


@dataclass(slots=True)
class Markets(FakeGateway):
    """
    Answers for each pair with its price, or raises.
    """

    said: dict[str, CurrentPrice | Exception] = field(default_factory=dict)

    async def read_market(self, pair: str, *, exchange: str) -> CurrentPrice:
        """
        Answer, or raise.
        """
        self.asked.append(f"{pair} {exchange}")
        answer = self.said[pair]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize("refusal", [NOT_FOUND, INVALID])
async def test_a_refusal_says_that_a_pair_is_not_known(refusal: Exception) -> None:
    gateway = Markets(said={"USDT_DOGE": PRICE, "USDT_BTC": PRICE, "USDT_BCT": refusal})

    assert await answers_to([BTC, BCT], gateway, TRADES) == {BTC: True, BCT: False}
    assert gateway.asked == ["USDT_DOGE binance", "USDT_BTC binance", "USDT_BCT binance"]


@pytest.mark.parametrize("trial", [NOT_FOUND, INVALID, NO_PRICE])
async def test_where_an_open_pair_has_no_answer_no_other_is_asked_for(trial: CurrentPrice | Exception) -> None:
    gateway = Markets(said={"USDT_DOGE": trial, "USD_XRP": PRICE, "USD_BTC": NOT_FOUND})

    assert await answers_to([BTC, BCT, ON_KRAKEN], gateway, TRADES) == {ON_KRAKEN: False}
    assert gateway.asked == ["USDT_DOGE binance", "USD_XRP kraken", "USD_BTC kraken"]


async def test_an_answer_without_a_price_says_nothing() -> None:
    gateway = Markets(said={"USDT_DOGE": PRICE, "USDT_BTC": NO_PRICE, "USDT_BCT": NOT_FOUND})

    assert await answers_to([BTC, BCT], gateway, TRADES) == {BCT: False}


@pytest.mark.parametrize(
    "trouble",
    [
        TransientError("late"),
        RateLimited("stop", pause=timedelta(minutes=5), banned=False),
        AccessDenied("no"),
        UnreadableReply("what?"),
    ],
)
async def test_trouble_ends_the_asking_and_keeps_what_was_answered(trouble: Exception) -> None:
    gateway = Markets(said={"USDT_DOGE": PRICE, "USDT_BTC": PRICE, "USDT_BCT": trouble})

    assert await answers_to([BTC, BCT, ON_KRAKEN], gateway, TRADES) == {BTC: True}
    assert gateway.asked == ["USDT_DOGE binance", "USDT_BTC binance", "USDT_BCT binance"]


async def test_without_a_question_nothing_is_asked() -> None:
    gateway = Markets()

    assert await answers_to([], gateway, TRADES) == {}
    assert gateway.asked == []
