"""
``tradewarden test``: unit tests for rules.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, Token

from tradewarden.cli.awaited import awaited
from tradewarden.cli.options import DEFAULTS, Options, not_empty
from tradewarden.cli.report_text import count
from tradewarden.cli.terminal import json_text
from tradewarden.cli.test_json import errors_to_json, results_to_json
from tradewarden.clock import SystemClock
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import TradeWardenError, UsageError
from tradewarden.rules.glob import matches_glob
from tradewarden.ruletests.coverage import coverage_of
from tradewarden.ruletests.coverage_text import coverage_lines
from tradewarden.ruletests.junit import junit_xml
from tradewarden.ruletests.loader import load_all
from tradewarden.ruletests.plot import plot as draw
from tradewarden.ruletests.report import verdict_lines
from tradewarden.ruletests.run import run_tests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tradewarden.ruletests.run import Result

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
    run: Annotated[
        str | None,
        Parameter(help="Only the test of this name; else those whose name has this part, or matches this glob."),
    ] = None,
    coverage: Annotated[
        bool, Parameter(negative="", help="Tell what each comparison was seen to be, and what was never tried.")
    ] = False,
    junit: Annotated[
        Path | None, Parameter(converter=not_empty, help="Write the results as JUnit XML, for CI.")
    ] = None,
    plot: Annotated[
        Path | None, Parameter(converter=not_empty, help="Draw the one test that is chosen, as SVG.", name="--plot")
    ] = None,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print all of it as one JSON document.")
    ] = False,
    options: Options = DEFAULTS,
) -> int:
    """
    Play test files against their rules; exit 1 if a test fails, 78 if a file is invalid.
    """
    results: list[Result] = []
    try:
        for result in _played(files or (), options.rules, run):
            results.append(result)
            if not as_json:
                _write(_result_lines(result))
        if plot is not None:
            _write_file(plot, _picture(results), results)
        if coverage and not as_json:
            _write(_coverage_lines(results))
        if junit is not None:
            _write_file(junit, junit_xml([(file.path, verdicts) for file, verdicts in results]), results)
    except (TradeWardenError, OSError, KeyboardInterrupt) as error:
        if as_json:
            _write_json(results_to_json(results, errors_to_json(error), with_coverage=coverage))
        raise
    if as_json:
        _write_json(results_to_json(results, [], with_coverage=coverage))
    passed = [verdict.passed for _, verdicts in results for verdict in verdicts]
    failed = passed.count(False)
    if not as_json:
        _write([f"{count(len(passed) - failed, 'test')} passed" + (f", {failed} failed" if failed else "")])
    return FAILED if failed else 0


def _played(files: Sequence[Path], rules: Path | None, pattern: str | None) -> Iterator[Result]:
    """
    Play the chosen tests, file by file. Raises UsageError and ConfigError, the latter before any test is played.
    """
    if not files:
        raise UsageError("no test file is named: tradewarden test rules.test.yaml")
    clock = SystemClock()
    is_any = False
    loaded = load_all(files, VOCABULARY, rules=rules)
    is_a_name = any(one.name == pattern for file in loaded for one in file.tests)
    for file in loaded:
        chosen = [one for one in file.tests if (one.name == pattern if is_a_name else _is_chosen(one.name, pattern))]
        if chosen:
            is_any = True
            yield file, awaited(run_tests(chosen, file.rules, clock))
    if not is_any:
        msg = f"no test has a name that matches {pattern!r}."
        raise UsageError(msg)


def _result_lines(result: Result) -> Iterator[str]:
    file, verdicts = result
    yield str(file.path)
    for verdict in verdicts:
        yield from (f"  {line}" for line in verdict_lines(verdict))
    yield ""


def _is_chosen(name: str, pattern: str | None) -> bool:
    if pattern is None:
        return True
    return matches_glob(name, pattern) if set(pattern) & set("*?") else pattern in name


def _picture(results: Sequence[Result]) -> str:
    """
    Return the picture of the one test that was played. Raises UsageError if there are several.
    """
    verdicts = [verdict for _, played in results for verdict in played]
    if len(verdicts) > 1:
        have_one_name = len({verdict.test.name for verdict in verdicts}) == 1
        how = "they have the same name, so name one file alone" if have_one_name else "name one with --run"
        msg = f"a picture shows one test, and {len(verdicts)} are chosen: {how}."
        raise UsageError(msg)
    return draw(verdicts[0].played)


def _write_file(target: Path, text: str, results: Sequence[Result]) -> None:
    """
    Write a file, but never over one that was just read. Raises UsageError and OSError.
    """
    read = [path for file, _ in results for path in (file.path, file.rules.path)]
    if target.exists() and any(path.exists() and target.samefile(path) for path in read):
        msg = f"{target} is one of the files that are tested: name another file to write to."
        raise UsageError(msg)
    target.write_text(text, encoding="utf-8")


def _coverage_lines(results: Sequence[Result]) -> Iterator[str]:
    for path, coverage in coverage_of(results).items():
        yield from coverage_lines(path, coverage)
        yield ""


def _write_json(document: dict[str, object]) -> None:
    sys.stdout.write(json_text(document, sys.stdout) + "\n")


def _write(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
