"""
What becomes of one request on its way: how long it takes, whether it is processed, and what comes back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulation.weather import OF_ANY_REQUEST, OF_DELETES, OF_READS, OF_THE_LIST
from tradewarden.simulator.messages import Response, error_response, text_response

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from simulation.weather import Weather

PLAN_TEXT = b'{"error":"x","error_description":"This action is not available on your subscription plan"}'
OF_A_SUCCESS = {"204", "cached", "truncated", "wrong types"}  # a 2xx of theirs never lies: it is its body that suffers
LATE_FOR_S = 20.0  # a request that is processed after its answer is so at most this much later
SECONDS_PER_ANSWER = (0.1, 0.34, 0.5, 0.7, 1.2, 2.5, 7.0)  # as measured: the median 0.34, one in twenty over 2
WEIGHTS = (20, 40, 15, 12, 8, 4, 1)


@dataclass(slots=True, kw_only=True)
class Fate:
    """
    *fault* is what goes wrong, if anything. *late_s*: the request is processed so long after its answer.
    """

    fault: str | None = None
    connect_s: float = 0.0
    up_s: float = 0.1
    down_s: float = 0.1
    is_refused: bool = False
    is_processed: bool = True
    late_s: float | None = None
    answer: Callable[[Response], Response] | None = None


def fate_of(method: str, path: str, weather: Weather, chance: Random) -> Fate:
    """
    Draw the fate of a request.
    """
    took = chance.choices(SECONDS_PER_ANSWER, WEIGHTS)[0] * chance.uniform(0.8, 1.2)
    fate = Fate(up_s=took / 2, down_s=took / 2)
    kinds: tuple[str, ...] = OF_ANY_REQUEST
    if method == "DELETE":
        kinds = (*OF_DELETES, *kinds)
    elif path.endswith("/smart_trades"):
        kinds = (*OF_THE_LIST, *OF_READS, *kinds)
    elif "/smart_trades/" in path:
        kinds = (*OF_READS, *kinds)
    fate.fault = weather.fault_of(kinds)
    if fate.fault is not None:
        _befall(fate, fate.fault, method, chance)
    return fate


def _befall(fate: Fate, fault: str, method: str, chance: Random) -> None:
    """
    Let *fault* happen to a request.
    """
    word, _, when = fault.partition(" ")
    if fault == "refused":
        fate.is_refused, fate.connect_s = True, chance.choice((0.01, 3.0, 40.0))
    elif fault == "slow connect":
        fate.connect_s = chance.uniform(1, 40)
    elif word == "dropped":
        fate.is_processed = when == "after"
        fate.answer = _dropped
    elif fault == "late answer":  # beyond any time-out, before or after it was processed
        fate.up_s, fate.down_s = chance.choice(((0.2, 75.0), (LATE_FOR_S, 50.0)))
        fate.is_processed = chance.random() < 0.7
    elif fault == "slow answer":
        fate.up_s, fate.down_s = chance.uniform(0.1, 12), chance.uniform(0.1, 12)
    elif fault == "processed late":
        fate.late_s = chance.uniform(1, LATE_FOR_S)
        fate.answer = chance.choice((_html(504), _html(502), _dropped))
    elif word in {"500", "503", "504"}:
        fate.is_processed = when == "after"
        fate.answer = _html(int(word))
    else:
        fate.is_processed = _is_processed(fault, method, chance)
        fate.answer = _answer_of(fault, chance)


def _is_processed(fault: str, method: str, chance: Random) -> bool:
    """
    Tell whether a request with that answer has had its effect: a definite no has none, the rest may.
    """
    if fault in {"429", "429 Retry-After", "418", "plan", "401", "400", "403", "404"}:
        return False
    return method != "DELETE" or fault in OF_A_SUCCESS or chance.random() < 0.5


def _answer_of(fault: str, chance: Random) -> Callable[[Response], Response] | None:
    definite = {
        "429": text_response(429, "Retry later\n"),
        "429 Retry-After": replace(
            text_response(429, "Retry later\n"), headers={"Retry-After": str(chance.choice((1, 60, 400, 900)))}
        ),
        "418": text_response(418, "banned"),
        "plan": Response(status=429, body=PLAN_TEXT),
        "401": error_response(401, "api_key_invalid_or_expired", "Unauthorized. Invalid or expired api key."),
        "400": error_response(400, "Wrong param(s)", "trade can not be cancelled"),
        "403": error_response(403, "Forbidden", "Api key not authorized for this action"),
        "404": error_response(404, "Not found", "Trade not found"),
        "204": Response(status=204),
        "302": Response(status=302, headers={"Location": "https://elsewhere.example/"}),
        "408": text_response(408, "timeout"),
        "html": _page(200),
        "null": Response(status=200, body=b"null"),
    }
    if fault in definite:
        response = definite[fault]
        return lambda _: response
    if fault == "truncated":
        share = chance.random()
        return lambda true: replace(true, body=true.body[: int(len(true.body) * share)])
    if fault == "cached":
        headers = chance.choice(({"Age": "30"}, {"CF-Cache-Status": "HIT"}, {"X-Cache": "Hit from cloudfront"}))
        return lambda true: replace(true, headers={**true.headers, **headers})
    return _distortion(fault, chance)


def _distortion(fault: str, chance: Random) -> Callable[[Response], Response] | None:
    """
    Return how the JSON of the answer is altered.
    """
    seed = chance.random()
    change = {
        "wrong types": _wrong_types,
        "null values": _null_values,
        "odd words": _odd_words,
        "empty list": _empty,
        "half a list": _half,
        "another trade": _another,
    }.get(fault)
    if change is None:
        return None

    def distorted(true: Response) -> Response:
        try:
            body = json.loads(true.body)
        except ValueError:
            return true
        return replace(true, body=json.dumps(change(body, seed)).encode())

    return distorted


def _places(body: Any) -> list[tuple[Any, Any]]:
    """
    Return every value of some JSON as its container and its key.
    """
    found: list[tuple[Any, Any]] = []
    pending = [body]
    while pending:
        one = pending.pop()
        items = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        found += [(one, key) for key, _ in items]
        pending += [value for _, value in items if isinstance(value, dict | list)]
    return found


def _wrong_types(body: Any, seed: float) -> Any:
    places = _places(body)
    for number in range(5):
        if places:
            container, key = places[int(seed * 7919 * (number + 1)) % len(places)]
            container[key] = ("x", 17, None, [], {}, True, "-1", 1e400)[int(seed * 1000 + number) % 8]
    return body


def _null_values(body: Any, seed: float) -> Any:
    places = _places(body)
    for number in range(3):
        if places:
            container, key = places[int(seed * 104729 * (number + 1)) % len(places)]
            container[key] = None
    return body


def _odd_words(body: Any, seed: float) -> Any:
    texts = [(one, key) for one, key in _places(body) if key in {"status", "type", "basic_type", "trade_purpose"}]
    for number in range(2):
        if texts:
            container, key = texts[int(seed * 7919 * (number + 1)) % len(texts)]
            container[key] = ("being_thought_over", "pending_cancellation", "", "Cancelled")[int(seed * 1000) % 4]
    return body


def _empty(_body: Any, _seed: float) -> Any:
    return []


def _half(body: Any, seed: float) -> Any:
    return body[: int(len(body) * seed)] if isinstance(body, list) else body


def _another(body: Any, _seed: float) -> Any:
    if isinstance(body, dict) and isinstance(body.get("id"), int):
        body["id"] += 1
    return body


def _page(status: int) -> Response:
    return Response(status=status, headers={"Content-Type": "text/html"}, body=b"<html>sorry</html>")


def _html(status: int) -> Callable[[Response], Response]:
    return lambda _: _page(status)


def _dropped(_true: Response) -> Response:
    return Response(status=0, dropped=True)
