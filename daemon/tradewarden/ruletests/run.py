"""
Run the tests of a file: play each, judge it, and measure how long that took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.ruletests.play import play
from tradewarden.ruletests.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.ports import Clock
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.ruletests.case import RuleTest, RuleTestFile
    from tradewarden.ruletests.verdict import Verdict

    Result = tuple[RuleTestFile, Sequence[Verdict]]  # a test file with the tests of it that were played


async def run_tests(tests: Sequence[RuleTest], rules: RulesFile, clock: Clock) -> list[Verdict]:
    """
    Run *tests* one after the other; *clock* is the real one, only to tell how long each took.
    """
    verdicts = []
    for test in tests:
        began = clock.now()
        played = await play(test, rules)
        verdicts.append(judge(played, took=clock.now().surely_since(began)))
    return verdicts
