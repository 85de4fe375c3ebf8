"""
A client that can only read, beside a daemon that may be running: without locks, without a journal.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn

from tradewarden.bootstrap.client import make_client
from tradewarden.engine.penalty import next_penalty
from tradewarden.model.cancel import Answer, CancelAnswer
from tradewarden.threecommas.budget import RequestBudget
from tradewarden.threecommas.client import ThreeCommasClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta

    from tradewarden.bootstrap.wiring import Wiring
    from tradewarden.model.memory import Penalty
    from tradewarden.ports import Clock, SmartTradeGateway


class ReadOnlyClient(ThreeCommasClient):
    """
    The 3Commas API for whoever only looks: a cancel is never sent.
    """

    async def reserve_cancel(self) -> NoReturn:
        """
        Refuse: nothing is cancelled here.
        """
        raise RuntimeError("a client that only reads was asked to cancel")

    async def cancel_step(self, *_: object, **__: object) -> CancelAnswer:
        """
        Send nothing, and say so.
        """
        return CancelAnswer(answer=Answer.NOT_SENT, reason="read_only", detail="this client only reads")


@asynccontextmanager
async def open_reader(wiring: Wiring) -> AsyncIterator[SmartTradeGateway]:
    """
    Open a client for reading, and close it at the end. Its budget and its penalties live in memory alone.

    A running daemon keeps its own count: what is read here comes on top of that. Raises UsageError (the URL).
    """
    wiring.check_url()
    budget = RequestBudget(wiring.settings.api.requests_per_minute, wiring.clock)
    client = make_client(ReadOnlyClient, wiring, budget=budget, on_penalty=_Penalties(wiring.clock))
    async with client:
        yield client


class _Penalties:
    """
    Remembers the last penalty as long as the client lives, and tells how long it is to hold.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: Penalty | None = None

    async def __call__(self, banned: bool, retry_after: timedelta | None, reason: str) -> timedelta:  # noqa: FBT001 (the client's)
        self._last = next_penalty(
            self._last, banned=banned, retry_after=retry_after, reason=reason, now=self._clock.now()
        )
        return self._last.pause
