"""
Which rules file, state folder and API a command uses, and why that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradewarden.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM_RULES = Path("/etc/tradewarden/rules.yaml")
LOCAL_RULES = Path("rules.yaml")
SYSTEM_STATE = Path("/var/lib/tradewarden")


@dataclass(frozen=True, slots=True)
class Place:
    """
    A path and, in *why*, what chose it. *is_explicit*: the person named it on the command line.
    """

    path: Path
    why: str
    is_explicit: bool = False

    def __str__(self) -> str:
        """
        Say both.
        """
        return f"{self.path} ({self.why})"


def find_rules(
    option: Path | None, environ: Mapping[str, str], *, system_rules: Path = SYSTEM_RULES, local: Path = LOCAL_RULES
) -> Place:
    """
    Find the rules file: ``--rules``, ``$TRADEWARDEN_RULES``, the system's, else ``./rules.yaml``.

    Raises ConfigError if there is none, or if it cannot be told.
    """
    if option is not None:
        return Place(option, "--rules", is_explicit=True)
    if environ.get("TRADEWARDEN_RULES"):
        return Place(Path(environ["TRADEWARDEN_RULES"]), "$TRADEWARDEN_RULES")
    try:
        is_there = system_rules.exists()
    except OSError as error:
        msg = f"{system_rules}: it cannot be read: {error.strerror}. Name another rules file with --rules."
        raise ConfigError([msg]) from None
    if is_there:
        return Place(system_rules, "the system's rules")
    if local.exists():
        return Place(local, "in this folder")
    msg = f"no rules file found: name one with --rules or $TRADEWARDEN_RULES, or make {system_rules} or ./{local.name}."
    raise ConfigError([msg])


def find_state(option: Path | None, environ: Mapping[str, str], *, system_state: Path = SYSTEM_STATE) -> Place:
    """
    Find the state folder: ``--state``, ``$TRADEWARDEN_STATE``, ``$STATE_DIRECTORY``, the system's, else the user's.

    Raises UsageError if the one of them that counts is empty.
    """
    if option is not None:
        return Place(option, "--state", is_explicit=True)
    if environ.get("TRADEWARDEN_STATE"):
        return Place(Path(environ["TRADEWARDEN_STATE"]), "$TRADEWARDEN_STATE")
    if environ.get("STATE_DIRECTORY"):
        first = environ["STATE_DIRECTORY"].partition(":")[0]
        if not first.strip():
            raise UsageError("$STATE_DIRECTORY is empty before its first colon: no state folder can be told from it.")
        return Place(Path(first), "$STATE_DIRECTORY")
    if system_state.is_dir():
        return Place(system_state, "the system's state")
    base = Path(environ["XDG_STATE_HOME"]) if environ.get("XDG_STATE_HOME") else Path.home() / ".local" / "state"
    return Place(base / "tradewarden", "your own state")


def find_api_url(option: str | None, environ: Mapping[str, str], *, in_file: str) -> str:
    """
    Find the API's URL: ``--api-url``, ``$TRADEWARDEN_API_URL``, else that of the rules file.
    """
    return option or environ.get("TRADEWARDEN_API_URL") or in_file
