"""
What the tests of the simulator share: the ids of the documented SmartTrade, a clock, a client that signs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from tradewarden.simulator.api import DEMO_KEY
from tradewarden.simulator.messages import Request

if TYPE_CHECKING:
    from tradewarden.simulator.api import Api
    from tradewarden.simulator.messages import Response
    from tradewarden.simulator.world import World

ID, NEAR, FAR, ENTRY, STOP_LOSS = 30428625, 1008300673, 1008300674, 1008300672, 1008300675
START = 1_800_000_000.25


class Clock:
    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


class Caller:
    """
    A client that signs by itself, as the documentation says: it shares nothing with the simulator's check.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.mode: str | None = "real"

    def __call__(self, method: str, path: str, **headers: str) -> Response:
        target = f"/public/api{path}"
        signature = hmac.new(DEMO_KEY.secret.encode(), target.encode(), hashlib.sha256).hexdigest()
        sent = {"Apikey": DEMO_KEY.key, "Signature": signature, **headers}
        if self.mode is not None:
            sent["Forced-Mode"] = self.mode
        return self.api.handle(Request(method=method, target=target, headers=sent))

    def json(self, method: str, path: str, *, status: int = 200) -> Any:
        response = self(method, path)
        assert response.status == status, response
        return json.loads(response.body)


def told(world: World) -> list[tuple[str, str, int | None]]:
    """
    Return what happened, by whom and to which trade.
    """
    return [(event.what, event.by, event.trade_id) for event in world.events]
