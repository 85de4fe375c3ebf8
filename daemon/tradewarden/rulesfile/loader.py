"""
Read the rules file: settings and rules, or every problem of it at once.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from tradewarden.errors import ConfigError
from tradewarden.rules.ruleset import RuleSet
from tradewarden.rulesfile.advice import Desk, advise
from tradewarden.rulesfile.assembly import build_rules, build_settings, digest
from tradewarden.rulesfile.conditions import compile_conditions
from tradewarden.rulesfile.consistency import consistency_issues
from tradewarden.rulesfile.credentials_check import credential_issues, credential_issues_in_text
from tradewarden.rulesfile.decoding import MAX_BYTES, UndecodableError, decode
from tradewarden.rulesfile.document import Document, TooMuchError, read_document
from tradewarden.rulesfile.problems import Issue, Severity, Source, issue_at, printable
from tradewarden.rulesfile.shape import FileShape
from tradewarden.rulesfile.traps import explain
from tradewarden.rulesfile.wording import null_issues, shape_issues

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradewarden.model.settings import Settings
    from tradewarden.rules.schema import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFile:
    """
    A valid rules file. *warnings* are ready to print, in the order of the file.
    """

    path: Path
    settings: Settings
    ruleset: RuleSet
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """
    A valid rules file with all that was read of it. *issues* are what is hardly meant, or good to know.
    """

    desk: Desk
    issues: tuple[Issue, ...]


class InvalidRulesError(ConfigError):
    """
    The content of the file is invalid. *issues* are the problems, *source* is the text that they are about.
    """

    def __init__(self, source: Source, issues: Iterable[Issue]) -> None:
        self.source = source
        self.issues = tuple(issues)
        super().__init__(source.show_all(self.issues))


def load_rules(path: Path, vocabulary: Vocabulary) -> RulesFile:
    """
    Read the file at *path*. Raises ConfigError with all its problems.
    """
    return parse_rules(read_file(path), name=str(path), vocabulary=vocabulary)


def read_file(path: Path) -> bytes:
    """
    Return what the file at *path* holds, as far as it may be read at all. Raises ConfigError.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(MAX_BYTES + 1) if is_file else b""
    except FileNotFoundError:
        raise ConfigError([f"{printable(str(path))}: there is no such file"]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError([f"{printable(str(path))}: it cannot be read: {reason}"]) from None
    if not is_file:
        raise ConfigError([f"{printable(str(path))}: it is not a file but a pipe or a device: name a file"])
    return data


def parse_rules(text: bytes, *, name: str, vocabulary: Vocabulary) -> RulesFile:
    """
    Read the content of a rules file that is called *name*. Raises ConfigError with all its problems.
    """
    examined = examine(text, name=name, vocabulary=vocabulary)
    desk = examined.desk
    warnings = desk.source.show_all(one for one in examined.issues if one.severity is Severity.WARNING)
    return RulesFile(path=Path(name), settings=desk.settings, ruleset=desk.ruleset, warnings=warnings)


def examine(text: bytes, *, name: str, vocabulary: Vocabulary) -> Examined:
    """
    Read the content of a rules file that is called *name*, and keep what its messages point into.

    Raises InvalidRulesError with all its problems.
    """
    source, document = read_yaml(text, name)
    issues = [*_coded("yaml", document.issues), *_coded("credential", credential_issues(document, source))]
    if not isinstance(document.data, dict):
        issues.append(replace(_not_a_mapping(document), code="yaml"))
        raise InvalidRulesError(source, issues)
    if "tests" in document.data and isinstance(document.data.get("rules"), str):
        raise InvalidRulesError(source, [*issues, _tests_instead(document)])
    if document.data.get("rules", ...) is None:
        document.data["rules"] = []  # every rule is commented out: that stops them all, and is no error
    conditions, problems = compile_conditions(document, source, vocabulary)
    issues += _coded("condition", problems)
    issues += _coded("contradictory-keys", consistency_issues(document))
    shape: FileShape | None = None
    try:
        shape = FileShape.model_validate(document.data)
    except ValidationError as error:
        issues += _coded("value", shape_issues(error, document))
    issues += _coded("no-value", null_issues(document))
    if shape is None or issues:
        raise InvalidRulesError(source, issues)
    settings = build_settings(shape)
    ruleset = RuleSet(rules=build_rules(shape, conditions), generation=digest(text))
    desk = Desk(document, source, settings, ruleset, vocabulary)
    return Examined(desk=desk, issues=tuple(advise(desk)))


def read_yaml(data: bytes, name: str) -> tuple[Source, Document]:
    """
    Return the text of a file that is called *name*, and what YAML makes of it. Raises InvalidRulesError.
    """
    try:
        text = decode(data)
    except UndecodableError as error:
        source = Source(name, error.text)
        if error.is_garbled:
            source.hide_all()
        raise InvalidRulesError(source, _broken(error.issue, source)) from None
    source = Source(name, text)
    try:
        return source, read_document(text)
    except TooMuchError as error:
        raise InvalidRulesError(source, _broken(error.issue, source)) from None
    except yaml.MarkedYAMLError as error:
        raise InvalidRulesError(source, _broken(explain(error, source), source)) from None


def _broken(issue: Issue, source: Source) -> list[Issue]:
    return [*_coded("yaml", [issue]), *_coded("credential", credential_issues_in_text(source))]


def _coded(code: str, issues: Iterable[Issue]) -> list[Issue]:
    """
    Give the issues that have no code of their own the one of where they come from.
    """
    return [issue if issue.code else replace(issue, code=code) for issue in issues]


def _open_at_once(path: str, flags: int) -> int:
    # A pipe that nobody writes to would keep us waiting for ever.
    return os.open(path, flags | os.O_NONBLOCK)


def _not_a_mapping(document: Document) -> Issue:
    place = document.places.get(())
    if place is None or place.is_null:
        return Issue(line=0, column=0, message="the file is empty", hints=("begin with the line `version: 1`",))
    return issue_at(place.span, "the file must be a mapping of keys", "begin with the line `version: 1`")


def _tests_instead(document: Document) -> Issue:
    hint = "play it with `tradewarden test`, or check the rules file that it names"
    return replace(
        issue_at(document.key_span(("tests",)), "this file holds tests of rules, not rules", hint), code="unknown-key"
    )
