"""
A whole daemon on a stage: the real wiring, journal, rules and signatures against the simulated 3Commas, on one clock.

Nothing is replaced but the socket and the time. To a test everything is synchronous: `cycle` runs one to its end.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx

from port_fakes import Heard
from scenario.incidents import Incident, Incidents
from scenario.mortality import Deeds, Power, PoweredDatabase, is_power_cut
from scenario.virtual_time import VirtualClock, VirtualTimeLoop
from tradewarden.bootstrap import Wiring, open_daemon
from tradewarden.credentials import Credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.journal.folder import JOURNAL_FILE
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.secret import Secret
from tradewarden.rulesfile.loader import parse_rules
from tradewarden.simulator.api import DEMO_KEY, PREFIX, Api
from tradewarden.simulator.messages import Request, Response
from tradewarden.simulator.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tradewarden.bootstrap import Daemon
    from tradewarden.journal.database import Database
    from tradewarden.journal.rows import JournalRow
    from tradewarden.model.decision import CycleReport
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.service.cycle import Cycle
    from tradewarden.simulator.smart_trade import Json
    from tradewarden.simulator.smart_trade import SmartTrade as SimulatedTrade

T = TypeVar("T")

_CANCEL = re.compile(r"/public/api/v2/smart_trades/(\d+)/trades/(\d+)")
VOLUME_PER_MINUTE = Decimal("84.25")
LATENCY_S = 0.2


class Stage:
    """
    The exchange, the clock and the daemon between them. *folder* is the daemon's state and outlives its restarts.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "state"
        self.url = f"https://{abs(hash(folder))}.example{PREFIX}"  # the lock of an account goes by it
        self.clock = VirtualClock()
        self.world = World(now=self.seconds)
        self.ears = Heard()
        self.latency_s = LATENCY_S
        self.task: asyncio.Task[object] | None = None
        self.without_intent: list[str] = []
        self._incidents = Incidents()
        self.api = Api(self.world, faults=self._incidents)
        self._runner = asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(self.clock))
        self._opened: AbstractAsyncContextManager[Daemon] | None = None
        self._rules: RulesFile | None = None
        self._dry_run = False
        self._daemon: Daemon | None = None
        self._deeds: Deeds | None = None
        self.power = Power()  # of the daemon that runs now

    def seconds(self) -> float:
        """
        Return the seconds since the epoch: the exchange lives by the daemon's wall clock.
        """
        return self.clock.now().wall.timestamp()

    # --- the exchange

    def use(self, api: Api) -> None:
        """
        Put another exchange on the stage: a shipped scenario, say.
        """
        self.api, self.world = api, api.world
        api.faults = self._incidents

    def add(self, entity: Json, **market: str | None) -> SimulatedTrade:
        """
        Add a SmartTrade, and move its market there.
        """
        trade = self.world.add_smart_trade(entity, volume_per_minute=VOLUME_PER_MINUTE)
        if market:
            self.world.set_prices(smart_trade_id=trade.id, **market)
        return trade

    def market(self, **values: Any) -> None:
        """
        Move the market of all SmartTrades, or of *smart_trade_id* or *pair*.
        """
        self.world.set_prices(**values)

    def pass_(self, **duration: float) -> None:
        """
        Let time go by: *duration* as for a timedelta.
        """
        self.clock.advance(timedelta(**duration))

    def before(
        self, pattern: str, act: Response | Callable[[], object], *, times: int | None = 1, skip: int = 0
    ) -> None:
        """
        On arrival of a request give *act* as the answer, or call it: a Response that it returns is the answer then.
        """

        def on_arrival(_request: Request, _response: Response | None) -> Response | None:
            result = act if isinstance(act, Response) else act()
            return result if isinstance(result, Response) else None

        self._incidents.on_arrival.append(Incident(pattern, on_arrival, times, skip))

    def after(
        self, pattern: str, act: Response | Callable[[Response], object], *, times: int | None = 1, skip: int = 0
    ) -> None:
        """
        When a request was processed give *act* as the answer, or what it makes of the true one.
        """

        def on_answer(_request: Request, response: Response | None) -> Response | None:
            result = act if isinstance(act, Response) or response is None else act(response)
            return result if isinstance(result, Response) else None

        self._incidents.on_answer.append(Incident(pattern, on_answer, times, skip))

    def distort(
        self, pattern: str, change: Callable[[Any], object], *, times: int | None = None, skip: int = 0
    ) -> None:
        """
        Let *change* alter the JSON of the answers, in place.
        """

        def distorted(response: Response) -> Response:
            body = json.loads(response.body)
            change(body)
            return Response(status=response.status, headers=response.headers, body=json.dumps(body).encode())

        self.after(pattern, distorted, times=times, skip=skip)

    def calm(self) -> None:
        """
        Let every incident be over.
        """
        self._incidents.on_arrival.clear()
        self._incidents.on_answer.clear()

    @property
    def requests(self) -> list[str]:
        """
        Return the requests that arrived: ``GET /v2/smart_trades/1``.
        """
        return [f"{entry.method} {entry.target.removeprefix(PREFIX)}" for entry in self.api.requests]

    @property
    def deletes(self) -> list[tuple[int, int]]:
        """
        Return SmartTrade and step of each DELETE that arrived.
        """
        found = [_CANCEL.fullmatch(entry.target) for entry in self.api.requests if entry.method == "DELETE"]
        return [(int(match[1]), int(match[2])) if match else (0, 0) for match in found]

    # --- the daemon

    def open(self, text: str, *, dry_run: bool = False) -> Daemon:
        """
        Start the daemon on the rules *text*.
        """
        self._rules = parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
        self._dry_run = dry_run
        return self._start()

    def close(self) -> None:
        """
        Stop the daemon.
        """
        if self._opened is not None:
            self._runner.run(_left(self._opened))
        self._opened = self._daemon = None

    def reopen(self, text: str | None = None) -> Daemon:
        """
        Restart the daemon on the same state, with other rules if *text* is given.
        """
        self.close()
        return self._start() if text is None else self.open(text)

    def _start(self) -> Daemon:
        self.power = Power()
        self._opened = open_daemon(self.wiring)
        try:
            self._daemon = self._runner.run(_entered(self._opened))
        except BaseException:
            self._opened = None
            raise
        if self._deeds is not None:
            self._deeds.close()
        self._deeds = self.power.deeds = Deeds(self.folder, self.api.requests)
        journal = self._daemon.journal
        journal._database = cast("Database", PoweredDatabase(journal._database, self.power))
        return self._daemon

    @property
    def wiring(self) -> Wiring:
        """
        Return how the daemon is wired.
        """
        assert self._rules is not None
        return Wiring(
            rules=self._rules,
            state=self.folder,
            api_url=self.url,
            credentials=Credentials(
                api_key=Secret(DEMO_KEY.key), api_secret=Secret(DEMO_KEY.secret), origin="the stage"
            ),
            clock=self.clock,
            observer=self.ears,
            dry_run=self._dry_run,
            transport=httpx.MockTransport(partial(self._carry, self.power)),
        )

    @property
    def daemon(self) -> Daemon:
        """
        Return the daemon that runs.
        """
        assert self._daemon is not None
        return self._daemon

    def cycle(self, **passed: float) -> CycleReport:
        """
        Run one cycle to its end, after *passed* (as for a timedelta).
        """
        self.pass_(**passed)
        return self.run(self.daemon.cycle.run())

    def cycles(self, count: int, **passed: float) -> list[CycleReport]:
        """
        Run *count* cycles, each after *passed*.
        """
        return [self.cycle(**passed) for _ in range(count)]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """
        Run *work* on the stage's loop; `task` is its task meanwhile.
        """

        async def known() -> T:
            self.task = asyncio.current_task()
            return await work

        return self._runner.run(known())

    def cycle_killed_at(self, event: str) -> None:
        """
        Run a cycle whose process dies when it tells *event*, and clear it away.
        """

        def die() -> None:
            raise self.power.cut()

        self.ears.cues[event] = die
        self.run_until_power_cut(self.daemon.cycle)
        del self.ears.cues[event]

    def run_until_power_cut(self, cycle: Cycle) -> None:
        """
        Run *cycle*, and clear a process away that died in it. From its death on it has done nothing.
        """
        try:
            self.run(cycle.run())
        except BaseException as error:
            if not is_power_cut(error):
                raise
        self.close()
        self.power.require_nothing_done()

    # --- what is on disk

    def outside(self, act: Callable[[SqliteJournal], Awaitable[T]]) -> T:
        """
        Do something to the journal from another process's place, a running daemon or not.
        """

        async def work() -> T:
            async with await SqliteJournal.open(self.folder, clock=self.clock) as journal:
                return await act(journal)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, work()).result()

    def disarm(self) -> None:
        """
        Throw the kill switch.
        """
        self.outside(lambda journal: journal.disarm(reason="a test"))

    def arm(self) -> None:
        """
        Arm again.
        """
        self.outside(lambda journal: journal.arm(reason="a test"))

    @property
    def armed(self) -> bool:
        """
        Tell whether it is armed.
        """
        return self.outside(lambda journal: journal.is_armed())

    @property
    def journal(self) -> list[JournalRow]:
        """
        Return the rows of the journal, newest first.
        """
        return self.outside(lambda journal: journal.rows())

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """
        Look into the journal's file as it is on disk at this moment.
        """
        with closing(sqlite3.connect(f"file:{self.folder / JOURNAL_FILE}?mode=ro", uri=True)) as file:
            return file.execute(sql, values).fetchall()

    # --- the wire

    async def _carry(self, power: Power, request: httpx.Request) -> httpx.Response:
        power.need()
        await asyncio.sleep(self.latency_s / 2)
        power.need()
        wire = Request(
            method=request.method, target=request.url.raw_path.decode("ascii"), headers=dict(request.headers.items())
        )
        if wire.method == "DELETE":
            self._witness(wire)
        response = self.api.handle(wire)
        await asyncio.sleep(self.latency_s / 2 + response.delay_s)
        if response.dropped:
            msg = "the connection was reset"
            raise httpx.ReadError(msg, request=request)
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)

    def _witness(self, request: Request) -> None:
        """
        Look whether the intent of a DELETE that arrives is on disk, and open.
        """
        match = _CANCEL.fullmatch(request.target)
        sql = "SELECT count(*) FROM intents WHERE smart_trade_id = ? AND trade_id = ? AND outcome IS NULL"
        if match is None or self.query(sql, int(match[1]), int(match[2])) != [(1,)]:
            self.without_intent.append(request.target)

    def end(self) -> None:
        """
        Close everything.
        """
        try:
            self.close()
        finally:
            self._runner.close()
            if self._deeds is not None:
                self._deeds.close()

    @property
    def broken_promises(self) -> list[str]:
        """
        Return what must never be: a SmartTrade that ended by our hand, a DELETE without its intent on disk.
        """
        fatal = [event for event in self.world.events if event.what == "smart_trade_cancel_accepted"]
        found = [f"SmartTrade {event.smart_trade_id} was cancelled" for event in fatal if event.by == "api"]
        found += [f"{target} without an intent" for target in self.without_intent]
        takes_profit = {
            leg.id for trade in self.world.smart_trades() for leg in trade.legs if leg.purpose == "take_profit"
        }
        return found + [f"trade {step} is no step" for _, step in self.deletes if step not in takes_profit]


async def _entered(opened: AbstractAsyncContextManager[Daemon]) -> Daemon:
    return await opened.__aenter__()


async def _left(opened: AbstractAsyncContextManager[Daemon]) -> None:
    await opened.__aexit__(None, None, None)
