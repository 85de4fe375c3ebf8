"""
Tests for tradewarden.journal.folder.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tradewarden.errors import StateError
from tradewarden.journal.folder import JOURNAL_FILE, journal_file, make_state_folder, open_private


def test_folder_and_file_are_the_owners_alone(folder: Path) -> None:
    path = journal_file(folder, create=True)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_made_by_root_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(tmp_path, 12345, 12346)

    os.close(open_private(tmp_path / "lock", create=True))

    status = (tmp_path / "lock").stat()
    assert (status.st_uid, status.st_gid) == (12345, 12346)


def test_without_being_told_no_folder_is_made(folder: Path) -> None:
    with pytest.raises(StateError, match="no state folder"):
        journal_file(folder, create=False)

    assert not folder.exists()


def test_without_being_told_no_journal_is_made(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="no journal in the state folder"):
        journal_file(tmp_path, create=False)

    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_lost_its_file_is_not_begun_anew(tmp_path: Path) -> None:
    """
    SQLite would delete the write-ahead log that still holds commits.
    """
    (tmp_path / f"{JOURNAL_FILE}-wal").write_bytes(b"commits")

    with pytest.raises(StateError, match="is missing"):
        journal_file(tmp_path, create=True)


def test_an_emptied_journal_is_not_begun_anew(tmp_path: Path) -> None:
    """
    It would be armed, though the owner may have disarmed it, and would not know what was cancelled before.
    """
    path = journal_file(tmp_path, create=True)
    path.write_bytes(b"")

    with pytest.raises(StateError, match="is damaged: it is empty"):
        journal_file(tmp_path, create=True)

    assert path.read_bytes() == b""


def test_a_new_journal_is_never_seen_empty_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = journal_file(tmp_path, create=True)

    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_write_ahead_log_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / f"{JOURNAL_FILE}-wal").touch()

    assert journal_file(tmp_path, create=True).exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StateError, match="cannot be made"):
        make_state_folder(tmp_path / "file" / "state")


def test_a_journal_that_cannot_be_made_is_said() -> None:
    """
    In /proc not even root can make a file.
    """
    with pytest.raises(StateError, match="cannot be made"):
        journal_file(Path("/proc"), create=True)


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / JOURNAL_FILE).symlink_to(tmp_path / "elsewhere")

    journal_file(tmp_path, create=True)

    assert not (tmp_path / "elsewhere").exists()
