"""
What works by one rules file, until a reload replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tradewarden.model.settings import Schedule, Settings
    from tradewarden.ports import SmartTradeGateway
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.service.cycle import Cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """
    What works until the next reload. *let_go* closes what it alone used.
    """

    settings: Settings
    ruleset: RuleSet
    cycle: Cycle
    gateway: SmartTradeGateway
    requests_left: Callable[[], int]
    let_go: Callable[[], Awaitable[None]]

    def due(self, schedules: frozenset[Schedule]) -> list[Rule]:
        """
        Return the enabled rules of *schedules*.
        """
        return [rule for rule in self.ruleset.enabled if self.schedule_of(rule) in schedules]

    def schedule_of(self, rule: Rule) -> Schedule:
        """
        Return a rule's own schedule, or that of the file.
        """
        return rule.schedule or self.settings.schedule

    @property
    def schedules(self) -> frozenset[Schedule]:
        """
        Return the schedules that some rule needs; the file's if there is no rule.
        """
        return frozenset(map(self.schedule_of, self.ruleset.enabled)) or frozenset({self.settings.schedule})
