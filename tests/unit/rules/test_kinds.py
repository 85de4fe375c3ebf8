"""
Which units go together.
"""

from __future__ import annotations

from itertools import product

import pytest

from tradewarden.rules.kinds import combined_kind
from tradewarden.rules.schema import Kind
from tradewarden.rules.tree import Operation

N, P, D = Kind.NUMBER, Kind.PERCENT, Kind.DURATION
SUMS = {(N, N): N, (P, P): P, (D, D): D}
MEANINGS = {
    Operation.ADD: SUMS,
    Operation.SUBTRACT: SUMS,
    Operation.MULTIPLY: {(N, N): N, (N, P): P, (P, N): P, (N, D): D, (D, N): D},
    Operation.DIVIDE: {(N, N): N, (P, N): P, (P, P): N, (D, N): D, (D, D): N},
}


@pytest.mark.parametrize("operation", Operation)
def test_all_that_is_not_listed_has_no_meaning(operation: Operation) -> None:
    found = {(left, right): combined_kind(operation, left, right) for left, right in product(Kind, repeat=2)}

    assert {pair: kind for pair, kind in found.items() if kind is not None} == MEANINGS[operation]
