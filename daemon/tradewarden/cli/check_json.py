"""
The findings of `check` as JSON, for editors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tradewarden.errors import ConfigError
    from tradewarden.rulesfile.findings import Finding
    from tradewarden.rulesfile.problems import Fix


def findings_to_json(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """
    Return the list that is printed. Lines and columns count from 1; an end column is the first that is left out.
    """
    return [
        {
            "file": finding.file,
            "line": finding.line,
            "column": finding.column,
            "end_column": finding.end_column,
            "severity": finding.severity.value,
            "code": finding.code,
            "message": finding.message,
            "help": list(finding.help),
            "fix": None if finding.fix is None else _fix_to_json(finding.fix),
        }
        for finding in findings
    ]


def unread_to_json(path: Path, error: ConfigError) -> list[dict[str, object]]:
    """
    Return the list for a file that could not be read at all: its problems stand at the beginning.
    """
    return [
        {
            "file": str(path),
            "line": 1,
            "column": 1,
            "end_column": 2,
            "severity": "error",
            "code": "unreadable",
            "message": problem.removeprefix(f"{path}: "),
            "help": [],
            "fix": None,
        }
        for problem in error.problems
    ]


def _fix_to_json(fix: Fix) -> dict[str, object]:
    return {
        "line": fix.line + 1,
        "column": fix.column + 1,
        "end_column": fix.end_column + 1,
        "replacement": fix.replacement,
        "safe": fix.is_safe,
    }
