"""
A test of rules as a value: the SmartTrades that it plays, what their facts are at each reading, and what is expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from decimal import Decimal
    from pathlib import Path

    from tradewarden.model.decision import Deferral
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import CurrentPrice, SmartTrade, SmartTradeId, Trade, TradeId
    from tradewarden.rules.schema import FactValue
    from tradewarden.rulesfile.loader import RulesFile

    Put = Callable[[SmartTrade, FactValue, datetime], SmartTrade]
    PutPrice = Callable[[CurrentPrice, Decimal | None], CurrentPrice]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSeries:
    """
    The *values* of one fact, one for each reading or one for all. *put* writes one into a SmartTrade, in *order*.
    """

    fact: str
    put: Put
    order: int
    values: tuple[FactValue, ...]

    def at(self, index: int) -> FactValue:
        """
        Return the value at the reading *index*.
        """
        return self.values[0] if len(self.values) == 1 else self.values[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSeries:
    """
    The same of a market: the value goes into the price of *pair*.
    """

    pair: str
    put: PutPrice
    order: int
    values: tuple[Decimal | None, ...]

    def at(self, index: int) -> Decimal | None:
        """
        Return the value at the reading *index*.
        """
        return self.values[0] if len(self.values) == 1 else self.values[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    A SmartTrade that a test plays. *rows* is its list of trades as given; ``None``: derived from the SmartTrade.
    """

    trade: SmartTrade
    rows: tuple[Trade, ...] | None = None
    series: tuple[FactSeries, ...] = ()

    def at(self, index: int, now: datetime) -> SmartTrade:
        """
        Return the SmartTrade at the reading *index*, if nothing had been cancelled.
        """
        trade = self.trade
        for series in self.series:
            trade = series.put(trade, series.at(index), now)
        return trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancels:
    """
    A step is cancelled (in a dry run: would be); what is ``None`` may be any.
    """

    position: int | None = None
    price: Decimal | None = None
    trade_id: TradeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """
    An invariant of that name says no.
    """

    invariant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """
    It is put off for that reason.
    """

    reason: Deferral


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """
    The condition is true and has not been so for long enough; ``None``: however long.
    """

    held: timedelta | None = None


Wanted = Cancels | Denied | Deferred | Holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """
    What must happen at the reading *index*. *place* is where it stands in the file.
    """

    place: str
    index: int
    rule: str
    smart_trade_id: SmartTradeId
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """
    One test. *enabled* are rules that it switches on; *only*, if not ``None``, are all that it asks.

    *has_moving_price*: its series speaks of the price, so one that stands still is frozen for it as it is for the
    daemon.
    """

    name: str
    place: str
    subjects: tuple[Subject, ...]
    markets: tuple[MarketSeries, ...]
    every: timedelta
    readings: int
    start: datetime
    mode: Mode
    enabled: frozenset[str]
    only: frozenset[str] | None
    has_moving_price: bool
    expected: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTestFile:
    """
    A valid test file with the rules file that it tests.
    """

    path: Path
    rules: RulesFile
    tests: tuple[RuleTest, ...]
