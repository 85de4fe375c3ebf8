"""
A client of the 3Commas API against whatever a test puts in its place.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from fakes import FakeClock
from tradewarden.model.secret import Secret
from tradewarden.threecommas.budget import RequestBudget
from tradewarden.threecommas.client import ThreeCommasClient
from tradewarden.threecommas.signing import HmacSigner, SignedRequests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tradewarden.threecommas.signing import Signer

    Handler = Callable[[httpx.Request], httpx.Response]

# The published examples of the documentation; they open nothing.
API_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
API_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
URL = "https://api.3commas.io/public/api"


@dataclass
class Penalties:
    """
    Stands in for the journal's side of a penalty: hears of it and returns *pause*, or raises *error*.
    """

    pause: timedelta = timedelta(0)
    error: Exception | None = None
    heard: list[tuple[bool, timedelta | None, str]] = field(default_factory=list)

    async def __call__(self, banned: bool, retry_after: timedelta | None, reason: str) -> timedelta:
        """
        Hear of a penalty.
        """
        self.heard.append((banned, retry_after, reason))
        if self.error is not None:
            raise self.error
        return self.pause


@dataclass
class Rig:
    """
    A client with all that it was built from, for a test to look at.
    """

    client: ThreeCommasClient
    clock: FakeClock
    budget: RequestBudget
    penalties: Penalties
    requests: list[httpx.Request]

    @property
    def lines(self) -> list[str]:
        """
        Return method, path and query of each request that the handler got.
        """
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


def make_rig(  # noqa: PLR0913 (each is what one test or another bends)
    handler: Handler | None = None,
    *,
    url: str = URL,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: timedelta = timedelta(seconds=30),
    per_minute: int = 50,
    clock: FakeClock | None = None,
    penalties: Penalties | None = None,
    credentials: tuple[str, str] = (API_KEY, API_SECRET),
    account_mode: str = "real",
    signer: Signer | None = None,
) -> Rig:
    """
    Build a client on a fake clock. Without *handler* and *transport* it really connects to *url*.
    """
    clock = clock or FakeClock()
    penalties = penalties or Penalties()
    budget = RequestBudget(per_minute, clock)
    requests: list[httpx.Request] = []

    def recording(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return (handler or not_asked)(request)

    client = ThreeCommasClient(
        url=url,
        auth=SignedRequests(api_key=Secret(credentials[0]), signer=signer or HmacSigner(Secret(credentials[1]))),
        account_mode=account_mode,
        timeout=timeout,
        budget=budget,
        clock=clock,
        on_penalty=penalties,
        jitter=random.Random(1),  # noqa: S311 (a seed, not a secret)
        transport=httpx.MockTransport(recording) if handler is not None else transport,
    )
    return Rig(client=client, clock=clock, budget=budget, penalties=penalties, requests=requests)


def not_asked(request: httpx.Request) -> httpx.Response:
    """
    Fail: this handler must not be reached.
    """
    msg = f"nobody expected {request.method} {request.url}"
    raise AssertionError(msg)


def api_error(
    status: int, code: str, description: str = "", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """
    Answer with 3Commas' error object.
    """
    return httpx.Response(status, json={"error": code, "error_description": description}, headers=headers)


def json_bytes(value: object) -> bytes:
    """
    Write JSON.
    """
    return json.dumps(value).encode()
