"""
A restart does not begin the minute anew.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from tradewarden.errors import StateError
from tradewarden.journal.request_count import COUNT_FILE, RequestCount

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_was_sent_before_the_first_start(tmp_path: Path) -> None:
    with RequestCount(tmp_path) as count:
        assert count.sent_in(7) == 0


def test_what_was_sent_is_known_to_the_next_process(tmp_path: Path) -> None:
    with RequestCount(tmp_path) as count:
        count.note(7, 1)
        count.note(7, 2)

    with RequestCount(tmp_path) as count:
        assert [count.sent_in(minute) for minute in (6, 7, 8)] == [2, 2, 0]


def test_it_is_the_owners_alone(tmp_path: Path) -> None:
    with RequestCount(tmp_path):
        assert stat.S_IMODE((tmp_path / COUNT_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 16])
def test_a_damaged_file_counts_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / COUNT_FILE).write_bytes(content)

    with RequestCount(tmp_path) as count:
        assert count.sent_in(7) == 0


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / COUNT_FILE).mkdir()

    with pytest.raises(StateError, match="cannot be opened"):
        RequestCount(tmp_path)


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    count = RequestCount(tmp_path)
    os.close(count._descriptor)

    count.note(7, 1)

    assert count.sent_in(7) == 0
