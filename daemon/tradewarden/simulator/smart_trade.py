"""
What the simulated 3Commas knows of a SmartTrade: mutable, because this is the world and not a reading of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from tradewarden.simulator.market import PricePath

Json: TypeAlias = dict[str, Any]

LIVE = frozenset({"to_process", "order_placed", "trailing_activated"})
DONE = frozenset({"finished", "cancelled", "failed", "panic_sold"})
ENDED = frozenset({"finished", "stop_loss_finished", "panic_sold", "cancelled", "failed"})
BEFORE_ENTRY = frozenset({"created", "waiting_position"})
OPEN = frozenset({"waiting_targets", "pending_reduce_funds", "reduce_funds_in_progress"})
ACCEPTS_CANCELS = OPEN | {"waiting_position"}


@dataclass(slots=True, kw_only=True)
class Leg:
    """
    One trade of a SmartTrade, *purpose* position, take_profit, stop_loss, ...: a row in its list of trades.

    *step* and *row* are the JSON as it was given; what changes while the world runs stands in the other fields.
    """

    id: int
    purpose: str
    status: str
    price: Decimal | None  # the limit of a step, the trigger of a stop loss
    amount: Decimal | None
    order_type: str
    follows: str = "last"  # which price is compared with *price*: bid, ask or last
    position: int | None = None
    trail_pct: Decimal | None = None
    best_price: Decimal | None = None  # of an activated trailing step
    realised_amount: Decimal = Decimal(0)
    realised_price: Decimal | None = None
    going: bool = False  # a cancel was accepted and has not taken effect
    step: Json = field(default_factory=dict)
    row: Json = field(default_factory=dict)
    updated_at: float | None = None

    @property
    def is_live(self) -> bool:
        """
        Tell whether it can fill and nobody has asked to cancel it.
        """
        return self.status in LIVE and not self.going

    @property
    def armed_status(self) -> str:
        """
        Return the status that this leg has once it is live.
        """
        return "order_placed" if self.purpose == "take_profit" and self.order_type == "limit" else "to_process"


@dataclass(slots=True, kw_only=True)
class SmartTrade:
    """
    A SmartTrade with all its trades. *body* is the JSON as it was given.
    """

    id: int
    mode: str  # real or paper
    pair: str
    is_long: bool
    status: str
    entry_price: Decimal | None
    units: Decimal | None
    commission: Decimal
    closed_amount: Decimal
    closed_total: Decimal
    legs: list[Leg]
    prices: PricePath
    body: Json
    updated_at: float | None = None
    closed_at: float | None = None

    @property
    def has_ended(self) -> bool:
        """
        Tell whether its status will not change again.
        """
        return self.status in ENDED

    @property
    def steps(self) -> list[Leg]:
        """
        Return the take-profit steps that are not cancelled, in the order of their positions.
        """
        return [leg for leg in self.legs if leg.purpose == "take_profit" and leg.status != "cancelled"]

    @property
    def position(self) -> Leg:
        """
        Return the entry.
        """
        return next(leg for leg in self.legs if leg.purpose == "position")

    @property
    def stop_loss(self) -> Leg | None:
        """
        Return the stop loss, ``None`` if there is none.
        """
        return next((leg for leg in self.legs if leg.purpose == "stop_loss" and leg.status != "cancelled"), None)

    def leg(self, trade_id: int) -> Leg | None:
        """
        Return the trade of that id.
        """
        return next((leg for leg in self.legs if leg.id == trade_id), None)

    def can_cancel(self, leg: Leg) -> bool:
        """
        Tell whether a DELETE of *leg* is accepted. No rule is documented; this is the narrowest that fits the samples.
        """
        if (
            self.status not in ACCEPTS_CANCELS
            or leg.going
            or leg.purpose not in {"position", "take_profit", "stop_loss"}
        ):
            return False
        return leg.status in LIVE or leg.status == "idle"

    def cancel_is_fatal(self, leg: Leg) -> bool:
        """
        Tell whether cancelling *leg* cancels the whole SmartTrade: the entry, the stop loss or the last step.

        A step that is filled, in transition or already going is no longer one that remains.
        """
        if leg.purpose != "take_profit":
            return True
        return not any(other is not leg and self._remains(other) for other in self.steps)

    def _remains(self, step: Leg) -> bool:
        return step.is_live or (self.status in BEFORE_ENTRY and step.status == "idle" and not step.going)
