"""
Which rules a journal remembers: what consumes `repeat`, of the mode that is asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes import FakeClock
from journal_samples import make_intent
from tradewarden.journal.known_rules import rules_with_cancels
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from pathlib import Path


async def test_an_intent_is_remembered_in_its_mode(tmp_path: Path) -> None:
    intent = make_intent()
    async with await SqliteJournal.open(tmp_path, clock=FakeClock(), create=True) as journal:
        await journal.begin(mode=Mode.LIVE, generation=intent.generation)
        assert rules_with_cancels(tmp_path, Mode.LIVE) == frozenset()
        await journal.record_intent(intent)

        assert rules_with_cancels(tmp_path, Mode.LIVE) == {intent.rule}
        assert rules_with_cancels(tmp_path, Mode.DRY_RUN) == frozenset()
    assert rules_with_cancels(tmp_path, Mode.LIVE) == {intent.rule}


def test_without_a_journal_none_is(tmp_path: Path) -> None:
    assert rules_with_cancels(tmp_path / "state", Mode.LIVE) == frozenset()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "journal.sqlite3").write_bytes(b"no database" * 500)
    assert rules_with_cancels(tmp_path, Mode.LIVE) == frozenset()
