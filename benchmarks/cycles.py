"""
Cycles of the daemon as it is wired, and the bare pipeline of the same libraries, both against `server.py`.

The bare pipeline: httpx for each page, `plain_page` to decode it, a flat row for each SmartTrade, a function by hand
for each rule, one row into SQLite with `synchronous=FULL`, one line of JSON by structlog. It signs nothing, counts no
budget, remembers no prices and no holds, and asks nobody whether it is armed.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import httpx
import structlog

from benchmarks import plain_page
from benchmarks.pages import PER_PAGE
from benchmarks.plain_rules import functions, row_of, rules_file
from tradewarden.bootstrap import Wiring, open_daemon
from tradewarden.credentials import Credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.logs import LogObserver, open_log
from tradewarden.model.moment import Moment
from tradewarden.model.secret import Secret
from tradewarden.model.truth import Truth
from tradewarden.rulesfile.loader import load_rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tradewarden.rulesfile.loader import RulesFile

    Cycle = Callable[[], Awaitable[int]]

ROOT = Path(__file__).parent.parent
MARKETS = 3  # so many states of the market take turns
BETWEEN_CYCLES = timedelta(seconds=60)
OLDEST = datetime(2026, 1, 2, 12, tzinfo=UTC)


class FastClock:
    """
    A clock on which a minute passes between two cycles: the budget of requests is that of a minute.
    """

    def __init__(self) -> None:
        self._jumped = timedelta(0)
        self._began = time.monotonic()

    def jump(self) -> None:
        """
        Let a minute pass.
        """
        self._jumped += BETWEEN_CYCLES

    def now(self) -> Moment:
        """
        Return this moment.
        """
        passed = self._jumped + timedelta(seconds=time.monotonic() - self._began)
        return Moment(wall=OLDEST + passed, boot=passed, boot_id="benchmark")

    async def sleep(self, duration: timedelta) -> None:
        """
        Refuse: nothing here should wait.
        """
        msg = f"a cycle of the benchmark wanted to wait for {duration}"
        raise AssertionError(msg)


@contextmanager
def served(smart_trades: int) -> Iterator[str]:
    """
    Serve that many SmartTrades from a process of its own, and return the API's URL.
    """
    command = [sys.executable, "-m", "benchmarks.server", str(smart_trades), str(MARKETS)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as server:  # noqa: S603 (ours)
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/public/api"
        finally:
            assert server.stdin is not None
            server.stdin.close()


@contextmanager
def _log_to_nowhere() -> Iterator[TextIO]:
    with Path(os.devnull).open("w") as nowhere:
        yield nowhere


def _rules_in(folder: Path, count: int) -> RulesFile:
    folder.mkdir()
    path = folder / "rules.yaml"
    path.write_text(rules_file(count))
    return load_rules(path, VOCABULARY)


@asynccontextmanager
async def daemon_cycles(url: str, folder: Path, *, rules: int) -> AsyncIterator[Cycle]:
    """
    Wire the daemon, and return what makes one of its cycles: it returns the number of SmartTrades read.
    """
    clock = FastClock()
    with _log_to_nowhere() as nowhere:
        wiring = Wiring(
            rules=_rules_in(folder, rules),
            state=folder / "state",
            api_url=url,
            credentials=Credentials(api_key=Secret("k" * 64), api_secret=Secret("s" * 64), origin="the benchmark"),
            clock=clock,
            observer=LogObserver(open_log(nowhere, {})),
        )
        async with open_daemon(wiring) as daemon:

            async def cycle() -> int:
                clock.jump()
                report = await daemon.cycle.run(is_alone=False)
                assert not report.errors, report.errors
                assert not report.outcomes, report.outcomes
                return report.smart_trades_read

            yield cycle


@asynccontextmanager
async def bare_cycles(url: str, file: Path, *, rules: int) -> AsyncIterator[Cycle]:
    """
    Set the bare pipeline up with its database *file*, and return what makes one turn of it.
    """
    by_hand = functions(rules)
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS cycles (at TEXT, smart_trades INTEGER, fired INTEGER)")
    with _log_to_nowhere() as nowhere:
        log = structlog.wrap_logger(
            structlog.WriteLogger(nowhere),
            processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        )
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:

            async def cycle() -> int:
                trades, fired = 0, 0
                for page in range(1, sys.maxsize):
                    answer = await client.get("v2/smart_trades", params={"page": page, "per_page": PER_PAGE})
                    decoded = plain_page.decode_page(answer.content)
                    for trade in decoded:
                        row = row_of(trade)
                        for function in by_hand:
                            if function(row) is Truth.TRUE:
                                fired += 1
                    trades += len(decoded)
                    if len(decoded) < PER_PAGE:
                        break
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO cycles VALUES (?, ?, ?)", (time.ctime(), trades, fired))
                database.execute("COMMIT")
                log.info("cycle.ended", smart_trades=trades, fired=fired)
                assert not fired
                return trades

            yield cycle
    database.close()
