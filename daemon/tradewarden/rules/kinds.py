"""
Units as types: which kinds go together.
"""

from __future__ import annotations

from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Operation

NUMERIC = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DURATION})
"""
The kinds that have an order and can be calculated with.
"""

KIND_WORDS = {
    Kind.NUMBER: "a number",
    Kind.PERCENT: "a percentage",
    Kind.DURATION: "a duration",
    Kind.TEXT: "a text",
    Kind.BOOL: "true or false",
}

_N, _P, _D = Kind.NUMBER, Kind.PERCENT, Kind.DURATION
_PRODUCTS = {(_N, _N): _N, (_N, _P): _P, (_P, _N): _P, (_N, _D): _D, (_D, _N): _D}
_QUOTIENTS = {(_N, _N): _N, (_P, _N): _P, (_P, _P): _N, (_D, _N): _D, (_D, _D): _N}


def combined_kind(operation: Operation, left: Kind, right: Kind) -> Kind | None:
    """
    Return the kind of ``left operation right``, None if they cannot be combined.
    """
    if operation is Operation.MULTIPLY:
        return _PRODUCTS.get((left, right))
    if operation is Operation.DIVIDE:
        return _QUOTIENTS.get((left, right))
    return left if left is right and left in NUMERIC else None
