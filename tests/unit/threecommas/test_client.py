"""
The reads of the client: what it asks, what it makes of the answers, when it tries again and when it stops.
"""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client import API_KEY, API_SECRET, URL, Penalties, Rig, api_error, json_bytes, make_rig, not_asked
from fakes import FakeClock
from tradewarden import __version__
from tradewarden.errors import (
    AccessDenied,
    ApiError,
    BudgetExhausted,
    JournalError,
    NotFound,
    PlanLimited,
    RateLimited,
    TransientError,
    UnreadableReply,
)
from tradewarden.model.smart_trade import Listing, Reading, SmartTradeId
from tradewarden.threecommas.quote import SHORTEST_PART

if TYPE_CHECKING:
    from collections.abc import Callable

Entity = dict[str, Any]
ONE = SmartTradeId(30428625)
PATH = "/public/api/v2/smart_trades/30428625"


def answers(*replies: httpx.Response | Exception) -> Callable[[httpx.Request], httpx.Response]:
    """
    Answer the requests in turn.
    """
    left = list(replies)

    def handle(_request: httpx.Request) -> httpx.Response:
        reply = left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return handle


def both_parts(entity: object, trades: object, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """
    Answer with a SmartTrade and its list of trades.
    """

    def handle(request: httpx.Request) -> httpx.Response:
        body = trades if request.url.path.endswith("/trades") else entity
        return httpx.Response(200, json=body, headers=headers)

    return handle


def numbered(entity: Entity, first: int, count: int) -> list[Entity]:
    return [entity | {"id": first + index} for index in range(count)]


# What every request carries


async def test_every_request_says_who_and_which_account_mode(entity: Entity) -> None:
    rig = make_rig(both_parts(entity, []))

    await rig.client.read(ONE)

    for request in rig.requests:
        assert request.headers["User-Agent"] == f"tradewarden/{__version__}"
        assert request.headers["Forced-Mode"] == "real"
        assert request.headers["Cache-Control"] == "no-cache"
        assert request.headers["Apikey"] == API_KEY


@pytest.mark.parametrize(
    "url",
    [
        "http://api.3commas.io/public/api",
        "ftp://api.3commas.io/public/api",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http://localhost@example.org/",
        "http://127.0.0.1:80@example.org/",
        "http://127.0.0.1\\@example.org/",
        "http://127.0.0.1%2f@example.org/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:192.0.2.1]/",
        "http://0.0.0.0/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://127.1/",
        "http://127\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}1/",
        "https://\N{CYRILLIC SMALL LETTER A}pi.3commas.io/public/api",
        "https://api.3commas.io/public/api\N{RIGHT-TO-LEFT OVERRIDE}",
        "https://api.3commas.io/public/api\r\nX: y",
        "https://api.3commas.io/public/api?",
        "https://api.3commas.io/public/api#",
        "https://api.3commas.io:0/",
        "https://api.3commas.io:65536/",
        "https://api.3commas.io:-1/",
        "https://api..3commas.io/",
        f"https://{'a' * 64}.io/",
        "//127.0.0.1/",
        "http://10.0.0.1/public/api",
        "https://user:word@api.3commas.io/public/api",
        "https://api.3commas.io/public/api?x=1",
        "https://api.3commas.io/public/api#x",
        "https://",
        "api.3commas.io",
        "https://[",
        "https://api.3commas.io:port/",
        "",
    ],
)
def test_a_url_that_would_give_the_key_away_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the API URL"):
        make_rig(not_asked, url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.3commas.io/public/api/",
        "https://example.org.:65535/",
        "http://127.0.0.1:8080/public/api",
        "http://[::1]:1/",
        "http://localhost",
    ],
)
def test_https_anywhere_and_http_on_this_machine(url: str) -> None:
    make_rig(not_asked, url=url)


def test_the_words_of_a_refused_url_do_not_repeat_a_password() -> None:
    with pytest.raises(ValueError, match="and nothing else") as caught:
        make_rig(not_asked, url="https://user:word@api.3commas.io/public/api")

    assert "word" not in str(caught.value)


def test_an_odd_account_mode_is_refused() -> None:
    rig = make_rig(not_asked)

    with pytest.raises(ValueError, match="must be real or paper"):
        type(rig.client)(
            url=URL,
            auth=httpx.Auth(),
            account_mode="",
            timeout=timedelta(seconds=1),
            budget=rig.budget,
            clock=rig.clock,
            on_penalty=rig.penalties,
            jitter=None,  # type: ignore[arg-type]  # never used: the mode is refused before
        )


async def test_it_may_be_closed_twice() -> None:
    async with make_rig(not_asked).client as client:
        await client.aclose()


# The listing


async def test_the_listing_of_one_page(entity: Entity) -> None:
    rig = make_rig(answers(httpx.Response(200, json=[entity])))

    listing = await rig.client.list_open()

    assert [one.id for one in listing.smart_trades] == [ONE]
    assert listing.unreadable == ()
    assert listing.asked_at == rig.clock.now()
    assert rig.lines == [
        "GET /public/api/v2/smart_trades?order_by=created_at&order_direction=asc&page=1&per_page=100&status=active"
    ]
    assert rig.client.requests_sent == 1


async def test_pages_until_one_is_short(entity: Entity) -> None:
    pages = [numbered(entity, 1, 100), numbered(entity, 101, 100), []]
    rig = make_rig(answers(*(httpx.Response(200, json=page) for page in pages)))

    listing = await rig.client.list_open()

    assert [one.id for one in listing.smart_trades] == list(range(1, 201))
    assert [line.partition("page=")[2].partition("&")[0] for line in rig.lines] == ["1", "2", "3"]


async def test_the_listing_is_as_old_as_its_first_page(entity: Entity) -> None:
    clock = FakeClock()
    start = clock.now()

    def handle(request: httpx.Request) -> httpx.Response:
        clock.advance(timedelta(seconds=7))
        return httpx.Response(200, json=numbered(entity, 1, 100) if request.url.params["page"] == "1" else [])

    listing = await make_rig(handle, clock=clock).client.list_open()

    assert listing.asked_at == start


async def test_of_two_copies_the_later_stays(entity: Entity) -> None:
    pages = [numbered(entity, 1, 100), [entity | {"id": 7, "note": "later"}, entity | {"id": 101}]]
    rig = make_rig(answers(*(httpx.Response(200, json=page) for page in pages)))

    listing = await rig.client.list_open()

    assert len(listing.smart_trades) == 101
    assert [one.note for one in listing.smart_trades if one.id == 7] == ["later"]


async def test_one_that_is_unreadable_on_any_page_is_set_aside_once(entity: Entity) -> None:
    odd = entity | {"id": 7, "pair": None}
    pages = [numbered(entity, 1, 100), [odd, odd, {}]]
    rig = make_rig(answers(*(httpx.Response(200, json=page) for page in pages)))

    listing = await rig.client.list_open()

    assert len(listing.smart_trades) == 99
    assert [one.smart_trade_id for one in listing.unreadable] == [7, None]


async def test_pages_that_repeat_themselves_fail_the_listing(entity: Entity) -> None:
    rig = make_rig(lambda _: httpx.Response(200, json=numbered(entity, 1, 100)))

    with pytest.raises(UnreadableReply, match="brings no SmartTrade that was not seen before"):
        await rig.client.list_open()

    assert len(rig.requests) == 2


async def test_pages_without_an_end_fail_the_listing() -> None:
    page = [{"id": 1, "pair": None}] * 99
    served = 0

    def handle(_request: httpx.Request) -> httpx.Response:
        nonlocal served
        served += 1
        return httpx.Response(200, content=json_bytes([*page, {"id": served}]))

    with pytest.raises(UnreadableReply, match="does not end"):
        await make_rig(handle, per_minute=100).client.list_open()

    assert served == 200


async def test_more_smart_trades_than_anybody_has_fail_the_listing() -> None:
    """Pages that are longer than was asked for must not fill the memory within their number."""
    served = 0

    def handle(_request: httpx.Request) -> httpx.Response:
        nonlocal served
        served += 1
        return httpx.Response(200, content=json_bytes([{"id": served * 1000 + index} for index in range(1000)]))

    with pytest.raises(UnreadableReply, match="more than 20000 SmartTrades"):
        await make_rig(handle, per_minute=100).client.list_open()

    assert served == 21


async def test_a_page_that_fails_fails_the_listing(entity: Entity) -> None:
    first = httpx.Response(200, json=numbered(entity, 1, 100))
    rig = make_rig(answers(first, *[httpx.Response(500)] * 3))

    with pytest.raises(TransientError, match="HTTP 500"):
        await rig.client.list_open()


@pytest.mark.parametrize("body", [b"{}", b"null", b'{"error": "x"}'])
async def test_a_listing_that_is_no_list(body: bytes) -> None:
    rig = make_rig(answers(httpx.Response(200, content=body, headers={"X-Request-Id": "id-1"})))

    with pytest.raises(UnreadableReply, match=r"GET /v2/smart_trades .* not a list .*id-1") as caught:
        await rig.client.list_open()

    assert caught.value.request_id == "id-1"


# One SmartTrade


async def test_one_smart_trade_with_its_trades(entity: Entity, trades: list[Entity]) -> None:
    rig = make_rig(both_parts(entity, trades))

    reading = await rig.client.read(ONE)

    assert reading.smart_trade.id == ONE
    assert [row.id for row in reading.trades] == [1008300673, 1008300674, 1008300675]
    assert reading.cache_evidence is None
    assert sorted(rig.lines) == [f"GET {PATH}", f"GET {PATH}/trades"]


async def test_a_reading_is_as_old_as_its_older_part(entity: Entity) -> None:
    clock = FakeClock()
    start = clock.now()

    def handle(request: httpx.Request) -> httpx.Response:
        clock.advance(timedelta(seconds=3))
        return both_parts(entity, [])(request)

    reading = await make_rig(handle, clock=clock).client.read(ONE)

    assert reading.asked_at == start


async def test_a_part_that_was_tried_again_is_as_young_as_its_last_try(entity: Entity) -> None:
    clock = FakeClock()
    start = clock.now()
    seen: set[str] = set()

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path not in seen:
            seen.add(request.url.path)
            return httpx.Response(502)
        return both_parts(entity, [])(request)

    reading = await make_rig(handle, clock=clock).client.read(ONE)

    assert reading.asked_at.boot > start.boot


@pytest.mark.parametrize("part", ["one", "trades"])
async def test_a_cache_is_betrayed_by_either_part(entity: Entity, part: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        cached = request.url.path.endswith("/trades") == (part == "trades")
        return both_parts(entity, [], **({"CF-Cache-Status": "HIT"} if cached else {}))(request)

    reading = await make_rig(handle).client.read(ONE)

    assert reading.cache_evidence == "CF-Cache-Status: HIT"


async def test_another_smart_trade_than_the_one_asked_for(entity: Entity) -> None:
    rig = make_rig(both_parts(entity | {"id": 5}, []))

    with pytest.raises(UnreadableReply, match="was asked for SmartTrade 30428625 and sent 5"):
        await rig.client.read(ONE)


async def test_one_failing_part_fails_the_reading_with_its_own_error(entity: Entity) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/trades"):
            return api_error(404, "Not found")
        return httpx.Response(200, json=entity)

    with pytest.raises(NotFound, match="Not found"):
        await make_rig(handle).client.read(ONE)


async def test_the_other_part_is_stopped() -> None:
    stopped = asyncio.Event()

    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/trades"):
                await asyncio.sleep(0)
                return api_error(401, "signature_invalid")
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
            raise AssertionError

    with pytest.raises(AccessDenied):
        await make_rig(transport=Transport()).client.read(ONE)

    assert stopped.is_set()


@pytest.mark.parametrize("rows", [{}, [{"id": None}], [5]])
async def test_a_list_of_trades_that_cannot_be_trusted(entity: Entity, rows: object) -> None:
    with pytest.raises(UnreadableReply, match=r"GET /v2/smart_trades/30428625/trades"):
        await make_rig(both_parts(entity, rows)).client.read(ONE)


async def test_reads_use_their_reservation(entity: Entity) -> None:
    rig = make_rig(both_parts(entity, []), per_minute=6)
    reservation = await rig.client.reserve_cancel()

    for _ in range(3):
        await rig.client.read(ONE, reservation=reservation)

    assert rig.clock.slept == []
    assert rig.client.requests_sent == 6


async def test_a_budget_too_small_for_a_cancel() -> None:
    with pytest.raises(BudgetExhausted):
        await make_rig(not_asked, per_minute=5).client.reserve_cancel()


# Credentials


async def test_valid_credentials() -> None:
    rig = make_rig(answers(httpx.Response(200, json={"valid": True})))

    await rig.client.validate()

    assert rig.lines == ["GET /public/api/ver1/validate"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(200, json={"valid": False}), AccessDenied),
        (api_error(401, "signature_invalid"), AccessDenied),
        (httpx.Response(200, json={}), UnreadableReply),
    ],
)
async def test_credentials_that_are_not_valid(reply: httpx.Response, expected: type[ApiError]) -> None:
    with pytest.raises(expected):
        await make_rig(answers(reply)).client.validate()


# Markets

RATES = {"last": "67000.1", "bid": "67000", "ask": "67000.2"}


async def test_a_market_is_asked_for_by_exchange_and_pair() -> None:
    rig = make_rig(answers(httpx.Response(200, json=RATES)))

    price = await rig.client.read_market("USDT_BTC", exchange="binance us")

    assert (price.last, price.bid, price.ask) == (Decimal("67000.1"), Decimal(67000), Decimal("67000.2"))
    assert (price.day_change_pct, price.quote_volume) == (None, None)
    target = "/public/api/ver1/accounts/currency_rates?market_code=binance+us&pair=USDT_BTC"
    assert rig.lines == [f"GET {target}"]
    assert rig.requests[0].headers["Cache-Control"] == "no-cache"


async def test_a_market_takes_one_request_of_the_budget() -> None:
    rig = make_rig(answers(httpx.Response(200, json=RATES), httpx.Response(200, json=RATES)), per_minute=10)
    before = rig.client.requests_sent

    await rig.client.read_market("USDT_BTC", exchange="binance")

    assert rig.client.requests_sent == before + 1
    assert rig.budget.left() == 9


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(404, json={"error": "not_found", "error_description": "Not Found"}), NotFound),
        (httpx.Response(200, json=[]), UnreadableReply),
        (api_error(401, "signature_invalid"), AccessDenied),
        (httpx.Response(429, text="Retry later"), RateLimited),
    ],
)
async def test_a_market_that_is_not_to_be_had(reply: httpx.Response, expected: type[ApiError]) -> None:
    with pytest.raises(expected, match="currency_rates"):
        await make_rig(answers(reply)).client.read_market("USDT_BTC", exchange="binance")


# Trying again


@pytest.mark.parametrize(
    "fault",
    [
        lambda: httpx.Response(500),
        lambda: httpx.Response(504, text="<html>"),
        lambda: httpx.Response(408),
        lambda: httpx.Response(200, content=b'[{"id": 1'),
        lambda: httpx.Response(200, content=b""),
        lambda: httpx.Response(204),
        lambda: httpx.Response(200, text="<html>"),
        lambda: httpx.Response(200, stream=httpx.ByteStream(b"xx"), headers={"Content-Encoding": "gzip"}),
        lambda: httpx.ReadTimeout("slow"),
        lambda: httpx.ConnectError("refused"),
        lambda: httpx.RemoteProtocolError("incomplete"),
        lambda: OSError("odd"),
    ],
)
async def test_a_fault_is_tried_three_times(fault: Callable[[], httpx.Response | Exception]) -> None:
    rig = make_rig(answers(fault(), fault(), httpx.Response(200, json=[])))

    listing = await rig.client.list_open()

    assert listing.smart_trades == ()
    assert rig.client.requests_sent == 3
    first, second = rig.clock.slept
    assert timedelta(seconds=0.25) <= first <= timedelta(seconds=0.75)
    assert timedelta(seconds=0.5) <= second <= timedelta(seconds=1.5)


async def test_a_fault_that_stays_comes_out_after_three_tries() -> None:
    rig = make_rig(lambda _: httpx.Response(502, headers={"X-Request-Id": "id-1"}))

    with pytest.raises(TransientError, match=r"failed at GET /v2/smart_trades.*502.*id-1"):
        await rig.client.list_open()

    assert rig.client.requests_sent == 3


async def test_slow_faults_are_not_tried_again_beyond_twice_the_timeout() -> None:
    clock = FakeClock()

    def handle(_request: httpx.Request) -> httpx.Response:
        clock.advance(timedelta(seconds=35))
        raise httpx.ReadTimeout("slow")

    rig = make_rig(handle, clock=clock, timeout=timedelta(seconds=30))

    with pytest.raises(TransientError, match="in time"):
        await rig.client.list_open()

    assert rig.client.requests_sent == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (api_error(401, "api_key_invalid_or_expired"), AccessDenied),
        (api_error(403, "Forbidden"), AccessDenied),
        (api_error(404, "Not found"), NotFound),
        (httpx.Response(429, text="Retry later"), RateLimited),
        (httpx.Response(418), RateLimited),
        (api_error(429, "... not available with your current subscription plan."), PlanLimited),
        (httpx.Response(302, headers={"Location": "https://example.org/"}), UnreadableReply),
        (httpx.Response(200, json={}), UnreadableReply),
    ],
    ids=str,
)
async def test_what_is_never_tried_again(reply: httpx.Response, expected: type[ApiError]) -> None:
    rig = make_rig(answers(reply))

    with pytest.raises(expected):
        await rig.client.list_open()

    assert rig.client.requests_sent == 1
    assert rig.clock.slept == []


async def test_each_try_goes_through_the_budget() -> None:
    rig = make_rig(answers(httpx.Response(500), httpx.Response(500), httpx.Response(200, json=[])), per_minute=2)

    await rig.client.list_open()

    assert sum(rig.clock.slept, timedelta(0)) > timedelta(seconds=50)  # the third waits for the next minute


async def test_an_answer_that_never_comes_is_given_up() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    rig = make_rig(transport=Silent(), timeout=timedelta(milliseconds=1))

    with pytest.raises(TransientError, match="did not answer GET /ver1/validate in time"):
        await rig.client.validate()


async def test_an_answer_without_an_end_is_cut_off() -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 1024 * 1024

    rig = make_rig(lambda _: httpx.Response(200, content=endless()))

    with pytest.raises(UnreadableReply, match="longer than"):
        await rig.client.list_open()


# Penalties


@pytest.mark.parametrize(
    ("reply", "pause", "heard"),
    [
        (httpx.Response(429, text="Retry later"), 300, (False, None, "HTTP 429 to GET /ver1/validate: Retry later")),
        (
            httpx.Response(429, headers={"Retry-After": "20"}),
            300,
            (False, timedelta(seconds=20), "HTTP 429 to GET /ver1/validate: an empty answer"),
        ),
        (
            httpx.Response(429, headers={"Retry-After": "900"}),
            900,
            (False, timedelta(seconds=900), "HTTP 429 to GET /ver1/validate: an empty answer"),
        ),
        (httpx.Response(418), 120, (True, None, "HTTP 418 to GET /ver1/validate: an empty answer")),
    ],
    ids=str,
)
async def test_a_penalty_is_told_once_and_stops_all_requests(
    reply: httpx.Response, pause: int, heard: tuple[bool, timedelta | None, str]
) -> None:
    rig = make_rig(answers(reply, httpx.Response(200, json={"valid": True})))

    with pytest.raises(RateLimited) as caught:
        await rig.client.validate()

    assert rig.penalties.heard == [heard]
    assert caught.value.pause == timedelta(seconds=pause)
    assert caught.value.banned is heard[0]
    with pytest.raises(RateLimited, match="imposed a pause"):
        await rig.client.validate()
    assert rig.client.requests_sent == 1
    rig.clock.advance(timedelta(seconds=pause))
    await rig.client.validate()


async def test_the_journal_may_lengthen_a_pause_and_never_shortens_it() -> None:
    longer = make_rig(answers(httpx.Response(418)), penalties=Penalties(pause=timedelta(hours=4)))
    shorter = make_rig(answers(httpx.Response(418)), penalties=Penalties(pause=timedelta(seconds=1)))

    for rig, pause in ((longer, timedelta(hours=4)), (shorter, timedelta(minutes=2))):
        with pytest.raises(RateLimited) as caught:
            await rig.client.validate()
        assert caught.value.pause == pause
        assert rig.budget.penalty is not None
        assert rig.budget.penalty.pause == pause


async def test_a_penalty_holds_even_if_it_cannot_be_journaled() -> None:
    rig = make_rig(answers(httpx.Response(429)), penalties=Penalties(error=JournalError("disk full")))

    with pytest.raises(RateLimited) as caught:
        await rig.client.validate()

    assert caught.value.pause == timedelta(seconds=300)
    assert rig.budget.penalty is not None


async def in_parallel(first: int, second: int) -> Rig:
    """
    Let two requests that are under way at the same time be answered with these statuses.
    """
    under_way = asyncio.Event()

    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if "validate" in request.url.path:
                await under_way.wait()
                return httpx.Response(first)
            under_way.set()
            await asyncio.sleep(0.001)
            return httpx.Response(second)

    rig = make_rig(transport=Transport())
    await asyncio.gather(rig.client.validate(), rig.client.list_open(), return_exceptions=True)
    return rig


async def test_one_incident_is_told_once() -> None:
    assert len((await in_parallel(429, 429)).penalties.heard) == 1


async def test_a_ban_on_top_is_told_too() -> None:
    heard = (await in_parallel(429, 418)).penalties.heard

    assert [banned for banned, _, _ in heard] == [False, True]


@dataclass
class SlowJournal(Penalties):
    """
    Takes its time to journal a penalty; *begun* is set when it has begun.
    """

    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, banned: bool, retry_after: timedelta | None, reason: str) -> timedelta:
        self.begun.set()
        for _ in range(9):
            await asyncio.sleep(0)
        return await super().__call__(banned, retry_after, reason)


@pytest.mark.parametrize("second", [429, 401])
async def test_a_penalty_is_journaled_though_the_other_half_of_the_read_fails(second: int) -> None:
    """
    Both parts of a read fail at once, and the first to fail has the other stopped: a restart must hear of the penalty.
    """
    both = asyncio.Barrier(2)

    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await both.wait()
            return api_error(second, "denied") if request.url.path.endswith("/trades") else httpx.Response(429)

    rig = make_rig(transport=Transport(), penalties=SlowJournal(pause=timedelta(hours=1)))

    with pytest.raises(RateLimited if second == 429 else AccessDenied):
        await rig.client.read(ONE)
    await rig.client.aclose()

    assert len(rig.penalties.heard) == 1
    assert rig.budget.penalty is not None
    assert rig.budget.penalty.pause == timedelta(hours=1)


async def test_a_penalty_is_journaled_though_whoever_asked_is_stopped() -> None:
    journal = SlowJournal()
    rig = make_rig(lambda _: httpx.Response(418), penalties=journal)
    asking = asyncio.create_task(rig.client.validate())
    await journal.begun.wait()
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    await rig.client.aclose()

    assert len(journal.heard) == 1


# Nothing secret in any error


@pytest.mark.parametrize(
    "reply",
    [
        api_error(401, "api_key_invalid_or_expired", f"the key {API_KEY} is not known"),
        httpx.Response(500, text=f"<html>Apikey: {API_KEY}</html>"),
        httpx.Response(429, text=API_KEY),
        httpx.Response(400, text=f"the key begins with {API_KEY[:16]}"),
        httpx.Response(200, text=f'{{"valid": "{API_KEY}"}}'),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError(f"illegal header line: bytearray(b'bad header {API_KEY}')"),
    ],
    ids=repr,
)
async def test_no_error_tells_key_signature_or_secret(reply: httpx.Response | Exception) -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, content=reply.content)

    rig = make_rig(handle)

    with pytest.raises(ApiError) as caught:
        await rig.client.validate()

    signature = rig.requests[0].headers["Signature"]
    below = caught.tb.tb_next  # without the frame of this test
    told = "".join(traceback.TracebackException(caught.type, caught.value, below, capture_locals=True).format())
    told += str(rig.penalties.heard) + repr(rig.budget.penalty)
    for secret in (API_KEY, API_SECRET, signature):
        assert secret[:SHORTEST_PART] not in str(caught.value)
        assert secret[:SHORTEST_PART] not in told


async def test_an_answer_that_repeats_the_key_is_not_used(entity: Entity) -> None:
    """A server that echoes what it got could else put the key where a pair belongs, and so into the journal."""
    rig = make_rig(lambda _: httpx.Response(200, json=[entity | {"note": f"x{API_KEY}"}]))

    with pytest.raises(UnreadableReply, match="repeats the API key or the signature"):
        await rig.client.list_open()

    assert len(rig.requests) == 1


# Anything at all


@given(st.binary() | st.sampled_from([b"[]", b"{}", b"[{}]", b'{"error": "x"}']), st.integers(200, 599))
def test_any_answer_is_a_model_or_an_api_error(body: bytes, status: int) -> None:
    async def play() -> list[object]:
        client = make_rig(lambda _: httpx.Response(status, content=body)).client
        results: list[object] = []
        for call in (client.list_open(), client.read(ONE)):
            try:
                results.append(await call)
            except ApiError as error:
                results.append(error)
        return results

    assert all(isinstance(result, Listing | Reading | ApiError) for result in asyncio.run(play()))
