"""
Tests for tradewarden.journal.status_json.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from status_samples import make_status
from tradewarden.journal.status_json import status_from_json, status_to_json
from tradewarden.model.daemon_status import DaemonStatus, LastCycle, Trouble
from tradewarden.model.decision import Holding
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId

TEXTS = st.text()
SURROGATES = st.text(st.characters(categories=["Cs", "L"]))  # a path need not be UTF-8
NUMBERS = st.integers(-(2**63), 2**63)
A_THOUSAND_YEARS = timedelta(days=365_000)
INSTANTS = st.builds(
    lambda since, timezone: (datetime(1000, 1, 1, tzinfo=UTC) + since).astimezone(timezone),
    st.timedeltas(timedelta(0), A_THOUSAND_YEARS),
    st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
)
DURATIONS = st.timedeltas()
CYCLES = st.builds(
    LastCycle,
    cycle_id=TEXTS,
    started_at=INSTANTS,
    took=DURATIONS,
    smart_trades_read=NUMBERS,
    requests=NUMBERS,
    outcomes=st.dictionaries(TEXTS, NUMBERS, max_size=3),
)
HOLDINGS = st.builds(Holding, rule=TEXTS, smart_trade_id=NUMBERS.map(SmartTradeId), held=DURATIONS, needed=DURATIONS)
TROUBLES = st.builds(Trouble, kind=TEXTS, message=SURROGATES, since=INSTANTS, times=NUMBERS)
STATUSES = st.builds(
    DaemonStatus,
    version=TEXTS,
    pid=NUMBERS,
    mode=st.sampled_from(Mode),
    rules_file=SURROGATES,
    generation=TEXTS,
    rules_enabled=NUMBERS,
    started_at=INSTANTS,
    written_at=INSTANTS,
    requests_left=NUMBERS,
    requests_per_minute=NUMBERS,
    cancels_per_hour=NUMBERS,
    last_cycle=st.none() | CYCLES,
    cycle_began_at=st.none() | INSTANTS,
    next_cycle_at=st.none() | INSTANTS,
    holding=st.lists(HOLDINGS, max_size=3).map(tuple),
    troubles=st.lists(TROUBLES, max_size=3).map(tuple),
    stopped_at=st.none() | INSTANTS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@given(STATUSES)
def test_what_is_written_reads_back_exactly(status: DaemonStatus) -> None:
    text = json.dumps(status_to_json(status)).encode("ascii")

    assert status_from_json(json.loads(text)) == status


@given(st.sampled_from(sorted(status_to_json(make_status()))), JSON)
def test_one_odd_member_is_an_error_or_a_record(name: str, value: object) -> None:
    """Nothing but ValueError and OverflowError leaves it: `status` must not die of a record."""
    told = {**status_to_json(make_status()), name: value}

    try:
        read = status_from_json(told)
    except (ValueError, OverflowError):
        return

    assert isinstance(read, DaemonStatus)


@pytest.mark.parametrize("name", sorted(status_to_json(make_status())))
def test_a_member_that_is_missing_is_an_error(name: str) -> None:
    told = status_to_json(make_status())
    del told[name]

    with pytest.raises(ValueError, match=name):
        status_from_json(told)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("format", 2, "another format"),
        ("format", True, "not what was expected: bool"),
        ("version", 1, "not what was expected: int"),
        ("pid", "4711", "not what was expected: str"),
        ("mode", "maybe", "'maybe' is not a valid Mode"),
        ("started_at", "yesterday", "Invalid isoformat"),
        ("next_cycle_at", 5, "not what was expected: int"),
        ("last_cycle", [], "not what was expected: list"),
        ("holding", {}, "not what was expected: dict"),
        ("holding", [None], "not what was expected: NoneType"),
        ("troubles", [{"kind": "api"}], "'message' is missing"),
    ],
)
def test_what_is_not_a_record_is_an_error(name: str, value: object, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        status_from_json({**status_to_json(make_status()), name: value})


def test_an_instant_without_a_time_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        status_to_json(make_status(written_at=datetime(2026, 1, 1)))  # noqa: DTZ001 (that is the point)
