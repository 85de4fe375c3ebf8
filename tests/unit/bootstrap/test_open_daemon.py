"""
What the daemon is made of: locks, journal, client, penalties, and how long a hold survives a gap.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from api_client import API_KEY, API_SECRET
from fakes import FakeClock
from port_fakes import Heard
from tradewarden.bootstrap import Wiring, open_daemon
from tradewarden.bootstrap.workshop import open_workshop
from tradewarden.credentials import Credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import AlreadyRunning, RateLimited, UsageError
from tradewarden.journal.locks import running_daemon
from tradewarden.model.memory import Penalty
from tradewarden.model.secret import Secret
from tradewarden.model.settings import Mode
from tradewarden.rulesfile.loader import parse_rules

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
version: 1
mode: live
safety: {hold_gap: 4m}
rules:
  - {name: default, when: day_change < -5%, cancel: farthest}
  - {name: slow, when: day_change < -5%, cancel: farthest, every: 10m}
  - {name: nightly, when: day_change < -5%, cancel: farthest, schedule: {cron: "*/5 8-20 * * *"}}
"""


class Exchange:
    """
    Answers every request with *status* and no SmartTrade.
    """

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, headers=self.headers, json=[])


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def wiring(tmp_path: Path, exchange: Exchange) -> Wiring:
    return Wiring(
        rules=parse_rules(RULES.encode(), name="rules.yaml", vocabulary=VOCABULARY),
        state=tmp_path / "state",
        api_url=f"https://{abs(hash(tmp_path))}.example/public/api",
        credentials=Credentials(api_key=Secret(API_KEY), api_secret=Secret(API_SECRET), origin="a test"),
        clock=FakeClock(),
        observer=Heard(),
        transport=httpx.MockTransport(exchange),
    )


async def test_a_cycle_runs_with_all_that_is_real(wiring: Wiring, exchange: Exchange) -> None:
    async with open_daemon(wiring) as daemon:
        report = await daemon.cycle.run()

    assert (report.errors, report.smart_trades_read, report.mode) == ((), 0, Mode.LIVE)
    assert len(report.cycle_id) == 12
    (request,) = exchange.requests
    assert request.headers["Apikey"] == API_KEY
    assert request.headers["Forced-Mode"] == "real"
    assert len(request.headers["Signature"]) == 64


async def test_while_it_runs_both_locks_are_held(wiring: Wiring, tmp_path: Path) -> None:
    async with open_daemon(wiring):
        info = running_daemon(wiring.state)
        assert info is not None
        assert (info.rules_file, info.mode) == ("rules.yaml", Mode.LIVE)
        for second in (wiring, replace(wiring, state=tmp_path / "other")):
            with pytest.raises(AlreadyRunning):
                async with open_daemon(second):
                    pytest.fail("two daemons at once")
    assert running_daemon(wiring.state) is None


async def test_a_second_daemon_leaves_the_journal_alone(wiring: Wiring, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_daemon(wiring))
        with pytest.raises(AlreadyRunning):
            await stack.enter_async_context(open_daemon(replace(wiring, state=tmp_path / "other")))

    assert not (tmp_path / "other" / "journal.sqlite3").exists()


async def test_a_dry_run_is_one_whatever_the_file_says(wiring: Wiring) -> None:
    async with open_daemon(replace(wiring, dry_run=True)) as daemon:
        assert daemon.settings.mode is Mode.DRY_RUN
    assert wiring.settings.mode is Mode.LIVE


@pytest.mark.parametrize("url", ["http://api.3commas.io/public/api", "https://a@b/", "nonsense"])
async def test_a_url_that_would_carry_the_key_in_the_clear_is_refused(wiring: Wiring, url: str) -> None:
    with pytest.raises(UsageError):
        async with open_daemon(replace(wiring, api_url=url)):
            pytest.fail("it must not open")

    assert not wiring.state.exists()


@pytest.mark.parametrize(
    ("status", "retry_after", "pause_s", "bans"), [(429, None, 300, 0), (418, None, 120, 1), (429, "600", 600, 0)]
)
async def test_a_penalty_is_journaled_and_holds_after_a_restart(
    wiring: Wiring, exchange: Exchange, status: int, retry_after: str | None, pause_s: int, bans: int
) -> None:
    exchange.status = status
    exchange.headers = {} if retry_after is None else {"Retry-After": retry_after}
    async with open_daemon(wiring) as daemon:
        with pytest.raises(RateLimited):
            await daemon.gateway.list_open()
        penalty = await daemon.journal.penalty()

    assert isinstance(penalty, Penalty)
    assert (penalty.pause, penalty.bans) == (timedelta(seconds=pause_s), bans)
    async with open_daemon(wiring) as daemon:
        with pytest.raises(RateLimited):
            await daemon.gateway.list_open()
    assert len(exchange.requests) == 1


async def test_a_penalty_that_is_over_holds_nothing(wiring: Wiring, exchange: Exchange) -> None:
    clock = FakeClock()
    wiring = replace(wiring, clock=clock)
    exchange.status = 429
    async with open_daemon(wiring) as daemon:
        with pytest.raises(RateLimited):
            await daemon.gateway.list_open()
    clock.advance(timedelta(seconds=301))
    exchange.status = 200

    async with open_daemon(wiring) as daemon:
        assert (await daemon.gateway.list_open()).smart_trades == ()


async def test_a_second_ban_is_twice_as_long_though_the_daemon_was_restarted(
    wiring: Wiring, exchange: Exchange
) -> None:
    clock = FakeClock()
    wiring = replace(wiring, clock=clock)
    exchange.status = 418
    pauses = []
    for _ in range(2):
        async with open_daemon(wiring) as daemon:
            with pytest.raises(RateLimited) as caught:
                await daemon.gateway.list_open()
            pauses.append(caught.value.pause)
        clock.advance(timedelta(seconds=121))

    assert pauses == [timedelta(minutes=2), timedelta(minutes=4)]


async def test_a_hold_survives_the_hold_gap_or_two_cycles_of_its_rule(wiring: Wiring) -> None:
    async with open_daemon(wiring) as daemon:
        gap_of = daemon.cycle._hold_gap_of
        gaps = {rule.name: gap_of(rule) for rule in wiring.rules.ruleset.rules}

    assert gaps == {
        "default": timedelta(minutes=4),
        "slow": timedelta(minutes=20),
        "nightly": timedelta(minutes=10),  # two of its cycles; the night is none
    }


async def test_a_restart_does_not_begin_the_minute_of_the_budget_anew(wiring: Wiring, exchange: Exchange) -> None:
    clock = FakeClock()
    wiring = replace(wiring, clock=clock)
    for _ in range(3):
        async with open_daemon(wiring) as daemon:
            await daemon.gateway.list_open()
    async with open_workshop(wiring) as workshop:
        crew = await workshop.crew(wiring)
        assert crew.requests_left() == 50 - 3
        clock.advance(timedelta(seconds=60))
        assert crew.requests_left() == 50
    assert len(exchange.requests) == 3
