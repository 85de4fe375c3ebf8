"""
The question and the answer of `explain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.engine.nearness import nearest_misses
from tradewarden.errors import UsageError, UserError
from tradewarden.journal.rows import JournalEvent
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.rules.names import nearest

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.engine.explanation import Explanation
    from tradewarden.engine.nearness import NearMiss
    from tradewarden.journal.rows import JournalRow
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import Listing
    from tradewarden.rulesfile.loader import RulesFile

LARGEST_ID = 2**63 - 1  # what the journal can hold
MOST_NAMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What was asked for on the command line.
    """

    smart_trade: int | None = None
    rule: str | None = None
    full: bool = False
    at: str | None = None

    def check(self) -> None:
        """
        Raise UsageError for what makes no sense.
        """
        if self.smart_trade is not None and not 0 < self.smart_trade <= LARGEST_ID:
            msg = f"--smart-trade {self.smart_trade} is not a SmartTrade's id."
            raise UsageError(msg)
        if self.full and self.at is not None:
            raise UsageError("--full reads the account now, --at looks at the past: they do not go together.")

    @property
    def smart_trades(self) -> frozenset[SmartTradeId] | None:
        """
        Return the SmartTrade as the engine takes it.
        """
        return None if self.smart_trade is None else frozenset({SmartTradeId(self.smart_trade)})

    def rules_of(self, rules: RulesFile) -> frozenset[str] | None:
        """
        Return the rule as the engine takes it. Raises UsageError if the file has none of that name.
        """
        if self.rule is None:
            return None
        names = [rule.name for rule in rules.ruleset.rules]
        if self.rule in names:
            return frozenset({self.rule})
        near = nearest(self.rule, names) or next((name for name in names if self.rule and self.rule in name), None)
        more = len(names) - MOST_NAMES
        listed = ", ".join(repr(name) for name in names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        hint = f"did you mean {near!r}?" if near else f"it has {listed}." if names else "it has no rules."
        msg = f"there is no rule {self.rule!r} in {rules.path}: {hint}"
        raise UsageError(msg)

    def require_in(self, listing: Listing) -> None:
        """
        Raise UserError if the SmartTrade that was asked for is not in the listing.
        """
        if self.smart_trade is None or any(trade.id == self.smart_trade for trade in listing.smart_trades):
            return
        for unreadable in listing.unreadable:
            if unreadable.smart_trade_id == self.smart_trade:
                msg = f"SmartTrade {self.smart_trade} cannot be read, so no rule is asked about it: {unreadable.reason}"
                raise UserError(msg)
        number = len(listing.smart_trades)
        msg = (
            f"SmartTrade {self.smart_trade} is not among the {number} that were read: it is not open, or of another "
            "account or mode (`api.account_mode`)."
        )
        raise UserError(msg)

    def concerns(self, row: JournalRow) -> bool:
        """
        Tell whether a row of the journal belongs to the answer; a turn of the kill switch always does.
        """
        if isinstance(row, JournalEvent):
            return True
        return self.smart_trade in {None, row.row.smart_trade_id} and self.rule in {None, row.row.rule}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """
    What was explained. *explanation* is ``None`` where only the journal tells of the moment *at*, which is ``None`` for
    the present. *armed* is ``None`` where no journal is known. *rows* are what the journal says around *at*.
    """

    rules_file: str
    mode: Mode
    armed: bool | None
    requests: int
    explanation: Explanation | None
    at: datetime | None = None
    notes: tuple[str, ...] = ()
    rows: tuple[JournalRow, ...] = ()

    @property
    def nearest(self) -> tuple[NearMiss, ...]:
        """
        Return the nearest misses of what was explained.
        """
        return () if self.explanation is None else nearest_misses(self.explanation.rules)
