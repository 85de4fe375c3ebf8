"""
Which rule is nearest to firing, of a whole account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.explanation import Fate
from tradewarden.engine.verdict_words import hold_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.engine.explanation import HoldState, RuleExplanation
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.miss import Miss
    from tradewarden.rules.ruleset import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """
    A rule that does not act on a SmartTrade for want of time (*hold*) or of a move (*miss*): one of them is given.
    """

    rule: Rule
    smart_trade: SmartTrade
    hold: HoldState | None = None
    miss: Miss | None = None

    def sentence(self) -> str:
        """
        Say what is missing.
        """
        if self.hold is not None:
            return hold_text(self.hold)
        return "" if self.miss is None else self.miss.sentence()


def nearest_misses(explanations: Sequence[RuleExplanation]) -> tuple[NearMiss, ...]:
    """
    Return what is nearest to acting, nearest first: what only has to hold on, by the time left, then what some move
    would make true, by how far that is.

    Left out is what would not act even then (`repeat` is spent, a check would deny it, no step is named), and what no
    move of a number makes true.
    """
    waiting = [
        NearMiss(rule=one.rule, smart_trade=one.smart_trade, hold=one.hold)
        for one in explanations
        if one.fate is Fate.HOLDING and one.hold is not None and _could_act(one)
    ]
    missing = [
        (one.miss.nearness, NearMiss(rule=one.rule, smart_trade=one.smart_trade, miss=one.miss))
        for one in explanations
        if one.fate is Fate.FALSE and one.miss is not None and one.miss.is_measured and _could_act(one)
    ]
    missing.sort(key=lambda one: one[0])
    return (*sorted(waiting, key=_time_left), *(near for _, near in missing))


def _time_left(near: NearMiss) -> float:
    return 0.0 if near.hold is None else near.hold.left.total_seconds()


def _could_act(one: RuleExplanation) -> bool:
    return one.repeat is not None and not one.repeat.is_spent and one.obstacle is None
