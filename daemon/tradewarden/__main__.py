"""
The entry of the program: ``tradewarden`` and ``python -m tradewarden``.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """
    Run the command that was typed, and return its exit code.
    """
    if sys.argv[1:2] == ["run"] and "--once" not in sys.argv:
        _guard_start()
    try:
        from tradewarden.cli.main import main as run  # noqa: PLC0415 (it takes its time: signals may come meanwhile)
    except KeyboardInterrupt:
        return 1
    return run()


def _guard_start() -> None:
    """
    Until the daemon listens to signals: there is nothing to reload, and an end is one in order, for nothing has begun.

    SIGHUP would kill the process, and systemd takes that for an end that was wanted.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


if __name__ == "__main__":
    sys.exit(main())
