"""
``tradewarden run`` without ``--once``: the daemon until a signal ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.bootstrap import Wiring, open_service
from tradewarden.cli.wired import find_all, open_observer
from tradewarden.clock import monotonic_us
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError, TradeWardenError, UserError
from tradewarden.places import find_api_url
from tradewarden.rulesfile.loader import load_rules
from tradewarden.supervisor import open_supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.cli.options import Options
    from tradewarden.logs import LogObserver
    from tradewarden.service.daemon import DaemonLoop

FAILED = 1
SETTLED_AFTER_S = 20.0  # when the first cycle, and what it built, is behind us


def serve(options: Options, *, dry_run: bool) -> int:
    """
    Run the daemon until SIGTERM or SIGINT; SIGHUP makes it read the rules file again. Return the exit code.

    What keeps it from starting, or ends it, is told in the log: that is where whoever watches a daemon looks.
    """
    observer = open_observer()
    try:
        asyncio.run(_serve(options, dry_run=dry_run, observer=observer))
    except TradeWardenError as error:
        problems = error.problems if isinstance(error, ConfigError) else (str(error),)
        code = error.exit_code if isinstance(error, UserError) else FAILED
        observer.tell("daemon.failed", problems=problems, exit_code=code)
        return code
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # it ends already
    return 0


async def _serve(options: Options, *, dry_run: bool, observer: LogObserver) -> None:
    found = find_all(options, dry_run=dry_run, observer=observer)
    wiring = found.wiring
    if wiring.credentials.warnings:
        wiring.observer.tell("credentials.warned", warnings=wiring.credentials.warnings)
    _tell_warnings(wiring, wiring.rules.warnings)

    async def read_again() -> Wiring:
        rules = await asyncio.to_thread(load_rules, wiring.rules.path, VOCABULARY)
        url = find_api_url(options.api_url, os.environ, in_file=rules.settings.api.url)
        again = replace(wiring, rules=rules, api_url=url)
        _tell_warnings(wiring, rules.warnings)
        return again

    supervisor = open_supervisor(os.environ, monotonic_us=monotonic_us)
    async with open_service(wiring, supervisor=supervisor, read_again=read_again) as daemon:
        asyncio.get_running_loop().call_later(SETTLED_AFTER_S, _settle_memory)
        with _signals_reach(daemon):
            await daemon.run()


def _settle_memory() -> None:
    """
    Exempt what the start has built from every later collection: it lives as long as the process.
    """
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _signals_reach(daemon: DaemonLoop) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop, number.name)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, lambda: None)  # it ends already


def _tell_warnings(wiring: Wiring, warnings: tuple[str, ...]) -> None:
    if warnings:
        wiring.observer.tell("rules.warned", warnings=warnings)
