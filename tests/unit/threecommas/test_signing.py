"""
Signatures: the published vectors, and what really stands in the request line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_client import API_KEY, API_SECRET, make_rig
from tradewarden.model.secret import Secret
from tradewarden.threecommas.signing import HmacSigner, SignedRequests

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "signature_vectors.json").read_text())
SIGNED = VECTORS["documented_hmac_sha256_hex"] + VECTORS["derived_hmac_sha256_hex"]


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["case"])
def test_known_answers(vector: dict[str, str]) -> None:
    signer = HmacSigner(Secret(VECTORS["hmac_secret"]))

    assert signer.sign(vector["message"].encode()) == vector["signature"]


def test_the_request_line_is_what_is_signed() -> None:
    auth = SignedRequests(api_key=Secret(API_KEY), signer=HmacSigner(Secret(API_SECRET)))
    url = "https://api.3commas.io/public/api/v2/smart_trades?page=1&per_page=100&status=active"

    request = next(auth.auth_flow(httpx.Request("GET", url)))

    assert request.headers["Apikey"] == API_KEY
    assert request.headers["Signature"] == "5248b76e13e81943f2969765aacea65f16a6c9a0c47e5273cbe1fb85fc996610"


def test_an_answer_never_leads_to_a_second_request() -> None:
    auth = SignedRequests(api_key=Secret(API_KEY), signer=HmacSigner(Secret(API_SECRET)))
    flow = auth.auth_flow(httpx.Request("DELETE", "https://api.3commas.io/public/api/v2/smart_trades/1/trades/2"))
    next(flow)

    with pytest.raises(StopIteration):
        flow.send(httpx.Response(401))


def test_percent_encoding_is_signed_as_sent() -> None:
    auth = SignedRequests(api_key=Secret(API_KEY), signer=HmacSigner(Secret(API_SECRET)))
    url = httpx.URL("https://api.3commas.io/public/api/v2/smart_trades", params={"from": "2025-08-04T17:07:14Z"})

    request = next(auth.auth_flow(httpx.Request("GET", url)))

    expected = HmacSigner(Secret(API_SECRET)).sign(request.url.raw_path)
    assert request.headers["Signature"] == expected
    assert request.url.raw_path.startswith(b"/public/api/v2/smart_trades?from=2025-08-04T17")


async def test_parameters_go_out_sorted_by_name() -> None:
    rig = make_rig(lambda _: httpx.Response(200, json=[]))

    await rig.client.list_open()

    (request,) = rig.requests
    names = [pair.partition("=")[0] for pair in request.url.query.decode().split("&")]
    assert names == sorted(names)
    assert request.headers["Signature"] == HmacSigner(Secret(API_SECRET)).sign(request.url.raw_path)


def test_nothing_shows_key_or_secret() -> None:
    signer = HmacSigner(Secret(API_SECRET))
    auth = SignedRequests(api_key=Secret(API_KEY), signer=signer)

    shown = repr([signer, auth, vars(signer), vars(auth)])
    assert API_SECRET not in shown
    assert API_KEY not in shown
