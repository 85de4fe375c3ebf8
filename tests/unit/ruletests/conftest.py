"""
A folder with rules and the documented SmartTrades, in which a test writes its test file.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fakes import FakeClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.ruletests.loader import load_tests
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests

if TYPE_CHECKING:
    from tradewarden.ruletests.case import RuleTestFile
    from tradewarden.ruletests.verdict import Verdict

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
RULES = """\
version: 1
rules:
  - name: red-day
    when: day_change < -5%
    for: 2m
    cancel: farthest
"""
HEAD = "rules: rules.yaml\ntests:\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """
    Where tests of rules are written and run.
    """

    folder: Path

    def rules(self, text: str) -> None:
        """
        Write the rules file.
        """
        (self.folder / "rules.yaml").write_text(text, encoding="utf-8")

    def change(self, name: str, **changes: Any) -> None:
        """
        Write another SmartTrade: two_steps.json with other values at its top.
        """
        body = json.loads((EXAMPLES / "two_steps.json").read_text("utf-8"))
        (self.folder / name).write_text(json.dumps({**body, **changes}), encoding="utf-8")

    def load(self, tests: str) -> RuleTestFile:
        """
        Read a test file that holds *tests*. Raises ConfigError.
        """
        path = self.folder / "rules.test.yaml"
        path.write_text(HEAD + tests, encoding="utf-8")
        return load_tests(path, VOCABULARY)

    def run(self, tests: str) -> list[Verdict]:
        """
        Play *tests*.
        """
        loaded = self.load(tests)
        return asyncio.run(run_tests(loaded.tests, loaded.rules, FakeClock()))

    def one(self, body: str) -> Verdict:
        """
        Play the one test with that *body*: lines of YAML, from the first column.
        """
        (verdict,) = self.run(test_of(body))
        return verdict

    def told(self, body: str) -> list[str]:
        """
        Return the differences of the one test, line by line, without places.
        """
        return [line.strip().partition("   (")[0] for line in list(verdict_lines(self.one(body)))[1:]]

    def refused(self, body: str) -> list[str]:
        """
        Return the problems of the one test: LINE:COLUMN with the first line of each and its help.
        """
        with pytest.raises(ConfigError) as caught:
            self.load(test_of(body))
        return [_short(problem, self.folder) for problem in caught.value.problems]


def test_of(body: str) -> str:
    """
    Indent the keys of a test, with the name and the SmartTrade that most have.
    """
    lines = [line for line in body.splitlines() if line.strip()]
    named = [] if any(line.startswith("name:") for line in lines) else ["name: a test"]
    traded = [] if any(line.startswith("smart_trade") for line in lines) else ["smart_trade: two_steps.json"]
    first, *rest = [*named, *traded, *lines]
    return "\n".join([f"  - {first}", *(f"    {line}" for line in rest)]) + "\n"


test_of.__test__ = False  # type: ignore[attr-defined]  # pytest takes its name for that of a test


def _short(problem: str, folder: Path) -> str:
    first, *rest = problem.replace(f"{folder}/rules.test.yaml:", "").splitlines()
    hints = [line.strip() for line in rest if line.strip().startswith("help: ")]
    return " | ".join([first, *hints])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    for name in ("two_steps.json", "three_steps.json"):
        shutil.copy(EXAMPLES / name, tmp_path)
    desk = Desk(folder=tmp_path)
    desk.rules(RULES)
    return desk
