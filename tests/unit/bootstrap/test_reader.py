"""
Reading beside a daemon: no lock, no folder, no DELETE.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from api_client import API_KEY, API_SECRET
from factories import make_reading
from fakes import FakeClock
from port_fakes import FakeReservation, Heard
from tradewarden.bootstrap import Wiring, open_daemon, open_reader
from tradewarden.credentials import Credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import RateLimited, UsageError
from tradewarden.model.cancel import Answer
from tradewarden.model.secret import Secret
from tradewarden.rulesfile.loader import parse_rules

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
version: 1
mode: live
api: {requests_per_minute: 20, account_mode: paper}
rules: []
"""


class Exchange:
    """
    Answers every request with *status* and no SmartTrade.
    """

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, json=[])


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def wiring(tmp_path: Path, exchange: Exchange) -> Wiring:
    return Wiring(
        rules=parse_rules(RULES.encode(), name="rules.yaml", vocabulary=VOCABULARY),
        state=tmp_path / "state",
        api_url=f"https://{abs(hash(tmp_path))}.example/public/api",
        credentials=Credentials(api_key=Secret(API_KEY), api_secret=Secret(API_SECRET), origin="a test"),
        clock=FakeClock(),
        observer=Heard(),
        transport=httpx.MockTransport(exchange),
    )


async def test_it_reads_signed_and_in_the_mode_of_the_file(wiring: Wiring, exchange: Exchange) -> None:
    async with open_reader(wiring) as gateway:
        listing = await gateway.list_open()

    assert (listing.smart_trades, gateway.requests_sent) == ((), 1)
    (request,) = exchange.requests
    assert (request.method, request.headers["Apikey"], request.headers["Forced-Mode"]) == ("GET", API_KEY, "paper")
    assert len(request.headers["Signature"]) == 64


async def test_it_leaves_the_state_folder_alone(wiring: Wiring) -> None:
    async with open_reader(wiring) as gateway:
        await gateway.list_open()

    assert not wiring.state.exists()


async def test_it_reads_while_a_daemon_holds_its_locks(wiring: Wiring, exchange: Exchange) -> None:
    async with open_daemon(wiring), open_reader(wiring) as gateway:
        await gateway.list_open()

    assert [request.method for request in exchange.requests] == ["GET"]


async def test_it_never_cancels(wiring: Wiring, exchange: Exchange) -> None:
    reading = make_reading()

    async def nothing_against_it() -> None:
        return None

    async with open_reader(wiring) as gateway:
        answer = await gateway.cancel_step(
            reading.smart_trade.id,
            reading.trades[0].id,
            last_check=nothing_against_it,
            read_asked_at=reading.asked_at,
            connect_within=timedelta(seconds=1),
            reservation=FakeReservation(),
        )
        with pytest.raises(RuntimeError, match="only reads"):
            await gateway.reserve_cancel()

    assert answer.answer is Answer.NOT_SENT
    assert exchange.requests == []


@pytest.mark.parametrize(("status", "pauses_s"), [(429, [300, 300]), (418, [120, 240])])
async def test_a_penalty_holds_while_it_is_open(
    wiring: Wiring, exchange: Exchange, status: int, pauses_s: list[int]
) -> None:
    clock = FakeClock()
    exchange.status = status
    pauses = []
    async with open_reader(replace(wiring, clock=clock)) as gateway:
        for pause_s in pauses_s:
            with pytest.raises(RateLimited) as caught:
                await gateway.list_open()
            pauses.append(caught.value.pause)
            with pytest.raises(RateLimited):
                await gateway.list_open()
            clock.advance(timedelta(seconds=pause_s + 1))

    assert pauses == [timedelta(seconds=pause_s) for pause_s in pauses_s]
    assert len(exchange.requests) == len(pauses_s)


@pytest.mark.parametrize("url", ["http://api.3commas.io/public/api", "https://a@b/", "nonsense"])
async def test_a_url_that_would_carry_the_key_in_the_clear_is_refused(wiring: Wiring, url: str) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(UsageError):
            await stack.enter_async_context(open_reader(replace(wiring, api_url=url)))
