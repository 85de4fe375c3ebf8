from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import make_condition, make_rule
from tradewarden.rules.ruleset import Where
from tradewarden.rules.schema import Scope
from tradewarden.ruletests.look_back import needed_history

if TYPE_CHECKING:
    from unit.ruletests.conftest import Desk


@pytest.mark.parametrize(
    ("when", "minutes"),
    [
        ("day_change < -5%", 7),
        ("change(last, 15m) < -5%", 22),
        ('held(lowest(last, 1h) < 5, 10m) and change(market("USDT_BTC").last, 20m) < 1%', 67),
    ],
)
def test_history_is_that_of_the_hold_and_the_longest_window(when: str, minutes: int) -> None:
    assert needed_history(make_rule(when, hold=timedelta(minutes=7))) == timedelta(minutes=minutes)


def test_a_selector_may_look_back_too() -> None:
    where = Where(make_condition("step.distance > 5% and change(last, 2h) < -1%", Scope.STEP))

    assert needed_history(make_rule(cancel=where)) == timedelta(hours=2)


def test_a_test_without_a_list_lasts_as_long(desk: Desk) -> None:
    """So that nothing happens proves something."""
    rules = desk.folder / "rules.yaml"
    text = rules.read_text("utf-8").replace("when: day_change < -5%", "when: change(last, 10m) < -5%")
    rules.write_text(text, encoding="utf-8")

    verdict = desk.one("set: {profit: 1%}\nexpect: []\n")

    assert len(verdict.played.frames) == 13
