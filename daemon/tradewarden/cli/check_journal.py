"""
What the journal knows of rules that the file does not name any more: a renamed rule begins its `repeat` anew.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.errors import UserError
from tradewarden.journal.known_rules import rules_with_cancels
from tradewarden.places import find_state
from tradewarden.rules.ruleset import RepeatPolicy
from tradewarden.rulesfile.problems import Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradewarden.cli.options import Options
    from tradewarden.rulesfile.advice import Desk
    from tradewarden.rulesfile.problems import Issue

MOST_NAMES = 5


def about_renamed(desk: Desk, options: Options) -> Iterator[Issue]:
    """
    Note, once, the rules that the journal has cancels of and the file has not. Without a journal nothing is said.
    """
    remembered = [rule for rule in desk.ruleset.enabled if rule.repeat.policy is not RepeatPolicy.AFTER]
    if not remembered:
        return
    with suppress(UserError, OSError):
        state = find_state(options.state, os.environ).path
        gone = sorted(rules_with_cancels(state, desk.settings.mode) - {rule.name for rule in desk.ruleset.rules})
        if gone:
            yield _note(desk, gone, state)


def _note(desk: Desk, gone: list[str], state: Path) -> Issue:
    names = ", ".join(gone[:MOST_NAMES]) + (f" and {len(gone) - MOST_NAMES} more" if len(gone) > MOST_NAMES else "")
    message = (
        f"the journal in {state} has cancels by {names}, and no rule here is named so: a rule that was renamed begins "
        "its `repeat` anew, and may cancel another step of the same SmartTrade"
    )
    near = did_you_mean(gone[0], [rule.name for rule in desk.ruleset.rules])
    hint = "to go on as before, give the rule its old name again"
    issue = desk.warn(("rules",), "rule-renamed", message, near and f"{gone[0]}: {near}", hint)
    return replace(issue, severity=Severity.NOTE)
