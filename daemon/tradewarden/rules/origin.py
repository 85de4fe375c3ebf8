"""
Where a fact comes from that is not read off the SmartTrade itself: a window over time, a condition held, a market.

In the tree each of them is a `Fact` with a canonical name: the evaluators look it up like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from tradewarden.rules.tree import Fact, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rules.tree import Expression

LONGEST_WINDOW = timedelta(days=1)
"""
How far back the recorded readings reach, and so the longest window.
"""


class WindowFunction(StrEnum):
    """
    What is asked of a fact's readings over a window.
    """

    CHANGE = "change"  # from the reading at the window's start to the present one
    LOWEST = "lowest"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """
    A numeric fact over the last *length*. The *base* is a fact of the SmartTrade, or of a market.
    """

    function: WindowFunction
    base: Fact
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """
    Whether *condition* was true in all readings of the last *length*. *text* is its source.
    """

    condition: Expression
    text: str
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFact:
    """
    The fact *fact* (`last`, `day_change`, ...) of the market *pair*, whatever the SmartTrade's own pair is.
    """

    pair: str
    fact: str


Origin = Window | Held | MarketFact


def all_facts(expression: Expression) -> Iterator[Fact]:
    """
    Yield every fact that *expression* needs: those it names, and those within windows and held conditions.
    """
    for part in walk(expression):
        if isinstance(part, Fact):
            yield part
            if isinstance(part.origin, Window):
                yield from all_facts(part.origin.base)
            elif isinstance(part.origin, Held):
                yield from all_facts(part.origin.condition)
