"""
``tradewarden test``: unit tests for rules.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, Token

from tradewarden.cli.awaited import awaited
from tradewarden.cli.options import DEFAULTS, Options, not_empty
from tradewarden.cli.report_text import count
from tradewarden.clock import SystemClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError, UsageError
from tradewarden.rules.glob import matches_glob
from tradewarden.ruletests.coverage import Coverage
from tradewarden.ruletests.coverage_text import coverage_lines
from tradewarden.ruletests.junit import junit_xml
from tradewarden.ruletests.loader import load_tests
from tradewarden.ruletests.plot import plot as draw
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.ruletests.case import RuleTestFile
    from tradewarden.ruletests.verdict import Verdict

FAILED = 1


def _paths(_: object, tokens: Sequence[Token]) -> list[Path]:
    """
    Read paths. Raises UsageError if one is empty.
    """
    if not all(token.value.strip() for token in tokens):
        raise UsageError("the name of a test file is empty: is a shell variable unset?")
    return [Path(token.value) for token in tokens]


def test(
    files: Annotated[
        Sequence[Path] | None, Parameter(name="FILE", converter=_paths, negative="", help="Test files.")
    ] = None,
    /,
    *,
    run: Annotated[str | None, Parameter(help="Only tests whose name has this part, or matches this glob.")] = None,
    coverage: Annotated[
        bool, Parameter(negative="", help="Tell what each comparison was seen to be, and what was never tried.")
    ] = False,
    junit: Annotated[
        Path | None, Parameter(converter=not_empty, help="Write the results as JUnit XML, for CI.")
    ] = None,
    plot: Annotated[
        Path | None, Parameter(converter=not_empty, help="Draw the one test that is chosen, as SVG.", name="--plot")
    ] = None,
    options: Options = DEFAULTS,
) -> int:
    """
    Play test files against their rules; exit 1 if a test fails, 78 if a file is invalid.
    """
    if not files:
        raise UsageError("no test file is named: tradewarden test rules.test.yaml")
    loaded = _load(files, options.rules)
    clock = SystemClock()
    results: list[tuple[RuleTestFile, list[Verdict]]] = []
    for file in loaded:
        chosen = [one for one in file.tests if _is_chosen(one.name, run)]
        if not chosen:
            continue
        verdicts = awaited(run_tests(chosen, file.rules, clock))
        results.append((file, verdicts))
        _write([str(file.path), *(f"  {line}" for verdict in verdicts for line in verdict_lines(verdict)), ""])
    if not results:
        msg = f"no test has a name that matches {run!r}."
        raise UsageError(msg)
    if plot is not None:
        plot.write_text(_picture(results), encoding="utf-8")
    if coverage:
        _write(_coverage(results))
    if junit is not None:
        junit.write_text(junit_xml([(file.path, verdicts) for file, verdicts in results]), encoding="utf-8")
    passed = [verdict.passed for _, verdicts in results for verdict in verdicts]
    failed = passed.count(False)
    _write([f"{count(len(passed) - failed, 'test')} passed" + (f", {failed} failed" if failed else "")])
    return FAILED if failed else 0


def _load(files: Sequence[Path], rules: Path | None) -> list[RuleTestFile]:
    """
    Read every file, so that the errors of all are told at once. Raises ConfigError.
    """
    loaded, problems = [], []
    for path in files:
        try:
            loaded.append(load_tests(path, VOCABULARY, rules=rules))
        except ConfigError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ConfigError(problems)
    return loaded


def _is_chosen(name: str, pattern: str | None) -> bool:
    if pattern is None:
        return True
    return matches_glob(name, pattern) if set(pattern) & set("*?") else pattern in name


def _picture(results: Sequence[tuple[RuleTestFile, Sequence[Verdict]]]) -> str:
    """
    Return the picture of the one test that was played. Raises UsageError if there are several.
    """
    verdicts = [verdict for _, played in results for verdict in played]
    if len(verdicts) > 1:
        msg = f"a picture shows one test, and {len(verdicts)} are chosen: name one with --run."
        raise UsageError(msg)
    return draw(verdicts[0].played)


def _coverage(results: Sequence[tuple[RuleTestFile, Sequence[Verdict]]]) -> Iterable[str]:
    """
    Yield the coverage of each rules file, by all the tests of it together.
    """
    found: dict[Path, Coverage] = {}
    for file, verdicts in results:
        coverage = found.setdefault(file.rules.path.resolve(), Coverage())
        coverage.begin(file.rules.ruleset)
        for verdict in verdicts:
            coverage.add(verdict.played)
    names = {file.rules.path.resolve(): os.path.normpath(file.rules.path) for file, _ in results}
    for path, coverage in found.items():
        yield from coverage_lines(Path(names[path]), coverage)
        yield ""


def _write(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
