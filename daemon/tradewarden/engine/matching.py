"""
Which SmartTrades a rule speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.rules.ruleset import MatchKey

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.ruleset import Rule, RuleSet


def matches(rule: Rule, trade: SmartTrade) -> bool:
    """
    Tell whether the rule's `match` accepts the SmartTrade and its `except` surely does not.

    What is unknown is not matched, and counts as excepted: in doubt the rule does not speak of it.
    """
    return _accepts(rule, trade, in_doubt=False)


def largest_keep(ruleset: RuleSet, trade: SmartTrade) -> int:
    """
    Return the largest `keep` of the enabled rules that match, or may match if more were known; never below 1.
    """
    return max((rule.keep for rule in ruleset.enabled if _accepts(rule, trade, in_doubt=True)), default=1)


def _accepts(rule: Rule, trade: SmartTrade, *, in_doubt: bool) -> bool:
    values = {
        MatchKey.ID: str(trade.id),
        MatchKey.PAIR: trade.pair,
        MatchKey.QUOTE: trade.quote,
        MatchKey.SIDE: None if trade.side is None else trade.side.value,
        MatchKey.ACCOUNT_ID: str(trade.account_id),
        MatchKey.EXCHANGE: trade.exchange,
        MatchKey.KIND: trade.kind,
        MatchKey.NOTE: trade.note,
    }
    if not rule.match.accepts(values, unknown=in_doubt):
        return False
    return rule.except_ is None or not rule.except_.accepts(values, unknown=not in_doubt)
