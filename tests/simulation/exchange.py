"""
The way to the exchange and back, for one process: what befalls a request, and who is told of it.

A request that is out arrives, whatever becomes of the process that sent it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from scenario.mortality import PowerCut
from simulation.fate import fate_of
from simulation.replica import Replica
from tradewarden.simulator.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.fate import Fate
    from simulation.hands import Hands
    from simulation.judge import Judge
    from simulation.scene import Scene
    from simulation.weather import Weather
    from tradewarden.simulator.api import Api

ENTITY = re.compile(r"/public/api/v2/smart_trades/\d+")
FIRST_BYTE = "http11.send_request_headers.started"


class Exchange:
    """
    The simulated 3Commas with its weather.
    """

    def __init__(self, api: Api, scene: Scene, *, weather: Weather, judge: Judge, hands: Hands) -> None:
        self.api = api
        self._timeline, self._agenda, self._trace = scene.timeline, scene.agenda, scene.trace
        self._figures = scene.figures
        self._chance = scene.chance("exchange")
        self._weather = weather
        self._judge = judge
        self._hands = hands
        self._replica: Replica | None = None

    async def carry(self, request: httpx.Request) -> httpx.Response:
        """
        Carry one request there, and its answer back.
        """
        wire = Request(
            method=request.method, target=request.url.raw_path.decode("ascii"), headers=dict(request.headers.items())
        )
        fate = fate_of(wire.method, wire.path, self._weather, self._chance)
        if fate.fault is not None:
            self._figures.faults[fate.fault] += 1
            self._trace.add(f"fault: {fate.fault} for {wire.method} {wire.path.removeprefix('/public/api')}")
        if fate.connect_s:
            await asyncio.sleep(fate.connect_s)
        if fate.is_refused:
            msg = "connection refused"
            raise httpx.ConnectError(msg, request=request)
        await request.extensions["trace"](FIRST_BYTE, {})
        self._figures.requests += 1
        sent_s = self._timeline.true_s
        self._judge.sent(wire)
        answer: asyncio.Future[tuple[Response, float]] = asyncio.get_running_loop().create_future()
        self._agenda.after(fate.up_s, lambda: self._arrive(wire, fate, answer))
        response, as_of_s = await answer
        self._judge.served(wire, response, sent_s=sent_s, as_of_s=as_of_s)
        if response.dropped:
            msg = "the connection was reset"
            raise httpx.ReadError(msg, request=request)
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)

    def _arrive(self, wire: Request, fate: Fate, answer: asyncio.Future[tuple[Response, float]]) -> None:
        """
        Process a request, and send its answer on its way.
        """
        if wire.method == "DELETE":
            self._hands.may_act_before_the_delete(int(wire.path.split("/")[5]))
        elif ENTITY.fullmatch(wire.path):
            self._hands.may_act_between_the_reads(int(wire.path.split("/")[5]))
        as_of_s = self._timeline.true_s
        response = Response(status=200, body=b"{}")
        if fate.is_processed and fate.late_s is None:
            response, as_of_s = self._process(wire, fate)
        elif fate.late_s is not None:
            self._agenda.after(fate.late_s, lambda: self._late(wire))
        if fate.answer is not None:
            response = fate.answer(response)

        def deliver() -> None:
            loop = answer.get_loop()
            if not (answer.done() or loop.is_closed()):
                answer.set_result((response, as_of_s))

        self._agenda.after(fate.down_s + response.delay_s, deliver)

    def _late(self, wire: Request) -> None:
        self._process(wire, None)

    def _process(self, wire: Request, fate: Fate | None) -> tuple[Response, float]:
        if wire.method == "GET":
            stale = self._from_replica(wire, begins=fate is not None and fate.fault == "replica lag")
            if stale is not None:
                return stale
        if fate is not None and fate.fault == "shifting pages":
            self._hands.shift_the_pages()
        before = len(self.api.world.events)
        response = self.api.handle(wire)
        if response.status in {429, 418}:
            self._trace.add(f"exchange: {response.status}, by its own count")
            self._figures.faults["the exchange's own limit"] += 1
        if wire.method == "DELETE":
            self._judge.processed(wire, self.api.world.events[before:])
        return replace(response, headers={}), self._timeline.true_s

    def _from_replica(self, wire: Request, *, begins: bool) -> tuple[Response, float] | None:
        if begins:
            self.api.world.advance()
            self._replica = Replica(
                self.api.world,
                self._timeline,
                what=self._chance.choice(("list", "one", "all")),
                lasts_s=self._chance.uniform(1, 40),
            )
        if self._replica is None or self._replica.is_over:
            self._replica = None
            return None
        stale = self._replica.answer(wire)
        return None if stale is None else (stale, self._replica.as_of_s)


class Wire(httpx.AsyncHTTPTransport):
    """
    What a process holds in its hand. It opens no socket; being of this class it is asked before its first byte.
    """

    def __init__(self, exchange: Exchange, *, is_dead: Callable[[], bool]) -> None:
        self._exchange = exchange
        self._is_dead = is_dead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        Carry *request*; a dead process sends none.
        """
        if self._is_dead():
            raise PowerCut
        return await self._exchange.carry(request)

    async def aclose(self) -> None:
        """
        Do nothing.
        """
