"""
What was attempted, indexed: the gates ask about every proposal of a cycle, and a busy account has a long past.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tradewarden.model.memory import HoldKey, Ledger
    from tradewarden.model.smart_trade import SmartTradeId, TradeId

CONSUMING = frozenset(
    {
        Outcome.CANCELLED,
        Outcome.WOULD_CANCEL,
        Outcome.GONE,
        Outcome.FILLED,
        Outcome.ENDED,
        Outcome.UNKNOWN,
        Outcome.BREACH,
    }
)
FAILED = frozenset({Outcome.REJECTED, Outcome.NOT_APPLIED})


def consumes(attempt: Attempt) -> bool:
    """
    Tell whether an attempt uses up `repeat` and the limits: what was cancelled, and what may have been.
    """
    return attempt.outcome is None or attempt.outcome in CONSUMING


class Past(tuple[Attempt, ...]):  # noqa: SLOT001 (a tuple allows no slots of its own, and the index needs room)
    """
    The attempts of a ledger, as a tuple, with an index for each question that the gates ask.
    """

    def __new__(cls, attempts: Iterable[Attempt] = ()) -> Self:
        """
        Index *attempts* once.
        """
        past = super().__new__(cls, attempts)
        past._index()
        return past

    @classmethod
    def of(cls, attempts: Sequence[Attempt]) -> Past:
        """
        Return *attempts* indexed, themselves if they are.
        """
        return attempts if isinstance(attempts, Past) else Past(attempts)

    def _index(self) -> None:
        self._by_rule: dict[HoldKey, list[Attempt]] = defaultdict(list)
        self._on: dict[SmartTradeId, list[Attempt]] = defaultdict(list)
        self._failures: dict[TradeId, list[Attempt]] = defaultdict(list)
        for attempt in self:
            if consumes(attempt):
                self._by_rule[attempt.rule, attempt.smart_trade_id].append(attempt)
                self._on[attempt.smart_trade_id].append(attempt)
            elif attempt.outcome in FAILED:
                self._failures[attempt.trade_id].append(attempt)
        self._times = sorted(attempt.at for attempts in self._on.values() for attempt in attempts)

    def consumed_by(self, key: HoldKey) -> Sequence[Attempt]:
        """
        Return the attempts of a rule on a SmartTrade that use up its `repeat`.
        """
        return self._by_rule.get(key, ())

    def consumed_on(self, smart_trade_id: SmartTradeId) -> Sequence[Attempt]:
        """
        Return the attempts on a SmartTrade that use up its limit.
        """
        return self._on.get(smart_trade_id, ())

    def failures_of(self, trade_id: TradeId) -> Sequence[Attempt]:
        """
        Return the attempts on a step that were refused or had no effect.
        """
        return self._failures.get(trade_id, ())

    def count_since(self, moment: datetime) -> int:
        """
        Count the attempts after *moment* that use up the limits; one dated in the future counts too.
        """
        return len(self._times) - bisect_right(self._times, moment)


def as_of(ledger: Ledger, moment: datetime, *, armed: bool) -> Ledger:
    """
    Return a ledger as it stood at *moment*, as far as it still tells: without what came later.

    Whose turn it was and what was set aside then is not kept.
    """
    later = [attempt for attempt in ledger.attempts if attempt.at > moment]
    return replace(
        ledger,
        armed=armed,
        attempts=Past(attempt for attempt in ledger.attempts if attempt.at <= moment),
        put_off=frozenset(),
        waiting=(),
        set_aside={},
        armed_at=None if ledger.armed_at is None or ledger.armed_at > moment else ledger.armed_at,
        sent_steps=ledger.sent_steps - {attempt.trade_id for attempt in later},
    )
