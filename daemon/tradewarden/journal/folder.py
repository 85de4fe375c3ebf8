"""
The state folder: the owner's alone, and made only when a command was told to.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tradewarden.errors import StateError

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL_FILE = "journal.sqlite3"
LOCK_FILE = "lock"
FOLDER_MODE = 0o700
FILE_MODE = 0o600


def make_state_folder(folder: Path) -> None:
    """
    Make *folder*, readable by its owner alone, unless it is there. Raises StateError.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The state folder {folder} cannot be made: {error.strerror}. Choose another with --state."
        raise StateError(msg) from error


def open_private(path: Path, *, create: bool, exclusive: bool = False) -> int:
    """
    Open *path* for reading and writing, for its owner alone, and return the descriptor. Raises OSError; *exclusive*: if
    it is there already.

    A file that root makes is given to the owner of the folder: else `sudo tradewarden disarm`, run before the first
    start, would leave a journal that the daemon's user cannot write.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0) | (os.O_EXCL if exclusive else 0)
    descriptor = os.open(path, flags, FILE_MODE)
    if create and os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def journal_file(folder: Path, *, create: bool) -> Path:
    """
    Return the journal of a state folder: the file is there, and its owner's alone if it was made now.

    A journal that is there is not opened: closing it again would take SQLite's locks from a connection of this process.
    Raises StateError if it is missing and not to be made, or cannot be.
    """
    path = folder.absolute() / JOURNAL_FILE
    if create:
        make_state_folder(folder)
    if not folder.is_dir():
        msg = f"There is no state folder {folder}. Name the daemon's folder with --state."
        raise StateError(msg)
    if path.exists():
        return path
    _refuse_to_begin_anew(path, create=create)
    try:
        os.close(open_private(path, create=True, exclusive=True))
    except FileExistsError:
        return path  # another process was faster
    except OSError as error:
        msg = f"The journal {path} cannot be made: {error.strerror}. Run this as the daemon's user, or as root."
        raise StateError(msg) from error
    return path


def _refuse_to_begin_anew(path: Path, *, create: bool) -> None:
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > 0:
        msg = (
            f"The journal {path} is missing, but {log.name} beside it still holds a part of it: nothing was changed. "
            "Put the journal back, or move that file away too."
        )
        raise StateError(msg)
    if not create:
        msg = f"There is no journal in the state folder {path.parent}: no daemon has run there."
        raise StateError(msg)
