"""
What the language knows of a fact: its kind, its meaning and when it is unknown. The facts themselves are the engine's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

FactValue = Decimal | str | bool | None
"""
What a fact can be. None is unknown; a number is a finite Decimal: percent points of a percentage, seconds of a
duration.
"""


class Kind(StrEnum):
    """
    The type of an expression: its unit is part of it.
    """

    NUMBER = "number"
    PERCENT = "percentage"  # Decimal, 5 for 5 %
    DURATION = "duration"  # Decimal seconds
    TEXT = "text"
    BOOL = "yes or no"


class Scope(StrEnum):
    """
    What a fact speaks of: a step's facts are known only in a selector's ``where``.
    """

    SMART_TRADE = "smart trade"
    STEP = "step"


class OverTime(StrEnum):
    """
    What may be asked of a fact over a window of time.
    """

    NOTHING = "nothing"
    EXTREMES = "lowest and highest"
    ALL = "change, lowest and highest"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSchema:
    """
    One fact as the language, the checker and the documentation see it.

    *values* is the closed list of texts that it can take (empty: any); *is_complete* says that no other can ever come.
    A number is between *lowest* and *highest* (None: no bound), above the former if *is_above_lowest*, and a count of
    something if *is_whole*; one that *is_name* only names something: no other is near it. The engine takes what lies
    outside for unknown, or nobody has ever seen it.

    *over_time* says which windows it may stand in, *of_market* that every market has it, whoever trades there.
    """

    name: str
    kind: Kind
    meaning: str
    source: str
    unknown_when: str
    scope: Scope = Scope.SMART_TRADE
    values: tuple[str, ...] = ()
    is_complete: bool = False
    lowest: Decimal | None = None
    highest: Decimal | None = None
    is_above_lowest: bool = False
    is_whole: bool = False
    is_name: bool = False
    over_time: OverTime = OverTime.NOTHING
    of_market: bool = False


class Vocabulary(Mapping[str, FactSchema]):
    """
    All facts by name, in the order of their declaration.
    """

    def __init__(self, facts: Iterable[FactSchema]) -> None:
        self._facts = {fact.name: fact for fact in facts}

    def __getitem__(self, name: str) -> FactSchema:
        """
        Return the fact of that name.
        """
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        """
        Iterate over the names.
        """
        return iter(self._facts)

    def __len__(self) -> int:
        """
        Count the facts.
        """
        return len(self._facts)

    def in_scope(self, scope: Scope) -> Vocabulary:
        """
        Return the facts that a condition of *scope* may use: a step's condition sees its SmartTrade too.
        """
        return Vocabulary(f for f in self._facts.values() if f.scope is Scope.SMART_TRADE or scope is Scope.STEP)
