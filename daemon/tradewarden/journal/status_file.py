"""
The small record in which a running daemon says how it goes: replaced as a whole, so that no reader sees half of it.

It is no part of the journal: nothing is decided by it, and a power cut may cost it.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from typing import TYPE_CHECKING

from tradewarden.errors import StateError
from tradewarden.journal.folder import FILE_MODE, give_to_owner_of
from tradewarden.journal.status_json import status_from_json, status_to_json

if TYPE_CHECKING:
    from pathlib import Path

    from tradewarden.model.daemon_status import DaemonStatus

STATUS_FILE = "status.json"
LARGEST = 64 * 1024 * 1024  # bytes: what holds is listed, and 100 rules may hold on many SmartTrades


def write_status(folder: Path, status: DaemonStatus) -> None:
    """
    Replace the record of a state folder. One process writes at a time.

    Raises StateError, and then the one before is removed: `status` must not tell for true what was true before.
    """
    draft = folder / f".{STATUS_FILE}.new"  # always of that name, so that a kill leaves one at most
    try:
        _write(draft, json.dumps(status_to_json(status)).encode("ascii"))
        draft.replace(folder / STATUS_FILE)
    except OSError as error:
        for untrue in (draft, folder / STATUS_FILE):
            with contextlib.suppress(OSError):
                untrue.unlink()
        msg = (
            f"The status record {folder / STATUS_FILE} cannot be written: {error.strerror}. `status` has none to tell."
        )
        raise StateError(msg) from error


def read_status(folder: Path) -> DaemonStatus | None:
    """
    Return the record of a state folder, ``None`` if there is none. Raises StateError if it cannot be read as one.
    """
    path = folder / STATUS_FILE
    try:
        content = _read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"The status record {path} cannot be read: {error.strerror}. Run this as the daemon's user, or as root."
        raise StateError(msg) from error
    try:
        return status_from_json(json.loads(content))
    except (ValueError, OverflowError, RecursionError) as error:
        msg = f"The status record {path} is damaged, or of another version of TradeWarden: the next cycle replaces it."
        raise StateError(msg) from error


def _write(draft: Path, content: bytes) -> None:
    draft.unlink(missing_ok=True)
    with open(draft, "xb", opener=_open_private) as file:
        give_to_owner_of(draft.parent, file.fileno())
        file.write(content)


def _read(path: Path) -> bytes:
    """
    Read a regular file of a bounded size; what is none reads as empty.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        content = file.read(LARGEST + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    return content if len(content) <= LARGEST else b""


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def _open_at_once(path: str, flags: int) -> int:
    # A pipe that nobody writes to would keep us waiting for ever, and a link may lead out of the folder.
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)
