"""
``tradewarden`` in a process that dies, or stands still, at a moment that the environment names.

Run as ``python mortal.py run`` in the place of ``python -m tradewarden run``. The product has no switch for this:
its ports are wrapped here, from outside, before its own `main` is called. SIGUSR1 moves its clocks ahead.

The moments are ``before X`` and ``after X`` for each call X of CALLS, and those of PARTS. It strikes once.
"""

from __future__ import annotations

import functools
import os
import signal
import socket
import sqlite3
import sys
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tradewarden.__main__ import main
from tradewarden.clock import SystemClock
from tradewarden.journal import intents
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.threecommas.client import ThreeCommasClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tradewarden.model.moment import Moment

MOMENT, SIGNAL, JUMP = "MORTAL_MOMENT", "MORTAL_SIGNAL", "MORTAL_JUMP_S"

OF_THE_GATEWAY = ("list_open", "reserve_cancel", "read", "cancel_step")
OF_THE_JOURNAL = ("save_memory", "record_intent", "record_answer", "settle")
OF_THE_LAST_CHECK = ("last_check", "is_armed")  # the journal is asked at other times too: those do not count
CALLS = (*OF_THE_GATEWAY, *OF_THE_JOURNAL, *OF_THE_LAST_CHECK)
TRANSACTIONS = {"record": "record_intent", "record_answer": "record_answer", "settle": "settle"}
PARTS = (
    *(f"{side} the commit of {name}" for name in TRANSACTIONS.values() for side in ("before", "after")),
    "before the first byte",
    "amid the request line",
    "before the last byte",
    "after the last byte",
)

_checking = ContextVar("checking", default=False)


class Fate:
    """
    The moment at which it happens.
    """

    def __init__(self, moment: str, signal_number: int) -> None:
        self._left = moment
        self._signal = signal_number

    def meet(self, moment: str) -> None:
        """
        Live through *moment*, or not.
        """
        if moment == self._left:
            self._left = ""
            os.kill(os.getpid(), self._signal)


def wrap(owner: object, name: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """
    Put what *around* makes of a function in its place.
    """
    function = getattr(owner, name)
    setattr(owner, name, functools.wraps(function)(around(function)))


def watch_call(fate: Fate, owner: object, name: str, *, only_if: Callable[[], bool] = lambda: True) -> None:
    """
    Meet *fate* before and after each call of a coroutine function.
    """

    def around(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            if only_if():
                fate.meet(f"before {name}")
            result = await function(*args, **kwargs)
            if only_if():
                fate.meet(f"after {name}")
            return result

        return call

    wrap(owner, name, around)


def watch_last_check(fate: Fate) -> None:
    """
    Meet *fate* before and after the last check, which runs when the connection stands, and its question to the journal.
    """

    def around(cancel_step: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, last_check: Callable[[], Awaitable[str | None]], **kwargs: Any) -> Any:
            async def watched() -> str | None:
                fate.meet("before last_check")
                token = _checking.set(True)
                reason = await last_check()
                _checking.reset(token)
                fate.meet("after last_check")
                return reason

            return await cancel_step(*args, last_check=watched, **kwargs)

        return call

    wrap(ThreeCommasClient, "cancel_step", around)
    watch_call(fate, SqliteJournal, "is_armed", only_if=_checking.get)


def watch_bytes(fate: Fate) -> None:
    """
    Meet *fate* around the bytes of a DELETE, at the socket.
    """

    def around(send: Callable[..., int]) -> Callable[..., int]:
        def call(self: socket.socket, data: Any, *flags: int) -> int:
            if not bytes(data).startswith(b"DELETE "):
                return send(self, data, *flags)
            fate.meet("before the first byte")
            sent = 0
            for part, moment in ((data[:30], "amid the request line"), (data[30:-1], "before the last byte")):
                sent += send(self, part, *flags)
                fate.meet(moment)
            sent += send(self, data[-1:], *flags)
            fate.meet("after the last byte")
            return sent

        return call

    wrap(socket.socket, "send", around)


def watch_transactions(fate: Fate) -> None:
    """
    Meet *fate* in the journal's thread, before and after the COMMIT of the intent, its answer and its outcome.
    """
    under_way: list[str] = []

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql != "COMMIT" or not under_way:
                return super().execute(sql, *values)
            fate.meet(f"before the commit of {under_way[-1]}")
            cursor = super().execute(sql)
            fate.meet(f"after the commit of {under_way[-1]}")
            return cursor

    def noting(name: str, transact: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            under_way.append(name)
            try:
                return transact(*args, **kwargs)
            finally:
                under_way.pop()

        return call

    wrap(sqlite3, "connect", lambda connect: functools.partial(connect, factory=Watched))
    for function, name in TRANSACTIONS.items():
        wrap(intents, function, functools.partial(noting, name))


def let_clocks_jump(seconds: float) -> None:
    """
    Move the clocks *seconds* ahead when SIGUSR1 comes: to the process, the machine was suspended for so long.
    """
    ahead = [timedelta(0)]

    def around(now: Callable[[SystemClock], Moment]) -> Callable[[SystemClock], Moment]:
        def later(clock: SystemClock) -> Moment:
            moment = now(clock)
            return replace(moment, wall=moment.wall + ahead[0], boot=moment.boot + ahead[0])

        return later

    wrap(SystemClock, "now", around)
    signal.signal(signal.SIGUSR1, lambda *_: ahead.append(ahead.pop() + timedelta(seconds=seconds)))


def prepare(moment: str) -> None:
    """
    Wrap what is needed for *moment*. Raises SystemExit for one that does not exist.
    """
    if moment not in PARTS and moment not in {f"{side} {name}" for name in CALLS for side in ("before", "after")}:
        sys.exit(f"there is no moment {moment!r}")
    fate = Fate(moment, signal.Signals[os.environ.get(SIGNAL, "SIGKILL")])
    for owner, names in ((ThreeCommasClient, OF_THE_GATEWAY), (SqliteJournal, OF_THE_JOURNAL)):
        for name in names:
            watch_call(fate, owner, name)
    watch_last_check(fate)
    watch_bytes(fate)
    watch_transactions(fate)


if __name__ == "__main__":
    if MOMENT in os.environ:
        prepare(os.environ[MOMENT])
    if JUMP in os.environ:
        let_clocks_jump(float(os.environ[JUMP]))
    sys.exit(main())
