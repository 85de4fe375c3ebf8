"""
The list of trades of a test: derived as 3Commas would show it, or as given and brought up to date.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from factories import (
    ENTRY,
    FAR,
    NEAR,
    NO_STOP_LOSS,
    STOP_LOSS,
    make_case,
    make_rows,
    make_smart_trade,
    make_stop_loss,
    with_step,
    without_step,
)
from tradewarden.engine.invariants import examine
from tradewarden.model.status import TradeStatus
from tradewarden.ruletests.case import Subject
from tradewarden.ruletests.trade_rows import rows_of

TRADE = make_smart_trade()
FINISHED = TradeStatus("finished")
GIVEN = Subject(trade=TRADE, rows=make_rows(TRADE))


def test_derived_rows_are_those_of_the_documented_smart_trade() -> None:
    assert rows_of(Subject(trade=TRADE), TRADE, ()) == make_rows(TRADE)


def test_every_check_holds_on_derived_rows() -> None:
    checks = examine(make_case(TRADE, trades=rows_of(Subject(trade=TRADE), TRADE, ())))

    assert [check.name for check in checks if not check.holds] == []


def test_a_cancelled_step_keeps_its_row() -> None:
    rows = rows_of(Subject(trade=TRADE), without_step(TRADE, FAR), {FAR})

    assert [(row.id, row.status.word if row.status else None, row.cancelable) for row in rows] == [
        (ENTRY, "smart_sell", False),
        (NEAR, "order_placed", True),
        (FAR, "cancelled", False),
        (STOP_LOSS, "to_process", True),
    ]


def test_a_filled_step_has_realised_all_of_it() -> None:
    row = rows_of(Subject(trade=TRADE), with_step(TRADE, NEAR, status=FINISHED), ())[1]

    assert (row.realised_quantity, row.realised_pct, row.cancelable) == (Decimal("7.0"), Decimal(100), False)


def test_without_a_stop_loss_there_is_no_row() -> None:
    off = replace(TRADE, stop_loss=NO_STOP_LOSS)

    assert [row.purpose for row in rows_of(Subject(trade=TRADE), off, ())] == ["position", "take_profit", "take_profit"]


def test_what_nobody_knows_is_unknown_in_the_row_too() -> None:
    odd = with_step(TRADE, NEAR, status=None)

    row = rows_of(Subject(trade=TRADE), odd, ())[1]

    assert (row.status, row.cancelable) == (None, None)


def test_an_entry_that_is_not_complete_has_realised_nothing() -> None:
    waiting = replace(TRADE, position_status=TradeStatus("order_placed"))

    assert rows_of(Subject(trade=TRADE), waiting, ())[0].realised_quantity == 0


def test_a_smart_trade_without_steps_has_rows_all_the_same() -> None:
    bare = replace(TRADE, steps=())

    assert [row.id for row in rows_of(Subject(trade=bare), bare, ())] == [1, 3]


def test_given_rows_stay_as_they_are() -> None:
    assert rows_of(GIVEN, TRADE, ()) == GIVEN.rows


def test_given_rows_follow_what_changes() -> None:
    changed = with_step(TRADE, NEAR, status=FINISHED)
    changed = replace(changed, stop_loss=make_stop_loss(word="finished"))

    entry, near, far, stop_loss = rows_of(GIVEN, changed, {FAR})

    assert entry == make_rows(TRADE)[0]
    assert (near.status, near.realised_pct) == (FINISHED, Decimal(100))
    assert (far.status, far.cancelable) == (TradeStatus("cancelled"), False)
    assert stop_loss.status == FINISHED


def test_the_given_row_of_a_stop_loss_that_is_taken_off_is_cancelled() -> None:
    off = replace(TRADE, stop_loss=NO_STOP_LOSS)

    assert rows_of(GIVEN, off, ())[3].status == TradeStatus("cancelled")
