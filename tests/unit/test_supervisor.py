from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tradewarden.supervisor import LONGEST_STATUS, open_supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradewarden.ports import Supervisor

NOW_US = 4_711


class Systemd:
    """
    A real datagram socket, as systemd opens it.
    """

    def __init__(self, address: str | bytes) -> None:
        self._receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._receiver.setblocking(False)
        self._receiver.bind(address)

    def heard(self) -> list[str]:
        messages = []
        while True:
            try:
                messages.append(self._receiver.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self) -> None:
        self._receiver.close()


@pytest.fixture
def path() -> Iterator[str]:
    """
    The path of a socket: 107 bytes at most, which a folder of pytest's can exceed.
    """
    with tempfile.TemporaryDirectory(prefix="tradewarden-") as folder:
        yield f"{folder}/notify"


@pytest.fixture
def open_systemd() -> Iterator[Callable[[str | bytes], Systemd]]:
    opened: list[Systemd] = []

    def open_at(address: str | bytes) -> Systemd:
        opened.append(Systemd(address))
        return opened[-1]

    yield open_at
    for systemd in opened:
        systemd.close()


@pytest.fixture
def systemd(open_systemd: Callable[[str | bytes], Systemd], path: str) -> Systemd:
    return open_systemd(path)


def supervisor(**environ: str) -> Supervisor:
    return open_supervisor(environ, monotonic_us=lambda: NOW_US)


def fill(path: str) -> None:
    """
    Send to a socket until its queue is full.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, contextlib.suppress(BlockingIOError):
        sender.setblocking(False)
        while True:
            sender.sendto(b"x", path)


def test_each_message_is_one_datagram(systemd: Systemd, path: str) -> None:
    told = supervisor(NOTIFY_SOCKET=path)

    told.ready("armed, dry-run")
    told.status("last cycle 12:00")
    told.alive()
    told.reloading()
    told.stopping("a cancel is under way")

    assert systemd.heard() == [
        "READY=1\nSTATUS=armed, dry-run",
        "STATUS=last cycle 12:00",
        "WATCHDOG=1",
        "RELOADING=1\nMONOTONIC_USEC=4711",
        "STOPPING=1\nSTATUS=a cancel is under way",
    ]


def test_without_a_clock_a_reload_is_told_all_the_same(systemd: Systemd, path: str) -> None:
    open_supervisor({"NOTIFY_SOCKET": path}).reloading()

    assert systemd.heard() == ["RELOADING=1"]


def test_a_name_of_the_abstract_namespace(open_systemd: Callable[[str | bytes], Systemd]) -> None:
    name = f"tradewarden-test-{os.getpid()}"
    systemd = open_systemd(b"\0" + name.encode())

    supervisor(NOTIFY_SOCKET=f"@{name}").alive()

    assert systemd.heard() == ["WATCHDOG=1"]


@pytest.mark.parametrize("address", ["", "/", "@", "relative/notify", "vsock:2:1234", "/no\0where"])
def test_without_an_address_that_we_know_nobody_listens(address: str) -> None:
    told = supervisor(NOTIFY_SOCKET=address, WATCHDOG_USEC="1000000")

    told.ready("")
    told.status("")
    told.alive()
    told.reloading()
    told.stopping("")
    assert told.watchdog_period is None


def test_without_systemd_nobody_listens() -> None:
    told = supervisor()

    told.ready("")
    assert told.watchdog_period is None


@pytest.mark.parametrize("address", ["/nonexistent/notify", f"/{'long' * 40}"], ids=["gone", "too long"])
def test_a_socket_that_cannot_be_reached_stops_nothing(address: str) -> None:
    told = supervisor(NOTIFY_SOCKET=address)

    told.ready("")
    told.alive()


def test_a_full_queue_neither_blocks_nor_loses_a_state(systemd: Systemd, path: str) -> None:
    """A start whose READY got lost would be ended by systemd: it goes out again before the next sign of life."""
    told = supervisor(NOTIFY_SOCKET=path)
    fill(path)

    told.ready("armed")
    told.status("dropped, like every line that is soon followed by another")
    systemd.heard()
    told.alive()
    told.alive()

    assert systemd.heard() == ["READY=1\nSTATUS=armed", "WATCHDOG=1", "WATCHDOG=1"]


def test_a_newer_state_replaces_one_that_got_lost(open_systemd: Callable[[str | bytes], Systemd], path: str) -> None:
    told = supervisor(NOTIFY_SOCKET=path)
    told.reloading()
    told.ready("reloaded")
    systemd = open_systemd(path)

    told.stopping("stopping")
    told.alive()

    assert systemd.heard() == ["STOPPING=1\nSTATUS=stopping", "WATCHDOG=1"]


def test_a_status_cannot_pretend_to_be_another_message(systemd: Systemd, path: str) -> None:
    told = supervisor(NOTIFY_SOCKET=path)

    told.status("one\nMAINPID=1\r\n\ttwo\x1b[31m \u2028\u202ered\0\udcff ünï")

    assert systemd.heard() == ["STATUS=one MAINPID=1 two [31m red ünï"]


def test_a_status_is_bounded(systemd: Systemd, path: str) -> None:
    """Systemd reads 4096 bytes of a message."""
    supervisor(NOTIFY_SOCKET=path).ready("\N{GRINNING FACE}" * 5_000)

    [message] = systemd.heard()
    assert message.endswith("\N{GRINNING FACE}…")
    assert len(message) == len("READY=1\nSTATUS=") + LONGEST_STATUS
    assert len(message.encode()) < 4096


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("120000000", timedelta(seconds=60)),
        ("1", timedelta(milliseconds=1)),  # never without a pause
        ("9223372036854775807", timedelta(microseconds=9223372036854775807) / 2),
    ],
)
def test_the_watchdog_is_fed_twice_in_its_time(path: str, limit: str, expected: timedelta) -> None:
    own = str(os.getpid())

    assert supervisor(NOTIFY_SOCKET=path, WATCHDOG_USEC=limit).watchdog_period == expected
    assert supervisor(NOTIFY_SOCKET=path, WATCHDOG_USEC=limit, WATCHDOG_PID=own).watchdog_period == expected


@pytest.mark.parametrize("limit", ["", "0", "-5", "1.5", "soon", "٣", "9" * 20])
def test_a_watchdog_that_makes_no_sense_is_none(path: str, limit: str) -> None:
    assert supervisor(NOTIFY_SOCKET=path, WATCHDOG_USEC=limit).watchdog_period is None


def test_the_watchdog_of_another_process_is_not_ours(path: str) -> None:
    environ = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": str(os.getpid() + 1)}

    assert supervisor(**environ).watchdog_period is None
