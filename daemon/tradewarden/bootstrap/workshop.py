"""
Builds a crew for each rules file, and keeps what outlives them: locks, journal, budget, what is being settled.
"""

from __future__ import annotations

import os
import uuid
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tradewarden.bootstrap.line import lock_account, open_budget, open_line
from tradewarden.bootstrap.pace import pace_of
from tradewarden.errors import StateError
from tradewarden.journal.folder import keep_private, make_state_folder
from tradewarden.journal.locks import DaemonInfo, StateLock
from tradewarden.journal.request_count import RequestCount
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.service.access import Access
from tradewarden.service.crew import Crew
from tradewarden.service.cycle import Cycle
from tradewarden.service.settlings import Settlings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from tradewarden.bootstrap.line import Line
    from tradewarden.bootstrap.wiring import Wiring
    from tradewarden.journal.locks import AccountLock
    from tradewarden.threecommas.budget import RequestBudget


class Workshop:
    """
    Holds the locks of a state folder and of an account, and the journal.
    """

    def __init__(
        self,
        wiring: Wiring,
        *,
        state_lock: StateLock,
        account_lock: AccountLock,
        journal: SqliteJournal,
        budget: RequestBudget,
    ) -> None:
        self.journal = journal
        self.settlings = Settlings()
        self.access = Access(journal=journal, clock=wiring.clock, observer=wiring.observer)
        self._started_at = wiring.clock.now().wall
        self._state_lock = state_lock
        self._account_locks = {wiring.canonical_url: account_lock}
        self._budget = budget
        self._lines: list[Line] = []

    async def crew(self, wiring: Wiring) -> Crew:
        """
        Build the crew of *wiring*; from its return on intents of an earlier one are refused.

        Raises AlreadyRunning, UsageError and JournalError, and then the earlier one goes on as before.
        """
        wiring.check_url()
        line = next((one for one in self._lines if one.suits(wiring)), None)
        if line is None:
            if wiring.canonical_url not in self._account_locks:
                self._account_locks[wiring.canonical_url] = lock_account(wiring)
            line = open_line(wiring, budget=self._budget, journal=self.journal)
            self._lines.append(line)
        settings, ruleset = wiring.settings, wiring.rules.ruleset
        pace = pace_of(wiring.rules, now=wiring.clock.now().wall)
        line.users += 1
        try:
            await self.journal.begin(mode=settings.mode, generation=ruleset.generation)
        except BaseException:
            await self._let_go(line)
            raise
        self._budget.change(settings.api.requests_per_minute)
        with suppress(StateError):  # it tells others who holds the lock; the lock itself stands
            self._state_lock.update(info_of(wiring, started_at=self._started_at))
        cycle = Cycle(
            gateway=line.client,
            journal=self.journal,
            clock=wiring.clock,
            observer=wiring.observer,
            settings=settings,
            ruleset=ruleset,
            settlings=self.settlings,
            access=self.access,
            hold_gap_of=pace.hold_gap_of,
            new_cycle_id=lambda: uuid.uuid4().hex[:12],
            plan=pace.plan,
        )
        return Crew(
            settings=settings,
            ruleset=ruleset,
            cycle=cycle,
            gateway=line.client,
            requests_left=self._budget.left,
            let_go=lambda: self._let_go(line),
        )

    async def aclose(self) -> None:
        """
        Stop what is still being settled, close the clients, and give the accounts back.
        """
        await self.settlings.stop()
        for line in self._lines:
            await line.client.aclose()
        for lock in self._account_locks.values():
            lock.release()

    async def _let_go(self, line: Line) -> None:
        """
        Close a line that nobody uses any more; its account is given back if no other line leads there.
        """
        line.users -= 1
        if line.users > 0 or line not in self._lines:
            return
        self._lines.remove(line)
        await line.client.aclose()
        if all(other.url != line.url for other in self._lines):
            self._account_locks.pop(line.url).release()


@asynccontextmanager
async def open_workshop(wiring: Wiring) -> AsyncIterator[Workshop]:
    """
    Take the locks and open the journal; let go of everything at the end.

    Raises AlreadyRunning, StateError, UsageError (the URL) and JournalError.
    """
    wiring.check_url()
    make_state_folder(wiring.state)
    keep_private(wiring.state)
    async with AsyncExitStack() as stack:
        info = info_of(wiring, started_at=wiring.clock.now().wall)
        state_lock = stack.enter_context(StateLock.acquire(wiring.state, info))
        account_lock = stack.enter_context(lock_account(wiring))
        journal = await stack.enter_async_context(
            await SqliteJournal.open(wiring.state, clock=wiring.clock, create=True)
        )
        workshop = Workshop(
            wiring,
            state_lock=state_lock,
            account_lock=account_lock,
            journal=journal,
            budget=await open_budget(wiring, journal, stack.enter_context(RequestCount(wiring.state))),
        )
        stack.push_async_callback(workshop.aclose)
        yield workshop


def info_of(wiring: Wiring, *, started_at: datetime) -> DaemonInfo:
    """
    Return what others are told of who holds the state folder.
    """
    return DaemonInfo(
        pid=os.getpid(), rules_file=str(wiring.rules.path), started_at=started_at, mode=wiring.settings.mode
    )
