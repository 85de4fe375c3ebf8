"""
A clock, and a journal in a folder of its own that runs live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes import FakeClock
from journal_samples import GENERATION
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
async def journal(folder: Path, clock: FakeClock) -> AsyncIterator[SqliteJournal]:
    async with await SqliteJournal.open(folder, clock=clock, create=True) as journal:
        await journal.begin(mode=Mode.LIVE, generation=GENERATION)
        yield journal
