"""
Why a rule does or does not act on a SmartTrade: a value with everything that the decision rested on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradewarden.engine.gates import Deferred
    from tradewarden.engine.matching import KeyVerdict
    from tradewarden.engine.proposal import Proposal
    from tradewarden.engine.selectors import Choice
    from tradewarden.model.cancel import Attempt
    from tradewarden.model.decision import Check
    from tradewarden.model.smart_trade import Listing, SmartTrade
    from tradewarden.rules.miss import Miss, Part
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rules.trace import Trace


SECOND = timedelta(seconds=1)
CONDITION = "condition-holds"  # the check that says only what the condition itself says


class Fate(StrEnum):
    """
    Where a rule stands with a SmartTrade. The first five are those of a proposal, or of what came near one.
    """

    WOULD_CANCEL = "would_cancel"
    DENIED = "denied"  # by an invariant
    DEFERRED = "deferred"  # by a gate or a limit
    SPENT = "spent"  # `repeat` forbids another cancel
    NO_STEP = "no_step"  # the condition is true, the selector names no step
    HOLDING = "holding"  # the condition is true, but not for long enough
    FALSE = "false"
    UNKNOWN = "unknown"
    NO_MATCH = "no_match"  # the rule does not speak of the SmartTrade
    LEFT_ALONE = "left_alone"  # no rule is asked about it
    OFF = "off"  # the rule is switched off


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldState:
    """
    How long the condition was seen to be true, of how long it must have been.
    """

    held: timedelta
    needed: timedelta

    @property
    def left(self) -> timedelta:
        """
        Return how long it must still be true, in whole seconds, as *held* is told.
        """
        return max(self.needed - self.held // SECOND * SECOND, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatState:
    """
    Whether `repeat` is spent, and the *last* attempt that used it up, if there was one.
    """

    is_spent: bool
    last: Attempt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExplanation:
    """
    One rule and one SmartTrade. *reason* is the check or the deferral that the *fate* is named after.

    What follows *match* is empty where the rule does not speak of the SmartTrade. *choice* is what the selector names
    whether or not the condition is true, *checks* are the invariants of cancelling that, and *not_read* names those
    that only a second read can answer. *proposal* is set exactly where the daemon would make one of this reading.
    *unfilled* says of windows that are unknown why.
    """

    rule: Rule
    smart_trade: SmartTrade
    fate: Fate
    reason: str | None
    sentence: str
    match: tuple[KeyVerdict, ...]
    trace: Trace | None = None
    parts: tuple[Part, ...] = ()
    miss: Miss | None = None
    hold: HoldState | None = None
    choice: Choice | None = None
    repeat: RepeatState | None = None
    deferred: Deferred | None = None
    checks: tuple[Check, ...] = ()
    not_read: tuple[str, ...] = ()
    proposal: Proposal | None = None
    unfilled: tuple[str, ...] = ()

    @property
    def obstacle(self) -> str | None:
        """
        Return what would keep the rule from acting if its condition held: no step, or a check that fails anyway.
        """
        if self.choice is not None and self.choice.step is None:
            return self.choice.why
        return next((check.name for check in self.checks if not check.holds and check.name != CONDITION), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartTradeExplanation:
    """
    A SmartTrade with what each rule says of it. *was_read_again* tells whether the second read was made too.
    """

    smart_trade: SmartTrade
    rules: tuple[RuleExplanation, ...]
    was_read_again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    All of a reading. *suspicious* says why the listing would not be acted on at all, if so.
    """

    listing: Listing
    smart_trades: tuple[SmartTradeExplanation, ...]
    suspicious: str | None

    @property
    def rules(self) -> tuple[RuleExplanation, ...]:
        """
        Return every rule of every SmartTrade.
        """
        return tuple(rule for one in self.smart_trades for rule in one.rules)
