"""
Statuses: every word of the API is judged once, and an unknown one is never safe.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewarden.model.status import (
    KNOWN_SMART_TRADE_STATUSES,
    KNOWN_TRADE_STATUSES,
    SMART_TRADE_BEING_CANCELLED,
    SMART_TRADE_ENDED,
    SMART_TRADE_OPEN,
    TradeStatus,
    is_being_cancelled,
)

LIVE, CANCELABLE, FILLED, SOLD = "live", "cancelable", "filled", "sold"
TERMINAL, TRANSITION, DONE = "terminal", "in transition", "done as position"
TABLE = {
    "to_process": {LIVE, CANCELABLE},
    "order_placed": {LIVE, CANCELABLE},
    "trailing_activated": {LIVE},
    "finished": {FILLED, SOLD, TERMINAL, DONE},
    "panic_sold": {SOLD, TERMINAL},
    "cancelled": {TERMINAL},
    "failed": {TERMINAL},
    "smart_sell": {TRANSITION, DONE},  # own funds: over only as a position
    "idle": {TRANSITION},
    "async_order_placement": {TRANSITION},
    "need_reset": {TRANSITION},
    "pending_cancellation": {TRANSITION},
    "panic_sell_pending": {TRANSITION},
    "panic_sell_order_placed": {TRANSITION},
    "inactive": {TRANSITION},
    "suspended": {TRANSITION},
}


def judged(word: str) -> set[str]:
    status = TradeStatus(word)
    verdicts = {
        LIVE: status.is_live,
        CANCELABLE: status.is_cancelable,
        FILLED: status.is_filled,
        SOLD: status.is_sold,
        TERMINAL: status.is_terminal,
        TRANSITION: status.is_in_transition,
        DONE: status.is_done_as_position,
    }
    return {name for name, verdict in verdicts.items() if verdict}


def test_the_table_is_complete() -> None:
    assert TABLE.keys() == KNOWN_TRADE_STATUSES


@pytest.mark.parametrize(("word", "verdicts"), TABLE.items(), ids=TABLE.keys())
def test_every_word_is_judged(word: str, verdicts: set[str]) -> None:
    assert judged(word) == verdicts
    assert TradeStatus(word).is_known
    assert str(TradeStatus(word)) == word


@given(st.text() | st.sampled_from([word.upper() for word in TABLE] + [f"{word} " for word in TABLE]))
def test_a_word_that_nobody_knows_is_in_transition(word: str) -> None:
    assert word in TABLE or (judged(word) == {TRANSITION} and not TradeStatus(word).is_known)


@pytest.mark.parametrize("word", [*sorted(SMART_TRADE_BEING_CANCELLED), "cancellation_of_a_new_kind"])
def test_a_smart_trade_that_is_being_cancelled(word: str) -> None:
    assert is_being_cancelled(word)


@pytest.mark.parametrize(
    "word", [*sorted(KNOWN_SMART_TRADE_STATUSES - SMART_TRADE_BEING_CANCELLED), "cancel", "", None]
)
def test_a_smart_trade_that_is_not(word: str | None) -> None:
    assert not is_being_cancelled(word)


def test_open_cancelled_and_ended_are_three_things() -> None:
    assert SMART_TRADE_OPEN not in SMART_TRADE_ENDED | SMART_TRADE_BEING_CANCELLED
    assert not SMART_TRADE_ENDED & SMART_TRADE_BEING_CANCELLED
    assert len(KNOWN_SMART_TRADE_STATUSES) == 15
