from __future__ import annotations

from typing import Any

import pytest

from tradewarden.simulator.listing import InvalidQuery, ListQuery


def body(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "account": {"id": changes.get("account", 1)},
        "pair": changes.get("pair", "USDT_DOGE"),
        "status": {"basic_type": changes.get("status", "waiting_targets")},
        "data": {"created_at": f"2026-01-0{number}T00:00:00.000Z", "type": changes.get("kind", "smart_trade")},
        "profit": {"usd": changes.get("usd"), "percent": "1.0"},
    }


BODIES = [
    body(1, usd="-3"),
    body(2, status="cancelled", usd="10", pair="USDT_BTC"),
    body(3, status="finished", account=2, usd="9", kind="smart_sell"),
    body(4, status="created"),
    body(5, status="stop_loss_finished"),
    body(6, status="failed"),
]


def ids(**query: str) -> list[int]:
    return [found["id"] for found in ListQuery.from_query(query).page_of(BODIES)]


def test_the_default_order_is_by_status_downwards() -> None:
    assert ids() == [1, 5, 3, 6, 4, 2]


def test_active_is_what_has_not_ended() -> None:
    assert ids(status="active", order_by="created_at", order_direction="asc") == [1, 4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "all"}, [1, 2, 3, 4, 5, 6]),
        ({"status": "finished"}, [3, 5]),
        ({"status": "successfully_finished"}, [3]),
        ({"status": "cancelled"}, [2]),
        ({"status": "failed"}, [6]),
        ({"account_id": "2"}, [3]),
        ({"pair": "USDT_BTC"}, [2]),
        ({"base": "BTC"}, [2]),
        ({"quote": "BTC"}, []),
        ({"type": "smart_sell"}, [3]),
        ({"from": "2026-01-05"}, [5, 6]),
        ({"to": "2026-01-02T00:00:00.000Z"}, [1, 2]),
        ({"per_page": "2", "page": "2"}, [3, 4]),
        ({"per_page": "5", "page": "2"}, [6]),
        ({"page": "9"}, []),
        ({"something": "else"}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_filters_and_pages(query: dict[str, str], expected: list[int]) -> None:
    assert ids(**query, order_by="created_at", order_direction="ASC") == expected


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [("profit", [2, 3, 1, 6, 5, 4]), ("closed_at", [6, 5, 4, 3, 2, 1]), ("profit_percentage", [6, 5, 4, 3, 2, 1])],
)
def test_orders(order_by: str, expected: list[int]) -> None:
    assert ids(order_by=order_by) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"per_page": "101"},
        {"per_page": "x"},
        {"status": "open"},
        {"order_by": "id"},
        {"order_direction": "up"},
    ],
)
def test_a_value_out_of_range_is_refused_by_name(query: dict[str, str]) -> None:
    with pytest.raises(InvalidQuery, match=next(iter(query))):
        ListQuery.from_query(query)
