"""
Single values: exact numbers, real booleans, whole ids; anything else is unknown.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.threecommas import scalars


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'"0.10257"', "0.10257"),
        (b"0.10257", "0.10257"),
        (b"20", "20"),
        (b'"-2.728"', "-2.728"),
        (b'"0.123456789012345678901234567890123456"', "0.123456789012345678901234567890123456"),
        (b"0.123456789012345678901234567890123456", "0.123456789012345678901234567890123456"),
        (b'"0.1e-6"', "1E-7"),
        (b"1E5", "1E+5"),
        (b"-0.0", "-0.0"),
        (b'"0"', "0"),
    ],
)
def test_numbers_are_exactly_what_was_sent(sent: bytes, expected: str) -> None:
    assert str(scalars.number(scalars.parse(sent))) == expected


@pytest.mark.parametrize(
    "sent",
    [
        *(b"null", b"true", b"false", b"[1]", b'{"a": 1}', b'""', b'"abc"', b'"NaN"', b'"Infinity"', b'"-Infinity"'),
        *(b'" 1"', b'"1 "', b'"1_0"', b'"+1"', b'".5"', b'"5."', b'"1,5"', b'"0x10"', b'"\\u0661"', b'"--1"', b'"1e"'),
        *(b"1e41", b"1e-41", b'"1e41"', b"1e99999999999999999999", b'"1e99999999999999999999"', b'"1e-999"'),
        *(b"1" * 42, b'"' + b"1" * 42 + b'"', b'"0.' + b"1" * 79 + b'"', b"1" * 400, b"-" + b"9" * 42),
    ],
)
def test_what_is_no_number_is_unknown(sent: bytes) -> None:
    assert scalars.number(scalars.parse(sent)) is None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30"), places=9)
)
def test_a_number_and_its_text_are_the_same(value: Decimal) -> None:
    text = f"{value:f}"

    assert scalars.number(text) == value
    assert scalars.number(scalars.parse(text.encode())) == value


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.decimals())
def test_number_never_raises(value: object) -> None:
    found = scalars.number(value)

    assert found is None or found.is_finite()


@pytest.mark.parametrize("value", [1, 0, "true", "false", "yes", "", None, [], {}])
def test_only_json_booleans_are_booleans(value: object) -> None:
    assert scalars.boolean(value) is None
    assert scalars.boolean(True) is True
    assert scalars.boolean(False) is False


@pytest.mark.parametrize("value", [1, 2**31, 2**63 - 1])
def test_ids_have_64_bits(value: int) -> None:
    assert scalars.whole_id(value) == value


@pytest.mark.parametrize("value", [0, -1, 2**63, True, "12", "1", 1.0, Decimal(12), None, [12]])
def test_what_is_no_id(value: object) -> None:
    assert scalars.whole_id(value) is None


@pytest.mark.parametrize(("value", "expected"), [(1, 1), ("2", 2), (Decimal("3.0"), 3)])
def test_positions(value: object, expected: int) -> None:
    assert scalars.position(value) == expected


@pytest.mark.parametrize("value", [0, -1, "0", "1.5", 1001, "x", True, None, Decimal("1E+30")])
def test_what_is_no_position(value: object) -> None:
    assert scalars.position(value) is None


@pytest.mark.parametrize("value", ["USDT_BTCUSDT_UMCBL", "USD_PI_XBTUSD", "BTC_ETH-PERP", "USDT_币"])
def test_words(value: str) -> None:
    assert scalars.word(value) == value


@pytest.mark.parametrize("value", ["", "a b", "a\n", "a\x00b", "a\u200bb", "x" * 65, 5, None, ["a"]])
def test_what_is_no_word(value: object) -> None:
    assert scalars.word(value) is None


def test_texts_are_kept_as_they_are() -> None:
    assert scalars.text("any\nthing ☂") == "any\nthing ☂"
    assert scalars.text(5) is None


def test_times_are_utc() -> None:
    assert scalars.utc("2024-08-14T19:51:43.100Z") == datetime(2024, 8, 14, 19, 51, 43, 100_000, tzinfo=UTC)
    assert scalars.utc("2024-08-14T19:51:43Z") == datetime(2024, 8, 14, 19, 51, 43, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["2024-08-14T19:51:43.100", "2024-08-14", "2024-13-14T19:51:43Z", "2024-08-14T19:51:43+00:00", "", 5, None]
)
def test_what_is_no_time(value: object) -> None:
    assert scalars.utc(value) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "truncated"),
        (b'{"a": 1', "truncated"),
        (b"<html>", "malformed"),
        (b"[NaN]", "malformed"),
        (b'"\xff"', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_broken(body: bytes, why: str) -> None:
    with pytest.raises(scalars.Malformed, match=why) as caught:
        scalars.parse(body)

    assert caught.value.broken


@given(st.binary())
def test_parse_never_raises_anything_else(body: bytes) -> None:
    try:
        value: Any = scalars.parse(body)
    except scalars.Malformed:
        return

    assert not isinstance(value, float)
