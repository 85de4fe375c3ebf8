"""
A client of the API that lives for one input: whatever it is answered, on a clock that only its own waiting moves.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import httpx

from api_client import make_rig
from factories import make_moment
from tradewarden.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tradewarden.model.cancel import CancelAnswer
    from tradewarden.model.smart_trade import SmartTradeId, TradeId
    from tradewarden.threecommas.client import ThreeCommasClient

T = TypeVar("T")


class _Bytes(httpx.AsyncByteStream):
    """
    A body that is decoded when it is read, not before.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """
        Yield it in two chunks.
        """
        middle = len(self._body) // 2
        yield self._body[:middle]
        yield self._body[middle:]


def response(body: bytes, *, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None) -> httpx.Response:
    """
    Make an answer as it comes off the wire.
    """
    return httpx.Response(status, headers=headers, stream=_Bytes(body))


def ask(answer: Callable[[str], httpx.Response], question: Callable[[ThreeCommasClient], Awaitable[T]]) -> T:
    """
    Ask a client whose every request is answered by *answer*, which is given the path.
    """

    async def asked() -> T:
        rig = make_rig(lambda request: answer(request.url.path))
        async with rig.client:
            return await question(rig.client)

    return asyncio.run(asked())


def ask_for(
    answer: Callable[[str], httpx.Response], question: Callable[[ThreeCommasClient], Awaitable[T]]
) -> T | ApiError:
    """
    Ask, and return the error if one of ours comes of it.
    """
    try:
        return ask(answer, question)
    except ApiError as error:
        return error


async def cancel(client: ThreeCommasClient, smart_trade_id: SmartTradeId, trade_id: TradeId) -> CancelAnswer:
    """
    Send a DELETE that nothing holds back.
    """

    async def nothing_against_it() -> str | None:
        return None

    return await client.cancel_step(
        smart_trade_id,
        trade_id,
        last_check=nothing_against_it,
        read_asked_at=make_moment(),
        connect_within=timedelta(seconds=15),
        reservation=await client.reserve_cancel(),
    )
