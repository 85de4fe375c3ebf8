"""
The one DELETE: its path, its last check, and that it goes out at most once whatever happens.
"""

from __future__ import annotations

import asyncio
import inspect
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradewarden.threecommas
from api_client import API_KEY, Penalties, Rig, api_error, make_rig, not_asked
from fakes import FakeClock
from tradewarden.errors import JournalError
from tradewarden.model.cancel import Answer, CancelAnswer, Refusal
from tradewarden.model.memory import Penalty
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.threecommas.cancel_step import cancel_path

if TYPE_CHECKING:
    from tradewarden.model.moment import Moment

SMART_TRADE, TRADE = SmartTradeId(30428625), TradeId(1008300674)
LINE = "DELETE /public/api/v2/smart_trades/30428625/trades/1008300674"
SECOND = timedelta(seconds=1)


class LastCheck:
    """
    Counts how often it is asked and says *reason*, or raises *error*.
    """

    def __init__(self, reason: str | None = None, error: BaseException | None = None) -> None:
        self.reason = reason
        self.error = error
        self.asked = 0

    async def __call__(self) -> str | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.reason


async def cancel(
    rig: Rig,
    last_check: LastCheck | None = None,
    *,
    read_asked_at: Moment | None = None,
    connect_within: timedelta = SECOND,
) -> CancelAnswer:
    reservation = await rig.client.reserve_cancel()
    return await rig.client.cancel_step(
        SMART_TRADE,
        TRADE,
        last_check=last_check or LastCheck(),
        read_asked_at=read_asked_at or rig.clock.now(),
        connect_within=connect_within,
        reservation=reservation,
    )


# The path


def test_the_path_names_both() -> None:
    assert cancel_path(SMART_TRADE, TRADE) == "/v2/smart_trades/30428625/trades/1008300674"


@pytest.mark.parametrize("odd", [None, True, False, "", "5", 5.0, b"5", [5], 0, -5, 2**63], ids=repr)
@pytest.mark.parametrize("place", [0, 1])
async def test_an_odd_id_sends_nothing(odd: Any, place: int) -> None:
    """
    A blank trade id would make it the call that cancels the whole SmartTrade.
    """
    rig = make_rig(not_asked)
    ids: list[Any] = [SMART_TRADE, TRADE]
    ids[place] = odd
    check = LastCheck()

    with pytest.raises((TypeError, ValueError), match="nothing was sent"):
        await rig.client.cancel_step(
            ids[0],
            ids[1],
            last_check=check,
            read_asked_at=rig.clock.now(),
            connect_within=SECOND,
            reservation=await rig.client.reserve_cancel(),
        )

    assert check.asked == 0
    assert rig.client.requests_sent == 0


@given(st.integers() | st.booleans() | st.none() | st.text() | st.floats(), st.integers() | st.none() | st.text())
def test_no_ids_make_the_path_of_the_whole_smart_trade(smart_trade_id: Any, trade_id: Any) -> None:
    try:
        path = cancel_path(smart_trade_id, trade_id)
    except (TypeError, ValueError):
        return

    assert path.split("/")[:3] == ["", "v2", "smart_trades"]
    assert int(path.split("/")[3]) > 0
    assert path.split("/")[4] == "trades"
    assert int(path.split("/")[5]) > 0
    assert len(path.split("/")) == 6


def test_there_is_one_delete_in_the_package() -> None:
    package = Path(inspect.getfile(tradewarden.threecommas)).parent
    sources = {path.name: path.read_text() for path in package.glob("*.py")}

    assert {name: text.count('"DELETE"') for name, text in sources.items() if '"DELETE"' in text} == {
        "cancel_step.py": 1
    }
    assert not [name for name, text in sources.items() if ".delete(" in text]


# Sending


async def test_it_goes_out_once_signed_and_without_a_body() -> None:
    rig = make_rig(lambda _: httpx.Response(200, json={"id": SMART_TRADE}))

    answer = await cancel(rig)

    assert answer.answer is Answer.ACCEPTED
    assert rig.lines == [LINE]
    (request,) = rig.requests
    assert request.headers["Apikey"] == API_KEY
    assert request.headers["Forced-Mode"] == "real"
    assert request.content == b""
    assert rig.client.requests_sent == 1


async def test_the_signature_is_the_published_one() -> None:
    rig = make_rig(lambda _: httpx.Response(204))
    await rig.client.cancel_step(
        SMART_TRADE,
        TradeId(1008300673),
        last_check=LastCheck(),
        read_asked_at=rig.clock.now(),
        connect_within=SECOND,
        reservation=await rig.client.reserve_cancel(),
    )

    expected = "a2a89d9aa49589beb0ff384eb2021a0fdabf1bff4c7186acfa5ff9acc7959bb7"
    assert rig.requests[0].headers["Signature"] == expected


async def test_the_window_runs_from_the_read_to_the_first_byte() -> None:
    clock = FakeClock()
    asked_at = clock.now()
    clock.advance(timedelta(milliseconds=700))

    def handle(_request: httpx.Request) -> httpx.Response:
        clock.advance(timedelta(seconds=5))
        return httpx.Response(200)

    answer = await cancel(make_rig(handle, clock=clock), read_asked_at=asked_at)

    assert answer.window == timedelta(milliseconds=700)


@pytest.mark.parametrize(
    ("reply", "answer", "reason", "refusal"),
    [
        (httpx.Response(204), Answer.ACCEPTED, None, None),
        (api_error(400, "Wrong param(s)"), Answer.REJECTED, "Wrong param(s)", Refusal.OTHER),
        (api_error(401, "signature_invalid"), Answer.REJECTED, "signature_invalid", Refusal.ACCESS),
        (api_error(403, "Forbidden"), Answer.REJECTED, "Forbidden", Refusal.FORBIDDEN),
        (httpx.Response(400, text="<html>"), Answer.UNKNOWN, "http_400", None),
        (httpx.Response(302, headers={"Location": "/elsewhere"}), Answer.UNKNOWN, "http_302", None),
        (httpx.Response(307, headers={"Location": "/elsewhere"}), Answer.UNKNOWN, "http_307", None),
        (httpx.Response(500), Answer.UNKNOWN, "http_500", None),
        (httpx.Response(504), Answer.UNKNOWN, "http_504", None),
        (httpx.ReadTimeout("slow"), Answer.UNKNOWN, "timeout", None),
        (httpx.ReadError("reset"), Answer.UNKNOWN, "connection_lost", None),
        (httpx.RemoteProtocolError("no answer"), Answer.UNKNOWN, "connection_lost", None),
        (httpx.ConnectError("after the first byte this is no proof"), Answer.UNKNOWN, "connection_lost", None),
        (RuntimeError("a bug"), Answer.UNKNOWN, "connection_lost", None),
    ],
    ids=repr,
)
async def test_whatever_comes_back_it_was_sent_once(
    reply: httpx.Response | Exception, answer: Answer, reason: str | None, refusal: Refusal | None
) -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        if isinstance(reply, Exception):
            raise reply
        return reply

    rig = make_rig(handle)
    check = LastCheck()

    found = await cancel(rig, check)

    assert (found.answer, found.reason, found.refusal) == (answer, reason, refusal)
    assert found.window == timedelta(0)
    assert rig.lines == [LINE]
    assert check.asked == 1
    assert rig.clock.slept == []


@pytest.mark.parametrize("status", [200, 400])
async def test_a_body_that_breaks_off_leaves_the_status(status: int) -> None:
    async def broken() -> Any:
        yield b'{"error": "Wrong'
        raise httpx.ReadError("reset")

    found = await cancel(make_rig(lambda _: httpx.Response(status, content=broken())))

    expected = {200: (Answer.ACCEPTED, None), 400: (Answer.UNKNOWN, "http_400")}[status]
    assert (found.answer, found.reason) == expected


async def test_no_answer_in_time_is_unknown() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    found = await cancel(make_rig(transport=Silent(), timeout=timedelta(milliseconds=1)))

    assert (found.answer, found.reason) == (Answer.UNKNOWN, "timeout")


async def test_being_stopped_after_the_first_byte_is_not_swallowed() -> None:
    arrived = asyncio.Event()

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            arrived.set()
            await asyncio.Event().wait()
            raise AssertionError(request)

    task = asyncio.create_task(cancel(make_rig(transport=Silent())))
    await arrived.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


# Penalties


@pytest.mark.parametrize(("status", "pause"), [(429, 300), (418, 120)])
async def test_a_penalty_stops_all_requests(status: int, pause: int) -> None:
    rig = make_rig(lambda _: httpx.Response(status, text="Retry later"))

    found = await cancel(rig)

    assert (found.answer, found.reason, found.refusal) == (Answer.REJECTED, f"http_{status}", Refusal.PENALTY)
    assert [banned for banned, _, _ in rig.penalties.heard] == [status == 418]
    assert rig.budget.penalty is not None
    assert rig.budget.penalty.pause == timedelta(seconds=pause)


async def test_a_penalty_that_cannot_be_journaled_still_gives_an_answer() -> None:
    rig = make_rig(lambda _: httpx.Response(429), penalties=Penalties(error=JournalError("disk full")))

    assert (await cancel(rig)).refusal is Refusal.PENALTY


async def test_the_plan_is_no_penalty() -> None:
    rig = make_rig(lambda _: api_error(429, "'write' is not available with your current subscription plan."))

    found = await cancel(rig)

    assert (found.answer, found.reason, found.refusal) == (Answer.REJECTED, "subscription_plan", Refusal.PLAN)
    assert rig.penalties.heard == []
    assert rig.budget.penalty is None


async def test_nothing_goes_out_while_a_penalty_runs() -> None:
    rig = make_rig(not_asked)
    check = LastCheck()
    reservation = await rig.client.reserve_cancel()
    pause = Penalty(began=rig.clock.now(), pause=timedelta(seconds=300), bans=0, reason="HTTP 429")
    rig.budget.penalise(pause)

    found = await rig.client.cancel_step(
        SMART_TRADE,
        TRADE,
        last_check=check,
        read_asked_at=rig.clock.now(),
        connect_within=SECOND,
        reservation=reservation,
    )

    assert (found.answer, found.reason, found.window) == (Answer.NOT_SENT, "penalty", None)
    assert check.asked == 0


# The last check


@pytest.mark.parametrize("reason", ["disarmed", "stale", ""])
async def test_a_reason_of_the_last_check_stops_it(reason: str) -> None:
    rig = make_rig(not_asked)

    found = await cancel(rig, LastCheck(reason))

    assert (found.answer, found.reason, found.window) == (Answer.NOT_SENT, reason, None)
    assert rig.lines == []
    assert rig.client.requests_sent == 0


@pytest.mark.parametrize(
    "error", [JournalError("disk full"), RuntimeError("bug"), TimeoutError(), httpx.ReadError("x")]
)
async def test_a_last_check_that_fails_stops_it(error: Exception) -> None:
    rig = make_rig(not_asked)

    found = await cancel(rig, LastCheck(error=error))

    assert (found.answer, found.reason) == (Answer.NOT_SENT, "check_failed")
    assert type(error).__name__ in found.detail
    assert rig.lines == []


async def test_a_last_check_that_never_ends_stops_it() -> None:
    async def never() -> str | None:
        await asyncio.Event().wait()
        return None

    rig = make_rig(not_asked)

    found = await rig.client.cancel_step(
        SMART_TRADE,
        TRADE,
        last_check=never,
        read_asked_at=rig.clock.now(),
        connect_within=timedelta(milliseconds=1),
        reservation=await rig.client.reserve_cancel(),
    )

    assert found.answer is Answer.NOT_SENT


async def test_being_stopped_within_the_last_check_sends_nothing() -> None:
    rig = make_rig(not_asked)

    with pytest.raises(asyncio.CancelledError):
        await cancel(rig, LastCheck(error=asyncio.CancelledError()))

    assert rig.client.requests_sent == 0


@given(st.binary(), st.integers(200, 599))
def test_any_answer_is_an_answer(body: bytes, status: int) -> None:
    async def play() -> CancelAnswer:
        return await cancel(make_rig(lambda _: httpx.Response(status, content=body)))

    found = asyncio.run(play())

    assert found.answer in {Answer.ACCEPTED, Answer.REJECTED, Answer.UNKNOWN}
    assert found.answer is not Answer.ACCEPTED or status < 300
    assert (found.refusal is not None) == (found.answer is Answer.REJECTED)
