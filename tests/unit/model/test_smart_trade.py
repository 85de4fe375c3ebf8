"""
The SmartTrade as it was read.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from factories import (
    FAR,
    NEAR,
    make_reading,
    make_rows,
    make_smart_trade,
    make_step,
    make_stop_loss,
    make_trade_row,
)
from tradewarden.model.smart_trade import TradeId

TRADE = make_smart_trade()


@pytest.mark.parametrize(
    ("word", "is_open"),
    [("waiting_targets", True), ("waiting_position", False), ("finished", False), ("a_new_one", False), (None, False)],
)
def test_open_is_one_status_only(word: str | None, is_open: bool) -> None:
    assert make_smart_trade(status=word).is_open is is_open


@pytest.mark.parametrize(
    ("pair", "quote"), [("USDT_DOGE", "USDT"), ("USDT_BTCUSDT_UMCBL", "USDT"), ("ODD", "ODD"), ("_X", "")]
)
def test_the_quote_is_the_first_part_of_the_pair(pair: str, quote: str) -> None:
    assert make_smart_trade(pair=pair).quote == quote


def test_a_step_is_found_by_its_id() -> None:
    assert TRADE.step(FAR) == TRADE.steps[1]
    assert TRADE.step(TradeId(1)) is None


def test_an_id_that_stands_twice_names_no_step() -> None:
    assert make_smart_trade(steps=(make_step(1), make_step(2, id=NEAR))).step(NEAR) is None


@pytest.mark.parametrize(
    ("enabled", "word", "is_live"),
    [
        (True, "to_process", True),
        (True, "order_placed", True),
        (True, "trailing_activated", True),
        (True, "finished", False),
        (True, "a_new_one", False),
        (True, None, None),
        (False, "to_process", False),
        (False, None, False),
        (None, "to_process", None),
        (None, None, None),
    ],
)
def test_whether_a_stop_loss_is_live(
    enabled: bool | None,
    word: str | None,
    is_live: bool | None,
) -> None:
    assert make_stop_loss(enabled=enabled, word=word).is_live is is_live


def test_all_rows_of_an_id_are_found() -> None:
    twin = make_trade_row(FAR, purpose="stop_loss")
    reading = make_reading(trades=(*make_rows(), twin))

    assert reading.rows_of(FAR) == (make_trade_row(FAR), twin)
    assert reading.rows_of(TradeId(1)) == ()


def test_what_was_read_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        TRADE.steps[0].price = None  # type: ignore[misc]  # that is the point
    assert replace(TRADE) == TRADE
