"""
Issues as values for programs: the same words and places that people read, masked the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.rulesfile.masking import masked_runs
from tradewarden.rulesfile.problems import Severity, in_order, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.rulesfile.problems import Fix, Issue, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One issue of a file. Lines and columns count from 1 here; *end_column* is the first that does not belong to it.

    *text* is what people read: place, message, source line, caret and help.
    """

    file: str
    line: int
    column: int
    end_column: int
    severity: Severity
    code: str
    message: str
    help: tuple[str, ...]
    fix: Fix | None
    text: str


def findings_of(source: Source, issues: Iterable[Issue]) -> tuple[Finding, ...]:
    """
    Return the issues of *source* in the order of the file, each once.
    """
    return tuple(_finding(source, issue) for issue in in_order(issues))


def _finding(source: Source, issue: Issue) -> Finding:
    line = min(issue.line, len(source.lines) - 1)
    return Finding(
        file=source.name,
        line=line + 1,
        column=issue.column + 1,
        end_column=issue.column + 1 + issue.length,
        severity=issue.severity,
        code=issue.code,
        message=printable(masked_runs(issue.message)),
        help=tuple(printable(masked_runs(hint)) for hint in issue.hints),
        fix=issue.fix,
        text=source.show(issue),
    )
