"""
Tests for tradewarden.model.standing.
"""

from __future__ import annotations

from datetime import timedelta

from fakes import START
from tradewarden.model.standing import Switch, Turn

BY_HAND = Turn(event="disarmed", reason="holiday", at=START)
AGAIN = Turn(event="disarmed", reason="still", at=START + timedelta(hours=1))
BREACH = Turn(event="breach", reason="the stop loss is gone", at=START + timedelta(hours=2))


def test_the_first_turn_counts() -> None:
    """Since then it is disarmed, however often somebody makes sure."""
    assert Switch(armed=False, turns=(BY_HAND, AGAIN)).turn == BY_HAND


def test_a_breach_counts_before_all_others() -> None:
    assert Switch(armed=False, turns=(BY_HAND, BREACH)).turn == BREACH


def test_a_new_switch_was_never_turned() -> None:
    assert Switch(armed=True).turn is None
