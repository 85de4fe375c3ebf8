"""
The query of GET /v2/smart_trades: filters, order, pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradewarden.simulator.smart_trade import ENDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradewarden.simulator.smart_trade import Json

MOST_PER_PAGE = 100
STATUS_FILTERS: Mapping[str, frozenset[str] | None] = {
    "all": None,
    "active": None,  # undefined in the docs: here everything that has not ended
    "finished": frozenset({"finished", "stop_loss_finished", "panic_sold"}),
    "successfully_finish": frozenset({"finished"}),
    "successfully_finished": frozenset({"finished"}),
    "cancelled": frozenset({"cancelled"}),
    "failed": frozenset({"failed"}),
}
ORDERS = {
    "status": ("status", "basic_type"),
    "created_at": ("data", "created_at"),
    "updated_at": ("data", "updated_at"),
    "closed_at": ("data", "closed_at"),
    "profit": ("profit", "usd"),
    "profit_percentage": ("profit", "percent"),
}
DIRECTIONS = ("asc", "desc")


class InvalidQuery(ValueError):
    """
    A parameter cannot be used: its name is the only argument.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """
    The parameters of one request, checked.
    """

    page: int
    per_page: int
    status: str
    order_by: str
    descending: bool
    account_id: int | None
    pair: str | None
    kind: str | None
    base: str | None
    quote: str | None
    created_from: str | None
    created_to: str | None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> ListQuery:
        """
        Check *query*; parameters that are not known are ignored. Raises InvalidQuery.
        """
        return cls(
            page=_integer(query, "page", default=1, most=None),
            per_page=_integer(query, "per_page", default=10, most=MOST_PER_PAGE),
            status=_choice(query, "status", default="all", choices=STATUS_FILTERS),
            order_by=_choice(query, "order_by", default="status", choices=ORDERS),
            descending=_choice(query, "order_direction", default="desc", choices=DIRECTIONS) == "desc",
            account_id=_integer(query, "account_id", default=0, most=None) or None,
            pair=query.get("pair"),
            kind=query.get("type"),
            base=query.get("base"),
            quote=query.get("quote"),
            created_from=query.get("from"),
            created_to=query.get("to"),
        )

    def page_of(self, bodies: Sequence[Json]) -> list[Json]:
        """
        Return the page that was asked for.
        """
        chosen = sorted((body for body in bodies if self._wants(body)), key=self._key, reverse=self.descending)
        first = (self.page - 1) * self.per_page
        return chosen[first : first + self.per_page]

    def _wants(self, body: Json) -> bool:
        quote, _, base = body["pair"].partition("_")
        created_at = body["data"].get("created_at") or ""
        return (
            self._wants_status(body["status"].get("basic_type") or body["status"].get("type"))
            and self.account_id in (None, (body.get("account") or {}).get("id"))
            and self.pair in (None, body["pair"])
            and self.kind in (None, body["data"].get("type"))
            and self.base in (None, base)
            and self.quote in (None, quote)
            # Dates are compared as text, so that 2026-01-02 and 2026-01-02T03:04:05.000Z both work.
            and (self.created_from is None or created_at >= self.created_from)
            and (self.created_to is None or created_at <= self.created_to)
        )

    def _wants_status(self, status: str) -> bool:
        if self.status == "active":
            return status not in ENDED
        wanted = STATUS_FILTERS[self.status]
        return wanted is None or status in wanted

    def _key(self, body: Json) -> tuple[Any, ...]:
        block, name = ORDERS[self.order_by]
        value = (body.get(block) or {}).get(name)
        if block == "profit":
            return (value is not None, Decimal(value or 0), body["id"])
        return (value is not None, value or "", body["id"])


def _integer(query: Mapping[str, str], name: str, *, default: int, most: int | None) -> int:
    text = query.get(name, "")
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise InvalidQuery(name) from None
    if value < 1 or (most is not None and value > most):
        raise InvalidQuery(name)
    return value


def _choice(query: Mapping[str, str], name: str, *, default: str, choices: Mapping[str, object] | Sequence[str]) -> str:
    value = (query.get(name) or default).lower()
    if value not in choices:
        raise InvalidQuery(name)
    return value
