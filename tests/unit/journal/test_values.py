"""
Tests for tradewarden.journal.values.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.errors import JournalError
from tradewarden.journal.values import (
    duration_from_int,
    duration_to_int,
    instant_from_text,
    instant_to_text,
    legible,
    number_from_text,
    number_to_text,
    optional_duration_from_int,
    optional_duration_to_int,
)

if TYPE_CHECKING:
    from decimal import Decimal

instants = st.datetimes(timezones=st.just(UTC))


def test_an_instant_is_written_in_utc_with_microseconds() -> None:
    local = datetime(2026, 1, 2, 5, 4, 5, tzinfo=timezone(timedelta(hours=2)))

    assert instant_to_text(local) == "2026-01-02T03:04:05.000000Z"


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant_to_text(datetime(2026, 1, 2))  # noqa: DTZ001 (what is refused)


@given(instants, instants)
def test_instants_survive_and_sort_as_texts(one: datetime, other: datetime) -> None:
    assert instant_from_text(instant_to_text(one)) == one
    assert (instant_to_text(one) < instant_to_text(other)) == (one < other)


@given(st.timedeltas())
def test_durations_survive(duration: timedelta) -> None:
    assert duration_from_int(duration_to_int(duration)) == duration
    assert optional_duration_from_int(optional_duration_to_int(duration)) == duration


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_survive_to_the_last_digit(number: Decimal) -> None:
    restored = number_from_text(number_to_text(number))

    assert restored is not None
    assert restored.as_tuple() == number.as_tuple()


def test_what_is_missing_stays_missing() -> None:
    assert number_from_text(number_to_text(None)) is None
    assert optional_duration_from_int(optional_duration_to_int(None)) is None


def test_what_cannot_be_read_is_an_error_with_its_name() -> None:
    with pytest.raises(JournalError, match="a penalty that cannot be read"), legible("a penalty"):
        number_from_text("a lot")
