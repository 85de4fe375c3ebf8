"""
Tests for tradewarden.engine.allowance.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fakes import START
from journal_samples import RULE, SMART_TRADE, TRADE, moment
from status_samples import make_known, make_status
from tradewarden.engine.allowance import cancels_left, penalty_left, requests_left
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Ledger, Penalty
from tradewarden.model.standing import Standing, Switch

MINUTE = timedelta(minutes=1)


def attempt(outcome: Outcome | None, *, age: timedelta) -> Attempt:
    return Attempt(
        rule=RULE, smart_trade_id=SMART_TRADE, trade_id=TRADE, at=START - age, outcome=outcome, fingerprint=None
    )


def under_penalty(*, began: timedelta) -> Standing:
    penalty = Penalty(began=moment(START - began), pause=5 * MINUTE, bans=0, reason="429")
    return Standing(switch=Switch(armed=True), penalty=penalty)


def test_in_the_minute_of_its_word_it_is_what_the_daemon_said() -> None:
    """START is at second 5 of its minute."""
    assert requests_left(make_known(record=make_status(written_at=START - timedelta(seconds=5)))) == 45


def test_in_the_next_minute_all_requests_are_back() -> None:
    assert requests_left(make_known(record=make_status(written_at=START - timedelta(seconds=6)))) == 50


def test_under_a_penalty_no_request_is_left() -> None:
    known = make_known(standing=under_penalty(began=timedelta(0)))

    assert penalty_left(known) == 5 * MINUTE
    assert requests_left(known) == 0


def test_a_penalty_that_is_over_leaves_the_requests_alone() -> None:
    """Another boot since: the wall clock tells."""
    penalty = Penalty(began=moment(START - 5 * MINUTE), pause=5 * MINUTE, bans=0, reason="429")
    standing = Standing(switch=Switch(armed=True), penalty=penalty)
    known = make_known(standing=standing, now=replace(moment(), boot_id="boot-2"))

    assert penalty_left(known) == timedelta(0)
    assert requests_left(known) == 45


@pytest.mark.parametrize(
    ("outcome", "age", "left"),
    [
        (Outcome.CANCELLED, timedelta(minutes=59), 59),
        (None, timedelta(minutes=59), 59),
        (Outcome.CANCELLED, timedelta(minutes=60), 60),
        (Outcome.CANCELLED, -timedelta(days=1), 59),
        (Outcome.REJECTED, timedelta(0), 60),
    ],
    ids=["cancelled", "open", "an-hour-ago", "of-the-future", "rejected"],
)
def test_cancels_of_an_hour_count_as_the_limit_counts_them(outcome: Outcome | None, age: timedelta, left: int) -> None:
    known = make_known(ledger=Ledger(armed=True, attempts=(attempt(outcome, age=age),)))

    assert cancels_left(known) == left


def test_a_limit_that_was_lowered_leaves_none() -> None:
    attempts = tuple(attempt(Outcome.CANCELLED, age=timedelta(0)) for _ in range(3))
    known = make_known(record=make_status(cancels_per_hour=2), ledger=Ledger(armed=True, attempts=attempts))

    assert cancels_left(known) == 0


def test_what_nobody_says_is_not_guessed() -> None:
    assert requests_left(make_known(is_alive=False)) is None
    assert cancels_left(make_known(is_alive=False)) is None
    assert cancels_left(make_known(ledger=None)) is None
    assert penalty_left(make_known(standing=None)) == timedelta(0)
