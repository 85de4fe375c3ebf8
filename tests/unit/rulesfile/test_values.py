"""
Durations, percentages, addresses and time zones as people write them.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.rulesfile.values import (
    InvalidValueError,
    duration_text,
    is_loopback,
    parse_duration,
    parse_percentage,
    read_timezone,
    read_url,
    suggest_duration,
    suggest_percentage,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("2m", 120),
        ("1h30m", 5400),
        ("1d", 86400),
        ("0s", 0),
        ("1w", 604800),
        ("1.5h", 5400),
        ("0.5s", 0.5),
    ],
)
def test_a_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "60", "s", "1m1h", "1h1h", "-1s", "1 m", "1:30", "1e3s", "٣s", "9999999s", "1s\n", "1hm", "never"]
)
def test_not_a_duration(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(min_value=0, max_value=10**9))
def test_a_duration_reads_back_as_it_was_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    assert parse_duration(duration_text(duration)) == duration


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (Decimal(60), "if seconds are meant, write 60s"),
        ("1:30", "write 90s if minutes and seconds are meant, 1h30m if hours and minutes are"),
        ("1:02:03", "write 1h2m3s"),
        ("2 minutes", "write 2m"),
        ("1 hour and 30 mins", "write 1h30m"),
        ("2H", "write 2h"),
        ("30m 1h", "a duration carries its unit: 60s, 2m, 1h30m, 1d"),
        ("500ms", "a duration carries its unit: 60s, 2m, 1h30m, 1d"),
        (Decimal("1.5"), "a duration carries its unit: 60s, 2m, 1h30m, 1d"),
        ([], "a duration carries its unit: 60s, 2m, 1h30m, 1d"),
    ],
)
def test_what_was_meant_by_a_duration(value: object, hint: str) -> None:
    assert suggest_duration(value) == hint


@pytest.mark.parametrize(("text", "points"), [("1%", "1"), ("0.5%", "0.5"), ("-5%", "-5"), ("100%", "100")])
def test_a_percentage(text: str, points: str) -> None:
    assert parse_percentage(text) == Decimal(points)


@pytest.mark.parametrize("text", ["", "%", "5", "5 %", "5%%", "1e2%", "٣%", ".5%"])
def test_not_a_percentage(text: str) -> None:
    assert parse_percentage(text) is None


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (Decimal(5), "write 5%"),
        (Decimal("0.05"), "write 0.05% or 5%: one is a hundredth of the other"),
        (Decimal("-0.05"), "write -0.05% or -5%: one is a hundredth of the other"),
        (Decimal("1E+30"), "a percentage is written as 1% or 0.5%"),
        ("five", "a percentage is written as 1% or 0.5%"),
    ],
)
def test_what_was_meant_by_a_percentage(value: object, hint: str) -> None:
    assert suggest_percentage(value) == hint


@pytest.mark.parametrize(
    "url",
    [
        "https://api.3commas.io/public/api",
        "http://localhost:8080",
        "http://127.0.0.1/public/api",
        "http://127.255.0.9",
        "http://[::1]:8080/x",
        "https://proxy.example.com:8443/3commas",
    ],
)
def test_an_address(url: str) -> None:
    assert read_url(url) == url
    assert read_url(f"{url}/") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        5,
        "api.3commas.io",
        "http://api.3commas.io",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "http://2130706433",
        "https://",
        "https://a b",
        "https://a\\@b",
        "https://user@host",
        "https://:@host",
        "https://host?",
        "https://host?a=b",
        "https://host#x",
        "https://host:0",
        "https://host:x",
        "https://[::1",
        "https://[::1]x",
        "http://[::1].example.com",
        "http://example.com[::1]",
        "http://[::1]:8080[::2]",
        "gopher://etc/passwd",
        "https://höst",
    ],
)
def test_not_an_address(url: object) -> None:
    with pytest.raises(InvalidValueError):
        read_url(url)


def test_this_machine_is_told_by_its_name_alone() -> None:
    assert is_loopback("localhost")
    assert is_loopback("::1")
    assert not is_loopback("localhost.localdomain")
    assert not is_loopback("10.0.0.1")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin?"),
        ("utc", "did you mean UTC?"),
        ("Lagos", "did you mean Africa/Lagos?"),
        ("Europe", None),
        ("../UTC", None),
        ("/etc/passwd", None),
        ("a\0b", None),
        ("qqqqqqqqqqqqqq", "names look like Europe/Berlin, or UTC"),
        (5, None),
    ],
)
def test_not_a_time_zone(name: object, hint: str | None) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_timezone(name)

    assert hint is None or caught.value.hint == hint
