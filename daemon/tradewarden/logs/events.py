"""
The events that the log knows, and the line that is made of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["info", "warning", "error", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    What is said of one event: *message* is a sentence for people, *fields* are the values for machines.
    """

    level: Level
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


# Each event with the levels it may have; docs/log-events.md explains them, and a test holds the two together.
EVENTS: Mapping[str, tuple[Level, ...]] = MappingProxyType(
    {
        "daemon.started": ("info",),
        "daemon.stopping": ("info",),
        "daemon.stopped": ("info",),
        "daemon.failed": ("error",),
        "cycle.ended": ("info", "warning"),
        "cycle.more": ("info",),
        "proposal.outcome": ("info", "warning"),
        "rule.chose_nothing": ("info",),
        "cancel.intended": ("info",),
        "cancel.answered": ("info", "warning"),
        "cancel.settled": ("info", "warning"),
        "cancel.breach": ("critical",),
        "settling.taken_up": ("info",),
        "settling.read_failed": ("warning",),
        "settling.stopped": ("warning",),
        "settling.failed": ("error",),
        "trouble.began": ("warning", "error"),
        "trouble.ended": ("info",),
        "access.stopped": ("error",),
        "access.regained": ("info",),
        "rules.reloaded": ("info",),
        "rules.refused": ("error",),
        "rules.warned": ("warning",),
        "credentials.warned": ("warning",),
        "clock.stepped": ("warning",),
        "clock.slept": ("info",),
        "log.failed": ("error",),
    }
)
