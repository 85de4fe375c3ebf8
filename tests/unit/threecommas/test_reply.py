"""
Replies: ids, error objects, caches, pauses; and nothing that must stay hidden.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client import json_bytes
from fakes import FakeClock
from tradewarden.threecommas.quote import LONGEST_QUOTE
from tradewarden.threecommas.reply import LONGEST_PAUSE, ErrorObject, Reply

NOW = FakeClock().now()  # 2026-01-02 03:04:05 UTC, a Friday


def reply(
    status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None, hidden: tuple[str, ...] = ()
) -> Reply:
    return Reply(status=status, headers=httpx.Headers(headers), body=body, asked_at=NOW, hidden=hidden)


def test_provenance_names_what_support_asks_for() -> None:
    told = reply(504, headers={"x-request-id": "abc", "cf-ray": "def-FRA"})

    assert told.provenance == "(HTTP 504, X-Request-Id abc, Cf-Ray def-FRA)"
    assert told.request_id == "abc"
    assert reply(204).provenance == "(HTTP 204)"
    assert reply(204).request_id is None


def test_error_object() -> None:
    found = reply(400, json_bytes({"error": "Wrong param(s)", "error_description": "trade 1 can not be cancelled"}))

    assert found.error == ErrorObject("Wrong param(s)", "trade 1 can not be cancelled")
    assert found.saying == "Wrong param(s): trade 1 can not be cancelled"


def test_error_object_without_a_usable_description() -> None:
    found = reply(400, json_bytes({"error": "record_invalid", "error_description": ["a"]}))

    assert found.error == ErrorObject("record_invalid", "")
    assert found.saying == "record_invalid"


@pytest.mark.parametrize(
    "body", [b"", b"Retry later", b"<html>", b"[]", b'{"error": 5}', b'{"error": ""}', b'{"message": "x"}', b"null"]
)
def test_what_is_no_error_object(body: bytes) -> None:
    assert reply(400, body).error is None


def test_a_text_is_quoted_on_one_line_and_cut() -> None:
    assert reply(429, b"Retry\r\n\x1b[31m later\x00").saying == "Retry [31m later"
    assert reply(500).saying == "an empty answer"
    assert len(reply(500, b"word " * 1000).saying) == LONGEST_QUOTE + 1


@pytest.mark.parametrize("secret", ["c0ffee" * 11, "QUJD" * 20 + "=="], ids=["hex", "base64"])
def test_what_looks_like_a_secret_is_not_quoted_either(secret: str) -> None:
    """The signature of another request, say, that a server echoes in its log of errors."""
    assert reply().quote(f"bad signature {secret}, request 8f14e45f-ceea-467f-a0e1-0f5b3c9e8d7a") == (
        "bad signature ***, request 8f14e45f-ceea-467f-a0e1-0f5b3c9e8d7a"
    )


def test_what_is_hidden_is_never_quoted() -> None:
    found = reply(401, json_bytes({"error": "key KEY is bad", "error_description": "KEY/SIG"}), hidden=("KEY", "SIG"))

    assert found.saying == "key *** is bad: ***/***"
    assert "KEY" not in repr(found)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Age": "0"}, None),
        ({"Age": "12"}, "Age: 12"),
        ({"Age": "soon"}, "Age: soon"),
        ({"CF-Cache-Status": "DYNAMIC"}, None),
        ({"CF-Cache-Status": "HIT"}, "CF-Cache-Status: HIT"),
        ({"cf-cache-status": "stale"}, "CF-Cache-Status: stale"),
        ({"X-Cache": "Miss from cloudfront"}, None),
        ({"X-Cache": "Hit from cloudfront"}, "X-Cache: Hit from cloudfront"),
    ],
)
def test_cache_evidence(headers: dict[str, str], expected: str | None) -> None:
    assert reply(headers=headers).cache_evidence == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("Fri, 02 Jan 2026 03:05:05 GMT", timedelta(seconds=60)),
        ("Fri, 02 Jan 2026 03:05:05 -0000", timedelta(seconds=60)),
        ("Fri, 02 Jan 2026 03:00:00 GMT", timedelta(0)),
        ("9" * 30, LONGEST_PAUSE),
        ("Fri, 02 Jan 2099 03:00:00 GMT", LONGEST_PAUSE),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(value: str, expected: timedelta | None) -> None:
    assert reply(429, headers={"Retry-After": value}).retry_after == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("Thu, 01 Jan 2026 00:00:00 GMT", 600, id="our clock is fast"),
        pytest.param("Fri, 01 Jan 2027 00:00:00 GMT", 0, id="our clock is slow"),
        pytest.param("yesterday", LONGEST_PAUSE.total_seconds(), id="no date: our clock it is"),
    ],
)
def test_a_date_in_retry_after_is_measured_by_the_clock_of_the_server(date: str, expected: float) -> None:
    until = "Thu, 01 Jan 2026 00:10:00 GMT" if date != "yesterday" else "Sat, 10 Jan 2026 00:00:00 GMT"

    found = reply(429, headers={"Retry-After": until, "Date": date}).retry_after

    assert found == timedelta(seconds=expected)


headers = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126))
dates = st.datetimes(timezones=st.just(UTC)).map(lambda at: format_datetime(at, usegmt=True))


@given(headers | dates, headers | dates)
def test_retry_after_never_raises(value: str, date: str) -> None:
    found = reply(429, headers={"Retry-After": value, "Date": date}).retry_after

    assert found is None or timedelta(0) <= found <= LONGEST_PAUSE


def test_the_plan_is_recognised_in_a_429_only() -> None:
    body = json_bytes({"error": "The request type 'read' is not available with your current Subscription Plan."})

    assert reply(429, body).speaks_of_the_plan
    assert reply(429, b"your current subscription\n  plan").speaks_of_the_plan
    assert not reply(403, body).speaks_of_the_plan
    assert not reply(429, b"Retry later").speaks_of_the_plan


@given(st.binary(), st.integers(100, 599))
def test_no_body_upsets_a_reply(body: bytes, status: int) -> None:
    found = reply(status, body)

    assert isinstance(found.saying, str)
    assert isinstance(found.speaks_of_the_plan, bool)
