"""
What all parts of a simulation share.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.figures import Figures
    from simulation.timeline import Agenda, Timeline
    from simulation.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """
    Time, what is yet to happen, what has happened, and the *seed* from which all chance comes.
    """

    seed: int
    timeline: Timeline
    agenda: Agenda
    trace: Trace
    figures: Figures

    def chance(self, what: str) -> Random:
        """
        Return the chance of one part: what another draws does not change it.
        """
        return Random(f"{self.seed} {what}")  # noqa: S311 (it is to be repeatable)
