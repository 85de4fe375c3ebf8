"""
A listing that is too strange to be news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from factories import make_listing, make_price, make_smart_trade
from tradewarden.engine.suspicion import judge_listing, known_count
from tradewarden.model.memory import ListingMemory

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import Listing

KNOWN = make_smart_trade()
UNKNOWN = make_smart_trade(price=make_price(last=None))


def listing(known: int, unknown: int = 0) -> Listing:
    return make_listing(*[KNOWN] * known, *[UNKNOWN] * unknown)


def play(*counts: int) -> list[bool]:
    """
    Return for each listing, one cycle after the other, whether it was acted on.
    """
    memory: ListingMemory | None = None
    acted = []
    for count in counts:
        reason, memory = judge_listing(listing(count), memory)
        acted.append(reason is None)
    return acted


@pytest.mark.parametrize("name", ["bid", "ask", "last", "day_change"])
def test_one_without_a_price_is_not_known(name: str) -> None:
    assert known_count(make_listing(KNOWN, make_smart_trade(price=make_price(**{name: None})))) == 1


def test_a_volume_is_not_needed() -> None:
    assert known_count(make_listing(make_smart_trade(price=make_price(quote_volume=None)))) == 1


YES, NO = True, False


@pytest.mark.parametrize(
    ("counts", "acted"),
    [
        pytest.param([0], [YES], id="the first is accepted"),
        pytest.param([10, 6], [YES, YES], id="fewer, but more than half"),
        pytest.param([10, 5, 10], [YES, NO, YES], id="half, and back again"),
        pytest.param([5, 2], [YES, NO], id="five are enough to be suspicious"),
        pytest.param([4, 0], [YES, YES], id="four are not"),
        pytest.param([10, 20, 11], [YES, YES, YES], id="growth is no reason"),
        pytest.param([10, 2, 2, 2, 2], [YES, NO, NO, NO, YES], id="after three the new picture is accepted"),
        pytest.param([10, 0, 0, 0, 0], [YES, NO, NO, NO, YES], id="an empty list too"),
        pytest.param([20, 9, 8, 7, 7], [YES, NO, NO, NO, YES], id="three that say about the same"),
        pytest.param([10, 4, 2, 1, 0], [YES, NO, NO, NO, NO], id="a list that keeps shrinking says nothing twice"),
        pytest.param([20, 2, 8, 2, 8, 2], [YES, NO, NO, NO, NO, NO], id="one that flickers neither"),
        pytest.param([10, 2, 2, 10, 2, 2], [YES, NO, NO, YES, NO, NO], id="in a row"),
        pytest.param([10, 2, 2, 2, 10], [YES, NO, NO, NO, YES], id="what was accepted counts from then on"),
    ],
)
def test_cycles(counts: list[int], acted: list[bool]) -> None:
    assert play(*counts) == acted


def test_half_of_it_turned_unknown_at_once() -> None:
    reason, memory = judge_listing(listing(5, 5), ListingMemory(accepted_count=10))

    assert reason == "only 5 SmartTrades are readable with a price, 10 were before"
    assert memory == ListingMemory(accepted_count=10, odd_counts=(5,))
