"""
The results of `test` as one JSON document, also of what could not be played. What is not known is null.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tradewarden.errors import ConfigError, UserError
from tradewarden.rulesfile.findings import findings_of
from tradewarden.rulesfile.loader import InvalidRulesError
from tradewarden.ruletests.coverage import coverage_of, missing
from tradewarden.ruletests.loader import InvalidTestsError, UnreadFilesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tradewarden.rulesfile.findings import Finding
    from tradewarden.ruletests.coverage import ConditionCoverage, Coverage, RuleCoverage
    from tradewarden.ruletests.run import Result
    from tradewarden.ruletests.verdict import Difference, Verdict

Json = dict[str, object]

_WORDS = {2: "usage", 78: "config"}


def results_to_json(results: Sequence[Result], errors: Sequence[Json], *, with_coverage: bool) -> Json:
    """
    Return everything that was played, and what kept the rest from it.
    """
    verdicts = [verdict for _, played in results for verdict in played]
    return {
        "files": [_file(result) for result in results],
        "tests": [_test(verdict) for verdict in verdicts],
        "passed": sum(verdict.passed for verdict in verdicts) if results else None,
        "failed": sum(not verdict.passed for verdict in verdicts) if results else None,
        "coverage": [_coverage(path, one) for path, one in coverage_of(results).items()]
        if with_coverage and results
        else None,
        "errors": list(errors),
    }


def errors_to_json(error: BaseException) -> list[Json]:
    """
    Return what kept tests from being played, each problem of a file with its place.
    """
    if isinstance(error, UnreadFilesError):
        found = [problem for path, inner in error.unread for problem in _problems(path, inner)]
        return list({(each["file"], each["line"], each["column"], each["message"]): each for each in found}.values())
    if isinstance(error, KeyboardInterrupt):
        return [_error("interrupted", "interrupted")]
    word = _WORDS.get(error.exit_code, "failed") if isinstance(error, UserError) else "failed"
    if isinstance(error, OSError) and error.filename is not None:
        return [_error(word, error.strerror or str(error), file=str(error.filename))]
    return [_error(word, str(error))]


def _problems(path: Path, error: ConfigError) -> Iterator[Json]:
    """
    Yield the problems of the test file at *path* and of its rules file.
    """
    if isinstance(error, InvalidTestsError | InvalidRulesError):
        yield from map(_finding, findings_of(error.source, error.issues))
    else:
        for problem in error.problems:
            is_of_it = problem.startswith(f"{path}: ")
            yield _error("config", problem.removeprefix(f"{path}: "), file=str(path) if is_of_it else None)
    if isinstance(error, InvalidTestsError) and error.of_rules is not None:
        yield from _problems(path, error.of_rules)


def _finding(finding: Finding) -> Json:
    places = {"line": finding.line, "column": finding.column, "end_column": finding.end_column}
    return _error("config", finding.message, file=finding.file) | places | {"help": list(finding.help)}


def _error(word: str, message: str, *, file: str | None = None) -> Json:
    return {
        "error": word,
        "message": message,
        "file": file,
        "line": None,
        "column": None,
        "end_column": None,
        "help": [],
    }


def _file(result: Result) -> Json:
    file, verdicts = result
    return {
        "file": str(file.path),
        "rules_file": str(file.rules.path),
        "passed": sum(verdict.passed for verdict in verdicts),
        "failed": sum(not verdict.passed for verdict in verdicts),
    }


def _test(verdict: Verdict) -> Json:
    file, line = _place(verdict.test.place)
    return {
        "name": verdict.test.name,
        "file": file,
        "line": line,
        "passed": verdict.passed,
        "not_asked": verdict.not_asked,
        "differences": [_difference(difference) for difference in verdict.differences],
    }


def _difference(difference: Difference) -> Json:
    return {
        "at": difference.at,
        "rule": difference.rule,
        "smart_trade_id": difference.smart_trade_id,
        "line": None if difference.place is None else _place(difference.place)[1],
        "expected": difference.expected,
        "happened": difference.happened,
        "note": difference.note,
    }


def _place(place: str) -> tuple[str, int]:
    """
    Take FILE:LINE:COLUMN apart.
    """
    file, line, _ = place.rsplit(":", 2)
    return file, int(line)


def _coverage(path: Path, coverage: Coverage) -> Json:
    tried, everything = coverage.score
    return {
        "rules_file": str(path),
        "tried": tried,
        "of": everything,
        "rules": [_rule(rule) for rule in coverage.rules.values()],
    }


def _rule(rule: RuleCoverage) -> Json:
    return {
        "rule": rule.name,
        "tried": sum(was for _, was in rule.items),
        "of": len(rule.items),
        "cancelled": rule.has_cancelled,
        "conditions": [_condition(condition) for condition in rule.conditions],
    }


def _condition(condition: ConditionCoverage) -> Json:
    leaves, junctions = condition.leaves.values(), condition.junctions.values()
    return {
        "clause": condition.name,
        "text": condition.condition.text,
        "parts": [{"text": leaf.leaf.text, **_tried(leaf.items)} for leaf in leaves],
        "decided": _tried(item for junction in junctions for item in junction.items),
    }


def _tried(items: Iterable[tuple[str, bool]]) -> Json:
    found = tuple(items)
    return {"tried": [text for text, was in found if was], "never": list(missing(found))}
