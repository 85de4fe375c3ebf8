"""
Reads of the API: each attempt goes through the budget, faults are tried again, penalties stop everything.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import httpx

from tradewarden.errors import RateLimited, TradeWardenError, TransientError, UnreadableReply
from tradewarden.model.memory import Penalty
from tradewarden.threecommas.errors import BANNED, connection_error, is_penalty, read_error
from tradewarden.threecommas.reply import Reply
from tradewarden.threecommas.scalars import Malformed
from tradewarden.threecommas.signing import API_KEY_HEADER, SIGNATURE_HEADER
from tradewarden.threecommas.transport import HOOK, read_body

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, Mapping

    from tradewarden.model.moment import Moment
    from tradewarden.ports import Clock, Reservation
    from tradewarden.threecommas.budget import RequestBudget

    OnPenalty = Callable[[bool, timedelta | None, str], Awaitable[timedelta]]

T = TypeVar("T")

ATTEMPTS = 3
FIRST_BACK_OFF = timedelta(milliseconds=500)  # doubles; each is shortened or lengthened by up to a half
PAUSE = timedelta(seconds=300)  # what 3Commas documents for a 429
BAN = timedelta(minutes=2)  # ... and at least for a 418
NO_CACHE = {"Cache-Control": "no-cache"}


class Connection:
    """
    What all requests share: the HTTP client, the budget, the clock, the count and the penalties.
    """

    def __init__(
        self,
        *,
        http: httpx.AsyncClient,
        timeout: timedelta,
        budget: RequestBudget,
        clock: Clock,
        on_penalty: OnPenalty,
        jitter: random.Random,
    ) -> None:
        self.http = http
        self.timeout = timeout
        self.budget = budget
        self.clock = clock
        self.requests_sent = 0
        self._on_penalty = on_penalty
        self._jitter = jitter
        self._journaling: set[asyncio.Task[timedelta]] = set()

    async def get(
        self,
        path: str,
        decode: Callable[[Reply], T],
        *,
        params: Mapping[str, str] | None = None,
        reservation: Reservation | None = None,
        past_caches: bool = False,
    ) -> T:
        """
        Read *path* and return what *decode* makes of it. *params* are signed and sent in the order of their names.

        Tries up to three times what may work the next time, within twice the time-out. Raises ApiError.
        """
        began: Moment | None = None
        attempt = 1
        while True:
            await self.budget.acquire(reservation)
            began = began or self.clock.now()
            try:
                return await self._read(path, decode, params=params, past_caches=past_caches)
            except (TransientError, _BrokenReply):
                pause = self._back_off(attempt)
                elapsed = self.clock.now().since(began)
                if attempt == ATTEMPTS or elapsed is None or elapsed + pause > 2 * self.timeout:
                    raise
            await self.clock.sleep(pause)
            attempt += 1

    async def penalise(self, reply: Reply, what: str) -> timedelta:
        """
        Stop every request after a 429 or 418, have it journaled once, and return for how long.

        The stop holds before the journal is asked, and if it cannot be written.
        """
        banned = reply.status == BANNED
        asked = reply.retry_after
        reason = f"HTTP {reply.status} to {what}: {reply.saying}"
        pause = max(BAN if banned else PAUSE, asked or timedelta(0))
        running = self.budget.penalty
        if running is not None and running.pause >= pause and (running.bans or not banned):
            return running.pause  # another request of the same moment was told so already
        penalty = Penalty(began=self.clock.now(), pause=pause, bans=int(banned), reason=reason)
        self.budget.penalise(penalty)
        journaling = asyncio.create_task(self._journal(penalty, asked, banned=banned))
        self._journaling.add(journaling)
        journaling.add_done_callback(self._journaling.discard)
        # The other read of a pair fails next and has this one stopped: the journal must hear of it all the same.
        return await asyncio.shield(journaling)

    async def finish(self) -> None:
        """
        Wait until every penalty is journaled, those too whose request was given up.
        """
        if self._journaling:
            await asyncio.wait(self._journaling)

    async def _journal(self, penalty: Penalty, asked: timedelta | None, *, banned: bool) -> timedelta:
        try:
            final = max(penalty.pause, await self._on_penalty(banned, asked, penalty.reason))
        except TradeWardenError:
            return penalty.pause
        self.budget.penalise(replace(penalty, pause=final))
        return final

    async def _read(
        self, path: str, decode: Callable[[Reply], T], *, params: Mapping[str, str] | None, past_caches: bool
    ) -> T:
        what = f"GET {path}"
        reply = await self._exchange(path, params=params, past_caches=past_caches)
        if is_penalty(reply):
            pause = await self.penalise(reply, what)
            msg = (
                f"3Commas imposed a pause of {pause.total_seconds():.0f} s at {what}: {reply.saying} {reply.provenance}"
            )
            raise RateLimited(msg, pause=pause, banned=reply.status == BANNED, request_id=reply.request_id)
        if not reply.is_success:
            raise read_error(reply, what)
        if reply.repeats_a_secret:
            msg = f"the answer to {what} repeats the API key or the signature: nothing of it is used {reply.provenance}"
            raise UnreadableReply(msg, request_id=reply.request_id)
        try:
            return decode(reply)
        except Malformed as error:
            kind = _BrokenReply if error.broken else UnreadableReply
            msg = f"the answer to {what} is not what 3Commas is known to send: {error} {reply.provenance}"
            raise kind(msg, request_id=reply.request_id) from None

    async def _exchange(self, path: str, *, params: Mapping[str, str] | None, past_caches: bool) -> Reply:
        """
        Send one GET and read its answer, all within the time-out.
        """
        asked_at = self.clock.now()

        async def before_first_byte() -> None:
            nonlocal asked_at
            asked_at = self.clock.now()
            self.requests_sent += 1

        request = self.http.build_request(
            "GET",
            path,
            params=dict(sorted(params.items())) if params else None,
            headers=NO_CACHE if past_caches else None,
            extensions={HOOK: before_first_byte},
        )
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                response = await self.http.send(request, stream=True)
                body = await read_body(response)
        except (httpx.HTTPError, OSError) as error:
            # The frames below hold the signed headers.
            raise connection_error(error, f"GET {path}", hidden=_hidden_in(request)) from None
        return reply_of(response, body=body, asked_at=asked_at)

    def _back_off(self, attempt: int) -> timedelta:
        return FIRST_BACK_OFF * (1 << (attempt - 1)) * self._jitter.uniform(0.5, 1.5)


class _BrokenReply(UnreadableReply):
    """
    A 2xx whose body broke off or is not JSON at all: another try may be better.
    """


def reply_of(response: httpx.Response, *, body: bytes, asked_at: Moment) -> Reply:
    """
    Keep of an HTTP response what the rest may see. Key and signature are masked should the server repeat them.
    """
    return Reply(
        status=response.status_code,
        headers=response.headers,
        body=body,
        asked_at=asked_at,
        hidden=_hidden_in(response.request),
    )


def _hidden_in(request: httpx.Request) -> tuple[str, ...]:
    sent = request.headers
    return tuple(sent[name] for name in (API_KEY_HEADER, SIGNATURE_HEADER) if sent.get(name))
