"""
Why a window is unknown.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import make_moment, make_rule
from tradewarden.engine.surroundings import survey
from tradewarden.engine.unfilled import Reach
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.history import History, Sample, pack
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue

A, B = SmartTradeId(1), SmartTradeId(2)
BTC = 'market("USDT_BTC").last'
NAMES = ("highest(profit, 10m)", "change(last, 1d)", f"lowest({BTC}, 10m)")
PLAN = plan_windows(
    [make_rule(f"highest(profit, 10m) > 1% or change(last, 1d) > 1% or lowest({BTC}, 10m) > 1")],
    lambda _: timedelta(minutes=1),
)


def _sample(minutes: int, *profits: str | None, market: str | None = None) -> Sample:
    values = [None if one is None else Decimal(one) for one in profits]
    return Sample(
        at=make_moment(-60 * minutes),
        subjects=(A, B),
        columns={"profit": pack(values), "last": pack(values)},
        markets={} if market is None else {BTC: Decimal(market)},
    )


def _told(history: History, **present: Decimal | None) -> list[str]:
    facts: dict[str, FactValue] = {"profit": Decimal(5), "last": Decimal(5), BTC: Decimal(5), **present}
    survey(PLAN, history, {}, make_moment()).extend(facts, A, make_moment())
    facts.setdefault(BTC, Decimal(5))
    return list(Reach(PLAN, history, make_moment()).why_unknown(NAMES, facts, A))


def test_nothing_was_read_yet() -> None:
    assert _told(History()) == [f"{name}: no reading of it so far" for name in NAMES]


def test_how_far_the_readings_reach() -> None:
    """
    Each SmartTrade by its own readings: another one was watched for longer.
    """
    history = History.of(
        [_sample(9, None, "1"), _sample(3, "1", "1", market="1"), _sample(2, "1", "1"), _sample(1, "1", "1")]
    )

    assert _told(history) == [
        "highest(profit, 10m): its readings reach back 3m of 10m",
        "change(last, 1d): its readings reach back 3m of 1d",
        f"lowest({BTC}, 10m): its readings reach back 3m of 10m",
    ]


def test_readings_are_missing() -> None:
    history = History.of([_sample(10, "1", "1"), _sample(9, "1", "1"), _sample(1, "1", "1")])

    assert _told(history)[0] == "highest(profit, 10m): too many of its readings are missing"


def test_nothing_is_said_of_a_window_that_is_filled() -> None:
    history = History.of([_sample(minutes, "1", "1") for minutes in range(10, 0, -1)])

    assert [told.split(": ")[0] for told in _told(history)] == list(NAMES[1:])


@pytest.mark.parametrize("name", ["profit", "last"])
def test_what_is_unknown_itself_is_no_matter_of_readings(name: str) -> None:
    assert not any(f"({name}," in told for told in _told(History(), **{name: None}))
