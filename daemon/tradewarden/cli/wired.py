"""
From the command line to a wiring: which files, which credentials, which API.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.bootstrap import Wiring
from tradewarden.clock import SystemClock
from tradewarden.credentials import find_credentials
from tradewarden.engine.facts import VOCABULARY
from tradewarden.logs import LogObserver, open_log
from tradewarden.places import Place, find_api_url, find_rules, find_state
from tradewarden.rulesfile.loader import RulesFile, load_rules

if TYPE_CHECKING:
    from tradewarden.cli.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    What was found, and where.
    """

    wiring: Wiring
    rules_place: Place
    state: Place

    @property
    def rules(self) -> RulesFile:
        """
        Return the rules file.
        """
        return self.wiring.rules

    @property
    def warnings(self) -> tuple[str, ...]:
        """
        Return what the owner should mend, though it works.
        """
        return (*self.rules.warnings, *self.wiring.credentials.warnings)

    def __str__(self) -> str:
        """
        Say which files are used, and why these.
        """
        count = len(self.rules.ruleset.enabled)
        return (
            f"rules {self.rules_place}, {count} enabled; state {self.state}; API {self.wiring.api_url}; "
            f"credentials from {self.wiring.credentials.origin}"
        )


def open_observer() -> LogObserver:
    """
    Open the log on stderr.
    """
    return LogObserver(open_log(sys.stderr, os.environ))


def find_all(options: Options, *, dry_run: bool, observer: LogObserver) -> Found:
    """
    Load the rules file, and find everything else.

    Raises ConfigError, UsageError and CredentialsError.
    """
    rules_place = find_rules(options.rules, os.environ)
    rules = load_rules(rules_place.path, VOCABULARY)
    state = find_state(options.state, os.environ)
    wiring = Wiring(
        rules=rules,
        state=state.path,
        api_url=find_api_url(options.api_url, os.environ, in_file=rules.settings.api.url),
        credentials=find_credentials(os.environ),
        clock=SystemClock(),
        observer=observer,
        dry_run=dry_run,
    )
    wiring.check_url()  # before it is shown: it may hold a password
    return Found(wiring=wiring, rules_place=rules_place, state=state)
