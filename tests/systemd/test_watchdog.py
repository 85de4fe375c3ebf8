"""
What is trouble but no hang: the watchdog lets it live.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from systemd.machine import until
from systemd.unit import rules_text
from tradewarden.simulator.api import Faults
from tradewarden.simulator.messages import Response, dropped, text_response
from tradewarden.simulator.scenarios import shipped_scenario
from tradewarden.simulator.server import SimulatorServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from systemd.unit import Unit
    from tradewarden.simulator.messages import Request

WATCHDOG_S = 2
OUTLIVED_S = 2.5 * WATCHDOG_S
LATER = '{cron: "0 3 1 1 *"}'


class Listing(Faults):
    """
    Answers the listing with *answer*; what is asked before, at the start, goes well.
    """

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    def before(self, request: Request) -> Response | None:
        return self._answer if "/v2/smart_trades?" in request.target else None


def test_an_outage_a_penalty_and_a_closed_schedule_are_no_hang(make_unit: Callable[..., Unit]) -> None:
    """All three at once, each a daemon of its own: the API is gone, it told to wait for hours, nothing is due."""
    blocked = Response(status=429, headers={"Retry-After": "7200"}, body=text_response(429, "Retry later").body)
    cases = {
        "outage": (Listing(dropped()), "{every: 1s}", "api trouble since"),
        "penalty": (Listing(blocked), "{every: 1s}", "penalty trouble since"),
        "closed": (Faults(), LATER, "-01-01 03:00:00"),
    }
    units = {name: make_unit(f"tradewarden-{name}") for name in cases}
    with ExitStack() as stack:
        for name, (faults, schedule, _) in cases.items():
            api = shipped_scenario("default").api(now=time.time)
            api.faults = faults
            server = stack.enter_context(SimulatorServer(api))
            units[name].write_rules(rules_text(server.url, schedule=schedule))
            units[name].install(f"WatchdogSec={WATCHDOG_S}")
            units[name].systemctl("start", "--no-block")
        for name, (_, _, told) in cases.items():
            units[name].until_state("active")
            until(lambda: told in units[name].status, f"{name}: the status tells it")  # noqa: B023 (asked at once)
        pids = {name: unit.pid for name, unit in units.items()}
        since = time.monotonic()
        until(lambda: time.monotonic() - since > OUTLIVED_S, "the watchdog would have ended them by now")

        assert {name: unit.pid for name, unit in units.items()} == pids
        assert {unit.show("NRestarts") for unit in units.values()} == {"0"}
