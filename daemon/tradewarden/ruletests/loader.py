"""
Read a test file: tests with the rules file that they test, or every problem of it at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.errors import ConfigError
from tradewarden.rulesfile.credentials_check import credential_issues
from tradewarden.rulesfile.loader import load_rules, read_file, read_yaml
from tradewarden.rulesfile.problems import shortened
from tradewarden.rulesfile.values import InvalidValueError
from tradewarden.ruletests.case import RuleTestFile
from tradewarden.ruletests.case_reader import CaseReader
from tradewarden.ruletests.fixtures import Fixtures
from tradewarden.ruletests.sheet import Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from tradewarden.rules.schema import Vocabulary
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.rulesfile.problems import Source
    from tradewarden.ruletests.case import RuleTest

KEYS = ("rules", "tests")
EXAMPLE = "begin with the line `rules: rules.yaml`, and `tests:` below it"


def load_tests(path: Path, vocabulary: Vocabulary, *, rules: Path | None = None) -> RuleTestFile:
    """
    Read the test file at *path*; *rules* stands in for the rules file that it names.

    Raises ConfigError with all problems of the test file and of its rules file.
    """
    return parse_tests(read_file(path), path, vocabulary, rules=rules)


def parse_tests(text: bytes, path: Path, vocabulary: Vocabulary, *, rules: Path | None = None) -> RuleTestFile:
    """
    Read the content of a test file that is, or would be, at *path*. Raises ConfigError with all problems.
    """
    source, document = read_yaml(text, str(path))
    sheet = Sheet(source, document)
    sheet.issues += credential_issues(document, source)
    place = document.places.get(())
    if not isinstance(document.data, dict):
        if place is None or place.is_null:
            raise ConfigError([f"{source.name}: the file is empty: {EXAMPLE}"])
        sheet.refuse((), "a test file must be a mapping of keys", EXAMPLE)
        raise ConfigError(source.show_all(sheet.issues))
    if not document.data.keys() & {"tests"}:
        _refuse_other_files(document.data, source)
    top = sheet.mapping((), document.data, KEYS) or {}
    fixtures = Fixtures(path.parent)
    rules_problems: tuple[str, ...] = ()
    loaded: RulesFile | None = None
    try:
        loaded = _rules(sheet, fixtures, top.get("rules"), vocabulary, given=rules)
    except ConfigError as error:
        rules_problems = error.problems
    tests = _tests(sheet, CaseReader(sheet, fixtures, loaded), top)
    if sheet.issues or loaded is None:
        raise ConfigError([*source.show_all(sheet.issues), *rules_problems])
    return RuleTestFile(path=path, rules=loaded, tests=tuple(tests))


def _refuse_other_files(data: dict[str, object], source: Source) -> None:
    """
    Raise ConfigError if the file is plainly something else: of its keys nothing needs to be said.
    """
    if isinstance(data.get("rules"), list):
        raise ConfigError([f"{source.name}: this is a rules file: name the file that holds its tests"])
    if "rules" not in data:
        raise ConfigError([f"{source.name}: this is no test file: one would {EXAMPLE}"])


def _rules(
    sheet: Sheet, fixtures: Fixtures, named: object, vocabulary: Vocabulary, *, given: Path | None
) -> RulesFile | None:
    """
    Load the rules file; ``None`` if the test file names none that is there, which is told. Raises ConfigError.
    """
    if given is not None:
        return load_rules(given, vocabulary)
    if named is None:
        if ("rules",) not in sheet.document.places:
            sheet.refuse_key((), "the test file does not say which rules it tests", "add a line: rules: rules.yaml")
        return None
    path = sheet.read(("rules",), named, lambda value: _existing(fixtures, value))
    return None if path is None else load_rules(path, vocabulary)


def _existing(fixtures: Fixtures, value: object) -> Path:
    path = fixtures.path(value)
    try:
        is_there = path.exists()
    except OSError:  # a name that no file can have
        is_there = False
    if not is_there:
        msg = f"names {shortened(str(value))}: there is no such file"
        raise InvalidValueError(msg, "paths are relative to the test file")
    return path


def _tests(sheet: Sheet, reader: CaseReader, top: dict[str, object] | object) -> list[RuleTest]:
    keys = top if isinstance(top, dict) else {}
    if "tests" not in keys:
        if ("tests",) not in sheet.document.places:
            sheet.refuse_key((), "the test file has no `tests`", EXAMPLE)
        return []
    entries = sheet.entries(("tests",), keys["tests"])
    if entries == []:
        sheet.refuse(("tests",), "`tests` has no test", "write one: - name: ...")
    tests: list[RuleTest] = []
    lines: dict[str, int] = {}
    for index, entry in enumerate(entries or []):
        path = ("tests", index)
        test = reader.read(path, entry)
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name.strip():
            line = sheet.document.places[*path, "name"].span.line + 1
            if name.strip() in lines:
                message = f"two tests are named {shortened(name)}: the first on line {lines[name.strip()]}"
                sheet.refuse((*path, "name"), message, "a report names tests, so each needs its own")
            lines.setdefault(name.strip(), line)
        if test is not None:
            tests.append(test)
    return tests
