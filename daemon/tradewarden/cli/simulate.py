"""
``tradewarden simulate``: the embedded 3Commas as a server of its own.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.terminal import say
from tradewarden.errors import UsageError
from tradewarden.simulator.scenario_error import ScenarioError
from tradewarden.simulator.scenarios import SHIPPED, Scenario, load_scenario, shipped_scenario
from tradewarden.simulator.server import SimulatorServer

LARGEST_PORT = 65_535


def simulate(
    *,
    port: Annotated[int, Parameter(help="The port on loopback; 0 chooses a free one.")] = 8765,
    scenario: Annotated[str, Parameter(help=f"A scenario file, or one of: {', '.join(SHIPPED)}.")] = "default",
    options: Options = DEFAULTS,  # noqa: ARG001 (every command takes them)
) -> None:
    """
    Serve the embedded 3Commas on loopback until it is stopped (Ctrl+C).
    """
    server, chosen = _start(port, scenario)
    try:
        stopped = threading.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: stopped.set())
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        say(
            f"A simulated 3Commas ({chosen.description or scenario}) serves until Ctrl+C. In another terminal:\n"
            f"  export THREECOMMAS_API_KEY={chosen.key.key} THREECOMMAS_API_SECRET={chosen.key.secret}\n"
            f"  export TRADEWARDEN_API_URL={server.url}\n"
            "  tradewarden run --once --rules rules.example.yaml --state ./state"
        )
        stopped.wait()
    finally:
        server.stop()


def _start(port: int, scenario: str) -> tuple[SimulatorServer, Scenario]:
    """
    Serve *scenario* at *port*. Raises UsageError for either.
    """
    if not 0 <= port <= LARGEST_PORT:
        msg = f"--port {port} is no port: take one from 1 to {LARGEST_PORT}, or 0 for a free one."
        raise UsageError(msg)
    if not scenario.strip():
        msg = f"--scenario is empty: name a file, or one of: {', '.join(SHIPPED)}."
        raise UsageError(msg)
    try:
        chosen = shipped_scenario(scenario) if scenario in SHIPPED else load_scenario(Path(scenario))
    except ScenarioError as error:
        raise UsageError(str(error)) from None
    try:
        return SimulatorServer(chosen.api(now=time.time), port=port).start(), chosen
    except OSError as error:
        msg = f"port {port} cannot be used: {error.strerror}. Choose another with --port, or 0 for a free one."
        raise UsageError(msg) from None
