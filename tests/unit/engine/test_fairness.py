"""
Nobody starves: whoever was put off comes after the others, and each in the order of his waiting.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from factories import RULE, make_ledger, make_proposal, make_smart_trade
from tradewarden.engine.fairness import in_fair_order
from tradewarden.model.smart_trade import SmartTradeId

PROPOSALS = [make_proposal(make_smart_trade(id=SmartTradeId(number))) for number in range(1, 6)]
KEYS = [(RULE, SmartTradeId(number)) for number in range(1, 6)]


def _order(*waiting: int, put_off: tuple[int, ...] | None = None) -> list[int]:
    ledger = make_ledger(
        waiting=[KEYS[number - 1] for number in waiting],
        put_off=frozenset(KEYS[number - 1] for number in (waiting if put_off is None else put_off)),
    )
    return [proposal.smart_trade.id for proposal in in_fair_order(PROPOSALS, ledger)]


def test_without_a_past_the_order_is_that_of_the_rules() -> None:
    assert _order() == [1, 2, 3, 4, 5]


def test_what_was_put_off_comes_last() -> None:
    assert _order(1) == [2, 3, 4, 5, 1]


def test_those_that_wait_keep_the_order_of_their_waiting() -> None:
    assert _order(4, 1, 2) == [3, 5, 4, 1, 2]


def test_one_whose_turn_is_not_known_comes_after_all() -> None:
    assert _order(4, put_off=(4, 1)) == [2, 3, 5, 4, 1]


@given(st.permutations(range(1, 6)), st.integers(0, 5))
def test_nobody_is_lost_and_nobody_overtakes_the_others(waiting: list[int], count: int) -> None:
    late = waiting[:count]

    order = _order(*late)

    assert sorted(order) == [1, 2, 3, 4, 5]
    assert order[len(order) - count :] == late
