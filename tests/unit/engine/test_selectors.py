"""
Selectors: the step that a rule means, or none. One step is never skipped for another.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import (
    ENTRY,
    FAR,
    NEAR,
    make_condition,
    make_moment,
    make_price,
    make_settings,
    make_smart_trade,
    make_step,
    status,
    with_prices,
    with_step,
)
from tradewarden.engine.decide import trade_facts
from tradewarden.engine.selectors import choose
from tradewarden.model.smart_trade import Side, TradeId
from tradewarden.rules.ruleset import AtPosition, Farthest, Nearest, Where
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from tradewarden.engine.selectors import Choice
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.ruleset import Selector

THIRD = TradeId(ENTRY + 3)
THREE = with_prices("0.3", "0.4", "0.5")
SHORT = with_prices("0.09", "0.08", "0.07", side=Side.SHORT)
ALL = {
    "farthest": Farthest(),
    "nearest": Nearest(),
    "position": AtPosition(2),
    "where": Where(make_condition("step.share == 35%", Scope.STEP)),
}


def where(text: str) -> Where:
    return Where(make_condition(text, Scope.STEP))


def chosen(selector: Selector, trade: SmartTrade) -> Choice:
    seen, facts = trade_facts(trade, settings=make_settings(), now=make_moment(), watch=None)
    return choose(selector, seen, facts)


@pytest.mark.parametrize(
    ("selector", "trade", "position"),
    [
        pytest.param(Farthest(), THREE, 3, id="farthest of a long"),
        pytest.param(Nearest(), THREE, 1, id="nearest of a long"),
        pytest.param(Farthest(), SHORT, 3, id="farthest of a short"),
        pytest.param(Nearest(), SHORT, 1, id="nearest of a short"),
        pytest.param(AtPosition(2), THREE, 2, id="position"),
        pytest.param(where("step.distance > 300%"), THREE, 3, id="where"),
        pytest.param(where("step.position == 1 and day_change < -5%"), THREE, 1, id="where, with its SmartTrade"),
        pytest.param(Farthest(), with_prices("0.3"), 1, id="the only one"),
        pytest.param(Farthest(), with_prices("0.5", "0.3", "0.4"), 1, id="by price, not by position"),
    ],
)
def test_the_step_that_is_meant(selector: Selector, trade: SmartTrade, position: int) -> None:
    step = chosen(selector, trade).step

    assert step is not None
    assert step.position == position


@pytest.mark.parametrize("word", ["idle", "pending_cancellation", "trailing_activated", "a_new_one", "smart_sell"])
def test_a_step_that_may_not_be_cancelled_is_not_skipped(word: str) -> None:
    """
    It is chosen, and the proposal is denied; it does not fall on the next.
    """
    trade = with_step(THREE, THIRD, status=status(word))

    assert chosen(Farthest(), trade).step == trade.steps[2]


def test_a_step_without_a_share_is_not_skipped_either() -> None:
    """
    By its price it is the farthest; that its share is unknown is for the invariants to judge.
    """
    trade = with_step(THREE, THIRD, share_pct=None)

    assert chosen(Farthest(), trade).step == trade.steps[2]


@pytest.mark.parametrize("word", ["finished", "cancelled", "failed", "panic_sold"])
def test_what_is_over_is_not_meant(word: str) -> None:
    trade = with_step(THREE, THIRD, status=status(word), price=None, position=None)

    assert chosen(Farthest(), trade).step == trade.steps[1]
    assert chosen(AtPosition(2), trade).step == trade.steps[1]


@pytest.mark.parametrize("selector", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize(
    ("trade", "why"),
    [
        pytest.param(with_prices(), "no step is left", id="no steps"),
        pytest.param(
            make_smart_trade(steps=(make_step(word="finished"),)), "no step is left", id="none that is not over"
        ),
        pytest.param(with_step(THREE, NEAR, price=None), "the price of a step is unknown", id="no price"),
        pytest.param(with_step(THREE, NEAR, price=Decimal(0)), "the price of a step is unknown", id="price zero"),
        pytest.param(with_step(SHORT, FAR, price=Decimal(-1)), "the price of a step is unknown", id="price negative"),
        pytest.param(with_step(THREE, NEAR, id=FAR), "two steps have the same id", id="same id"),
        pytest.param(with_step(THREE, NEAR, status=None), "the status of a step is unknown", id="no status"),
    ],
)
def test_what_is_unknown_about_one_step_is_a_reason_to_choose_none(
    selector: Selector, trade: SmartTrade, why: str
) -> None:
    choice = chosen(selector, trade)

    assert choice.step is None
    assert choice.why == why


@pytest.mark.parametrize(
    ("selector", "trade", "why"),
    [
        pytest.param(Farthest(), with_prices("0.3", "0.4", "0.4"), "more than one step is the farthest", id="tie"),
        pytest.param(Nearest(), with_prices("0.30", "0.3"), "more than one step is the nearest", id="tie by number"),
        pytest.param(Farthest(), with_prices("0.3", side=None), "the side is unknown", id="no side"),
        pytest.param(AtPosition(4), THREE, "no step is at position 4", id="no such position"),
        pytest.param(
            AtPosition(2),
            with_step(THREE, NEAR, position=None),
            "the position of a step is unknown",
            id="unknown position",
        ),
        pytest.param(
            AtPosition(2), with_step(THREE, NEAR, position=2), "more than one step is at position 2", id="same position"
        ),
        pytest.param(where("step.distance > 900%"), THREE, "no step matches `where`", id="no match"),
        pytest.param(where("step.distance > 100%"), THREE, "more than one step matches `where`", id="several matches"),
        pytest.param(
            where("step.distance > 300%"),
            with_prices("0.3", "0.5", price=make_price(last=None)),
            "`where` is unknown for step 1",
            id="unknown distance",
        ),
        pytest.param(
            where("step.share > 30% or step.position == 1"),
            with_step(with_step(THREE, FAR, share_pct=None, position=None), THIRD, share_pct=Decimal(1)),
            f"`where` is unknown for step {FAR}",
            id="unknown for another step",
        ),
    ],
)
def test_in_doubt_nothing_is_chosen(selector: Selector, trade: SmartTrade, why: str) -> None:
    choice = chosen(selector, trade)

    assert choice.step is None
    assert choice.why == why


def test_a_choice_tells_why() -> None:
    assert chosen(Farthest(), THREE).why == "step 3 is the farthest"
    assert chosen(Nearest(), with_step(THREE, NEAR, position=None)).why == f"step {NEAR} is the nearest"
