"""
Which rules are asked at which reading of a test.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.service.triggers import trigger_of

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.model.settings import Settings
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.ruletests.case import RuleTest
    from tradewarden.service.triggers import GridTrigger


class DueRules:
    """
    Rules without a schedule of their own are asked at every reading: the readings are the cycles of the test.

    One that has its own is asked at the first reading at or after each of its times; an interval begins with the test.
    """

    def __init__(self, test: RuleTest, ruleset: RuleSet, settings: Settings) -> None:
        self._test = test
        self._rules = [rule for rule in ruleset.enabled if test.only is None or rule.name in test.only]
        self._triggers: dict[str, GridTrigger] = {
            rule.name: trigger_of(replace(rule.schedule, jitter=timedelta(0)), settings.timezone, start=test.start)
            for rule in self._rules
            if rule.schedule is not None
        }

    def at(self, index: int) -> tuple[Rule, ...]:
        """
        Return the rules that are asked at the reading *index*.
        """
        now = self._test.start + index * self._test.every
        return tuple(rule for rule in self._rules if self._is_due(rule, now))

    def _is_due(self, rule: Rule, now: datetime) -> bool:
        trigger = self._triggers.get(rule.name)
        if trigger is None:
            return True
        following = trigger.point_after(now - self._test.every)
        return following is not None and following <= now
