"""
The entry of the program: ``tradewarden`` and ``python -m tradewarden``.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys


def main() -> int:
    """
    Run the command that was typed, and return its exit code.
    """
    _forbid_core_dumps()
    if sys.argv[1:2] == ["run"] and "--once" not in sys.argv:
        _guard_start()
    try:
        from tradewarden.cli.main import main as run  # noqa: PLC0415 (it takes its time: signals may come meanwhile)
    except KeyboardInterrupt:
        return 1
    return run()


def _forbid_core_dumps() -> None:
    """
    Should this process crash, its memory stays out of files: the API key is in it. The unit says so too (LimitCORE=0).
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _guard_start() -> None:
    """
    Until the daemon listens to signals: there is nothing to reload, and an end is one in order, for nothing has begun.

    SIGHUP would kill the process, and systemd takes that for an end that was wanted.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))


if __name__ == "__main__":
    sys.exit(main())
