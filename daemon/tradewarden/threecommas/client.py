"""
The gateway to 3Commas: the listing, one SmartTrade read twice over, and the cancel of one step.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from tradewarden.errors import AccessDenied, UnreadableReply
from tradewarden.model.smart_trade import Listing, Reading, SmartTrade, SmartTradeId, Unreadable
from tradewarden.threecommas import wire
from tradewarden.threecommas.cancel_step import CancelStep, cancel_path
from tradewarden.threecommas.connection import Connection
from tradewarden.threecommas.transport import open_http_client

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable
    from datetime import timedelta
    from types import TracebackType

    import httpx

    from tradewarden.model.cancel import CancelAnswer
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import CurrentPrice, Trade, TradeId
    from tradewarden.ports import Clock, Reservation
    from tradewarden.threecommas.budget import RequestBudget
    from tradewarden.threecommas.connection import OnPenalty
    from tradewarden.threecommas.reply import Reply

SMART_TRADES = "/v2/smart_trades"
VALIDATE = "/ver1/validate"
CURRENCY_RATES = "/ver1/accounts/currency_rates"
PER_PAGE = 100  # the most that the API gives
MOST_PAGES = 200
MOST_SMART_TRADES = MOST_PAGES * PER_PAGE
REQUESTS_OF_A_CANCEL = 6


class ThreeCommasClient:
    """
    The 3Commas API of one account, with one HTTP client for the life of the process.

    *url* ends in ``/public/api``; *account_mode* is real or paper. *on_penalty* is told of a 429 or 418 (banned or not,
    what Retry-After asked for, why), journals it, and returns the pause that is to hold. *transport* is for tests.
    """

    def __init__(  # noqa: PLR0913 (everything that tests replace enters here)
        self,
        *,
        url: str,
        auth: httpx.Auth,
        account_mode: str,
        timeout: timedelta,
        budget: RequestBudget,
        clock: Clock,
        on_penalty: OnPenalty,
        jitter: random.Random,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = open_http_client(
            url=url, auth=auth, account_mode=account_mode, timeout=timeout.total_seconds(), transport=transport
        )
        self._connection = Connection(
            http=self._http, timeout=timeout, budget=budget, clock=clock, on_penalty=on_penalty, jitter=jitter
        )

    async def __aenter__(self) -> Self:
        """
        Return itself.
        """
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """
        Close all connections.
        """
        await self.aclose()

    async def aclose(self) -> None:
        """
        Close all connections, once every penalty is journaled. May be called twice.
        """
        await self._connection.finish()
        await self._http.aclose()

    @property
    def requests_sent(self) -> int:
        """
        Count the requests that went out so far.
        """
        return self._connection.requests_sent

    async def reserve_cancel(self) -> Reservation:
        """
        Set six requests apart for a guarded cancel, waiting for the next minute if need be.

        Raises BudgetExhausted if they never fit, RateLimited while a penalty runs.
        """
        return await self._connection.budget.reserve(REQUESTS_OF_A_CANCEL)

    async def list_open(self) -> Listing:
        """
        Read all open SmartTrades, page by page: complete, or an ApiError.
        """
        listing = _Pages()
        for page in range(1, MOST_PAGES + 1):
            params = {
                "order_by": "created_at",
                "order_direction": "asc",
                "page": str(page),
                "per_page": str(PER_PAGE),
                "status": "active",
            }
            complete = await self._connection.get(SMART_TRADES, listing.add, params=params)
            if complete is not None:
                return complete
        msg = f"the listing does not end: {MOST_PAGES} pages of {PER_PAGE} SmartTrades"
        raise UnreadableReply(msg)

    async def read_market(self, pair: str, *, exchange: str) -> CurrentPrice:
        """
        Read the price of a *pair* on an *exchange* (the account's type): bid, ask and last, nothing else.

        It is public at 3Commas, and asks for the exchange where it is asked for a pair. Raises ApiError.
        """
        return await self._connection.get(
            CURRENCY_RATES,
            lambda reply: wire.read_rates(reply.body),
            params={"market_code": exchange, "pair": pair},
            past_caches=True,
        )

    async def read(self, smart_trade_id: SmartTradeId, *, reservation: Reservation | None = None) -> Reading:
        """
        Read one SmartTrade and its list of trades, both at once, past every cache.

        Raises ApiError: that of the first part to fail; the other is stopped.
        """
        path = f"{SMART_TRADES}/{smart_trade_id}"

        def one(reply: Reply) -> tuple[SmartTrade, Reply]:
            return wire.read_smart_trade(reply.body), reply

        def rows(reply: Reply) -> tuple[tuple[Trade, ...], Reply]:
            return wire.read_trades(reply.body), reply

        get = self._connection.get
        try:
            async with asyncio.TaskGroup() as both:
                first = both.create_task(get(path, one, reservation=reservation, past_caches=True))
                second = both.create_task(get(f"{path}/trades", rows, reservation=reservation, past_caches=True))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        (smart_trade, reply), (trades, trades_reply) = first.result(), second.result()
        if smart_trade.id != smart_trade_id:
            msg = f"3Commas was asked for SmartTrade {smart_trade_id!r} and sent {smart_trade.id!r} {reply.provenance}"
            raise UnreadableReply(msg, request_id=reply.request_id)
        return Reading(
            smart_trade=smart_trade,
            trades=trades,
            asked_at=min(reply.asked_at, trades_reply.asked_at, key=lambda moment: moment.boot),
            cache_evidence=reply.cache_evidence or trades_reply.cache_evidence,
        )

    async def cancel_step(
        self,
        smart_trade_id: SmartTradeId,
        trade_id: TradeId,
        *,
        last_check: Callable[[], Awaitable[str | None]],
        read_asked_at: Moment,
        connect_within: timedelta,
        reservation: Reservation,
    ) -> CancelAnswer:
        """
        Send the one DELETE, once. Never raises an ApiError: what is not known is an answer too.

        Raises TypeError or ValueError, with nothing sent, unless both ids are positive integers.
        """
        path = cancel_path(smart_trade_id, trade_id)
        request = CancelStep(
            self._connection, path, last_check=last_check, read_asked_at=read_asked_at, connect_within=connect_within
        )
        return await request.send(reservation)

    async def validate(self) -> None:
        """
        Ask whether the credentials are valid. Raises AccessDenied if not.
        """
        valid = await self._connection.get(VALIDATE, lambda reply: wire.read_validity(reply.body))
        if not valid:
            msg = "3Commas says that the API key is not valid. Make a new one and store it with its secret"
            raise AccessDenied(msg)


class _Pages:
    """
    The listing as it comes in. Of two copies of a SmartTrade the later stays: it was read later.

    One that could not be read on any page is set aside, whatever another page said of it.
    """

    def __init__(self) -> None:
        self._asked_at: Moment | None = None
        self._found: dict[SmartTradeId, SmartTrade] = {}
        self._set_aside: dict[SmartTradeId, Unreadable] = {}
        self._nameless: list[Unreadable] = []

    def add(self, reply: Reply) -> Listing | None:
        """
        Take in a page, and return the listing if it was the last.

        Raises UnreadableReply if pages repeat themselves, or if there are more SmartTrades than anybody has.
        """
        page = wire.read_page(reply.body)
        known = len(self._found) + len(self._set_aside)
        for one in page:
            if isinstance(one, SmartTrade):
                self._found[one.id] = one
            elif one.smart_trade_id is None:
                self._nameless.append(one)
            else:
                self._set_aside[one.smart_trade_id] = one
        self._asked_at = self._asked_at or reply.asked_at
        if len(self._found) + len(self._set_aside) + len(self._nameless) > MOST_SMART_TRADES:
            msg = f"the listing has more than {MOST_SMART_TRADES} SmartTrades {reply.provenance}"
            raise UnreadableReply(msg, request_id=reply.request_id)
        if len(page) < PER_PAGE:
            return self._complete(self._asked_at)
        if len(self._found) + len(self._set_aside) == known:
            msg = f"a full page of the listing brings no SmartTrade that was not seen before {reply.provenance}"
            raise UnreadableReply(msg, request_id=reply.request_id)
        return None

    def _complete(self, asked_at: Moment) -> Listing:
        return Listing(
            smart_trades=tuple(one for one in self._found.values() if one.id not in self._set_aside),
            unreadable=(*self._set_aside.values(), *self._nameless),
            asked_at=asked_at,
        )
