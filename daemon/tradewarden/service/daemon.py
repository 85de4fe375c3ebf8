"""
The daemon's life: a first read, then cycle after cycle on the timer, reloads in between, and an orderly end.

 - The timer says what is due; a cycle runs in a task of ours, one at a time. Settling goes on beside.
 - A reload prepares everything first; then intents of the old rules are refused, and the next cycle runs by the new.
 - A stop begins nothing new. A DELETE that is out gets its answer, and its outcome if that can be had in a minute.
 - The watchdog is fed while no cycle is overdue and none hangs. That the API is down is trouble, not death.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tradewarden.engine.change import compare, impact_of
from tradewarden.errors import (
    AccessDenied,
    ApiError,
    ConfigError,
    CredentialsError,
    JournalError,
    RateLimited,
    TradeWardenError,
)
from tradewarden.model.settings import Mode
from tradewarden.service.cycle import CycleInterrupted
from tradewarden.service.record import Record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tradewarden.engine.change import RulesChange
    from tradewarden.model.daemon_status import DaemonStatus
    from tradewarden.ports import Clock, Journal, Observer, Supervisor
    from tradewarden.rules.ruleset import Rule
    from tradewarden.service.access import Access
    from tradewarden.service.crew import Crew
    from tradewarden.service.record import Identity
    from tradewarden.service.settlings import Settlings
    from tradewarden.service.timer import Timer

FIRST_READ_WITHIN_S = 20.0  # an API that does not answer must not make the start fail
START_UP_S = 60.0  # a first cycle that comes later, by its cron expression, is one of a running daemon
BEAT = timedelta(seconds=10)
RECORD_EVERY = timedelta(seconds=30)
HANGS_AFTER_S = 300.0  # longer than any wait of a cycle: a minute of the budget, a request and what it is tried again
END_WITHIN_S = 100.0  # of a stop, open questions included: below the unit's TimeoutStopSec
SETTLE_FOR_S = 10.0  # ... but so long at least, if the answer to a DELETE took all that time


class DaemonLoop:
    """
    Runs until it is stopped. *reload* returns a new crew, wholly prepared, or raises and has changed nothing.
    """

    def __init__(  # noqa: PLR0913 (everything that tests replace enters here)
        self,
        *,
        crew: Crew,
        journal: Journal,
        reload: Callable[[], Awaitable[Crew]],
        identity: Identity,
        timer: Timer,
        settlings: Settlings,
        access: Access,
        clock: Clock,
        observer: Observer,
        supervisor: Supervisor,
        write_status: Callable[[DaemonStatus], None],
    ) -> None:
        self._crew = crew
        self._journal = journal
        self._reload = reload
        self._identity = identity
        self._timer = timer
        self._settlings = settlings
        self._access = access
        self._clock = clock
        self._observer = observer
        self._supervisor = supervisor
        self._write_status = write_status
        self._record = Record(
            crew, identity, clock=clock, observer=observer, write=write_status, next_due=timer.next_due
        )
        self._retired: list[Crew] = []
        self._stop_asked, self._reload_asked = asyncio.Event(), asyncio.Event()
        self._signal = ""
        self._is_starting = True  # until the first cycle is over, if that comes at once
        self._progress = (-1, 0.0)  # requests sent so far, and the loop's time when that number was new

    # --- asked from outside, by signals

    def stop(self, signal: str) -> None:
        """
        Come to an orderly end. Asked again, nothing goes faster: what was sent comes to its end first.
        """
        self._signal = self._signal or signal
        self._stop_asked.set()

    def reload(self) -> None:
        """
        Read the rules file again, as soon as may be.
        """
        self._reload_asked.set()

    # --- life

    async def run(self) -> None:
        """
        Run until `stop`. Raises CredentialsError if 3Commas rejects the credentials at the start.
        """
        self._observer.tell(
            "daemon.started",
            version=self._identity.version,
            pid=self._identity.pid,
            mode=self._crew.settings.mode,
            rules=len(self._crew.ruleset.enabled),
            generation=self._crew.ruleset.generation,
            rules_file=self._identity.rules_file,
            state=self._identity.state,
            api_url=self._identity.api_url,
        )
        self._record.write()
        workers: list[asyncio.Future[None]] = []
        try:
            first = asyncio.ensure_future(self._first_read())
            try:
                await self._until_stopped([first])
            finally:
                await _cancelled([first])
            if not self._stop_asked.is_set():
                self._timer.start()
                self._timer.plan(self._crew.schedules, self._crew.settings.timezone)
                await self._heed_switch()
                self._record.write()
                self._supervisor.ready(self._record.line)
                workers = [asyncio.ensure_future(work) for work in (self._beats(), self._cycles(), self._reloads())]
                await self._until_stopped(workers)
        finally:
            await self._end(workers)

    async def _until_stopped(self, workers: Sequence[asyncio.Future[None]]) -> None:
        """
        Wait for `stop`, or until one of *workers* ends; what it raised is raised.
        """
        stop = asyncio.ensure_future(self._stop_asked.wait())
        waited_for: list[asyncio.Future[Any]] = [stop, *workers]
        try:
            await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
            for worker in workers:
                if worker.done():
                    worker.result()
        finally:
            stop.cancel()

    async def _first_read(self) -> None:
        """
        Ask once whether the credentials are valid: the start is over when that is answered, or failed.
        """
        try:
            async with asyncio.timeout(FIRST_READ_WITHIN_S):
                await self._crew.gateway.validate()
        except AccessDenied as error:
            raise CredentialsError(_rejected(str(error))) from None
        except RateLimited as error:
            self._record.troubles.heed("penalty", str(error), self._clock.now().wall)
        except ApiError as error:
            self._record.troubles.heed("api", str(error), self._clock.now().wall)
        except TimeoutError:
            message = f"3Commas did not answer within {FIRST_READ_WITHIN_S:.0f} s"
            self._record.troubles.heed("api", message, self._clock.now().wall)

    async def _cycles(self) -> None:
        began_s = self._loop_s()
        while True:
            schedules = await self._timer.due()
            self._is_starting = self._is_starting and self._loop_s() - began_s < START_UP_S
            crew = self._crew
            if not schedules & crew.schedules:
                continue  # of a plan that a reload has replaced meanwhile
            await self._cycle(crew, crew.due(schedules))
            await self._let_go_of_the_retired()

    async def _cycle(self, crew: Crew, rules: Sequence[Rule]) -> None:
        began = self._clock.now()
        self._record.begin_cycle(began.wall)
        try:
            report = await crew.cycle.run(rules, is_alone=False)
        except CycleInterrupted as interrupted:
            self._observer.tell("cycle.ended", report=interrupted.report, took=self._clock.now().surely_since(began))
            raise
        self._record.end_cycle(report, rules, took=self._clock.now().surely_since(began))
        self._supervisor.status(self._record.line)
        if self._is_starting and self._access.denied is not None:
            raise CredentialsError(_rejected(self._access.denied))
        self._is_starting = False

    # --- reload

    async def _reloads(self) -> None:
        while True:
            await self._reload_asked.wait()
            self._reload_asked.clear()
            self._supervisor.reloading()
            change = await self._reload_once()
            self._supervisor.ready(self._record.line)
            if change is not None:
                self._observer.tell("rules.reloaded", change=change, impact=await self._impact(change))

    async def _reload_once(self) -> RulesChange | None:
        """
        Take over a new crew; ``None`` if there is none to be had, and then everything goes on as before.
        """
        old = self._crew
        try:
            new = await self._reload()
        except TradeWardenError as error:
            problems = error.problems if isinstance(error, ConfigError) else (str(error),)
            first = problems[0].partition("\n")[0]
            self._observer.tell("rules.refused", problems=problems)
            message = f"the rules file was not taken over: {first}"
            self._record.troubles.heed("rules", message, self._clock.now().wall, is_told=True)
            self._record.write()
            return None
        self._crew = new
        self._retired.append(old)
        self._record.troubles.end("rules")
        self._timer.plan(new.schedules, new.settings.timezone)
        self._record.take_over(new)
        return compare((old.settings, old.ruleset), (new.settings, new.ruleset))

    async def _impact(self, change: RulesChange) -> object:
        """
        Tell what the new and changed rules would find now; ``None`` if that cannot be read.
        """
        crew, names = self._crew, {*change.added, *change.changed}
        goes_live = change.mode is Mode.LIVE  # then every rule is as good as new
        concerned = [rule for rule in crew.ruleset.enabled if goes_live or rule.name in names]
        if not concerned:
            return ()
        try:
            return impact_of(concerned, await crew.gateway.list_open(), crew.settings)
        except ApiError:
            return None

    async def _let_go_of_the_retired(self) -> None:
        """
        Close what crews of before used, when nothing of theirs is under way any more.
        """
        if self._settlings.is_idle:
            retired, self._retired = self._retired, []
            for crew in retired:
                await crew.let_go()

    # --- watched over

    async def _beats(self) -> None:
        """
        Feed the watchdog while all is sound, and keep the record fresh.
        """
        period = min(self._supervisor.watchdog_period or BEAT, BEAT)
        while True:
            if self._settlings.failure is not None:
                raise self._settlings.failure
            if self._is_sound():
                self._supervisor.alive()
            if await self._heed_switch() or self._record.age >= RECORD_EVERY:
                self._record.write()
                self._supervisor.status(self._record.line)
            await self._clock.sleep(period)

    async def _heed_switch(self) -> bool:
        """
        Take in whether somebody has thrown the kill switch beside us; tell whether it is another than before.
        """
        with contextlib.suppress(JournalError):
            was_armed, self._record.is_armed = self._record.is_armed, await self._journal.is_armed()
            return self._record.is_armed != was_armed
        return False

    def _is_sound(self) -> bool:
        """
        Tell whether cycles come when they are due, and one that runs gets on: it sends requests.
        """
        now_s = self._loop_s()
        is_running = self._record.is_in_cycle
        sent = self._crew.gateway.requests_sent
        if not is_running or sent != self._progress[0]:
            self._progress = (sent, now_s)
        hangs = is_running and now_s - self._progress[1] > HANGS_AFTER_S
        is_late = not is_running and self._timer.overdue().total_seconds() > HANGS_AFTER_S
        return not (hangs or is_late)

    def _loop_s(self) -> float:
        return asyncio.get_running_loop().time()

    # --- the end

    async def _end(self, workers: Sequence[asyncio.Future[None]]) -> None:
        """
        Begin nothing new; let a cancel that is under way come to its end.
        """
        self._observer.tell("daemon.stopping", signal=self._signal)
        self._supervisor.stopping("stopping: what was sent comes to its end first")
        self._timer.close()
        began_s = self._loop_s()
        await _cancelled(workers[1:])  # the cycles and reloads; beats still tell that this is no hang
        left_s = max(END_WITHIN_S - (self._loop_s() - began_s), SETTLE_FOR_S)
        await self._settlings.finish(left_s)
        await _cancelled(workers)
        for crew in (*self._retired, self._crew):
            await crew.let_go()
        self._record.close()
        self._observer.tell("daemon.stopped")


def _rejected(why: str) -> str:
    return f"3Commas rejected the credentials: {why}"


async def _cancelled(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
