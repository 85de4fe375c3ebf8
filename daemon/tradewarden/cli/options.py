"""
The options that every command takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    Where the rules, the state and the API are.
    """

    rules: Annotated[
        Path | None,
        Parameter(help="The rules file. Else $TRADEWARDEN_RULES, /etc/tradewarden/rules.yaml, ./rules.yaml."),
    ] = None
    state: Annotated[
        Path | None,
        Parameter(help="The state folder. Else $TRADEWARDEN_STATE, $STATE_DIRECTORY, /var/lib/tradewarden, your own."),
    ] = None
    api_url: Annotated[
        str | None, Parameter(help="The API's URL. Else $TRADEWARDEN_API_URL, the file's `api.url`.")
    ] = None


DEFAULTS = Options()
