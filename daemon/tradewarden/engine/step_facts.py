"""
The facts of the step under consideration: what a selector's `where` may ask. Each is declared once, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.bounds import ABOVE_ZERO, ANY, MOST_STEPS, Bounds, within
from tradewarden.engine.plausibility import distance_pct, positive
from tradewarden.model.status import KNOWN_TRADE_STATUSES
from tradewarden.rules.schema import FactSchema, FactValue, Kind, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradewarden.engine.seen import Seen
    from tradewarden.model.smart_trade import TakeProfitStep


@dataclass(frozen=True, slots=True)
class _StepFact:
    schema: FactSchema
    derive: Callable[[Seen, TakeProfitStep], FactValue]


def _step_fact(
    name: str,
    kind: Kind,
    derive: Callable[[Seen, TakeProfitStep], FactValue],
    *,
    meaning: str,
    source: str,
    unknown_when: str = "missing",
    values: tuple[str, ...] = (),
    bounds: Bounds = ANY,
) -> _StepFact:
    schema = FactSchema(
        name=f"step.{name}",
        kind=kind,
        meaning=meaning,
        source=f"take_profit.steps[].{source}",
        unknown_when=unknown_when,
        scope=Scope.STEP,
        values=values,
        **bounds,
    )
    return _StepFact(schema, derive)


def _step_distance(seen: Seen, step: TakeProfitStep) -> Decimal | None:
    price, last, side = positive(step.price), seen.price.last, seen.trade.side
    return None if price is None or last is None or side is None else distance_pct(price, last, side)


def _whole(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


_STEP_FACTS: tuple[_StepFact, ...] = (
    _step_fact(
        "position",
        Kind.NUMBER,
        lambda _, step: _whole(step.position),
        meaning="The number of the step, from 1.",
        source="position",
        bounds=within(1, MOST_STEPS, is_whole=True),
    ),
    _step_fact(
        "price",
        Kind.NUMBER,
        lambda _, step: positive(step.price),
        meaning="The price of the step.",
        source="price.value",
        bounds=ABOVE_ZERO,
    ),
    _step_fact(
        "distance",
        Kind.PERCENT,
        _step_distance,
        meaning="How far the last price must still move in the trade's favour to reach the step.",
        source="price.value",
        unknown_when="the step's price, the side or the last price is unknown",
    ),
    _step_fact(
        "share",
        Kind.PERCENT,
        lambda _, step: positive(step.share_pct),
        meaning="The share of the position that the step closes.",
        source="volume",
        bounds=within(0, 100, is_above_lowest=True),
    ),
    _step_fact(
        "order_type",
        Kind.TEXT,
        lambda _, step: step.order_type,
        meaning="market or limit.",
        source="order_type",
        values=("market", "limit"),
    ),
    _step_fact(
        "trailing",
        Kind.BOOL,
        lambda _, step: step.trailing,
        meaning="Whether the step trails the price.",
        source="trailing.enabled",
    ),
    _step_fact(
        "status",
        Kind.TEXT,
        lambda _, step: None if step.status is None else step.status.word,
        meaning="The status of the step in 3Commas' words: to_process, order_placed, ...",
        source="status.basic_type",
        values=tuple(sorted(KNOWN_TRADE_STATUSES)),
    ),
)

STEP_SCHEMAS = tuple(fact.schema for fact in _STEP_FACTS)


def derive_step_facts(seen: Seen, step: TakeProfitStep) -> dict[str, FactValue]:
    """
    Return the facts of one of its steps.
    """
    return {fact.schema.name: fact.derive(seen, step) for fact in _STEP_FACTS}
