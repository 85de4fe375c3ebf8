"""
Tests for tradewarden.journal.locks.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from fakes import START
from tradewarden.errors import AlreadyRunning, StateError
from tradewarden.journal.locks import (
    AccountLock,
    DaemonInfo,
    StateLock,
    account_lock_name,
    running_daemon,
)
from tradewarden.model.settings import Mode

if TYPE_CHECKING:
    from pathlib import Path

INFO = DaemonInfo(pid=4711, rules_file="/etc/tradewarden/rules.yaml", started_at=START, mode=Mode.LIVE)
URL = "https://api.3commas.io/public/api"


def no_wait(_seconds: float) -> None:
    """
    Try again at once.
    """


class TestStateLock:
    def test_it_tells_who_holds_the_folder(self, tmp_path: Path) -> None:
        assert running_daemon(tmp_path) is None

        with StateLock.acquire(tmp_path, INFO):
            assert running_daemon(tmp_path) == INFO
            assert running_daemon(tmp_path) == INFO

        assert running_daemon(tmp_path) is None

    def test_a_second_daemon_is_told_of_the_first(self, tmp_path: Path) -> None:
        with StateLock.acquire(tmp_path, INFO), pytest.raises(AlreadyRunning) as caught:
            StateLock.acquire(tmp_path, DaemonInfo(pid=2), wait=no_wait)

        assert "process 4711, rules /etc/tradewarden/rules.yaml" in str(caught.value)
        assert str(tmp_path) in str(caught.value)
        assert caught.value.exit_code == 75

    def test_the_second_leaves_the_firsts_word_alone(self, tmp_path: Path) -> None:
        with StateLock.acquire(tmp_path, INFO):
            with pytest.raises(AlreadyRunning):
                StateLock.acquire(tmp_path, DaemonInfo(pid=2), wait=no_wait)

            assert running_daemon(tmp_path) == INFO

    def test_it_can_be_taken_again(self, tmp_path: Path) -> None:
        lock = StateLock.acquire(tmp_path, INFO)
        lock.release()
        lock.release()
        lock.update(INFO)

        with StateLock.acquire(tmp_path, DaemonInfo()):
            assert running_daemon(tmp_path) == DaemonInfo()

    def test_who_merely_asks_does_not_keep_a_daemon_from_starting(self, tmp_path: Path) -> None:
        """
        Asking holds the lock for a moment: a start waits for it.
        """
        asking = [StateLock.acquire(tmp_path, DaemonInfo())]
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            asking.pop().release()

        with StateLock.acquire(tmp_path, INFO, wait=wait):
            assert running_daemon(tmp_path) == INFO
        assert waited == [0.05]

    def test_what_it_tells_can_change(self, tmp_path: Path) -> None:
        with StateLock.acquire(tmp_path, INFO) as lock:
            lock.update(DaemonInfo(pid=4711, mode=Mode.DRY_RUN))

            assert running_daemon(tmp_path) == DaemonInfo(pid=4711, mode=Mode.DRY_RUN)

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid":1,"rules_file":"","started_at":"x"}'])
    def test_a_holder_that_has_not_told_yet_is_a_holder(self, tmp_path: Path, text: str) -> None:
        with StateLock.acquire(tmp_path, INFO):
            (tmp_path / "lock").write_text(text, encoding="utf-8")

            assert running_daemon(tmp_path) == DaemonInfo()

    def test_its_file_is_the_owners_alone(self, tmp_path: Path) -> None:
        StateLock.acquire(tmp_path, INFO).release()

        assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600

    def test_without_a_folder_there_is_no_daemon_and_no_lock(self, tmp_path: Path) -> None:
        assert running_daemon(tmp_path / "nowhere") is None
        with pytest.raises(StateError, match="no state folder"):
            StateLock.acquire(tmp_path / "nowhere", INFO)

    def test_a_lock_that_cannot_be_opened_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "lock").mkdir()

        with pytest.raises(StateError, match="cannot be opened"):
            running_daemon(tmp_path)

    def test_a_lock_that_cannot_be_written_is_said(self, tmp_path: Path) -> None:
        lock = StateLock.acquire(tmp_path, INFO)
        lock.release()
        with (tmp_path / "lock").open("rb") as read_only, pytest.raises(StateError, match="cannot be written"):
            StateLock(read_only.fileno()).update(INFO)

    async def test_the_system_takes_it_back_from_a_killed_process(self, tmp_path: Path) -> None:
        code = (
            "import sys, pathlib, time; from tradewarden.journal.locks import *\n"
            "lock = StateLock.acquire(pathlib.Path(sys.argv[1]), DaemonInfo(pid=1))\n"
            "other = AccountLock.acquire(api_key='killed', api_url=sys.argv[1])\n"
            "print('held', flush=True); time.sleep(60)"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(tmp_path), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"held\n"
        assert running_daemon(tmp_path) == DaemonInfo(pid=1)
        with pytest.raises(AlreadyRunning, match=f"process {process.pid}"):
            AccountLock.acquire(api_key="killed", api_url=str(tmp_path))

        process.send_signal(signal.SIGKILL)
        await process.wait()

        assert running_daemon(tmp_path) is None
        AccountLock.acquire(api_key="killed", api_url=str(tmp_path)).release()


class TestAccountLock:
    @pytest.fixture
    def key(self, tmp_path: Path) -> str:
        return f"key-of-{tmp_path}"  # abstract sockets are the machine's: tests that run beside use another

    def test_a_second_daemon_is_told_of_the_first(self, key: str) -> None:
        with AccountLock.acquire(api_key=key, api_url=URL), pytest.raises(AlreadyRunning) as caught:
            AccountLock.acquire(api_key=key, api_url=URL + "/")

        assert f"process {os.getpid()}" in str(caught.value)
        assert key not in str(caught.value)

    def test_it_can_be_taken_again(self, key: str) -> None:
        lock = AccountLock.acquire(api_key=key, api_url=URL)
        lock.release()
        lock.release()

        AccountLock.acquire(api_key=key, api_url=URL).release()

    def test_another_key_or_url_is_another_account(self, key: str) -> None:
        with (
            AccountLock.acquire(api_key=key, api_url=URL),
            AccountLock.acquire(api_key=key, api_url="http://127.0.0.1:8000/public/api"),
            AccountLock.acquire(api_key=key + "2", api_url=URL),
        ):
            pass

    def test_its_name_does_not_tell_the_key(self) -> None:
        name = account_lock_name(api_key="secret", api_url=URL)

        assert name.startswith(b"\0tradewarden-")
        assert len(name) < 108
        assert b"secret" not in name

    def test_a_process_that_cannot_be_told_is_said(self, key: str) -> None:
        """
        A bound socket on which nobody listens has no process that the system would name.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bound:
            bound.bind(account_lock_name(api_key=key, api_url=URL))

            with pytest.raises(AlreadyRunning, match="a process that cannot be told"):
                AccountLock.acquire(api_key=key, api_url=URL)

    def test_a_system_without_such_locks_is_said(self, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        class NoSocket(socket.socket):
            def bind(self, _address: object) -> None:
                raise OSError(errno.EPERM, "not permitted")

        monkeypatch.setattr(socket, "socket", NoSocket)

        with pytest.raises(StateError, match="cannot be locked: not permitted"):
            AccountLock.acquire(api_key=key, api_url=URL)
