"""
Tests for tradewarden.engine.report.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.engine.report import outcome_from_json, outcome_to_json, plain_number, report_to_json
from tradewarden.model.decision import Check, CycleError, CycleReport, Holding, Outcome, OutcomeRow, StepSummary
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import AccountId, SmartTradeId, TradeId

ROW = OutcomeRow(
    rule="far-target-off-on-a-red-day",
    account_id=AccountId(32402783),
    smart_trade_id=SmartTradeId(30428625),
    trade_id=TradeId(1008300674),
    pair="USDT_DOGE",
    outcome=Outcome.CANCELLED,
    reason=None,
    step=StepSummary(position=2, price=Decimal("0.4"), share_pct=Decimal("35.0"), order_type="limit"),
    share_without_target_pct=Decimal("65.0"),
    invariants=(Check(name="steps-remain", holds=True, detail="1 live step left of 2"),),
    detail="the step is gone",
    window=timedelta(microseconds=412_900),
)
ROW_JSON = {
    "rule": "far-target-off-on-a-red-day",
    "account_id": 32402783,
    "smart_trade_id": 30428625,
    "trade_id": 1008300674,
    "pair": "USDT_DOGE",
    "outcome": "cancelled",
    "reason": None,
    "step": {"position": 2, "price": "0.4", "share": "35.0", "order_type": "limit"},
    "share_without_target": "65.0",
    "invariants": [{"name": "steps-remain", "holds": True, "detail": "1 live step left of 2"}],
    "detail": "the step is gone",
    "window_ms": 412,
}
UNKNOWN = OutcomeRow(
    rule="r",
    account_id=AccountId(1),
    smart_trade_id=SmartTradeId(2),
    trade_id=TradeId(3),
    pair="",
    outcome=Outcome.DENIED,
    reason="data-plausible",
    step=StepSummary(position=None, price=None, share_pct=None, order_type=None),
    share_without_target_pct=None,
    invariants=(),
)

numbers = st.none() | st.decimals(min_value=Decimal("-1E20"), max_value=Decimal("1E20"), allow_nan=False)
rows = st.builds(
    OutcomeRow,
    rule=st.text(),
    account_id=st.integers(),
    smart_trade_id=st.integers(),
    trade_id=st.integers(),
    pair=st.text(),
    outcome=st.sampled_from(Outcome),
    reason=st.none() | st.text(),
    step=st.builds(
        StepSummary,
        position=st.none() | st.integers(),
        price=numbers,
        share_pct=numbers,
        order_type=st.none() | st.text(),
    ),
    share_without_target_pct=numbers,
    invariants=st.lists(st.builds(Check, name=st.text(), holds=st.booleans(), detail=st.text()), max_size=2).map(tuple),
    detail=st.none() | st.text(),
    window=st.none() | st.integers(0, 10**6).map(lambda ms: timedelta(milliseconds=ms)),
)


def test_an_outcome_has_the_fields_of_the_contract_in_their_order() -> None:
    value = outcome_to_json(ROW)

    assert value == ROW_JSON
    assert list(value) == list(ROW_JSON)


def test_what_is_unknown_is_null() -> None:
    value = outcome_to_json(UNKNOWN)

    assert value["step"] == {"position": None, "price": None, "share": None, "order_type": None}
    assert value["share_without_target"] is None
    assert value["detail"] is None
    assert value["window_ms"] is None


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E-8", "0.00000001"), ("1E+3", "1000"), ("35.0", "35.0"), ("0E-10", "0.0000000000"), ("-6.10", "-6.10")],
)
def test_numbers_are_plain_digits(number: str, text: str) -> None:
    assert plain_number(Decimal(number)) == text


@given(rows)
def test_an_outcome_survives_json(row: OutcomeRow) -> None:
    assert outcome_from_json(json.loads(json.dumps(outcome_to_json(row)))) == row


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rule": 1}, "'rule' should be a text"),
        ({"outcome": "exploded"}, "exploded"),
        ({"trade_id": "1"}, "'trade_id' should be a whole number"),
        ({"trade_id": True}, "'trade_id' should be a whole number"),
        ({"window_ms": 1.5}, "'window_ms' should be a whole number"),
        ({"share_without_target": "much"}, "'share_without_target' should be a number as text"),
        ({"share_without_target": "NaN"}, "'share_without_target' should be a number as text"),
        ({"share_without_target": 65.0}, "'share_without_target' should be a text"),
        ({"invariants": {}}, "'invariants' should be a list"),
        ({"invariants": [{"name": "a", "holds": 1, "detail": ""}]}, "'holds' should be true or false"),
        ({"invariants": [{"name": "a"}]}, "'holds' is missing"),
        ({"step": None}, "an object was expected"),
    ],
)
def test_what_is_not_an_outcome_is_said(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        outcome_from_json({**ROW_JSON, **change})


def test_a_report_has_the_fields_of_the_contract_in_their_order() -> None:
    report = CycleReport(
        cycle_id="0001",
        started_at=datetime(2026, 1, 2, 5, 4, 5, 999_999, tzinfo=timezone(timedelta(hours=2))),
        mode=Mode.DRY_RUN,
        armed=True,
        smart_trades_read=12,
        requests=5,
        outcomes=(ROW,),
        holding=(
            Holding(
                rule="r",
                smart_trade_id=SmartTradeId(30428626),
                held=timedelta(seconds=60, milliseconds=999),
                needed=timedelta(minutes=2),
            ),
        ),
        errors=(
            CycleError(error="api", message="503"),
            CycleError(error="unreadable_smart_trade", message="no id", smart_trade_id=SmartTradeId(7)),
        ),
    )

    value = report_to_json(report)
    assert json.dumps(value) == json.dumps(
        {
            "cycle_id": "0001",
            "started_at": "2026-01-02T03:04:05Z",
            "mode": "dry-run",
            "armed": True,
            "smart_trades_read": 12,
            "requests": 5,
            "outcomes": [ROW_JSON],
            "holding": [{"rule": "r", "smart_trade_id": 30428626, "held_s": 60, "needed_s": 120}],
            "errors": [
                {"error": "api", "message": "503", "smart_trade_id": None},
                {"error": "unreadable_smart_trade", "message": "no id", "smart_trade_id": 7},
            ],
        }
    )


def test_an_empty_report_is_a_report() -> None:
    report = CycleReport(
        cycle_id="0001",
        started_at=datetime(2026, 1, 2, tzinfo=UTC),
        mode=Mode.LIVE,
        armed=False,
        smart_trades_read=0,
        requests=0,
        outcomes=(),
        holding=(),
        errors=(),
    )

    value = report_to_json(report)
    assert value["outcomes"] == value["holding"] == value["errors"] == []
