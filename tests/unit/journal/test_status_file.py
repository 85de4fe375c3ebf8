"""
Tests for tradewarden.journal.status_file.
"""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from status_samples import make_status
from tradewarden.errors import StateError
from tradewarden.journal import status_file
from tradewarden.journal.status_file import STATUS_FILE, read_status, write_status

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_status(tmp_path, make_status(pid=1))
    write_status(tmp_path, make_status(pid=2))

    assert read_status(tmp_path) == make_status(pid=2)


def test_it_is_the_owners_alone_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_status(tmp_path, make_status())

    assert [path.name for path in tmp_path.iterdir()] == [STATUS_FILE]
    assert stat.S_IMODE((tmp_path / STATUS_FILE).stat().st_mode) == 0o600


def test_a_file_made_by_root_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(tmp_path, 12345, 12346)

    write_status(tmp_path, make_status())

    status = (tmp_path / STATUS_FILE).stat()
    assert (status.st_uid, status.st_gid) == (12345, 12346)


def test_without_a_record_there_is_none(tmp_path: Path) -> None:
    assert read_status(tmp_path) is None
    assert read_status(tmp_path / "nowhere") is None


def test_a_reader_never_sees_half_of_it(tmp_path: Path) -> None:
    """One thread replaces a short record by a long one and back, another reads."""
    short, long = make_status(), make_status(holding=make_status().holding * 2000)
    write_status(tmp_path, short)

    def write() -> None:
        for _ in range(20):
            write_status(tmp_path, long)
            write_status(tmp_path, short)

    writer = threading.Thread(target=write)
    writer.start()
    read = []
    while writer.is_alive():
        read.append(read_status(tmp_path))
    writer.join()

    assert all(status in (short, long) for status in read)


@pytest.mark.parametrize(
    "content",
    [b"", b"not JSON", b"\xff\xfe", b"[]", b'{"format": 2}', b"[" * 100_000, b"9" * 5000, b"{}"],
    ids=["empty", "text", "bytes", "list", "foreign", "deep", "large-number", "nothing"],
)
def test_a_damaged_record_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STATUS_FILE).write_bytes(content)

    with pytest.raises(StateError, match="is damaged, or of another version"):
        read_status(tmp_path)


def test_a_record_cut_in_half_is_a_sentence(tmp_path: Path) -> None:
    """A power cut may leave it."""
    write_status(tmp_path, make_status())
    path = tmp_path / STATUS_FILE
    path.write_bytes(path.read_bytes()[:100])

    with pytest.raises(StateError, match="is damaged"):
        read_status(tmp_path)


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_status(tmp_path, make_status())
    size = (tmp_path / STATUS_FILE).stat().st_size

    monkeypatch.setattr(status_file, "LARGEST", size)
    assert read_status(tmp_path) is not None
    monkeypatch.setattr(status_file, "LARGEST", size - 1)

    with pytest.raises(StateError, match="is damaged"):
        read_status(tmp_path)


def test_a_pipe_does_not_keep_the_reader_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / STATUS_FILE)

    with pytest.raises(StateError, match="is damaged"):
        read_status(tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Whoever owns the folder must not make root read what is not theirs."""
    write_status(tmp_path, make_status())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / STATUS_FILE).symlink_to(tmp_path / STATUS_FILE)

    with pytest.raises(StateError, match="cannot be read"):
        read_status(tmp_path / "elsewhere")


def test_what_a_killed_writer_left_does_not_matter(tmp_path: Path) -> None:
    draft = tmp_path / f".{STATUS_FILE}.new"
    os.mkfifo(draft)

    write_status(tmp_path, make_status())

    assert read_status(tmp_path) == make_status()
    assert not draft.exists()


def test_a_record_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """The daemon goes on, and says it once."""
    with pytest.raises(StateError, match="cannot be written: No such file"):
        write_status(tmp_path / "nowhere", make_status())


def test_a_record_that_cannot_be_put_in_place_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / STATUS_FILE).mkdir()

    with pytest.raises(StateError, match="cannot be written"):
        write_status(tmp_path, make_status())

    assert [path.name for path in tmp_path.iterdir()] == [STATUS_FILE]
