"""
Tests for tradewarden.journal.folder.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tradewarden.errors import StateError
from tradewarden.journal.folder import JOURNAL_FILE, journal_file, keep_private, make_state_folder, open_private


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

    with pytest.raises(StateError, match="is a link"):
        journal_file(tmp_path, create=True)

    assert not (tmp_path / "elsewhere").exists()


def test_folders_made_on_the_way_are_not_open_to_all(tmp_path: Path) -> None:
    """Whoever may write in the parent could put another state folder in its place."""
    before = os.umask(0)
    try:
        make_state_folder(tmp_path / "a" / "b" / "state")
        journal_file(tmp_path / "a" / "b" / "state", create=True)
    finally:
        os.umask(before)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {"a": 0o755, "b": 0o755, "state": 0o700, JOURNAL_FILE: 0o600}


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o720, 0o1777])
def test_a_folder_in_which_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)

    with pytest.raises(StateError, match=f"chmod 700 {tmp_path}"):
        keep_private(tmp_path)


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o755])
def test_a_folder_that_others_may_only_see_is_taken_and_the_journal_closed_to_them(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    names = [JOURNAL_FILE, f"{JOURNAL_FILE}-wal", f"{JOURNAL_FILE}-shm"]
    for name in [*names, "notes.txt"]:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)

    keep_private(tmp_path)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {**dict.fromkeys(names, 0o600), "notes.txt": 0o644}


def test_a_folder_that_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be kept from others"):
        keep_private(tmp_path / "missing")


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("kind", ["link", "hard link", "pipe"])
def test_nothing_but_a_file_of_the_folder_is_opened(tmp_path: Path, kind: str, *, create: bool) -> None:
    """Root, who runs a command beside the daemon, would else overwrite and give away what the daemon's user chose."""
    victim, path = tmp_path / "victim", tmp_path / "lock"
    victim.write_text("precious", encoding="utf-8")
    victim.chmod(0o644)
    match kind:
        case "link":
            path.symlink_to(victim)
        case "hard link":
            path.hardlink_to(victim)
        case _:
            os.mkfifo(path)

    with pytest.raises(OSError, match=r"not a file of its own|symbolic links"):
        open_private(path, create=create)

    assert victim.read_text(encoding="utf-8") == "precious"
    assert stat.S_IMODE(victim.stat().st_mode) == 0o644


def test_a_file_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "lock").chmod(0o666)

    os.close(open_private(tmp_path / "lock", create=True))

    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_a_journal_that_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "state" / JOURNAL_FILE
    elsewhere = journal_file(tmp_path / "elsewhere", create=True)
    make_state_folder(path.parent)
    match kind:
        case "link":
            path.symlink_to(elsewhere)
        case "folder":
            path.mkdir()
        case _:
            os.mkfifo(path)

    with pytest.raises(StateError, match="is a link, a pipe or a folder"):
        journal_file(path.parent, create=True)
