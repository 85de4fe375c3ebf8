"""
How things stand by the journal: what holds the daemon back, and what is not settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.model.cancel import OpenQuestion
    from tradewarden.model.memory import Penalty

BREACH = "breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    A turn of the kill switch: *event* is ``armed``, ``disarmed`` or ``breach``.
    """

    event: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """
    The kill switch and the *turns* that put it where it is: when disarmed, all since the owner last ran `arm`.
    """

    armed: bool
    turns: tuple[Turn, ...] = ()

    @property
    def turn(self) -> Turn | None:
        """
        Return the turn that counts: a breach, else the first one; ``None`` if none is known.
        """
        breach = next((turn for turn in self.turns if turn.event == BREACH), None)
        return breach or next(iter(self.turns), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """
    Why acting for the account was stopped, and since when.
    """

    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    All of it from one state of the journal. Whether the *penalty* still runs is not judged here.
    """

    switch: Switch
    access: Stop | None = None
    penalty: Penalty | None = None
    questions: tuple[OpenQuestion, ...] = ()
