"""
``tradewarden check``: every error of a rules file at once, each with its place.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tradewarden.cli.options import DEFAULTS, Options, not_empty
from tradewarden.cli.report_text import count
from tradewarden.cli.terminal import say
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import UsageError
from tradewarden.places import find_rules
from tradewarden.rulesfile.loader import load_rules


def check(
    rules_file: Annotated[
        Path | None, Parameter(name="RULES", converter=not_empty, help="The rules file to check.")
    ] = None,
    /,
    *,
    options: Options = DEFAULTS,
) -> None:
    """
    Check a rules file; exit 78 if it is invalid.
    """
    if rules_file is not None and options.rules is not None:
        msg = f"two rules files are named, {rules_file} and --rules {options.rules}: name one."
        raise UsageError(msg)
    place = find_rules(rules_file or options.rules, os.environ)
    loaded = load_rules(place.path, VOCABULARY)
    for warning in loaded.warnings:
        say(warning)
    rules, enabled = len(loaded.ruleset.rules), len(loaded.ruleset.enabled)
    switched_off = f", {rules - enabled} switched off" if enabled < rules else ""
    warnings = f", {count(len(loaded.warnings), 'warning')}" if loaded.warnings else ""
    summary = f"valid, {count(rules, 'rule')}{switched_off}, mode {loaded.settings.mode}{warnings}"
    sys.stdout.write(f"{place.path}: {summary}\n")
