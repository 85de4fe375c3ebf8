"""
Coverage as people read it: each comparison with what it was seen to be, and what was never tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rulesfile.problems import printable
from tradewarden.ruletests.coverage import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradewarden.ruletests.coverage import Coverage, RuleCoverage

WHOLE = 100


def coverage_lines(path: Path, coverage: Coverage) -> Iterator[str]:
    """
    Yield the coverage of the rules file at *path*.
    """
    tried, all_ = coverage.score
    share = tried * WHOLE // all_ if all_ else WHOLE
    yield f"Coverage of {printable(str(path))}: {tried} of {all_} tried, {share} %"
    for rule in coverage.rules.values():
        yield from _rule_lines(rule)


def _rule_lines(rule: RuleCoverage) -> Iterator[str]:
    tried = [was for _, was in rule.items]
    yield f"  {printable(rule.name)}: {sum(tried)} of {len(tried)}"
    for condition in rule.conditions:
        yield f"    {condition.name}: {printable(condition.condition.text)}"
        for leaf in condition.leaves.values():
            seen = [text.partition(", such as")[0] for text, was in leaf.items if was]
            never = list(missing(leaf.items))
            words = f"seen {', '.join(seen)}" if seen else "never asked"
            yield f"      {printable(leaf.leaf.text)}: {words}" + (f"; never {', '.join(never)}" if never else "")
        for junction in condition.junctions.values():
            for text in missing(junction.items):
                yield f"      never {printable(text)}"
    if not rule.has_cancelled:
        yield "    it never cancelled a step"
