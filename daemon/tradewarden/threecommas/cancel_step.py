"""
The one DELETE of this program.

Without a trade id the same call would cancel the whole SmartTrade, and after a redirect, a retry or a proxy it might go
out twice: so its path is built in one place from two checked integers, and it is sent once.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import httpx

from tradewarden.errors import ApiError
from tradewarden.threecommas.connection import reply_of
from tradewarden.threecommas.errors import cancel_answer, is_penalty, not_sent, unanswered
from tradewarden.threecommas.scalars import MAX_ID
from tradewarden.threecommas.transport import HOOK, read_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from tradewarden.model.cancel import CancelAnswer
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import SmartTradeId, TradeId
    from tradewarden.ports import Reservation
    from tradewarden.threecommas.connection import Connection
    from tradewarden.threecommas.reply import Reply

NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, TimeoutError)


def cancel_path(smart_trade_id: SmartTradeId, trade_id: TradeId) -> str:
    """
    Return the path of the DELETE. Raises TypeError or ValueError unless both ids are positive integers.
    """
    ids: dict[str, object] = {"SmartTrade id": smart_trade_id, "trade id": trade_id}
    for name, value in ids.items():
        if type(value) is not int:  # a bool is an int to isinstance
            msg = f"the {name} {value!r} is not an integer: nothing was sent"
            raise TypeError(msg)
        if not 0 < value <= MAX_ID:
            msg = f"the {name} {value!r} is not a positive integer of 64 bits: nothing was sent"
            raise ValueError(msg)
    return f"/v2/smart_trades/{smart_trade_id}/trades/{trade_id}"


class CancelStep:
    """
    One DELETE on its way. *last_check* returns a reason to stop, or ``None``.
    """

    def __init__(
        self,
        connection: Connection,
        path: str,
        *,
        last_check: Callable[[], Awaitable[str | None]],
        read_asked_at: Moment,
        connect_within: timedelta,
    ) -> None:
        self._connection = connection
        self._path = path
        self._last_check = last_check
        self._read_asked_at = read_asked_at
        self._connect_within = min(connect_within, connection.timeout).total_seconds()
        self._stopped: CancelAnswer | None = None
        self._sent_at: Moment | None = None
        self._window: timedelta | None = None
        self._reply: Reply | None = None

    async def send(self, reservation: Reservation) -> CancelAnswer:
        """
        Send it once and say what is known of its fate.

        1. Count it in the budget. 2. Connect. 3. Ask the last check. 4. Send. 5. Judge by status and error object.
        """
        try:
            await self._connection.budget.acquire(reservation)
        except ApiError as error:
            return not_sent("penalty", str(error))
        failure: Exception | None = None
        try:
            await self._exchange()
        except Exception as error:  # noqa: BLE001 (bytes may be out: what is not known is an answer, never a raise)
            failure = error
        if self._reply is None:
            return self._without_a_reply(failure)
        if is_penalty(self._reply):
            await self._connection.penalise(self._reply, f"DELETE {self._path}")
        return cancel_answer(self._reply, self._window)

    async def _exchange(self) -> None:
        """
        Connect within the time allowed, then give the request and its answer the ordinary time-out.
        """
        http, patience = self._connection.http, self._connection.timeout.total_seconds()
        async with asyncio.timeout(self._connect_within) as deadline:
            request = http.build_request(
                "DELETE",
                self._path,
                timeout=httpx.Timeout(patience, connect=self._connect_within, pool=self._connect_within),
                extensions={HOOK: partial(self._before_first_byte, deadline)},
            )
            response = await http.send(request, stream=True)
            # The status counts even if the body never comes to its end.
            self._reply = reply_of(response, body=b"", asked_at=self._read_asked_at)
            self._reply = replace(self._reply, body=await read_body(response))

    async def _before_first_byte(self, deadline: asyncio.Timeout) -> None:
        try:
            reason = await self._last_check()
        except Exception as error:
            self._stopped = not_sent("check_failed", f"the last check failed ({type(error).__name__}: {error})")
            raise
        if reason is not None:
            self._stopped = not_sent(reason, "the last check said no")
            raise _Stopped
        deadline.reschedule(asyncio.get_running_loop().time() + self._connection.timeout.total_seconds())
        self._sent_at = self._connection.clock.now()
        self._window = self._sent_at.since(self._read_asked_at)
        self._connection.requests_sent += 1

    def _without_a_reply(self, error: Exception | None) -> CancelAnswer:
        if self._stopped is not None:
            return self._stopped
        if self._sent_at is None and isinstance(error, NOT_CONNECTED):
            return not_sent("no_connection", f"no connection to 3Commas could be made ({type(error).__name__})")
        return unanswered(error, self._window)


class _Stopped(Exception):
    """
    Ends the request before its first byte.
    """
