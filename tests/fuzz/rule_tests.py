"""
Target: any bytes as a test file are tests that can be played, or a ConfigError whose every problem says where it is.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fakes import FakeClock
from fuzz.lexicon import texts_of, words_of
from fuzz.mutation import Mutator
from fuzz.rules_text import SECRET
from fuzz.target import Target
from fuzz.wording import is_showable, shape_of
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.ruletests.case_reader import KEYS
from tradewarden.ruletests.coverage import Coverage
from tradewarden.ruletests.expect_reader import INVARIANT_NAMES, WANTED
from tradewarden.ruletests.junit import junit_xml
from tradewarden.ruletests.loader import parse_tests
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests
from tradewarden.ruletests.settable import NOT_SETTABLE, SETTABLE, STEP_SETTABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from fuzz.target import Behaviours
    from tradewarden.ruletests.case import RuleTestFile

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAME = "any.test.yaml"
HEAD = "rules: ../../rules.example.yaml\ntests:\n"
LONGEST_PLAYED = 200  # readings of one test: more of the same shows nothing new

_PLACED = re.compile(rf"{re.escape(str(EXAMPLES / NAME))}:([1-9][0-9]*):([1-9][0-9]*): (.*\S)")
_BREAK = re.compile(r"\r\n|\r|\n")

_RULES = ("far-target-off-on-a-red-day", "let-a-strong-day-run", "no-far-targets-over-the-weekend", "far-target")
_FILES = ("two_steps.json", "three_steps.json", "rules.test.yaml", "nowhere.json")
_VALUES = (
    "-6%",
    "5%",
    "-6% x 3",
    "2h",
    "0.1",
    "true",
    "false",
    "unknown",
    "5",
    "long",
    "finished",
    *texts_of("yaml_values"),
)
_FACTS = (*SETTABLE, *NOT_SETTABLE, *STEP_SETTABLE, 'market("USDT_BTC").last', "change(last, 15m)", "every")
_TIMES = ("0s", "1m", "2m", "10m", "90s", "1h", "2026-01-02T20:00", "-1m")


def rule_tests(data: bytes) -> Behaviours:
    """
    Read *data* as a test file; if it is one, play its tests.
    """
    found = _parsed(data)
    if isinstance(found, ConfigError):
        lines = _BREAK.split(data.decode(errors="replace"))
        assert found.problems, "refused without a reason"
        return frozenset(_shape(problem, lines) for problem in found.problems)
    return frozenset({"accepted", *_played(found)})


def _parsed(data: bytes) -> RuleTestFile | ConfigError:
    try:
        return parse_tests(data, EXAMPLES / NAME, VOCABULARY)
    except ConfigError as error:
        return error


def _played(loaded: RuleTestFile) -> set[str]:
    short = [test for test in loaded.tests if test.readings * len(test.subjects) <= LONGEST_PLAYED]
    verdicts = asyncio.run(run_tests(short, loaded.rules, FakeClock()))
    coverage = Coverage()
    for verdict in verdicts:
        coverage.add(verdict.played)
        assert all(map(is_showable, verdict_lines(verdict)))
    junit_xml([(loaded.path, verdicts)]).encode()
    happened = {f"{row.outcome} {row.reason}" for v in verdicts for frame in v.played.frames for row in frame.new}
    return happened | {f"passed: {verdict.passed}" for verdict in verdicts}


def _shape(problem: str, lines: Sequence[str]) -> str:
    """
    Return a problem without its place and what it quotes; it must be printable, and its place must be in the text.
    """
    assert SECRET[:20] not in problem, "a credential is shown"
    head, *rest = problem.split("\n")
    assert all(map(is_showable, (head, *rest))), f"{problem!r} is not printable"
    placed = _PLACED.fullmatch(head)
    if placed is None:  # of the file as a whole, or of the rules file that it names
        return shape_of(head.partition(": ")[2])
    assert int(placed[1]) <= len(lines), f"{head!r}: there are {len(lines)} lines"
    assert int(placed[2]) <= len(lines[int(placed[1]) - 1]) + 1, f"{head!r}: the line is shorter"
    return shape_of(placed[3])


def _build(chance: Random, _pool: Sequence[bytes]) -> bytes:
    tests = [_test(chance, number) for number in range(chance.choice((1, 1, 2, 3)))]
    return (HEAD + "".join(tests)).encode(errors="replace")


def _test(chance: Random, number: int) -> str:
    lines = [f"name: test {number}" if chance.random() < 0.95 else f"name: {chance.choice(_VALUES)}"]
    if chance.random() < 0.8:
        lines.append(f"smart_trade: {chance.choice(_FILES[:2] if chance.random() < 0.9 else _FILES)}")
    else:
        lines.append(f"smart_trades: [{', '.join(chance.sample(_FILES, 2))}]")
    sections = [key for key in ("set", "series") if chance.random() < 0.7]
    lines += [f"{key}: {_section(chance, is_series=key == 'series')}" for key in sections]
    for key, values in (("start", _TIMES), ("mode", ("live", "dry-run")), ("only", _RULES), ("enable", _RULES)):
        if chance.random() < 0.15:
            lines.append(f"{key}: {chance.choice(values)}")
    entries = ", ".join(_expectation(chance) for _ in range(chance.choice((0, 1, 1, 2))))
    lines.append(f"expect: [{entries}]")
    return "  - " + "\n    ".join(lines) + "\n"


def _section(chance: Random, *, is_series: bool) -> str:
    facts = [f"every: {chance.choice(('1m', '5m', '1h'))}"] if is_series else []
    facts.append(f"day_change: {_listed(chance, ('-6%', '-20%', '12%', 'unknown')) if is_series else '-6%'}")
    facts += [
        f"{fact}: {_listed(chance, _VALUES) if is_series else chance.choice(_VALUES)}"
        for fact in chance.sample(_FACTS, chance.choice((0, 1, 2)))
    ]
    if chance.random() < 0.2:
        step = (
            f"{chance.choice(tuple(STEP_SETTABLE))}: {chance.choice(('finished', 'cancelled', '0.2', 'unknown', '5%'))}"
        )
        facts.append(f"steps: {{{chance.randint(1, 4)}: {{{step}}}}}")
    if chance.random() < 0.1:
        facts.append(f"of: {{{chance.choice(('30428625', '30428626', '5'))}: {{profit: 16%}}}}")
    return f"{{{', '.join(facts)}}}"


def _listed(chance: Random, values: Sequence[str]) -> str:
    return "[" + ", ".join(chance.choice(values) for _ in range(chance.choice((1, 3, 3, 3)))) + "]"


def _expectation(chance: Random) -> str:
    wanted = chance.choice(
        (
            "cancels: {position: 2}",
            f"denied: {chance.choice(INVARIANT_NAMES)}",
            "deferred: open_question",
            "holds: 1m",
            "holding",
            f"{chance.choice(WANTED)}: {chance.choice(_VALUES)}",
        )
    )
    return f"{{at: {chance.choice(_TIMES)}, rule: {chance.choice(_RULES)}, {wanted}}}"


def _seeds() -> list[bytes]:
    return [path.read_bytes() for path in sorted(EXAMPLES.glob("*.test.yaml"))]


WORDS = (
    *words_of("yaml"),
    *(text.encode() for text in (*KEYS, *WANTED, *SETTABLE, *NOT_SETTABLE, *_RULES, *_FILES, SECRET)),
)

TARGET = Target(name="rule_tests", run=rule_tests, draw=Mutator(words=WORDS, build=_build), seeds=_seeds)
