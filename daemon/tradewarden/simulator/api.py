"""
The HTTP face of the simulator as one function from request to response: signatures, limits, modes, routes, faults.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from tradewarden.simulator.limits import RateLimit
from tradewarden.simulator.listing import InvalidQuery, ListQuery
from tradewarden.simulator.messages import Response, error_response, json_response, text_response
from tradewarden.simulator.signatures import ApiKey, is_signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tradewarden.simulator.messages import Request
    from tradewarden.simulator.smart_trade import SmartTrade
    from tradewarden.simulator.world import World

PREFIX = "/public/api"
MODES = ("real", "paper")
DEMO_KEY = ApiKey(key="demo-key", secret="demo-secret")  # noqa: S106 - an example, good for this simulator alone

ROUTES = (
    ("time", re.compile(r"/ver1/time"), ("GET",)),
    ("ping", re.compile(r"/ver1/ping"), ("GET",)),
    ("validate", re.compile(r"/ver1/validate"), ("GET",)),
    ("rates", re.compile(r"/ver1/accounts/currency_rates"), ("GET",)),
    ("list", re.compile(r"/v2/smart_trades"), ("GET",)),
    ("smart_trade", re.compile(r"/v2/smart_trades/([^/]+)"), ("GET", "DELETE")),
    ("trades", re.compile(r"/v2/smart_trades/([^/]+)/trades"), ("GET",)),
    ("trade", re.compile(r"/v2/smart_trades/([^/]+)/trades/([^/]+)"), ("GET", "DELETE")),
)
UNSIGNED = frozenset({"time", "ping", "rates"})
WITHOUT_PERMISSION = UNSIGNED | {"validate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """
    One request that arrived, and the status of its answer: 0 if the connection was dropped.
    """

    at: float
    method: str
    target: str
    status: int


class Faults:
    """
    Where tests make the API misbehave: override what is needed. Both hooks run under the lock of the Api.
    """

    def before(self, request: Request) -> Response | None:
        """
        Return an answer to give instead of processing *request*: nothing happens in the world.
        """
        del request
        return None

    def after(self, request: Request, response: Response) -> Response:
        """
        Return the answer to give instead of *response*: what was asked for has happened.
        """
        del request
        return response


class Api:
    """
    Answers requests about *world*. Safe to call from several threads; who touches the world beside it holds `lock`.
    """

    def __init__(
        self,
        world: World,
        *,
        keys: Iterable[ApiKey] = (DEMO_KEY,),
        requests_per_minute: int = 100,
        faults: Faults | None = None,
    ) -> None:
        self.world = world
        self.faults = faults if faults is not None else Faults()
        self.rate_limit = RateLimit(requests_per_minute)
        self.requests: list[LogEntry] = []
        self.lock = threading.RLock()
        self._keys = {key.key: key for key in keys}
        self._request_ids = count(1)
        self._handlers: dict[str, Callable[..., Response]] = {
            "time": self._time,
            "ping": self._ping,
            "validate": self._validate,
            "rates": self._rates,
            "list": self._list,
            "smart_trade": self._smart_trade,
            "trades": self._trades,
            "trade": self._trade,
        }

    def handle(self, request: Request) -> Response:
        """
        Answer *request*.
        """
        with self.lock:
            self.world.advance()
            at = self.world.now
            response = self.faults.before(request) or self.faults.after(request, self._process(request))
            self.requests.append(
                LogEntry(
                    at=at,
                    method=request.method,
                    target=request.target,
                    status=0 if response.dropped else response.status,
                )
            )
            request_id = f"00000000-0000-4000-8000-{next(self._request_ids):012x}"
            return replace(response, headers={"X-Request-Id": request_id, **response.headers})

    def _process(self, request: Request) -> Response:
        status = self.rate_limit.status_at(self.world.now)
        if status is not None:
            return text_response(status, "Retry later\n")
        found = _route(request.path)
        if found is None:
            return error_response(404, "not_found", "Not Found")
        name, ids, methods = found
        if ("GET" if request.method == "HEAD" else request.method) not in methods:
            allowed = ", ".join(("OPTIONS", *methods, "HEAD"))
            text = f"Your request method is not supported by this endpoint. Please use one of [{allowed}]."
            return error_response(405, "invalid_request_method", text)
        refused = None if name in UNSIGNED else self._refusal(request, name)
        return refused if refused is not None else self._handlers[name](request, *ids)

    def _refusal(self, request: Request, route: str) -> Response | None:
        key = self._keys.get(request.header("Apikey") or "")
        if key is None:
            return error_response(401, "api_key_invalid_or_expired", "Unauthorized. Invalid or expired api key.")
        if not is_signed(request, key.secret):
            return error_response(401, "signature_invalid", "Provided signature is invalid")
        if route not in WITHOUT_PERMISSION and not (key.can_write if request.method == "DELETE" else key.can_read):
            return error_response(403, "Forbidden", "Api key not authorized for this action")
        if request.header("Forced-Mode") not in (None, *MODES):
            return error_response(400, "forced_mode_invalid", "Forced-Mode is invalid. Use one of [real, paper].")
        return None

    # --- the routes

    def _time(self, _request: Request) -> Response:
        return json_response(200, {"server_time": int(self.world.now)})

    def _ping(self, _request: Request) -> Response:
        return json_response(200, {"pong": "pong"})

    def _validate(self, _request: Request) -> Response:
        return json_response(200, {"valid": True})

    def _rates(self, request: Request) -> Response:
        """
        Tell the price of a pair: that of a SmartTrade, open or not, that trades it here.
        """
        quote = self.world.quote_of(request.query.get("pair", ""))
        if not request.query.get("market_code") or quote is None:
            return error_response(404, "not_found", "Not Found")
        prices = {"last": quote.last, "bid": quote.bid, "ask": quote.ask}
        return json_response(200, {name: None if price is None else f"{price:f}" for name, price in prices.items()})

    def _list(self, request: Request) -> Response:
        try:
            query = ListQuery.from_query(request.query)
        except InvalidQuery as error:
            wrong = {str(error): ["does not have a valid value"]}
            return error_response(400, "record_invalid", "Invalid parameters", wrong)
        bodies = [self.world.body(smart_trade) for smart_trade in self.world.smart_trades(self._mode(request))]
        return json_response(200, query.page_of(bodies))

    def _smart_trade(self, request: Request, smart_trade_id: str) -> Response:
        smart_trade = self._find(request, smart_trade_id)
        if smart_trade is None:
            return _smart_trade_not_found()
        if request.method == "DELETE" and not self.world.cancel_smart_trade(smart_trade.id):
            return error_response(400, "Wrong param(s)", "SmartTrade can not be cancelled")
        return json_response(200, self.world.body(smart_trade))

    def _trades(self, request: Request, smart_trade_id: str) -> Response:
        smart_trade = self._find(request, smart_trade_id)
        if smart_trade is None:
            return _smart_trade_not_found()
        return json_response(200, self.world.rows(smart_trade))

    def _trade(self, request: Request, smart_trade_id: str, trade_id: str) -> Response:
        smart_trade = self._find(request, smart_trade_id)
        if smart_trade is None:
            return _smart_trade_not_found()
        number = _number(trade_id)
        if request.method == "DELETE":
            if number is None or not self.world.cancel_trade(smart_trade.id, number):
                return error_response(400, "Wrong param(s)", f"trade {trade_id} can not be cancelled")
            # A single cancel has not taken effect yet, so this shows the step as it was: as in the samples.
            return json_response(200, self.world.body(smart_trade))
        row = next((row for row in self.world.rows(smart_trade) if row["id"] == number), None)
        return error_response(404, "Not found", "Trade not found") if row is None else json_response(200, row)

    def _find(self, request: Request, smart_trade_id: str) -> SmartTrade | None:
        number = _number(smart_trade_id)
        return None if number is None else self.world.find(number, self._mode(request))

    def _mode(self, request: Request) -> str:
        return request.header("Forced-Mode") or self.world.ui_mode


def _route(path: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    if not path.startswith(PREFIX):
        return None
    for name, pattern, methods in ROUTES:
        match = pattern.fullmatch(path.removeprefix(PREFIX))
        if match:
            return name, match.groups(), methods
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _smart_trade_not_found() -> Response:
    return error_response(404, "Not found", "Smart Trade not found")
