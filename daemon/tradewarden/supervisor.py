"""
What systemd is told of the daemon: datagrams to the socket that it names, as sd_notify(3) describes them.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_STATUS = 900  # characters: of four bytes each they still fit into the 4096 bytes that systemd reads
SHORTEST_PERIOD = timedelta(milliseconds=1)
LONGEST_NUMBER = 19  # digits of 64 bits, signed


def open_supervisor(environ: Mapping[str, str], *, monotonic_us: Callable[[], int] | None = None) -> SystemdSupervisor:
    """
    Find out who watches over this process: systemd, by the variables that it sets, or nobody.

    *monotonic_us* reads CLOCK_MONOTONIC, in microseconds: by it a unit of ``Type=notify-reload`` knows which reload an
    answer belongs to. Others do without.
    """
    address = _address(environ.get("NOTIFY_SOCKET", ""))
    period = None if address is None else _watchdog_period(environ)
    return SystemdSupervisor(address, watchdog_period=period, monotonic_us=monotonic_us)


class SystemdSupervisor:
    """
    Tells systemd at *address* how the daemon is; ``None`` means that nobody listens. No method raises or waits.
    """

    def __init__(
        self, address: bytes | None, *, watchdog_period: timedelta | None, monotonic_us: Callable[[], int] | None
    ) -> None:
        self._address = address
        self._watchdog_period = watchdog_period
        self._monotonic_us = monotonic_us
        self._owed = ""  # a state that got lost goes out before the next message: without it systemd ends the daemon

    @property
    def watchdog_period(self) -> timedelta | None:
        """
        Return how often it must hear `alive`: twice within the time after which it ends the daemon.
        """
        return self._watchdog_period

    def ready(self, status: str) -> None:
        """
        Say that the start, or a reload, is over.
        """
        self._change_state("READY=1", f"STATUS={_one_line(status)}")

    def status(self, status: str) -> None:
        """
        Say in a line how it goes.
        """
        self._send(f"STATUS={_one_line(status)}")

    def alive(self) -> None:
        """
        Feed the watchdog.
        """
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """
        Say that a reload begins; `ready` ends it.
        """
        now = () if self._monotonic_us is None else (f"MONOTONIC_USEC={self._monotonic_us()}",)
        self._change_state("RELOADING=1", *now)

    def stopping(self, status: str) -> None:
        """
        Say that the daemon is about to end.
        """
        self._change_state("STOPPING=1", f"STATUS={_one_line(status)}")

    def _change_state(self, *lines: str) -> None:
        self._owed = ""  # the newer state replaces the older one
        message = "\n".join(lines)
        if not self._send(message):
            self._owed = message

    def _send(self, message: str) -> bool:
        """
        Send a datagram, after the one that is owed, and tell whether it went out.
        """
        if self._address is None:
            return True
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.setblocking(False)
                for lines in filter(None, (self._owed, message)):
                    sender.sendto(lines.encode(errors="replace"), self._address)
                    self._owed = ""
        except OSError:  # its queue is full, or systemd is being replaced at this moment
            return False
        return True


def _address(name: str) -> bytes | None:
    """
    Return the address of a socket: a path, or with ``@`` a name in the abstract namespace. Other kinds are not ours.
    """
    address = os.fsencode(name)
    if b"\0" in address or len(address) < 2:  # noqa: PLR2004 (one character names nothing)
        return None
    if address.startswith(b"@"):
        return b"\0" + address[1:]
    return address if address.startswith(b"/") else None


def _watchdog_period(environ: Mapping[str, str]) -> timedelta | None:
    """
    Return half of the time that systemd waits; ``None`` if it does not watch this process.
    """
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    limit = environ.get("WATCHDOG_USEC", "")
    if not (limit.isascii() and limit.isdigit()) or len(limit) > LONGEST_NUMBER or int(limit) == 0:
        return None
    return max(timedelta(microseconds=int(limit)) / 2, SHORTEST_PERIOD)


def _one_line(text: str) -> str:
    """
    Make *text* one short line of printable characters: a line break would begin another message.
    """
    printable = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(printable.split())
    return line if len(line) <= LONGEST_STATUS else f"{line[: LONGEST_STATUS - 1]}…"
