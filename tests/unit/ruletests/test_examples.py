"""
The tests that are shipped with the example rules.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fakes import FakeClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.ruletests.coverage import Coverage, missing
from tradewarden.ruletests.loader import load_tests
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests
from unit.ruletests.conftest import EXAMPLES

if TYPE_CHECKING:
    from tradewarden.ruletests.verdict import Verdict


def play_examples() -> list[Verdict]:
    loaded = load_tests(EXAMPLES / "rules.test.yaml", VOCABULARY)
    return asyncio.run(run_tests(loaded.tests, loaded.rules, FakeClock()))


def test_the_example_rules_do_what_their_tests_say() -> None:
    failed = [line for verdict in play_examples() if not verdict.passed for line in verdict_lines(verdict)]

    assert failed == []


def test_everything_that_can_be_tried_of_the_example_rules_is() -> None:
    coverage = Coverage()
    for verdict in play_examples():
        coverage.add(verdict.played)

    assert {rule.name: list(missing(rule.items)) for rule in coverage.rules.values()} == {
        "far-target-off-on-a-red-day": [],
        "out-of-reach-in-a-crash": [],
        "let-a-strong-day-run": [],
        "no-far-targets-over-the-weekend": [],
    }
    tried, all_ = coverage.score
    assert tried == all_ > 0
