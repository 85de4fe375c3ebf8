"""
Our client against the simulator: two readings of the same documentation that share no code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pytest

from api_client import Rig, make_rig
from fakes import FakeClock
from tradewarden.errors import AccessDenied, NotFound, RateLimited, TransientError
from tradewarden.model.cancel import Answer, CancelAnswer, Refusal
from tradewarden.model.smart_trade import Side, SmartTradeId, TradeId
from tradewarden.simulator.api import Api, Faults
from tradewarden.simulator.messages import Request, Response, dropped, error_response, text_response
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from tradewarden.ports import Reservation

ONE, NEAR, FAR = SmartTradeId(30428625), TradeId(1008300673), TradeId(1008300674)
DEMO = ("demo-key", "demo-secret")


@dataclass
class Bench:
    """
    A simulator and a client on the same clock, without a network in between.
    """

    api: Api
    rig: Rig

    async def cancel(
        self, *, smart_trade_id: SmartTradeId = ONE, reservation: Reservation | None = None
    ) -> CancelAnswer:
        reservation = reservation or await self.rig.client.reserve_cancel()
        return await self.rig.client.cancel_step(
            smart_trade_id,
            FAR,
            last_check=fine,
            read_asked_at=self.rig.clock.now(),
            connect_within=timedelta(seconds=5),
            reservation=reservation,
        )

    @property
    def log(self) -> list[tuple[str, int]]:
        return [(entry.method, entry.status) for entry in self.api.requests]


async def fine() -> str | None:
    return None


def make_bench(
    *,
    faults: Faults | None = None,
    credentials: tuple[str, str] = DEMO,
    account_mode: str = "real",
    per_minute: int = 50,
) -> Bench:
    clock = FakeClock()

    def seconds() -> float:
        return clock.now().wall.timestamp()

    api = shipped_scenario("default").api(now=seconds, faults=faults)

    def carry(request: httpx.Request) -> httpx.Response:
        found = api.handle(
            Request(
                method=request.method,
                target=request.url.raw_path.decode(),
                headers=dict(request.headers.items()),
                body=request.content,
            )
        )
        clock.advance(timedelta(seconds=found.delay_s))
        if found.dropped:
            raise httpx.RemoteProtocolError("the server hung up")
        return httpx.Response(found.status, headers=found.headers, content=found.body)

    rig = make_rig(carry, clock=clock, credentials=credentials, account_mode=account_mode, per_minute=per_minute)
    return Bench(api=api, rig=rig)


class OnDelete(Faults):
    """
    Answers DELETEs with *answer*, before or after the world has heard of them.
    """

    def __init__(self, answer: Response, *, applied: bool) -> None:
        self.answer = answer
        self.applied = applied

    def before(self, request: Request) -> Response | None:
        return self.answer if request.method == "DELETE" and not self.applied else None

    def after(self, request: Request, response: Response) -> Response:
        return self.answer if request.method == "DELETE" and self.applied else response


async def test_the_key_is_valid() -> None:
    await make_bench().rig.client.validate()


async def test_the_listing_and_the_reading_agree() -> None:
    client = make_bench().rig.client

    listing = await client.list_open()
    reading = await client.read(ONE)

    assert listing.unreadable == ()
    assert listing.smart_trades == (reading.smart_trade,)


async def test_a_market_has_the_price_of_the_smart_trade_that_is_in_it() -> None:
    bench = make_bench()
    (trade,) = (await bench.rig.client.list_open()).smart_trades

    price = await bench.rig.client.read_market(trade.pair, exchange=trade.exchange or "")

    assert (price.bid, price.ask, price.last) == (trade.price.bid, trade.price.ask, trade.price.last)
    assert None not in (price.bid, price.ask, price.last)
    assert (price.day_change_pct, price.quote_volume) == (None, None)


async def test_a_market_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        await make_bench().rig.client.read_market("USDT_XYZ", exchange="binance_us")


async def test_a_reading_is_complete() -> None:
    reading = await make_bench().rig.client.read(ONE)
    found = reading.smart_trade

    assert (found.side, found.is_open, found.editable) == (Side.LONG, True, True)
    assert [(step.id, step.status.word if step.status else None) for step in found.steps] == [
        (NEAR, "order_placed"),
        (FAR, "order_placed"),
    ]
    assert found.stop_loss.is_live is True
    assert found.steps[1].price == Decimal("0.4")
    assert None not in (found.price.bid, found.price.ask, found.price.last, found.price.day_change_pct)
    assert [row.purpose for row in reading.trades] == ["position", "take_profit", "take_profit", "stop_loss"]
    assert [row.realised_quantity for row in reading.rows_of(FAR)] == [Decimal(0)]
    assert reading.cache_evidence is None


async def test_a_cancel_is_accepted_and_the_step_disappears() -> None:
    bench = make_bench()

    answer = await bench.cancel()
    bench.rig.clock.advance(timedelta(seconds=60))
    reading = await bench.rig.client.read(ONE)

    assert answer.answer is Answer.ACCEPTED
    assert [step.id for step in reading.smart_trade.steps] == [NEAR]
    assert reading.smart_trade.is_open
    assert bench.log[0] == ("DELETE", 200)


async def test_a_second_cancel_of_the_same_step_is_rejected() -> None:
    bench = make_bench()
    await bench.cancel()
    bench.rig.clock.advance(timedelta(seconds=60))

    answer = await bench.cancel()

    assert (answer.answer, answer.refusal, answer.reason) == (Answer.REJECTED, Refusal.OTHER, "Wrong param(s)")


async def test_a_cancel_of_a_foreign_smart_trade_is_rejected() -> None:
    answer = await make_bench().cancel(smart_trade_id=SmartTradeId(5))

    assert (answer.answer, answer.reason) == (Answer.REJECTED, "Not found")


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("fault", "answer", "reason"),
    [
        (dropped(), Answer.UNKNOWN, "connection_lost"),
        (text_response(504, "<html>"), Answer.UNKNOWN, "http_504"),
        (text_response(400, "<html>"), Answer.UNKNOWN, "http_400"),
        (error_response(500, "unknown_error", "Unknown error occurred"), Answer.UNKNOWN, "http_500"),
    ],
    ids=["dropped", "504", "html", "500"],
)
async def test_a_fault_at_the_delete_is_unknown_and_not_repeated(
    fault: Response, answer: Answer, reason: str, *, applied: bool
) -> None:
    bench = make_bench(faults=OnDelete(fault, applied=applied))

    found = await bench.cancel()

    assert (found.answer, found.reason) == (answer, reason)
    assert len(bench.log) == 1
    assert bool(bench.api.world.events) is applied


async def test_a_read_survives_two_faults() -> None:
    class Twice(Faults):
        left = 2

        def before(self, request: Request) -> Response | None:
            self.left -= 1
            return text_response(502, "<html>") if self.left >= 0 and request.method == "GET" else None

    bench = make_bench(faults=Twice())

    assert len((await bench.rig.client.list_open()).smart_trades) == 1
    assert [status for _, status in bench.log] == [502, 502, 200]


async def test_a_read_does_not_survive_three() -> None:
    class Always(Faults):
        def before(self, request: Request) -> Response | None:
            del request
            return dropped()

    with pytest.raises(TransientError):
        await make_bench(faults=Always()).rig.client.list_open()


async def test_wrong_secret() -> None:
    with pytest.raises(AccessDenied, match="signature_invalid"):
        await make_bench(credentials=("demo-key", "wrong")).rig.client.list_open()


async def test_wrong_key_at_the_delete() -> None:
    answer = await make_bench(credentials=("wrong", "wrong")).cancel()

    assert (answer.answer, answer.refusal) == (Answer.REJECTED, Refusal.ACCESS)


async def test_the_other_account_mode() -> None:
    client = make_bench(account_mode="paper").rig.client

    assert (await client.list_open()).smart_trades == ()
    with pytest.raises(NotFound):
        await client.read(ONE)


async def test_the_budget_stays_below_their_limit() -> None:
    """
    Their minutes begin where they please: five minutes of greed meet no 429.
    """
    bench = make_bench(per_minute=100)

    for _ in range(500):
        await bench.rig.client.validate()

    assert {status for _, status in bench.log} == {200}


async def test_their_limit_stops_everything() -> None:
    bench = make_bench(per_minute=1000)
    reservation = await bench.rig.client.reserve_cancel()

    async def overdo() -> None:
        for _ in range(200):
            await bench.rig.client.validate()

    with pytest.raises(RateLimited) as caught:
        await overdo()
    answer = await bench.cancel(reservation=reservation)

    assert caught.value.pause == timedelta(seconds=300)
    assert (answer.answer, answer.reason) == (Answer.NOT_SENT, "penalty")
    assert bench.log.count(("GET", 429)) == 1
    bench.rig.clock.advance(timedelta(seconds=300))
    await bench.rig.client.validate()


async def test_over_a_real_connection() -> None:
    api = shipped_scenario("default").api(now=lambda: 1_767_323_045.0)
    with SimulatorServer(api) as server:
        rig = make_rig(url=server.url, credentials=DEMO)
        async with rig.client:
            bench = Bench(api=api, rig=rig)
            listing = await rig.client.list_open()
            reading = await rig.client.read(ONE)
            answer = await bench.cancel()

    assert listing.smart_trades == (reading.smart_trade,)
    assert answer.answer is Answer.ACCEPTED
    assert [method for method, _ in bench.log] == ["GET", "GET", "GET", "DELETE"]
    assert [(event.what, event.trade_id) for event in api.world.events] == [("cancel_accepted", FAR)]
