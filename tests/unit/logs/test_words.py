from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tradewarden.logs.words import (
    clipped,
    count,
    duration_text,
    instant_text,
    listed,
    number_text,
    sentence,
    step_text,
)
from tradewarden.model.decision import StepSummary


@pytest.mark.parametrize(
    ("number", "text"),
    [("35.0", "35"), ("0.40", "0.4"), ("1E-8", "0.00000001"), ("1E+2", "100"), ("100", "100"), ("0.0", "0")],
)
def test_numbers_are_plain_and_short(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text


def test_an_unknown_number_stays_unknown() -> None:
    assert number_text(None) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (40, "40 s"),
        (14 * 60, "14 min"),
        (2 * 3600 + 5 * 60 + 1, "2 h 5 min"),
        (3600 + 1, "1 h"),
        (86400 * 2 + 3600 * 4, "2 d 4 h"),
        (-90, "1 min 30 s"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


def test_counts_have_their_plural() -> None:
    assert (count(0, "rule"), count(1, "rule"), count(2, "rule")) == ("0 rules", "1 rule", "2 rules")


def test_instants_are_utc() -> None:
    there = timezone(timedelta(hours=2))

    assert instant_text(datetime(2026, 1, 2, 5, 4, 5, tzinfo=there)) == "2026-01-02T03:04:05Z"
    assert instant_text(datetime(2026, 1, 2, 3, 4, 5, 999, tzinfo=UTC)) == "2026-01-02T03:04:05Z"


def test_a_sentence_is_one_line_and_has_one_end() -> None:
    assert sentence(" no\n answer ") == "no answer."
    assert sentence("no answer.") == "no answer."
    assert sentence("is it there?") == "is it there?"


def test_long_texts_are_cut() -> None:
    """What 3Commas, or something before it, answers may be a whole page."""
    assert clipped("x" * 400) == "x" * 400
    assert clipped("x" * 401) == "x" * 399 + "…"
    assert len(sentence("x" * 5_000)) == 400
    assert listed(("a", "b")) == "a, b"
    assert listed(tuple("abcdefgh")) == "a, b, c, d, e and 3 more"


def test_a_step_is_named_by_what_is_known() -> None:
    step = StepSummary(position=2, price=Decimal("0.40"), share_pct=Decimal("35.0"), order_type="limit")
    unknown = StepSummary(position=None, price=None, share_pct=None, order_type=None)

    assert step_text(step, trade_id=7, pair="USDT_DOGE", smart_trade_id=5) == (
        "step 2 at 0.4 (35 % of the position) of USDT_DOGE, SmartTrade 5"
    )
    assert step_text(unknown, trade_id=7, pair="USDT_DOGE", smart_trade_id=5) == "step 7 of USDT_DOGE, SmartTrade 5"
