"""
One daemon per state folder, and one per account: locks that the system takes back when their process ends, however.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import socket
import struct
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tradewarden.errors import AlreadyRunning, StateError
from tradewarden.journal.folder import LOCK_FILE, open_private
from tradewarden.journal.values import instant_from_text, instant_to_text
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

_TRIES = 5
_BETWEEN_TRIES_SECONDS = 0.05
_LARGEST = 65_536  # bytes; what a lock file holds is a line
_PEER = struct.Struct("3i")  # struct ucred: pid, uid, gid


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonInfo:
    """
    Who holds a state folder. ``None`` is what it has not told yet.
    """

    pid: int | None = None
    rules_file: str | None = None
    started_at: datetime | None = None
    mode: Mode | None = None

    def __str__(self) -> str:
        """
        Return what a sentence says of it.
        """
        process = "a process that cannot be told" if self.pid is None else f"process {self.pid}"
        return process if self.rules_file is None else f"{process}, rules {self.rules_file}"


class _Held(ABC):
    """
    A lock that is held until `release`, the end of the `with` or the end of the process.
    """

    @abstractmethod
    def release(self) -> None:
        """
        Give it back. May be called twice.
        """

    def __enter__(self) -> Self:
        """
        Return the lock, held already.
        """
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        Give it back.
        """
        self.release()


class StateLock(_Held):
    """
    The lock of a state folder: a lock on a file in it, which tells who holds it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, folder: Path, info: DaemonInfo, *, wait: Callable[[float], None] = time.sleep) -> Self:
        """
        Take the lock and leave *info* in it. Raises AlreadyRunning with the other's process, or StateError.

        It is tried a few times, since `running_daemon` holds it for a moment.
        """
        descriptor = _open_lock(folder, create=True)
        lock = cls(descriptor)
        with contextlib.ExitStack() as unless_taken:
            unless_taken.callback(lock.release)
            for attempt in range(_TRIES):
                if attempt:
                    wait(_BETWEEN_TRIES_SECONDS)
                if _try_lock(descriptor, fcntl.LOCK_EX):
                    lock.update(info)
                    unless_taken.pop_all()
                    return lock
            msg = (
                f"Another TradeWarden ({_read_info(descriptor)}) uses the state folder {folder}: "
                "stop it first, or give this one a folder of its own with --state."
            )
            raise AlreadyRunning(msg)

    def update(self, info: DaemonInfo) -> None:
        """
        Tell something else from now on, after a reload. Raises StateError.
        """
        if self._descriptor is not None:
            try:
                _write_info(self._descriptor, info)
            except OSError as error:
                msg = f"The state folder cannot be written: {error.strerror}."
                raise StateError(msg) from error

    def release(self) -> None:
        """
        Give it back. May be called twice.
        """
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class AccountLock(_Held):
    """
    The lock of a 3Commas account, whichever folder a daemon uses: an abstract unix socket of this machine.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener

    @classmethod
    def acquire(cls, *, api_key: str, api_url: str) -> Self:
        """
        Take the lock. Raises AlreadyRunning with the other's process, if it can be told.
        """
        name = account_lock_name(api_key=api_key, api_url=api_url)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(name)
            listener.listen()
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                msg = f"The account cannot be locked: {error.strerror}."
                raise StateError(msg) from error
            msg = (
                f"Another TradeWarden ({DaemonInfo(pid=_pid_behind(name))}) acts for this 3Commas account: "
                "stop it first. Two daemons would each keep limits of their own."
            )
            raise AlreadyRunning(msg) from error
        return cls(listener)

    def release(self) -> None:
        """
        Give it back. May be called twice.
        """
        self._listener.close()


def account_lock_name(*, api_key: str, api_url: str) -> bytes:
    """
    Name the lock of an account: a hash, since every user of the machine can see it.
    """
    text = f"tradewarden\0{api_key}\0{api_url.rstrip('/')}"
    return b"\0tradewarden-" + hashlib.sha256(text.encode()).hexdigest().encode()


def running_daemon(folder: Path) -> DaemonInfo | None:
    """
    Tell which daemon uses a state folder; ``None`` if there is none. Raises StateError if that cannot be told.
    """
    try:
        descriptor = _open_lock(folder, create=False)
    except FileNotFoundError:
        return None
    try:
        return None if _try_lock(descriptor, fcntl.LOCK_SH) else _read_info(descriptor)
    finally:
        os.close(descriptor)


def _open_lock(folder: Path, *, create: bool) -> int:
    """
    Open the lock's file. Raises FileNotFoundError if there is none and none is made, else StateError.
    """
    path = folder / LOCK_FILE
    try:
        return open_private(path, create=create)
    except FileNotFoundError as error:
        if not create:
            raise
        msg = f"There is no state folder {folder}."
        raise StateError(msg) from error
    except OSError as error:
        msg = f"{path} cannot be opened: {error.strerror}. Run this as the daemon's user, or as root."
        raise StateError(msg) from error


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_info(descriptor: int, info: DaemonInfo) -> None:
    """
    Leave *info* in the file, for people and for `running_daemon`.
    """
    told = {
        "pid": info.pid,
        "rules_file": info.rules_file,
        "started_at": None if info.started_at is None else instant_to_text(info.started_at),
        "mode": None if info.mode is None else info.mode.value,
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(told).encode() + b"\n", 0)


def _read_info(descriptor: int) -> DaemonInfo:
    """
    Read what the holder left: nothing yet, if it has only just begun.
    """
    with contextlib.suppress(ValueError, TypeError, KeyError):
        told = json.loads(os.pread(descriptor, _LARGEST, 0))
        return DaemonInfo(
            pid=told["pid"],
            rules_file=told["rules_file"],
            started_at=None if told["started_at"] is None else instant_from_text(told["started_at"]),
            mode=None if told["mode"] is None else Mode(told["mode"]),
        )
    return DaemonInfo()


def _pid_behind(name: bytes) -> int | None:
    """
    Ask the system who listens on an abstract socket; it is 0 for a process of another container.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.setblocking(False)
        try:
            asking.connect(name)
            peer = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        except OSError:
            return None
    pid: int = _PEER.unpack(peer)[0]
    return pid or None
