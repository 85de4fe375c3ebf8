"""
How long after a reading there surely is no other, by the schedules of the rules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import NOON
from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.loader import load_rules
from tradewarden.ruletests.own_reading import alone_for

if TYPE_CHECKING:
    from pathlib import Path

RULE = "{{name: {name}, when: day_change < -5%, cancel: farthest{more}}}"


def seconds_alone(folder: Path, schedule: str, *more: str) -> float:
    """
    Return it for the first of rules with those further keys each.
    """
    rules = "".join(f"  - {RULE.format(name=f'rule-{number}', more=one)}\n" for number, one in enumerate(more))
    path = folder / "rules.yaml"
    path.write_text(f"version: 1\nschedule: {schedule}\nrules:\n{rules}", encoding="utf-8")
    loaded = load_rules(path, VOCABULARY)
    return alone_for(loaded, loaded.ruleset.rules[0], now=NOON) / timedelta(seconds=1)


@pytest.mark.parametrize(
    ("schedule", "more", "seconds"),
    [
        ("{every: 5s}", [""], 4.5),
        ("{every: 60s}", [""], 54),
        ("{every: 60s, jitter: 10s}", [""], 44),
        ("{every: 60s, jitter: 59s}", [""], 6),
        ('{cron: "*/5 * * * *"}', [""], 270),
        # A cycle of another rule is a reading too: every 60 s and every 7 s they are a second apart at times.
        ("{every: 60s}", ["", ", every: 7s"], 0.9),
        ("{every: 60s}", ["", ", every: 5s"], 4.5),
        ("{every: 60s}", ["", ", every: 5s, enabled: false"], 54),
        # Two cron expressions name whole minutes; how an interval lies to one nobody knows.
        ('{cron: "*/5 * * * *"}', ["", ', schedule: {cron: "2 * * * *"}'], 54),
        ("{every: 60s}", ["", ', schedule: {cron: "*/5 * * * *"}'], 6),
        # The rule that decided was on, whatever the file says now.
        ("{every: 60s}", [", every: 20s, enabled: false"], 18),
    ],
)
def test_how_long_no_other_reading_can_be(tmp_path: Path, schedule: str, more: list[str], seconds: float) -> None:
    assert seconds_alone(tmp_path, schedule, *more) == seconds


def test_a_rule_that_is_off_decides_by_its_own_schedule(tmp_path: Path) -> None:
    seconds_alone(tmp_path, "{every: 60s}", "")
    loaded = load_rules(tmp_path / "rules.yaml", VOCABULARY)
    off = replace(loaded.ruleset.rules[0], name="another")

    assert alone_for(loaded, off, now=NOON) == timedelta(seconds=54)
