from __future__ import annotations

import json

from tradewarden.simulator.messages import Request, dropped, error_response, text_response


def test_a_request_is_taken_apart() -> None:
    request = Request(method="GET", target="/public/api/v2/smart_trades/?a=1&b=&a=%2F", headers={"Forced-Mode": "real"})

    assert request.path == "/public/api/v2/smart_trades"
    assert request.query == {"a": "/", "b": ""}
    assert request.header("forced-MODE") == "real"
    assert request.header("Apikey") is None


def test_errors_have_the_three_keys_of_the_api() -> None:
    response = error_response(400, "record_invalid", "Invalid parameters", {"page": ["wrong"]})

    assert json.loads(response.body) == {
        "error": "record_invalid",
        "error_description": "Invalid parameters",
        "error_attributes": {"page": ["wrong"]},
    }


def test_text_and_silence() -> None:
    assert text_response(429, "Retry later").headers == {"Content-Type": "text/plain"}
    assert dropped().dropped
