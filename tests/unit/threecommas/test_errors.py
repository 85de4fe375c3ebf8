"""
The table in threecommas/errors.py, row by row.
"""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from api_client import json_bytes
from fakes import FakeClock
from tradewarden.errors import (
    AccessDenied,
    ApiError,
    NotFound,
    PlanLimited,
    RequestRejected,
    TransientError,
    UnreadableReply,
)
from tradewarden.model.cancel import Answer, Refusal
from tradewarden.threecommas.errors import (
    cancel_answer,
    connection_error,
    is_penalty,
    not_sent,
    read_error,
    unanswered,
)
from tradewarden.threecommas.reply import Reply

OURS = json_bytes({"error": "Wrong param(s)", "error_description": "texto localizado"})
GONE = json_bytes({"error": "Not found", "error_description": "Smart Trade not found"})
PLAN = json_bytes({"error": "The request type 'write' is not available with your current subscription plan."})
HTML = b"<html><body>502 Bad Gateway</body></html>"
WINDOW = timedelta(milliseconds=700)


def reply(status: int, body: bytes) -> Reply:
    headers = httpx.Headers({"X-Request-Id": "id-1", "Cf-Ray": "ray-1"})
    return Reply(status=status, headers=headers, body=body, asked_at=FakeClock().now())


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, OURS, AccessDenied),
        (401, HTML, AccessDenied),
        (403, OURS, AccessDenied),
        (403, HTML, AccessDenied),
        (404, GONE, NotFound),
        (400, GONE, NotFound),
        (404, json_bytes({"error": "not_found"}), NotFound),
        (404, HTML, UnreadableReply),
        (400, OURS, RequestRejected),
        (422, OURS, RequestRejected),
        (400, HTML, UnreadableReply),
        (400, b"", UnreadableReply),
        (408, b"", TransientError),
        (429, PLAN, PlanLimited),
        (301, b"", UnreadableReply),
        (302, OURS, UnreadableReply),
        (304, b"", UnreadableReply),
        (100, b"", UnreadableReply),
        (500, OURS, TransientError),
        (502, HTML, TransientError),
        (504, b"", TransientError),
    ],
)
def test_reads(status: int, body: bytes, expected: type[ApiError]) -> None:
    error = read_error(reply(status, body), "GET /v2/smart_trades/1")

    assert type(error) is expected
    assert error.request_id == "id-1"
    for part in ("GET /v2/smart_trades/1", f"HTTP {status}", "X-Request-Id id-1", "Cf-Ray ray-1"):
        assert part in str(error)


ACCESS = "heck the API key, its permissions and its list of allowed IP addresses"
SECRET = "Check the secret (or the RSA key) first: it must be whole, and belong to this API key"


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        (json_bytes({"error": "signature_invalid"}), f"{SECRET}. Then c{ACCESS}"),
        (OURS, f"C{ACCESS}"),
        (HTML, f"C{ACCESS}"),
    ],
)
def test_what_denies_access_says_what_to_check_the_likeliest_first(body: bytes, advice: str) -> None:
    assert str(read_error(reply(401, body), "GET /x")).endswith(f". {advice}")


def test_a_rejection_carries_status_and_code() -> None:
    error = read_error(reply(422, OURS), "GET /x")

    assert isinstance(error, RequestRejected)
    assert (error.status, error.code) == (422, "Wrong param(s)")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(429, b"Retry later", True), (418, b"", True), (418, PLAN, True), (429, PLAN, False), (403, b"", False)],
)
def test_what_is_a_penalty(status: int, body: bytes, *, expected: bool) -> None:
    assert is_penalty(reply(status, body)) is expected


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (httpx.ReadTimeout(""), "did not answer GET /x in time (ReadTimeout)"),
        (TimeoutError(), "did not answer GET /x in time (TimeoutError)"),
        (httpx.ReadError("reset"), "broke at GET /x (ReadError: reset)"),
        (httpx.ConnectError("refused"), "broke at GET /x (ConnectError: refused)"),
        (httpx.DecodingError("bad gzip"), "broke at GET /x (DecodingError: bad gzip)"),
    ],
)
def test_no_reply_to_a_read_is_transient(error: httpx.HTTPError | OSError, told: str) -> None:
    assert told in str(connection_error(error, "GET /x", hidden=()))


@pytest.mark.parametrize(
    ("status", "body", "answer", "reason", "refusal"),
    [
        (200, b'{"id": 1}', Answer.ACCEPTED, None, None),
        (200, HTML, Answer.UNKNOWN, "http_200", None),
        (200, OURS, Answer.UNKNOWN, "http_200", None),
        (200, b"[]", Answer.UNKNOWN, "http_200", None),
        (200, b" ", Answer.ACCEPTED, None, None),
        (204, b"", Answer.ACCEPTED, None, None),
        (400, OURS, Answer.REJECTED, "Wrong param(s)", Refusal.OTHER),
        (404, GONE, Answer.REJECTED, "Not found", Refusal.OTHER),
        (422, OURS, Answer.REJECTED, "Wrong param(s)", Refusal.OTHER),
        (401, json_bytes({"error": "signature_invalid"}), Answer.REJECTED, "signature_invalid", Refusal.ACCESS),
        (403, json_bytes({"error": "Forbidden"}), Answer.REJECTED, "Forbidden", Refusal.FORBIDDEN),
        (429, PLAN, Answer.REJECTED, "subscription_plan", Refusal.PLAN),
        (429, b"Retry later", Answer.REJECTED, "http_429", Refusal.PENALTY),
        (418, b"", Answer.REJECTED, "http_418", Refusal.PENALTY),
        (408, OURS, Answer.UNKNOWN, "http_408", None),
        (400, HTML, Answer.UNKNOWN, "http_400", None),
        (401, HTML, Answer.UNKNOWN, "http_401", None),
        (403, HTML, Answer.UNKNOWN, "http_403", None),
        (404, b"", Answer.UNKNOWN, "http_404", None),
        (302, b"", Answer.UNKNOWN, "http_302", None),
        (500, OURS, Answer.UNKNOWN, "http_500", None),
        (504, b"", Answer.UNKNOWN, "http_504", None),
    ],
)
def test_the_delete(status: int, body: bytes, answer: Answer, reason: str | None, refusal: Refusal | None) -> None:
    found = cancel_answer(reply(status, body), WINDOW)

    assert (found.answer, found.reason, found.refusal) == (answer, reason, refusal)
    assert found.window == WINDOW
    assert "X-Request-Id id-1" in found.detail


def test_the_body_of_an_accepted_delete_is_not_even_quoted() -> None:
    assert "cancel" not in cancel_answer(reply(200, b'{"status": "cancelled"}'), WINDOW).detail


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ReadTimeout(""), "timeout"),
        (httpx.WriteTimeout(""), "timeout"),
        (TimeoutError(), "timeout"),
        (httpx.ReadError(""), "connection_lost"),
        (httpx.RemoteProtocolError(""), "connection_lost"),
        (ValueError(), "connection_lost"),
    ],
)
def test_no_answer_to_the_delete_is_unknown(error: Exception, reason: str) -> None:
    found = unanswered(error, WINDOW)

    assert (found.answer, found.reason, found.window) == (Answer.UNKNOWN, reason, WINDOW)


def test_not_sent_has_no_window() -> None:
    found = not_sent("disarmed", "why")

    assert (found.answer, found.reason, found.window) == (Answer.NOT_SENT, "disarmed", None)
