"""
The options that every command takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter, Token

from tradewarden.errors import UsageError


def not_empty(kind: Any, tokens: Sequence[Token]) -> Path | str:  # noqa: ANN401 (cyclopts gives the annotation)
    """
    Read a path or a URL. Raises UsageError if it is empty: an unset shell variable must not mean the current folder.
    """
    value = tokens[0].value
    if not value.strip():
        msg = f"{tokens[0].keyword or 'RULES'} is empty: is a shell variable unset?"
        raise UsageError(msg)
    return value if kind is str else Path(value)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    Where the rules, the state and the API are.
    """

    rules: Annotated[
        Path | None,
        Parameter(
            converter=not_empty,
            help="The rules file. Else $TRADEWARDEN_RULES, /etc/tradewarden/rules.yaml, ./rules.yaml.",
        ),
    ] = None
    state: Annotated[
        Path | None,
        Parameter(
            converter=not_empty,
            help="The state folder. Else $TRADEWARDEN_STATE, $STATE_DIRECTORY, /var/lib/tradewarden, your own.",
        ),
    ] = None
    api_url: Annotated[
        str | None,
        Parameter(converter=not_empty, help="The API's URL. Else $TRADEWARDEN_API_URL, the file's `api.url`."),
    ] = None


DEFAULTS = Options()
