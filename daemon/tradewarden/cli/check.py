"""
``tradewarden check``: every error of a rules file at once, each with its place, and what is hardly meant.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tradewarden.cli.check_fix import fix_file
from tradewarden.cli.check_journal import about_renamed
from tradewarden.cli.check_json import findings_to_json, unread_to_json
from tradewarden.cli.options import DEFAULTS, Options, not_empty
from tradewarden.cli.report_text import count
from tradewarden.cli.terminal import complain, json_text, say
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError, TradeWardenError, UsageError
from tradewarden.places import find_rules
from tradewarden.rulesfile.findings import findings_of
from tradewarden.rulesfile.loader import Examined, InvalidRulesError, examine, read_file
from tradewarden.rulesfile.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.rulesfile.problems import Issue


def check(
    rules_file: Annotated[
        Path | None, Parameter(name="RULES", converter=not_empty, help="The rules file to check.")
    ] = None,
    /,
    *,
    fix: Annotated[bool, Parameter(negative="", help="Write the fixes that are safe, and show what changed.")] = False,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print all findings as one JSON document.")
    ] = False,
    account: Annotated[
        bool, Parameter(negative="", help="Also read the account: what matches now, what does not exist.")
    ] = False,
    read_back: Annotated[
        bool, Parameter(name="--say", negative="", help="Read each rule back in plain sentences.")
    ] = False,
    options: Options = DEFAULTS,
) -> int:
    """
    Check a rules file; exit 78 if it is invalid.
    """
    path = _named(rules_file, options)
    if as_json and (fix or read_back):
        raise UsageError("--json prints findings and nothing else: leave out --fix and --say.")
    options = replace(options, rules=path)
    if as_json:
        return _check_as_json(path, options, account=account)
    if fix:
        fix_file(path)
    return _check(path, options, account=account, read_back=read_back)


def _named(rules_file: Path | None, options: Options) -> Path:
    if rules_file is not None and options.rules is not None:
        msg = f"two rules files are named, {rules_file} and --rules {options.rules}: name one."
        raise UsageError(msg)
    return find_rules(rules_file or options.rules, os.environ).path


def _check(path: Path, options: Options, *, account: bool, read_back: bool) -> int:
    try:
        examined = examine(read_file(path), name=str(path), vocabulary=VOCABULARY)
    except InvalidRulesError as error:
        complain("\n".join(error.problems))
        if all(issue.fix is not None and issue.fix.is_safe for issue in error.issues):
            _offer_fixes(path, error.issues)  # nothing is written while another error is left
        return error.exit_code
    issues = [*examined.issues, *about_renamed(examined.desk, options)]
    table: tuple[str, ...] = ()
    try:
        if account:
            from tradewarden.cli.check_account import ask_account  # noqa: PLC0415 (a client only where one is asked for)

            answer = ask_account(examined.desk, options)
            issues, table = [*answer.issues(issues)], answer.lines
    finally:
        for finding in findings_of(examined.desk.source, issues):
            say(finding.text)
    _offer_fixes(path, issues)
    for line in table:
        sys.stdout.write(f"{line}\n")
    if read_back:
        from tradewarden.cli.check_say import write_rules  # noqa: PLC0415 (see above)

        write_rules(examined.desk, sys.stdout)
    sys.stdout.write(f"{path}: {_summary(examined, issues)}\n")
    return 0


def _offer_fixes(path: Path, issues: Sequence[Issue]) -> None:
    number = sum(issue.fix is not None and issue.fix.is_safe for issue in issues)
    if number:
        fixes = "one of these fixes" if number == 1 else f"{number} of these fixes"
        say(f"`tradewarden check --fix {path}` writes {fixes}")


def _check_as_json(path: Path, options: Options, *, account: bool) -> int:
    code = 0
    failure: TradeWardenError | None = None
    try:
        examined = examine(read_file(path), name=str(path), vocabulary=VOCABULARY)
        issues = [*examined.issues, *about_renamed(examined.desk, options)]
        try:
            if account:
                from tradewarden.cli.check_account import ask_account  # noqa: PLC0415 (see above)

                issues = [*ask_account(examined.desk, options).issues(issues)]
        except TradeWardenError as error:
            failure = error
        document = findings_to_json(findings_of(examined.desk.source, issues))
    except InvalidRulesError as error:
        document, code = findings_to_json(findings_of(error.source, error.issues)), error.exit_code
    except ConfigError as error:
        document, code = unread_to_json(path, error), error.exit_code
    sys.stdout.write(json_text(document, sys.stdout) + "\n")
    if failure is not None:
        raise failure
    return code


def _summary(examined: Examined, issues: Sequence[Issue]) -> str:
    ruleset = examined.desk.ruleset
    rules, enabled = len(ruleset.rules), len(ruleset.enabled)
    switched_off = f", {rules - enabled} switched off" if enabled < rules else ""
    counted = ""
    for severity in (Severity.WARNING, Severity.NOTE):
        number = sum(issue.severity is severity for issue in issues)
        counted += f", {count(number, severity.value)}" if number else ""
    return f"valid, {count(rules, 'rule')}{switched_off}, mode {examined.desk.settings.mode}{counted}"
