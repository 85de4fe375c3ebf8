"""
Makes a client of 3Commas that signs as the wiring says: the daemon's, or one that only reads.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

from tradewarden.threecommas.client import ThreeCommasClient
from tradewarden.threecommas.signing import SignedRequests, signer_of

if TYPE_CHECKING:
    from tradewarden.bootstrap.wiring import Wiring
    from tradewarden.threecommas.budget import RequestBudget
    from tradewarden.threecommas.connection import OnPenalty

Client = TypeVar("Client", bound=ThreeCommasClient)


def make_client(kind: type[Client], wiring: Wiring, *, budget: RequestBudget, on_penalty: OnPenalty) -> Client:
    """
    Make a client of that *kind*. Nothing is connected yet.
    """
    api, credentials = wiring.settings.api, wiring.credentials
    return kind(
        url=wiring.api_url,
        auth=SignedRequests(api_key=credentials.api_key, signer=signer_of(credentials.signing_key)),
        account_mode=api.account_mode.value,
        timeout=api.timeout,
        budget=budget,
        clock=wiring.clock,
        on_penalty=on_penalty,
        jitter=random.Random(),  # noqa: S311 (spreads retries, guards nothing)
        transport=wiring.transport,
    )
