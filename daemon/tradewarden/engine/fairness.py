"""
Whose turn it is: nobody starves, however many are denied or put off in every cycle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.engine.proposal import Proposal
    from tradewarden.model.memory import Ledger


def in_fair_order(proposals: Sequence[Proposal], ledger: Ledger) -> list[Proposal]:
    """
    Put those that were denied or deferred last time after the others, so that these never starve.

    Nor do they among themselves: those that were deferred come before those that were looked at and denied, and of
    either the one that has waited longest. A denial may cost requests each time, and a minute has only so many.
    """
    turns = {key: turn for turn, key in enumerate(ledger.waiting, start=1)}
    last = len(turns) + 1

    def turn_of(proposal: Proposal) -> int:
        key = (proposal.rule.name, proposal.smart_trade.id)
        return turns.get(key, last if key in ledger.put_off else 0)

    return sorted(proposals, key=turn_of)
