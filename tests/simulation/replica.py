"""
A replica of the exchange's database that lags behind: whoever is served by it sees the past.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tradewarden.simulator.listing import InvalidQuery, ListQuery
from tradewarden.simulator.messages import json_response

if TYPE_CHECKING:
    from simulation.timeline import Timeline
    from tradewarden.simulator.messages import Request, Response
    from tradewarden.simulator.smart_trade import Json
    from tradewarden.simulator.world import World

ONE = re.compile(r"/public/api/v2/smart_trades/(\d+)(/trades)?")
MOST_LAG_S = 25.0


class Replica:
    """
    The world as it was at *as_of_s*; it serves *what* ("list", "one" or "all") for some seconds.
    """

    def __init__(self, world: World, timeline: Timeline, *, what: str, lasts_s: float) -> None:
        self.as_of_s = timeline.true_s
        self._until_s = timeline.true_s + min(lasts_s, MOST_LAG_S)
        self._timeline = timeline
        self._what = what
        self._bodies: dict[int, Json] = {trade.id: world.body(trade) for trade in world.smart_trades()}
        self._rows: dict[int, list[Json]] = {trade.id: world.rows(trade) for trade in world.smart_trades()}

    @property
    def is_over(self) -> bool:
        """
        Tell whether it has caught up.
        """
        return self._timeline.true_s >= self._until_s

    def answer(self, request: Request) -> Response | None:
        """
        Return what it answers; ``None`` if this is not served by it.
        """
        if request.path.endswith("/v2/smart_trades"):
            return self._list(request) if self._what != "one" else None
        match = ONE.fullmatch(request.path)
        if match is None or self._what == "list" or int(match[1]) not in self._bodies:
            return None
        number = int(match[1])
        return json_response(200, self._rows[number] if match[2] else self._bodies[number])

    def _list(self, request: Request) -> Response | None:
        try:
            query = ListQuery.from_query(request.query)
        except InvalidQuery:
            return None
        return json_response(200, query.page_of(list(self._bodies.values())))
