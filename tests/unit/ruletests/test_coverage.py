"""
What tests have tried of a condition, and what they have not.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from factories import make_condition
from fakes import FakeClock
from tradewarden.model.truth import Truth
from tradewarden.rules.schema import Scope
from tradewarden.ruletests.coverage import ConditionCoverage, Coverage, missing
from tradewarden.ruletests.coverage_text import coverage_lines
from tradewarden.ruletests.run import run_tests
from unit.ruletests.conftest import test_of as body_of

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactValue
    from unit.ruletests.conftest import Desk


def never(text: str, *facts: dict[str, FactValue], scope: Scope = Scope.SMART_TRADE) -> list[str]:
    """
    Return what was not tried of the condition after it was asked with each of *facts*.
    """
    condition = make_condition(text, scope)
    coverage = ConditionCoverage.of("when", condition)
    for one in facts:
        coverage.add(condition, one)
    return list(missing(coverage.items))


def day(change: str | None, **others: FactValue) -> dict[str, FactValue]:
    return {"day_change": None if change is None else Decimal(change), **others}


def test_nothing_was_tried_of_what_was_never_asked() -> None:
    assert never("day_change < -5%") == ["true", "false", "unknown", "exactly -5 %", "just beyond it, such as -5.1 %"]


def test_each_truth_and_each_side_of_the_edge() -> None:
    assert never("day_change < -5%", day("-5.1"), day("-5"), day(None)) == []
    assert never("day_change < -5%", day("-6"), day("-4")) == [
        "unknown",
        "exactly -5 %",
        "just beyond it, such as -5.1 %",
    ]


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("day_change < -5%", "-5.1 %"),
        ("day_change >= -5%", "-5.1 %"),
        ("day_change <= -5%", "-4.9 %"),
        ("day_change > -5%", "-4.9 %"),
        ("-5% > day_change", "-5.1 %"),
        ("-5% <= day_change", "-5.1 %"),
        ("age > 2h", "2h1m"),
        ("live_steps >= 3", "2"),
        ("last < 0.5", "0.495"),
        ("last < 0", "-1"),
        ("last < ask * 2", None),
        ("day_change == -5%", None),
    ],
)
def test_beyond_the_edge_is_where_the_answer_turns(text: str, beyond: str | None) -> None:
    """The threshold itself belongs to one side; the nearest value of the other side is the one to try."""
    words = [item.partition(", such as ")[2] for item in never(text) if "such as" in item]

    assert words == ([] if beyond is None else [beyond])


def test_what_is_always_known_need_not_be_tried_unknown() -> None:
    assert never('pair like "USDT_*"') == ["true", "false"]
    assert never("known(day_change)") == ["true", "false"]
    assert never("stop_loss") == ["true", "false", "unknown"]
    assert never('side in ["long"]', {"side": "long"}, {"side": None}) == ["false"]


def test_each_part_of_an_and_decides_alone() -> None:
    text = "day_change < -5% and stop_loss"

    assert never(text, day("-6", stop_loss=True))[-2:] == ["alone false: day_change < -5%", "alone false: stop_loss"]
    assert "alone false: stop_loss" not in never(text, day("-6", stop_loss=False))
    assert "alone false: stop_loss" in never(text, day("-4", stop_loss=False))
    assert "alone false: stop_loss" in never(text, day(None, stop_loss=False))


def test_each_part_of_an_or_decides_alone() -> None:
    text = "not (day_change < -5% or stop_loss)"

    assert "alone true: stop_loss" not in never(text, day("-4", stop_loss=True))
    assert "alone true: stop_loss" in never(text, day("-6", stop_loss=True))


def test_each_link_of_a_chain_is_a_comparison() -> None:
    facts: list[dict[str, FactValue]] = [{"profit": Decimal(value)} for value in ("-20", "-19.9", "0", "-0.1")]

    assert never("-20% < profit < 0%", *facts, {"profit": None}) == []
    assert never("1 == live_steps == 1 <= filled_steps", {"live_steps": Decimal(1), "filled_steps": Decimal(0)})[
        :4
    ] == [
        "false",
        "unknown",
        "false",
        "unknown",
    ]


def test_a_yes_or_no_that_is_compared() -> None:
    assert never("stop_loss == true", {"stop_loss": True}, {"stop_loss": False}, {}) == []
    assert never("stop_loss == breakeven != true", {"stop_loss": True, "breakeven": True}) == [
        "false",
        "unknown",
        "true",
        "unknown",
    ]


def test_a_written_truth_needs_no_trial() -> None:
    assert never("true") == []
    assert never("5% < 6%", {}) == ["false"]


def test_the_condition_answers_as_it_does_elsewhere() -> None:
    condition = make_condition("day_change < -5%")

    assert ConditionCoverage.of("when", condition).add(condition, day("-6")) is Truth.TRUE


RULES = """\
version: 1
rules:
  - name: far
    match: {side: long}
    when: day_change < -5%
    cancel: {where: step.price > 0.35}
"""


def report(desk: Desk, tests: str) -> list[str]:
    loaded = desk.load(tests)
    coverage = Coverage()
    coverage.begin(loaded.rules.ruleset)
    for verdict in asyncio.run(run_tests(loaded.tests, loaded.rules, FakeClock())):
        coverage.add(verdict.played)
    return list(coverage_lines(Path("rules.yaml"), coverage))


def test_the_report(desk: Desk) -> None:
    """`where` is asked of each step that is left, where `when` is true."""
    desk.rules(RULES)

    assert report(
        desk,
        body_of("""
series: {every: 1m, day_change: [-5%, -5.1%]}
expect: [{at: 1m, rule: far, cancels: {position: 2}}]
"""),
    ) == [
        "Coverage of rules.yaml: 7 of 11 tried, 63 %",
        "  far: 7 of 11",
        "    when: day_change < -5%",
        "      day_change < -5%: seen true, false, exactly -5 %, just beyond it; never unknown",
        "    where: step.price > 0.35",
        "      step.price > 0.35: seen true, false; never unknown, exactly 0.35, just beyond it, such as 0.3535",
    ]


def test_the_report_of_what_was_never_asked(desk: Desk) -> None:
    desk.rules(RULES)

    assert report(desk, body_of("set: {side: short, day_change: -6%}\nexpect: []\n"))[1:] == [
        "  far: 0 of 11",
        "    when: day_change < -5%",
        (
            "      day_change < -5%: never asked; never true, false, unknown, exactly -5 %, "
            "just beyond it, such as -5.1 %"
        ),
        "    where: step.price > 0.35",
        (
            "      step.price > 0.35: never asked; never true, false, unknown, exactly 0.35, "
            "just beyond it, such as 0.3535"
        ),
        "    it never cancelled a step",
    ]


def test_no_rule_is_all_there_is_to_try() -> None:
    assert list(coverage_lines(Path("rules.yaml"), Coverage())) == ["Coverage of rules.yaml: 0 of 0 tried, 100 %"]


def test_the_report_of_a_part_that_never_decided(desk: Desk) -> None:
    desk.rules(RULES.replace("day_change < -5%", "day_change < -5% and stop_loss"))

    lines = report(desk, body_of("set: {stop_loss: false, day_change: -6%}\nexpect: []\n"))

    assert "      never alone false: day_change < -5%" in lines
    assert "      never alone false: stop_loss" not in lines
