"""
A daemon ready to work: one whose cycles somebody else asks for, and one that lives by its timer.
"""

from __future__ import annotations

import os
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden import __version__
from tradewarden.bootstrap.workshop import open_workshop
from tradewarden.journal.status_file import write_status
from tradewarden.service.daemon import DaemonLoop
from tradewarden.service.record import Identity
from tradewarden.service.timer import Timer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tradewarden.bootstrap.wiring import Wiring
    from tradewarden.journal.sqlite import SqliteJournal
    from tradewarden.model.settings import Settings
    from tradewarden.ports import SmartTradeGateway, Supervisor
    from tradewarden.service.access import Access
    from tradewarden.service.crew import Crew
    from tradewarden.service.cycle import Cycle
    from tradewarden.service.settlings import Settlings


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """
    A wired daemon that holds its locks, for cycles that somebody else asks for.
    """

    cycle: Cycle
    gateway: SmartTradeGateway
    journal: SqliteJournal
    settings: Settings
    settlings: Settlings
    access: Access


@asynccontextmanager
async def open_daemon(wiring: Wiring) -> AsyncIterator[Daemon]:
    """
    Take the locks, open the journal and the client, and let go of all of them at the end.

    Raises AlreadyRunning, StateError, UsageError (the URL) and JournalError.
    """
    async with open_workshop(wiring) as workshop:
        crew = await workshop.crew(wiring)
        yield Daemon(
            cycle=crew.cycle,
            gateway=crew.gateway,
            journal=workshop.journal,
            settings=crew.settings,
            settlings=workshop.settlings,
            access=workshop.access,
        )


@asynccontextmanager
async def open_service(
    wiring: Wiring, *, supervisor: Supervisor, read_again: Callable[[], Awaitable[Wiring]]
) -> AsyncIterator[DaemonLoop]:
    """
    Wire the daemon that lives by its timer. *read_again* reads its files anew, for a reload, and may raise UserError.

    Raises what `open_daemon` raises.
    """
    async with open_workshop(wiring) as workshop:

        async def reload() -> Crew:
            return await workshop.crew(await read_again())

        yield DaemonLoop(
            crew=await workshop.crew(wiring),
            journal=workshop.journal,
            reload=reload,
            identity=Identity(
                version=__version__,
                pid=os.getpid(),
                rules_file=str(wiring.rules.path),
                state=str(wiring.state),
                api_url=wiring.api_url,
            ),
            timer=Timer(clock=wiring.clock, observer=wiring.observer, seed=uuid.uuid4().hex),
            settlings=workshop.settlings,
            access=workshop.access,
            clock=wiring.clock,
            observer=wiring.observer,
            supervisor=supervisor,
            write_status=lambda status: write_status(wiring.state, status),
        )
