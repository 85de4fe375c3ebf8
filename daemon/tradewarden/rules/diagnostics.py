"""
What is wrong with a condition, where, and what to write instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tradewarden.errors import TradeWardenError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    One problem of a condition: *start* and *end* are character offsets into its text, *hint* says what helps.

    *replacement* is what can only have been meant, to be written from *start* to *end*.
    """

    start: int
    end: int
    message: str
    hint: str | None = None
    replacement: str | None = None

    def __str__(self) -> str:
        """
        Return message and hint as one line.
        """
        return self.message if self.hint is None else f"{self.message} ({self.hint})"


class ConditionError(TradeWardenError):
    """
    A condition is not valid. *problems* are all that could be found at once, in the order of the text.

    Whoever knows the file turns them into lines, columns and carets. Messages quote the condition, which may be folded
    or hold control characters: here they become one printable line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        printable = (
            replace(problem, message=_one_line(problem.message), hint=problem.hint and _one_line(problem.hint))
            for problem in problems
        )
        self.problems = tuple(sorted(printable, key=lambda problem: (problem.start, problem.end)))
        super().__init__("; ".join(map(str, self.problems)))


def _one_line(text: str) -> str:
    # A line break becomes a space; what is never seen goes without a trace, so that it cannot part a secret in two.
    seen = (c if c.isprintable() else " " * c.isspace() for c in text)
    return " ".join("".join(seen).split())
