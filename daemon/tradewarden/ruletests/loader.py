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
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tradewarden.rules.schema import Vocabulary
    from tradewarden.rulesfile.loader import RulesFile
    from tradewarden.rulesfile.problems import Issue, Source
    from tradewarden.ruletests.case import RuleTest

KEYS = ("rules", "tests")
EXAMPLE = "begin with the line `rules: rules.yaml`, and `tests:` below it"


class InvalidTestsError(ConfigError):
    """
    The content of a test file is invalid, or that of its rules file.

    *issues* are its own problems, *source* is the text that they are about, *of_rules* what is wrong with its rules.
    """

    def __init__(self, source: Source, issues: Iterable[Issue], of_rules: ConfigError | None = None) -> None:
        self.source = source
        self.issues = tuple(issues)
        self.of_rules = of_rules
        super().__init__([*source.show_all(self.issues), *(() if of_rules is None else of_rules.problems)])


class UnreadFilesError(ConfigError):
    """
    Test files that cannot be played, each with its problems: *unread*. What concerns several of them is said once.
    """

    def __init__(self, unread: Sequence[tuple[Path, ConfigError]]) -> None:
        self.unread = tuple(unread)
        super().__init__(list(dict.fromkeys(problem for _, error in unread for problem in error.problems)))


def load_all(files: Sequence[Path], vocabulary: Vocabulary, *, rules: Path | None = None) -> list[RuleTestFile]:
    """
    Read every test file, so that the problems of all are told at once. Raises UnreadFilesError.
    """
    loaded, unread = [], []
    for path in files:
        try:
            loaded.append(load_tests(path, vocabulary, rules=rules))
        except ConfigError as error:
            unread.append((path, error))
    if unread:
        raise UnreadFilesError(unread)
    return loaded


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
        raise InvalidTestsError(source, sheet.issues)
    if not document.data.keys() & {"tests"}:
        _refuse_other_files(document.data, source)
    top = sheet.mapping((), document.data, KEYS) or {}
    fixtures = Fixtures(path.parent)
    of_rules: ConfigError | None = None
    loaded: RulesFile | None = None
    try:
        loaded = _rules(sheet, fixtures, top.get("rules"), vocabulary, given=rules)
    except ConfigError as error:
        of_rules = error
    tests = _tests(sheet, CaseReader(sheet, fixtures, loaded), top)
    if sheet.issues or loaded is None:
        raise InvalidTestsError(source, sheet.issues, of_rules)
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
