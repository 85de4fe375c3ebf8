"""
Crew after crew: what a reload takes over, what it keeps, and what it leaves alone if it fails.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from api_client import API_KEY, API_SECRET
from fakes import FakeClock
from journal_samples import make_intent
from port_fakes import Heard
from tradewarden.bootstrap import Wiring
from tradewarden.bootstrap.workshop import Workshop, open_workshop
from tradewarden.credentials import Credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import AlreadyRunning, JournalError, NotPermitted, UsageError
from tradewarden.journal.locks import AccountLock, running_daemon
from tradewarden.model.secret import Secret
from tradewarden.model.settings import Mode
from tradewarden.rulesfile.loader import parse_rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tradewarden.rulesfile.loader import RulesFile

RULES = """\
version: 1
mode: live
{settings}
rules:
  - {{name: {name}, when: day_change < -5%, cancel: farthest}}
"""


def _rules(*, name: str = "one", settings: str = "") -> RulesFile:
    text = RULES.format(name=name, settings=settings)
    return parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    return Wiring(
        rules=_rules(),
        state=tmp_path / "state",
        api_url=f"https://{abs(hash(tmp_path))}.example/public/api",
        credentials=Credentials(api_key=Secret(API_KEY), api_secret=Secret(API_SECRET), origin="a test"),
        clock=FakeClock(),
        observer=Heard(),
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=[])),
    )


@pytest.fixture
async def workshop(wiring: Wiring) -> AsyncIterator[Workshop]:
    async with open_workshop(wiring) as opened:
        yield opened


def _is_locked(url: str) -> bool:
    try:
        AccountLock.acquire(api_key=API_KEY, api_url=url).release()
    except AlreadyRunning:
        return True
    return False


async def test_a_reload_of_the_rules_alone_keeps_the_client(wiring: Wiring, workshop: Workshop) -> None:
    first = await workshop.crew(wiring)
    second = await workshop.crew(replace(wiring, rules=_rules(name="two")))

    assert second.gateway is first.gateway
    assert [rule.name for rule in second.ruleset.enabled] == ["two"]
    await first.let_go()
    assert await second.gateway.list_open()


async def test_an_intent_of_the_rules_of_before_is_refused(wiring: Wiring, workshop: Workshop) -> None:
    first = await workshop.crew(wiring)
    intent = replace(make_intent(), generation=first.ruleset.generation)
    await workshop.crew(replace(wiring, rules=_rules(name="two")))

    with pytest.raises(NotPermitted):
        await workshop.journal.record_intent(intent)


async def test_others_are_told_of_the_mode_that_holds_now(wiring: Wiring, workshop: Workshop) -> None:
    await workshop.crew(wiring)
    await workshop.crew(replace(wiring, dry_run=True))

    info = running_daemon(wiring.state)
    assert info is not None
    assert info.mode is Mode.DRY_RUN


@pytest.mark.parametrize("settings", ["api: {timeout: 5s}", "api: {account_mode: paper}"])
async def test_a_client_that_does_not_suit_any_more_is_replaced_and_closed_in_time(
    wiring: Wiring, workshop: Workshop, settings: str
) -> None:
    first = await workshop.crew(wiring)
    second = await workshop.crew(replace(wiring, rules=_rules(settings=settings)))

    assert second.gateway is not first.gateway
    assert await first.gateway.list_open(), "what is under way with it goes on"
    await first.let_go()
    with pytest.raises(RuntimeError, match="closed"):
        await first.gateway.list_open()
    assert _is_locked(wiring.api_url), "the same account is still ours"


async def test_another_url_is_another_lock(wiring: Wiring, workshop: Workshop) -> None:
    elsewhere = replace(wiring, api_url=wiring.api_url.replace("https://", "https://other-"))
    first = await workshop.crew(wiring)
    await workshop.crew(elsewhere)

    assert _is_locked(wiring.api_url)
    assert _is_locked(elsewhere.api_url)
    await first.let_go()
    assert not _is_locked(wiring.api_url)
    assert _is_locked(elsewhere.api_url)


async def test_an_account_that_another_daemon_has_is_not_taken_over(wiring: Wiring, workshop: Workshop) -> None:
    elsewhere = replace(wiring, api_url=wiring.api_url.replace("https://", "https://other-"))
    first = await workshop.crew(wiring)
    with AccountLock.acquire(api_key=API_KEY, api_url=elsewhere.api_url), pytest.raises(AlreadyRunning):
        await workshop.crew(elsewhere)

    assert await first.gateway.list_open()
    assert await workshop.journal.record_intent(replace(make_intent(), generation=first.ruleset.generation))


async def test_a_bad_url_changes_nothing(wiring: Wiring, workshop: Workshop) -> None:
    first = await workshop.crew(wiring)

    with pytest.raises(UsageError):
        await workshop.crew(replace(wiring, api_url="http://api.3commas.io/public/api"))

    assert await workshop.journal.record_intent(replace(make_intent(), generation=first.ruleset.generation))


async def test_a_journal_that_fails_changes_nothing(
    wiring: Wiring, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await workshop.crew(wiring)

    async def full(**_: object) -> None:
        msg = "the disk is full"
        raise JournalError(msg)

    monkeypatch.setattr(workshop.journal, "begin", full)
    elsewhere = replace(
        wiring, rules=_rules(settings="api: {requests_per_minute: 7}"), api_url="https://nowhere.example/public/api"
    )
    with pytest.raises(JournalError):
        await workshop.crew(elsewhere)

    assert first.requests_left() == 50
    assert not _is_locked(elsewhere.api_url)
    assert _is_locked(wiring.api_url)


async def test_the_budget_is_one_over_all_crews(wiring: Wiring, workshop: Workshop) -> None:
    first = await workshop.crew(wiring)
    await first.gateway.list_open()
    second = await workshop.crew(replace(wiring, rules=_rules(settings="api: {requests_per_minute: 10}")))

    assert (first.requests_left(), second.requests_left()) == (9, 9)


async def test_a_reload_remembers_when_the_daemon_began(wiring: Wiring, workshop: Workshop) -> None:
    began = wiring.clock.now().wall
    assert isinstance(wiring.clock, FakeClock)
    await workshop.crew(wiring)
    wiring.clock.advance(timedelta(hours=1))
    await workshop.crew(replace(wiring, rules=_rules(name="two")))

    info = running_daemon(wiring.state)
    assert info is not None
    assert info.started_at == began
