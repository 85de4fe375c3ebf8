"""
Rules that look back: the readings of a test are the readings that windows look back on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk

RULE = """\
version: 1
rules:
  - name: falling
    when: {when}
    cancel: farthest
"""


@pytest.mark.parametrize(
    ("when", "series", "fires_at"),
    [
        ("change(last, 10m) < -2%", "last: [0.1 x 9, 0.0991 x 2, 0.0979, 0.1]", 11),
        ("change(last, 10m) < -2%", "last: [0.1 x 5, 0.0979]", None),
        ("change(day_change, 10m) <= -3%", "day_change: [-1% x 9, -3.9% x 2, -4%]", 11),
        ("lowest(last, 10m) < 0.0995", "last: [0.099, 0.1 x 9, 0.1001]", 10),
        ("highest(profit, 10m) > 5%", "profit: [6%, 1% x 10]", 10),
        ("held(day_change < -5%, 10m)", "day_change: [-6% x 5, -4%, -6% x 12]", 16),
        ("held(day_change < -5%, 10m)", "day_change: [-6% x 5, -4%, -6% x 5]", None),
    ],
)
def test_a_window_is_filled_by_the_readings(desk: Desk, when: str, series: str, fires_at: int | None) -> None:
    """One that is filled may begin a cycle off its length."""
    desk.rules(RULE.format(when=when))

    verdict = desk.one(f"series: {{every: 1m, {series}}}\nexpect: []\n")

    fired = [frame.index for frame in verdict.played.frames if frame.new]
    assert (fires_at is None) == (fired == [])
    assert fires_at is None or fires_at - 1 <= fired[0] <= fires_at


def test_a_rule_that_is_asked_more_often_than_it_is_played_looks_back_all_the_same(desk: Desk) -> None:
    """The readings of a test are its cycles: what lies between two of them is no gap."""
    desk.rules(RULE.format(when="change(last, 30m) < -2%") + "    every: 1m\n")

    verdict = desk.one("series: {every: 10m, last: [0.1, 0.0995, 0.099, 0.097]}\nexpect: []\n")

    assert [frame.index for frame in verdict.played.frames if frame.new] == [3]


def test_what_a_window_came_to_is_told(desk: Desk) -> None:
    desk.rules(RULE.format(when="change(last, 2m) < -2%"))

    told = desk.told("""
series: {every: 1m, last: [0.1, 0.0995, 0.099]}
expect: [{at: 2m, rule: falling, cancels: {position: 2}}]
""")

    assert told[2] == "happened: its condition is not true: change(last, 2m) -1 % < -2 %: false"
