"""
The state folder: the owner's alone, and made only when a command was told to.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import stat
import tempfile
from pathlib import Path

from tradewarden.errors import StateError

JOURNAL_FILE = "journal.sqlite3"
LOCK_FILE = "lock"
APPLICATION_ID = 0x54576A31  # says that it is ours: `TWj1`
FOLDER_MODE = 0o700
FILE_MODE = 0o600
PARENT_MODE = 0o755  # of folders that are made on the way to it
OF_OTHERS, WRITABLE_BY_OTHERS = 0o077, 0o022


def make_state_folder(folder: Path) -> None:
    """
    Make *folder*, readable by its owner alone, unless it is there. Raises StateError.
    """
    try:
        for parent in reversed(folder.parents):
            if not parent.exists():
                parent.mkdir(mode=PARENT_MODE, exist_ok=True)  # with `parents=True` a umask of 0 would open it to all
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    except OSError as error:
        msg = f"The state folder {folder} cannot be made: {error.strerror}. Choose another with --state."
        raise StateError(msg) from error


def keep_private(folder: Path) -> None:
    """
    Take the journal's files back from others, should a copy have opened them, for the daemon that is about to use them.

    Raises StateError for a folder in which others may write: whoever can replace the journal decides what is cancelled.
    """
    try:
        rights = stat.S_IMODE(folder.stat().st_mode)
        if not rights & WRITABLE_BY_OTHERS:
            _close_journal_to_others(folder)
    except OSError as error:
        msg = f"The state folder {folder} cannot be kept from others: {error.strerror}. Run this as the daemon's user."
        raise StateError(msg) from error
    if rights & WRITABLE_BY_OTHERS:
        msg = (
            f"Others may write in the state folder {folder} (mode {rights:04o}), and so decide what is cancelled: "
            f"chmod 700 {folder}"
        )
        raise StateError(msg)


def _close_journal_to_others(folder: Path) -> None:
    for path in folder.glob(f"{JOURNAL_FILE}*"):
        if stat.S_ISREG(path.lstat().st_mode) and path.lstat().st_mode & OF_OTHERS:
            path.chmod(FILE_MODE)


def open_private(path: Path, *, create: bool) -> int:
    """
    Open *path* for reading and writing, for its owner alone, and return the descriptor. Raises OSError.

    A link is not followed, and nothing but a file is opened: else root would write to, and give away, what whoever
    writes in the folder chose. A file that root makes is given to the owner of the folder: else `sudo tradewarden
    disarm`, run before the first start, would leave a journal that the daemon's user cannot write.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | (os.O_CREAT if create else 0)
    descriptor = os.open(path, flags, FILE_MODE)
    try:
        status = os.fstat(descriptor)
        _refuse_if_no_file(status)
        if create:
            if status.st_mode & OF_OTHERS:
                os.fchmod(descriptor, FILE_MODE)
            give_to_owner_of(path.parent, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_if_no_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise OSError(errno.EINVAL, "it is not a file of its own")


def give_to_owner_of(folder: Path, descriptor: int) -> None:
    """
    Give an open file to the owner of *folder*, if we are root. Raises OSError.
    """
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


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
    if path.is_symlink() or (path.exists() and not path.is_file()):
        msg = f"The journal {path} is a link, a pipe or a folder, and not a file: put the journal itself there."
        raise StateError(msg)
    if path.exists():
        _refuse_if_emptied(path)
        return path
    _refuse_to_begin_anew(path, create=create)
    try:
        _begin(path)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        msg = f"The journal {path} cannot be made: {reason}. Run this as the daemon's user, or as root."
        raise StateError(msg) from error
    return path


def _begin(path: Path) -> None:
    """
    Put a new journal in place, whole: a file of no length never bears its name, so that one is known to be damaged.
    """
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        give_to_owner_of(path.parent, descriptor)
        os.close(descriptor)
        with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")  # writes the first page
        with contextlib.suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def _refuse_if_emptied(path: Path) -> None:
    if path.stat().st_size == 0:
        msg = (
            f"The journal {path} is damaged: it is empty. A new journal would be armed and would not know what was "
            "cancelled before, so none is begun. Put a copy back; or, if that is what you want, delete the file."
        )
        raise StateError(msg)


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
