"""
What the daemon remembers between cycles and over restarts: values, not state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tradewarden.model.history import History

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from tradewarden.model.cancel import Attempt
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import CurrentPrice, SmartTradeId, TradeId

HoldKey = tuple[str, "SmartTradeId"]  # the rule's name and the SmartTrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """
    How long a condition was observed to be true, up to the reading *last*. *fingerprint* is that of the rule's text.
    """

    held: timedelta
    last: Moment
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWatch:
    """
    Since when bid, ask, last and volume of a SmartTrade have all stood still.
    """

    price: CurrentPrice
    since: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingMemory:
    """
    The last accepted listing, and how many odd ones in a row came after it.
    """

    accepted_count: int
    odd_counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """
    Everything observed that the next cycle needs.
    """

    holds: Mapping[HoldKey, Hold] = field(default_factory=dict)
    prices: Mapping[SmartTradeId, PriceWatch] = field(default_factory=dict)
    listing: ListingMemory | None = None
    history: History = field(default_factory=History)  # as far back, and of those facts, as windows are asked of


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """
    A SmartTrade that is left alone until *until* or the owner runs `arm`.
    """

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """
    The past as the local gates need it. *attempts* are all that still count, newest first.

    *reset_since* holds the keys whose condition was definitely false after their last attempt; *put_off* those that
    were denied or deferred last time, and *waiting* the same in the order of their turns; *armed_at* is when the owner
    last ran `arm`.
    """

    armed: bool
    attempts: Sequence[Attempt] = ()
    reset_since: frozenset[HoldKey] = frozenset()
    put_off: frozenset[HoldKey] = frozenset()
    waiting: Sequence[HoldKey] = ()
    set_aside: Mapping[SmartTradeId, SetAside] = field(default_factory=dict)
    armed_at: datetime | None = None
    sent_steps: frozenset[TradeId] = frozenset()  # steps for which a DELETE was ever sent: they never count again


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """
    429 or 418: no request before *pause* has surely passed since *began*. *bans* counts the 418 in a row.
    """

    began: Moment
    pause: timedelta
    bans: int
    reason: str
