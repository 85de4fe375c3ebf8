"""
What a fact can be at all, before any condition is asked: drawn from its declaration.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.cuts import ALL, GREATEST, LEAST, Numbers, union
from tradewarden.rules.origin import MarketFact, Window, WindowFunction
from tradewarden.rules.schema import Kind
from tradewarden.rules.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.rules.origin import Origin
    from tradewarden.rules.schema import FactSchema
    from tradewarden.rules.tree import Fact

_FALLEN_TO_NOTHING = union([((Decimal(-100), False), GREATEST)])


class Domains:
    """
    What the facts of a vocabulary can be. Without a vocabulary: anything.
    """

    def __init__(self, vocabulary: Mapping[str, FactSchema] | None = None) -> None:
        self._vocabulary = vocabulary or {}

    def numbers(self, fact: Fact) -> Numbers:
        """
        Return the numbers that *fact* can be.
        """
        schema = self._vocabulary.get(fact.name)
        if schema is not None:
            return _declared(schema)
        return self._derived(fact.origin)

    def is_whole(self, fact: Fact) -> bool:
        """
        Tell whether *fact* is a count of something.
        """
        match fact.origin:
            case Window(function=WindowFunction.LOWEST | WindowFunction.HIGHEST, base=base):
                return self.is_whole(base)
            case _:
                schema = self._vocabulary.get(fact.name)
                return schema is not None and schema.is_whole

    def texts(self, fact: Fact) -> Texts:
        """
        Return the texts that *fact* can be. A closed list names those that are known today: others may come.
        """
        schema = self._vocabulary.get(fact.name)
        return Texts(frozenset(schema.values)) if schema is not None and schema.is_complete else Texts()

    def _derived(self, origin: Origin | None) -> Numbers:
        """
        Return the range of a fact that is made of another one: over a window of time, or of another market.
        """
        match origin:
            case MarketFact(fact=name):
                schema = self._vocabulary.get(name)
                return ALL if schema is None else _declared(schema)
            case Window(function=WindowFunction.CHANGE, base=base):
                numbers = self.numbers(base)
                # The change of a price is a share of it; a percentage changes by points.
                is_price = base.kind is Kind.NUMBER and not numbers.is_empty and numbers.low >= 0
                return _FALLEN_TO_NOTHING if is_price else ALL
            case Window(base=base):
                return self.numbers(base)
            case _:
                return ALL


def _declared(schema: FactSchema) -> Numbers:
    low = LEAST if schema.lowest is None else (schema.lowest, schema.is_above_lowest)
    high = GREATEST if schema.highest is None else (schema.highest, True)
    numbers = union([(low, high)])
    return numbers.whole() if schema.is_whole else numbers
