"""
Commands whose time has not come: refused by name, never silently accepted.
"""

from __future__ import annotations

from typing import Annotated, NoReturn

from cyclopts import Parameter

from tradewarden.errors import NotAvailableYet

Anything = Annotated[str, Parameter(allow_leading_hyphen=True, show=False)]


def refuse(name: str) -> NoReturn:
    """
    Raise NotAvailableYet for the command *name*.
    """
    msg = f"`{name}` is not available yet."
    raise NotAvailableYet(msg)


def replay(*_: Anything) -> None:
    """
    Refuse: replays come later.
    """
    refuse("replay")


def install(*_: Anything) -> None:
    """
    Refuse: the service comes later.
    """
    refuse("install")


def doctor(*_: Anything) -> None:
    """
    Refuse: it comes with the service.
    """
    refuse("doctor")


def backup(*_: Anything) -> None:
    """
    Refuse: it comes with the service.
    """
    refuse("backup")
