"""
One daemon per state folder and per account.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scenario.scripts import rules
from tradewarden.bootstrap import open_daemon
from tradewarden.errors import AlreadyRunning, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from scenario.stage import Stage
    from tradewarden.bootstrap import Wiring


async def _open(wiring: Wiring) -> None:
    async with open_daemon(wiring):
        pass


def test_a_second_daemon_on_the_same_folder_is_refused(stage: Stage) -> None:
    stage.open(rules())

    with pytest.raises(AlreadyRunning) as caught:
        stage.run(_open(replace(stage.wiring, api_url="https://other.example/public/api")))

    assert caught.value.exit_code == 75


def test_a_second_daemon_with_another_folder_is_caught_by_the_account(stage: Stage, tmp_path: Path) -> None:
    stage.open(rules())

    with pytest.raises(AlreadyRunning):
        stage.run(_open(replace(stage.wiring, state=tmp_path / "other")))


def test_both_locks_are_given_back(stage: Stage) -> None:
    stage.open(rules())
    stage.reopen()
    stage.close()

    stage.run(_open(stage.wiring))


def test_a_url_in_the_clear_is_refused_before_anything_is_made(stage: Stage) -> None:
    stage.open(rules())
    stage.close()
    wiring = replace(stage.wiring, api_url="http://example.com/public/api", state=stage.folder / "new")

    with pytest.raises(UsageError):
        stage.run(_open(wiring))

    assert not wiring.state.exists()


def test_the_journal_can_be_read_and_the_switch_thrown_beside_it(stage: Stage) -> None:
    stage.open(rules())

    stage.disarm()
    stage.arm()

    assert [row.reason for row in stage.journal] == ["a test", "a test"]  # type: ignore[union-attr]  # events alone
