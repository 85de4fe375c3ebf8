"""
The phrases that are used outside of a verdict too.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from factories import make_attempt, make_step
from tradewarden.engine.explanation import HoldState, RepeatState
from tradewarden.engine.verdict_words import hold_text, repeat_text, step_text
from tradewarden.model.smart_trade import TradeId
from tradewarden.rules.ruleset import Repeat

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("held", "text"),
    [
        (0 * MINUTE, "held 0s of 2m, 2m left"),
        (1.5 * MINUTE, "held 1m30s of 2m, 30s left"),
        (3 * MINUTE, "held 3m, 2m are needed"),
    ],
)
def test_a_hold(held: timedelta, text: str) -> None:
    assert hold_text(HoldState(held=held, needed=2 * MINUTE)) == text


def test_what_nothing_used_up() -> None:
    text = repeat_text(Repeat(), RepeatState(is_spent=False, last=None))

    assert text == "`repeat: never`, nothing cancelled here so far"


def test_what_is_allowed_again() -> None:
    text = repeat_text(Repeat(), RepeatState(is_spent=False, last=make_attempt()))

    assert text == "`repeat: never`, last cancel here at 2026-01-02 11:50:00 UTC (cancelled)"


def test_a_step_without_a_price_or_a_position() -> None:
    assert step_text(make_step(2, price=None)) == "step 2"
    assert step_text(make_step(None, id=TradeId(77), price="0.1")) == "step 77 at 0.1"
    assert step_text(make_step(1, price="1E-8")) == f"step 1 at {Decimal('1E-8'):f}"
