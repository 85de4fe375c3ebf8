"""
The result of tests as people read it: a line for each, and below one that fails what was expected and what happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rulesfile.problems import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.ruletests.verdict import Difference, Verdict


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """
    Yield the line of a test, and its differences; of one that could not fail, why.
    """
    test = verdict.test
    if verdict.passed:
        yield f"ok    {printable(test.name)}"
        if verdict.not_asked is not None:
            yield f"      note: no rule was asked: {printable(verdict.not_asked)}"
        return
    yield f"FAIL  {printable(test.name)}   ({printable(test.place)})"
    for difference in verdict.differences:
        yield from difference_lines(difference)


def difference_lines(difference: Difference) -> Iterator[str]:
    """
    Yield what was expected and what happened, each on a line of its own.
    """
    rule = "(all)" if difference.rule is None else printable(difference.rule)
    place = "" if difference.place is None else f"   ({printable(difference.place)})"
    yield f"      at {difference.at}, rule {rule}{place}"
    expected = "nothing" if difference.expected is None else difference.expected
    yield f"        expected: {printable(expected)}"
    yield f"        happened: {printable(difference.happened)}"
    if difference.note is not None:
        yield f"        note:     {printable(difference.note)}"
