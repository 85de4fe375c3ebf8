"""
The line to 3Commas: a client with its account's lock. A reload that changes neither URL, mode nor time-out keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.bootstrap.client import make_client
from tradewarden.engine.penalty import next_penalty, taken_up
from tradewarden.journal.locks import AccountLock
from tradewarden.threecommas.budget import RequestBudget
from tradewarden.threecommas.client import ThreeCommasClient

if TYPE_CHECKING:
    from datetime import timedelta

    from tradewarden.bootstrap.wiring import Wiring
    from tradewarden.journal.sqlite import SqliteJournal
    from tradewarden.model.settings import ApiSettings
    from tradewarden.ports import Clock, RequestTally


@dataclass(slots=True, kw_only=True)
class Line:
    """
    A client and how many crews use it. *url* is the canonical one.
    """

    url: str
    settings: ApiSettings
    client: ThreeCommasClient
    users: int = 0

    def suits(self, wiring: Wiring) -> bool:
        """
        Tell whether *wiring* asks for a client like this one.
        """
        wanted, own = wiring.settings.api, self.settings
        return (self.url, own.account_mode, own.timeout) == (wiring.canonical_url, wanted.account_mode, wanted.timeout)


def lock_account(wiring: Wiring) -> AccountLock:
    """
    Take the lock of the account behind that key and URL. Raises AlreadyRunning and UsageError.
    """
    return AccountLock.acquire(api_key=wiring.credentials.api_key.reveal(), api_url=wiring.canonical_url)


async def open_budget(wiring: Wiring, journal: SqliteJournal, tally: RequestTally) -> RequestBudget:
    """
    Make the budget, with what a restart must not forget: the penalty, and the requests of this minute.
    """
    budget = RequestBudget(wiring.settings.api.requests_per_minute, wiring.clock, tally)
    penalty = taken_up(await journal.penalty(), wiring.clock.now())
    if penalty is not None:
        budget.penalise(penalty)
    return budget


def open_line(wiring: Wiring, *, budget: RequestBudget, journal: SqliteJournal) -> Line:
    """
    Make a client that signs as *wiring* says. Nothing is connected yet.
    """
    client = make_client(ThreeCommasClient, wiring, budget=budget, on_penalty=_Penalties(journal, wiring.clock))
    return Line(url=wiring.canonical_url, settings=wiring.settings.api, client=client)


class _Penalties:
    """
    Journals each penalty, and tells how long it is to hold.
    """

    def __init__(self, journal: SqliteJournal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    async def __call__(self, banned: bool, retry_after: timedelta | None, reason: str) -> timedelta:  # noqa: FBT001 (the client's)
        following = next_penalty(
            await self._journal.penalty(),
            banned=banned,
            retry_after=retry_after,
            reason=reason,
            now=self._clock.now(),
        )
        await self._journal.record_penalty(following)
        return following.pause
