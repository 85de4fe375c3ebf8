"""
What was simulated, in numbers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Figures:
    """
    Counts of one simulation, or of many added up.

    *lost_races* are SmartTrades that our DELETE ended because somebody else took their other steps between the second
    read and the DELETE: the known limit of the API.
    """

    days: float = 0.0
    lives: int = 0
    cycles: int = 0
    requests: int = 0
    deletes: int = 0
    cancels: int = 0
    crashes: int = 0
    crashes_in_a_cancel: int = 0
    reloads: int = 0
    lost_races: int = 0
    breaches: int = 0
    cancels_in_calm: int = 0
    calm_checks: int = 0
    cuts: Counter[str] = field(default_factory=Counter)  # by file and line
    faults: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """
        Add those of another simulation.
        """
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            setattr(self, one.name, mine + theirs)

    def __str__(self) -> str:
        """
        Return them for people.
        """
        lines = []
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "cuts":
                lines.append(f"power cuts between two statements: {value.total():,}, at {len(value):,} places")
            elif isinstance(value, Counter):
                lines.append(f"{one.name}:")
                lines += [f"  {name}: {number:,}" for name, number in sorted(value.items())]
            else:
                lines.append(
                    f"{one.name.replace('_', ' ')}: {value:,.4g}"
                    if one.name == "days"
                    else f"{one.name.replace('_', ' ')}: {value:,}"
                )
        return "\n".join(lines)
