"""
``tradewarden demo``: the main job from start to end, on the embedded 3Commas.

Everything but the exchange is real: HTTP, signatures, the journal on disk, the protocol. Only the clock is faster.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import tradewarden
from tradewarden.bootstrap import Wiring, open_daemon
from tradewarden.cli.options import DEFAULTS, Options
from tradewarden.cli.story import Story
from tradewarden.cli.terminal import open_console
from tradewarden.clock import FastClock, SystemClock
from tradewarden.credentials import Credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import StateError
from tradewarden.model.decision import Outcome
from tradewarden.model.secret import Secret
from tradewarden.model.settings import Mode
from tradewarden.rulesfile.loader import RulesFile, parse_rules
from tradewarden.service.timer import Timer
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE = "rules.example.yaml"
FASTER = 12
SCENARIO = "falling-market"
MOST_CYCLES = 6
# Between two cycles: without it, milliseconds would decide whether a hold of two minutes ends with the third reading.
SLACK = timedelta(milliseconds=500)


def demo(*, options: Options = DEFAULTS) -> int:  # noqa: ARG001 (every command takes them)
    """
    Play a market that falls through -5 % and tell what the daemon does. No account, no key, nothing is kept.
    """
    return asyncio.run(_play())


def example_rules() -> RulesFile:
    """
    Load the shipped example, switched to live: here the exchange is simulated.
    """
    shipped = files(tradewarden) / EXAMPLE
    source = Path(tradewarden.__file__).parents[2] / EXAMPLE
    text = shipped.read_bytes() if shipped.is_file() else source.read_bytes()
    rules = parse_rules(text, name=EXAMPLE, vocabulary=VOCABULARY)
    return replace(rules, settings=replace(rules.settings, mode=Mode.LIVE))


async def _play() -> int:
    clock = FastClock(SystemClock(), factor=FASTER)
    scenario = shipped_scenario(SCENARIO)
    rules = example_rules()
    story = Story(open_console(sys.stdout), clock=clock)
    with (
        tempfile.TemporaryDirectory(prefix="tradewarden-demo-") as folder,
        SimulatorServer(scenario.api(now=_seconds_of(clock))) as server,
    ):
        wiring = Wiring(
            rules=rules,
            state=Path(folder) / "state",
            api_url=server.url,
            credentials=Credentials(
                api_key=Secret(scenario.key.key), api_secret=Secret(scenario.key.secret), origin="the demo"
            ),
            clock=clock,
            observer=story,
        )
        story.begin(rules, faster=FASTER, url=server.url)
        return await _run(wiring, story)


async def _run(wiring: Wiring, story: Story) -> int:
    async with open_daemon(wiring) as daemon:
        schedule = daemon.settings.schedule
        paced = replace(schedule, every=None if schedule.every is None else schedule.every + SLACK)
        with closing(Timer(clock=wiring.clock, observer=story, faster=FASTER)) as timer:
            timer.plan([paced], daemon.settings.timezone)
            timer.start()
            for _ in range(MOST_CYCLES):
                await timer.due()
                report = await daemon.cycle.run()
                if any(row.outcome is Outcome.CANCELLED for row in report.outcomes):
                    story.end(await daemon.gateway.list_open())
                    return 0
                if report.errors:
                    break
    problems = "; ".join(error.message for error in report.errors) or "the cancel did not come"
    msg = f"the demo did not reach its end: {problems}"
    raise StateError(msg)


def _seconds_of(clock: FastClock) -> Callable[[], float]:
    """
    Let the simulated exchange live by the same fast clock.
    """

    def seconds() -> float:
        return clock.now().wall.timestamp()

    return seconds
