"""
Rules that wait for a cron expression of their own: a look at the account outside of it says that it is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from tradewarden.rulesfile.loader import RulesFile


def names_of_timed(rules: RulesFile) -> tuple[str, ...]:
    """
    Return the names of the enabled rules that have such a schedule.
    """
    return tuple(
        rule.name for rule in rules.ruleset.enabled if rule.schedule is not None and rule.schedule.cron is not None
    )


def about_schedules(rules: RulesFile, names: Collection[str] | None) -> tuple[str, ...]:
    """
    Say which of the rules that are explained (all if *names* is ``None``) may not have been due.
    """
    timed = [name for name in names_of_timed(rules) if names is None or name in names]
    if not timed:
        return ()
    return (f"explained as if it were due, though it waits for its own `schedule`: {', '.join(timed)}.",)
