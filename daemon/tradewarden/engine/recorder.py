"""
Puts what a cycle sees of all SmartTrades into one sample.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.facts import derivations_of
from tradewarden.engine.window_plan import RECORDED
from tradewarden.model.history import Sample, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.engine.facts import Facts
    from tradewarden.engine.seen import Seen
    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import CurrentPrice, SmartTradeId

_RECORDED = derivations_of(RECORDED)


class Recorder:
    """
    Collects what the windows of *plan* look back on and, if the reading *is_due* as a sample, what moves with the
    market of every SmartTrade.
    """

    def __init__(self, plan: WindowPlan, *, is_due: bool = True) -> None:
        self._derivations = _RECORDED if is_due else derivations_of(plan.columns & set(RECORDED))
        self._subjects: list[SmartTradeId] = []
        self._recorded: list[tuple[Decimal | None, ...]] = []
        self._others = sorted(plan.columns - set(RECORDED))
        self._other_values: list[tuple[Decimal | None, ...]] = []

    def add(self, seen: Seen, facts: Facts, held: Mapping[str, Decimal | None]) -> None:
        """
        Take in one SmartTrade: its *facts*, and what its held conditions came to.
        """
        self._subjects.append(seen.trade.id)
        self._recorded.append(tuple(_number(derive(seen)) for _, derive in self._derivations))
        if self._others:
            self._other_values.append(
                tuple(held[name] if name in held else _number(facts.get(name)) for name in self._others)
            )

    def sample(self, now: Moment, markets: Mapping[str, Decimal], prices: Mapping[str, CurrentPrice]) -> Sample:
        """
        Return all of it as the sample of the moment *now*, with the facts of *markets* and the *prices* behind them.
        """
        names = [name for name, _ in self._derivations]
        columns = dict(zip(names, map(pack, zip(*self._recorded, strict=True)), strict=False))
        columns |= dict(zip(self._others, map(pack, zip(*self._other_values, strict=True)), strict=False))
        return Sample(at=now, subjects=tuple(self._subjects), columns=columns, markets=markets, prices=prices)


def _number(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
