"""
Rules as values: what one matches, when it fires, which step it means and how often.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from tradewarden.rules.glob import matches_glob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradewarden.model.settings import Schedule
    from tradewarden.rules.condition import Condition


class MatchKey(StrEnum):
    """
    What a `match` or `except` may ask for.
    """

    ID = "id"
    PAIR = "pair"
    QUOTE = "quote"
    SIDE = "side"
    ACCOUNT_ID = "account_id"
    EXCHANGE = "exchange"
    KIND = "kind"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Match:
    """
    Every key must match, each by one of its patterns (a glob with ``*`` and ``?``, case-sensitive).
    """

    patterns: Mapping[MatchKey, tuple[str, ...]]

    def accepts(self, values: Mapping[MatchKey, str | None], *, unknown: bool) -> bool:
        """
        Tell whether *values* match; a key whose value is unknown counts as *unknown* says.
        """
        for key, patterns in self.patterns.items():
            value = values[key]
            if not (unknown if value is None else any(matches_glob(value, pattern) for pattern in patterns)):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Farthest:
    """
    The step whose price is farthest in the trade's favour.
    """


@dataclass(frozen=True, slots=True)
class Nearest:
    """
    The step whose price is nearest in the trade's favour.
    """


@dataclass(frozen=True, slots=True)
class AtPosition:
    """
    The step of that *position*, counted from 1 as 3Commas does.
    """

    position: int


@dataclass(frozen=True, slots=True)
class Where:
    """
    The one step for which *condition* is true.
    """

    condition: Condition


Selector = Farthest | Nearest | AtPosition | Where


class RepeatPolicy(StrEnum):
    """
    Whether a rule may cancel another step of a SmartTrade.
    """

    NEVER = "never"
    ON_RESET = "on-reset"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """
    *after* is the pause of the policy AFTER.
    """

    policy: RepeatPolicy = RepeatPolicy.NEVER
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One rule of the file. *fingerprint* changes with its text: a hold survives only for an unchanged rule.
    """

    name: str
    description: str
    match: Match
    except_: Match | None
    when: Condition
    hold: timedelta
    cancel: Selector
    keep: int
    repeat: Repeat
    schedule: Schedule | None
    enabled: bool
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """
    All rules of a file. *generation* identifies the file's text: an intent of an older generation is refused.
    """

    rules: tuple[Rule, ...]
    generation: str

    @property
    def enabled(self) -> tuple[Rule, ...]:
        """
        Return the rules that are switched on.
        """
        return tuple(rule for rule in self.rules if rule.enabled)
