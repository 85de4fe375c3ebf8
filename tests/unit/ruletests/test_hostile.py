"""
Whatever stands in a test file: it is valid, or its problems are told; nothing else ever comes of it.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FakeClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.ruletests.case_reader import KEYS
from tradewarden.ruletests.coverage import Coverage
from tradewarden.ruletests.expect_reader import KNOWN
from tradewarden.ruletests.fact_reader import EVERY, OF, STEPS
from tradewarden.ruletests.loader import load_tests
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests
from tradewarden.ruletests.settable import SETTABLE, STEP_SETTABLE

if TYPE_CHECKING:
    from pathlib import Path

    from unit.ruletests.conftest import Desk

LONGEST_PLAYED = 100  # readings

WORDS = [
    "two_steps.json",
    "three_steps.json",
    "rules.yaml",
    "red-day",
    "unknown",
    "-6%",
    "-6% x 3",
    "-6% x 99999",
    "1m",
    "90s",
    "0s",
    "999999d",
    "2026-01-02T03:00",
    "0001-01-01",
    "9999-12-31T23:59+14:00",
    "long",
    "finished",
    "steps-remain",
    "cancels_per_cycle",
    "live",
    "",
    "\u202e",
    "30428625",
]
NUMBERS = [0, 1, 2, 30428625, -1, 1.5, 10**30, 10**50]
KEYS_OF_ALL = [
    *KEYS,
    *KNOWN,
    *SETTABLE,
    *STEP_SETTABLE,
    EVERY,
    OF,
    STEPS,
    "30428625",
    "1",
    "2",
    "position",
    "price",
    "id",
]

scalars = st.sampled_from([*WORDS, *NUMBERS, None, True, False])
keys = st.sampled_from(KEYS_OF_ALL) | st.text(max_size=5)
anything: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)
tests = st.fixed_dictionaries(
    {"name": st.just("one") | anything, "expect": anything},
    optional={
        "smart_trade": st.just("two_steps.json") | anything,
        "smart_trades": st.just(["two_steps.json", "three_steps.json"]) | anything,
        **{key: anything for key in KEYS if key not in {"name", "expect", "smart_trade", "smart_trades"}},
    },
)
facts = st.dictionaries(st.sampled_from([*SETTABLE, STEPS, OF, EVERY]), anything, max_size=5)
entries = st.dictionaries(st.sampled_from(KNOWN), anything, max_size=4)
sensible = st.fixed_dictionaries(
    {"name": st.just("one"), "smart_trade": st.just("two_steps.json"), "expect": st.lists(entries, max_size=3)},
    optional={"set": facts, "series": facts},
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(st.lists(tests | sensible, max_size=2) | anything)
def test_a_test_file_is_valid_or_its_problems_are_told(desk: Desk, written: object) -> None:
    path = desk.folder / "any.yaml"
    path.write_text(json.dumps({"rules": "rules.yaml", "tests": written}), encoding="utf-8")

    problems = played_or_refused(path)

    assert all(str(path) in problem for problem in problems)


def played_or_refused(path: Path) -> tuple[str, ...]:
    """
    Play what is valid, or return the problems.
    """
    try:
        loaded = load_tests(path, VOCABULARY)
    except ConfigError as error:
        return error.problems or ("it does not say why",)
    short = [test for test in loaded.tests if test.readings <= LONGEST_PLAYED]
    for verdict in asyncio.run(run_tests(short, loaded.rules, FakeClock())):
        assert list(verdict_lines(verdict))
        Coverage().add(verdict.played)
    return ()
