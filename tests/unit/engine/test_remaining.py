"""
Which steps remain after a cancel. (Each way not to count is in test_invariants.py, at `steps-remain`.)
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from factories import ENTRY, FAR, NEAR, make_rows, make_step, status, with_prices, with_row, with_step
from tradewarden.engine.remaining import (
    fingerprint,
    is_same_step,
    live_steps,
    remaining_steps,
    share_without_target_pct,
)
from tradewarden.model.smart_trade import TradeId

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade, TakeProfitStep, Trade

THIRD = TradeId(ENTRY + 3)
THREE = with_prices("0.3", "0.4", "0.5")
MARGIN = Decimal(1)


def remaining(trade: SmartTrade, rows: tuple[Trade, ...] | None, *sent: TradeId) -> list[TradeId]:
    steps = remaining_steps(trade, rows, target=THIRD, sent_steps=frozenset(sent), imminent_margin_pct=MARGIN)
    return [step.id for step in steps]


def test_the_others_remain() -> None:
    assert remaining(THREE, make_rows(THREE)) == [NEAR, FAR]


def test_without_a_list_of_trades_the_smart_trade_alone_is_asked() -> None:
    assert remaining(with_step(THREE, NEAR, status=status("trailing_activated")), None) == [FAR]


def test_a_step_that_was_sent_a_delete_never_counts_again() -> None:
    assert remaining(THREE, make_rows(THREE), NEAR) == [FAR]


def test_both_bodies_must_agree() -> None:
    assert remaining(THREE, with_row(make_rows(THREE), NEAR, status=status("cancelled"))) == [FAR]


def test_a_step_that_is_listed_twice_counts_not_at_all() -> None:
    """
    Nobody knows which of the two is true, not even where no list of trades tells of it.
    """
    twice = replace(THREE, steps=(*THREE.steps, make_step(id=NEAR, price="0.3")))

    assert remaining(twice, None) == [FAR]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"status": None}, id="no status"),
        pytest.param({"status": status("finished")}, id="terminal"),
        pytest.param({"price": None}, id="no price"),
        pytest.param({"price": Decimal("0.1028")}, id="imminent"),
    ],
)
def test_a_step_that_does_not_count_leaves_the_others_alone(changes: dict[str, Any]) -> None:
    trade = with_step(THREE, NEAR, **changes)

    assert remaining(trade, make_rows(THREE)) == [FAR]


def test_live_steps_are_those_that_can_fill() -> None:
    trade = with_step(with_step(THREE, NEAR, status=None), FAR, status=status("trailing_activated"))

    assert [step.id for step in live_steps(trade)] == [FAR, THIRD]


@pytest.mark.parametrize("word", ["finished", "cancelled", "cancelling", "idle"])
def test_a_step_that_cannot_fill_now_is_not_live(word: str) -> None:
    assert [step.id for step in live_steps(with_step(THREE, FAR, status=status(word)))] == [NEAR, THIRD]


STEP = make_step()


@pytest.mark.parametrize(
    ("after", "same"),
    [
        pytest.param(STEP, True, id="nothing"),
        pytest.param(make_step(price="0.40", share_pct=Decimal(35)), True, id="written otherwise"),
        pytest.param(make_step(word="to_process"), True, id="placed anew"),
        pytest.param(make_step(word="finished"), False, id="finished"),
        pytest.param(make_step(word=None), False, id="unreadable"),
        pytest.param(make_step(price="0.41"), False, id="another price"),
        pytest.param(make_step(share_pct=None), False, id="no share"),
    ],
)
def test_what_makes_a_step_another(after: TakeProfitStep, same: bool) -> None:
    assert is_same_step(fingerprint(STEP), fingerprint(after)) is same


def test_a_step_that_comes_to_life_is_another() -> None:
    assert not is_same_step(fingerprint(make_step(word="finished")), fingerprint(STEP))


def test_a_step_that_stays_cancelled_is_the_same() -> None:
    gone = fingerprint(make_step(word="cancelled"))

    assert is_same_step(gone, gone)


@pytest.mark.parametrize(
    ("trade", "share"),
    [
        pytest.param(with_prices("0.3", "0.4"), "65", id="as documented"),
        pytest.param(with_step(THREE, THIRD, status=status("finished")), "30", id="a filled share needs no target"),
        pytest.param(with_step(THREE, THIRD, status=status("panic_sold")), "30", id="nor does one that was sold"),
        pytest.param(with_step(THREE, THIRD, status=status("cancelled")), "65", id="a cancelled one has none"),
        pytest.param(with_step(THREE, THIRD, status=None), "30", id="a status that is missing"),
        pytest.param(with_step(THREE, THIRD, share_pct=None), None, id="a share is unknown"),
        pytest.param(with_step(THREE, FAR, share_pct=None), "30", id="its own share does not matter"),
    ],
)
def test_the_share_without_a_target(trade: SmartTrade, share: str | None) -> None:
    assert share_without_target_pct(trade, FAR) == (None if share is None else Decimal(share))
