"""
A condition on one SmartTrade, against a function by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.conditions import CONDITIONS
from benchmarks.ratio import measure
from factories import make_condition, make_moment, make_settings, make_smart_trade
from tradewarden.engine.decide import trade_facts

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benchmarks.ratio import Keep

BOUND = 1.5


@pytest.mark.parametrize("condition", CONDITIONS)
def test_condition(condition: str, keep: Keep, benchmark: BenchmarkFixture) -> None:
    """
    The compiled condition, and the function that does exactly the same.
    """
    facts = trade_facts(make_smart_trade(), settings=make_settings(), now=make_moment(), watch=None)[1]
    evaluate, by_hand = make_condition(condition).evaluate, CONDITIONS[condition]
    benchmark(evaluate, facts)

    keep(measure(condition, lambda: evaluate(facts), lambda: by_hand(facts), bound=BOUND))
