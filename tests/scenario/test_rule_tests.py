"""
A test of rules plays what the whole daemon does: the same rules over the same readings end the same.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario.scripts import rule, rules, smart_trade
from scenario.stage import Stage
from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.decision import Outcome
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import Listing
from tradewarden.rulesfile.loader import parse_rules
from tradewarden.ruletests.case import FactSeries, RuleTest, Subject
from tradewarden.ruletests.play import play
from tradewarden.ruletests.recording import FACTS
from tradewarden.ruletests.settable import ORDER, SETTABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.model.decision import OutcomeRow

A_MINUTE = timedelta(minutes=1)
COUNTED = {Outcome.DENIED, Outcome.DEFERRED}
Row = tuple[int, str, int, str, str | None]  # reading, rule, step, outcome, reason


def new_rows(reports: Sequence[Sequence[OutcomeRow]]) -> list[Row]:
    """
    Return the rows that the journal would not merely count.
    """
    latest: dict[tuple[str, int], tuple[int, Outcome, str | None]] = {}
    found: list[Row] = []
    for index, rows in enumerate(reports):
        for row in rows:
            fate = (row.trade_id, row.outcome, row.reason)
            key = (row.rule, row.smart_trade_id)
            if row.outcome not in COUNTED or latest.get(key) != fate:
                found.append((index, row.rule, row.trade_id, row.outcome.value, row.reason))
            latest[key] = fate
    return found


def run_daemon(text: str, days: Sequence[str | None], *, steps: int) -> tuple[list[Listing], list[Row]]:
    """
    Let the whole daemon live through *days*, a cycle each minute; return what it read and what it did.
    """
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        try:
            stage.add(smart_trade(prices=("150", "200", "250")[:steps]), day_change=days[0])
            stage.open(text)
            reports = []
            for index, day in enumerate(days):
                stage.market(day_change=day)
                reports.append(stage.cycle(minutes=1 if index else 0).outcomes)
        finally:
            stage.end()
        assert stage.broken_promises == []
    listings = [data["listing"] for event, data in stage.ears.told if event == "cycle.evaluated"]
    return [listing for listing in listings if isinstance(listing, Listing)], new_rows(reports)


def run_test(text: str, listings: Sequence[Listing]) -> list[Row]:
    """
    Play the same as a test of rules: the first SmartTrade, and what of it changed.
    """
    trades = [listing.smart_trades[0] for listing in listings]
    series = [
        FactSeries(fact=name, put=SETTABLE[name].put, order=ORDER[name], values=tuple(read(trade) for trade in trades))
        for name, read in FACTS.items()
    ]
    test = RuleTest(
        name="the same",
        place="here",
        subjects=(Subject(trade=trades[0], series=tuple(sorted(series, key=lambda one: one.order))),),
        markets=(),
        every=A_MINUTE,
        readings=len(trades),
        start=listings[0].asked_at.wall,
        mode=Mode.LIVE,
        enabled=frozenset(),
        only=None,
        has_moving_price=True,
        expected=(),
    )
    loaded = parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
    played = asyncio.run(play(test, loaded))
    return [
        (frame.index, row.rule, row.trade_id, row.outcome.value, row.reason)
        for frame in played.frames
        for row in frame.new
    ]


written = st.fixed_dictionaries(
    {
        "for_": st.sampled_from(["0s", "1m", "2m"]),
        "cancel": st.sampled_from(["farthest", "nearest", "{position: 2}", "{where: step.price > 180}"]),
        "keep": st.sampled_from([1, 2]),
        "repeat": st.sampled_from(["never", "on-reset", "2m"]),
    }
)


@settings(max_examples=25, deadline=None)
@given(
    first=written,
    second=written,
    days=st.lists(st.sampled_from(["-4", "-6", "-6", None]), min_size=1, max_size=7),
    steps=st.sampled_from([2, 3]),
)
def test_the_runner_agrees_with_the_daemon(
    first: dict[str, object], second: dict[str, object], days: list[str | None], steps: int
) -> None:
    text = rules(rule("first", **first), rule("second", **{**second, "when": "day_change < -5%"}))

    listings, expected = run_daemon(text, days, steps=steps)

    assert run_test(text, listings) == expected
