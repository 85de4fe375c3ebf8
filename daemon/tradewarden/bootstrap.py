"""
The only place that builds adapters and wires them together.
"""

from __future__ import annotations

import os
import random
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tradewarden.engine.penalty import next_penalty, time_left
from tradewarden.errors import UsageError
from tradewarden.journal.folder import make_state_folder
from tradewarden.journal.locks import AccountLock, DaemonInfo, StateLock
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.settings import Mode
from tradewarden.service.cycle import Cycle
from tradewarden.service.scheduler import cycle_length
from tradewarden.threecommas.budget import RequestBudget
from tradewarden.threecommas.client import ThreeCommasClient
from tradewarden.threecommas.signing import HmacSigner, SignedRequests
from tradewarden.threecommas.transport import Transport, canonical_url, check_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta
    from pathlib import Path

    from tradewarden.credentials import Credentials
    from tradewarden.model.settings import Settings
    from tradewarden.ports import Clock, Observer
    from tradewarden.rulesfile.loader import RulesFile

GAPS_IN_CYCLES = 2  # a hold survives a gap of so many cycles, or of `hold_gap`, whichever is more


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """
    What a daemon is made of: its rules, its places, and what tests and the demo replace.
    """

    rules: RulesFile
    state: Path
    api_url: str
    credentials: Credentials
    clock: Clock
    observer: Observer
    dry_run: bool = False
    transport: Transport | None = None

    @property
    def settings(self) -> Settings:
        """
        Return the file's settings; ``--dry-run`` makes any file a dry run.
        """
        settings = self.rules.settings
        return replace(settings, mode=Mode.DRY_RUN) if self.dry_run else settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """
    A wired daemon that holds its locks.
    """

    cycle: Cycle
    gateway: ThreeCommasClient
    journal: SqliteJournal
    settings: Settings


@asynccontextmanager
async def open_daemon(wiring: Wiring) -> AsyncIterator[Daemon]:
    """
    Take the locks, open the journal and the client, and let go of all of them at the end.

    Raises AlreadyRunning, StateError, UsageError (the URL) and JournalError.
    """
    settings = wiring.settings
    try:
        check_url(wiring.api_url)
    except ValueError as error:
        raise UsageError(str(error)) from None
    make_state_folder(wiring.state)
    async with AsyncExitStack() as stack:
        info = DaemonInfo(
            pid=os.getpid(),
            rules_file=str(wiring.rules.path),
            started_at=wiring.clock.now().wall,
            mode=settings.mode,
        )
        stack.enter_context(StateLock.acquire(wiring.state, info))
        api_key = wiring.credentials.api_key.reveal()
        stack.enter_context(AccountLock.acquire(api_key=api_key, api_url=canonical_url(wiring.api_url)))
        journal = await stack.enter_async_context(
            await SqliteJournal.open(wiring.state, clock=wiring.clock, create=True)
        )
        await journal.begin(mode=settings.mode, generation=wiring.rules.ruleset.generation)
        client = await stack.enter_async_context(await _client(wiring, settings, journal))
        gaps = _hold_gaps(wiring, settings)
        cycle = Cycle(
            gateway=client,
            journal=journal,
            clock=wiring.clock,
            observer=wiring.observer,
            settings=settings,
            ruleset=wiring.rules.ruleset,
            hold_gap_of=lambda rule: gaps[rule.name],
            new_cycle_id=lambda: uuid.uuid4().hex[:12],
        )
        yield Daemon(cycle=cycle, gateway=client, journal=journal, settings=settings)


async def _client(wiring: Wiring, settings: Settings, journal: SqliteJournal) -> ThreeCommasClient:
    """
    Build the client, with the penalty that a restart must not forget.
    """
    budget = RequestBudget(settings.api.requests_per_minute, wiring.clock)
    penalty = await journal.penalty()
    if penalty is not None and time_left(penalty, wiring.clock.now()):
        budget.penalise(penalty)

    async def on_penalty(banned: bool, retry_after: timedelta | None, reason: str) -> timedelta:  # noqa: FBT001 (the client's)
        now = wiring.clock.now()
        following = next_penalty(
            await journal.penalty(), banned=banned, retry_after=retry_after, reason=reason, now=now
        )
        await journal.record_penalty(following)
        return following.pause

    credentials = wiring.credentials
    return ThreeCommasClient(
        url=wiring.api_url,
        auth=SignedRequests(api_key=credentials.api_key, signer=HmacSigner(credentials.api_secret)),
        account_mode=settings.api.account_mode.value,
        timeout=settings.api.timeout,
        budget=budget,
        clock=wiring.clock,
        on_penalty=on_penalty,
        jitter=random.Random(),  # noqa: S311 (spreads retries, guards nothing)
        transport=wiring.transport,
    )


def _hold_gaps(wiring: Wiring, settings: Settings) -> dict[str, timedelta]:
    """
    Return, by rule, how far apart two readings may be for its hold to go on.
    """
    now = wiring.clock.now().wall
    gaps = {}
    for rule in wiring.rules.ruleset.rules:
        length = cycle_length(rule.schedule or settings.schedule, settings.timezone, now=now)
        gaps[rule.name] = max(settings.safety.hold_gap, length * GAPS_IN_CYCLES)
    return gaps
