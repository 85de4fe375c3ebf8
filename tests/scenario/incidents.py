"""
What a test lets happen to requests: answers in place of the true ones, and acts of others at just that moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.simulator.api import PREFIX, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.simulator.messages import Request, Response

LISTING = r"^GET /v2/smart_trades\?"
ENTITY = r"^GET /v2/smart_trades/\d+$"
TRADES = r"^GET /v2/smart_trades/\d+/trades$"
DELETE = r"^DELETE "
ANYTHING = r""


@dataclass(slots=True)
class Incident:
    """
    What happens to the next *times* requests that match *pattern*, after *skip* that pass.
    """

    pattern: str
    act: Callable[[Request, Response | None], Response | None]
    times: int | None
    skip: int

    def meets(self, request: Request) -> bool:
        """
        Tell whether it happens to *request*, and count it.
        """
        line = f"{request.method} {request.target.removeprefix(PREFIX)}"
        if self.times == 0 or re.search(self.pattern, line) is None:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Incidents(Faults):
    """
    What goes wrong, or happens, when a request arrives (nothing was processed yet) and when it was processed.
    """

    def __init__(self) -> None:
        self.on_arrival: list[Incident] = []
        self.on_answer: list[Incident] = []

    def before(self, request: Request) -> Response | None:
        """
        Let happen what is due on arrival.
        """
        met = [incident for incident in self.on_arrival if incident.meets(request)]
        answers = [incident.act(request, None) for incident in met]
        return next((answer for answer in answers if answer is not None), None)

    def after(self, request: Request, response: Response) -> Response:
        """
        Let happen what is due afterwards.
        """
        for incident in [incident for incident in self.on_answer if incident.meets(request)]:
            response = incident.act(request, response) or response
        return response
