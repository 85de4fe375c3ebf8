"""
Which SmartTrades a rule speaks of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradewarden.rules.ruleset import Match, MatchKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.model.truth import Truth
    from tradewarden.rules.ruleset import Rule, RuleSet
    from tradewarden.rules.schema import FactValue

_VALUE_OF: dict[MatchKey, Callable[[SmartTrade], str | None]] = {
    MatchKey.ID: lambda trade: str(trade.id),
    MatchKey.PAIR: lambda trade: trade.pair,
    MatchKey.QUOTE: lambda trade: trade.quote,
    MatchKey.SIDE: lambda trade: None if trade.side is None else trade.side.value,
    MatchKey.ACCOUNT_ID: lambda trade: str(trade.account_id),
    MatchKey.EXCHANGE: lambda trade: trade.exchange,
    MatchKey.KIND: lambda trade: trade.kind,
    MatchKey.NOTE: lambda trade: trade.note,
}
Question = tuple["Callable[[Mapping[str, FactValue]], Truth]", "Rule"]
_Patterns = tuple[tuple[MatchKey, tuple[str, ...]], ...]


class Matcher:
    """
    Finds which of some rules speak of a SmartTrade, as `matches` says, and so what to ask about it.

    A thousand SmartTrades have a few dozen pairs and sides, and many rules the same `match`: each combination is judged
    once.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._alike: dict[tuple[_Patterns, _Patterns | None], list[int]] = {}
        for index, rule in enumerate(rules):
            except_ = None if rule.except_ is None else _patterns_of(rule.except_)
            self._alike.setdefault((_patterns_of(rule.match), except_), []).append(index)
        asked = {key for match, except_ in self._alike for key, _ in (*match, *(except_ or ()))}
        self._values = [value_of for key, value_of in _VALUE_OF.items() if key in asked]
        self._found: dict[tuple[str | None, ...], tuple[Question, ...]] = {}

    def questions_for(self, trade: SmartTrade) -> tuple[Question, ...]:
        """
        Return the rules that match, in their order, each with its condition.
        """
        values = tuple([value_of(trade) for value_of in self._values])
        found = self._found.get(values)
        if found is None:
            found = self._found[values] = self._judged(trade)
        return found

    def _judged(self, trade: SmartTrade) -> tuple[Question, ...]:
        matching: list[int] = []
        for indices in self._alike.values():
            if matches(self._rules[indices[0]], trade):
                matching += indices
        asked = [self._rules[index] for index in sorted(matching)]
        return tuple((rule.when.evaluate, rule) for rule in asked)


def matches(rule: Rule, trade: SmartTrade) -> bool:
    """
    Tell whether the rule's `match` accepts the SmartTrade and its `except` surely does not.

    What is unknown is not matched, and counts as excepted: in doubt the rule does not speak of it.
    """
    return _accepts(rule, trade, in_doubt=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyVerdict:
    """
    What one key of a rule's `match` or (*is_exception*) `except` says of a SmartTrade. *value* ``None`` is unknown.
    """

    key: MatchKey
    is_exception: bool
    patterns: tuple[str, ...]
    value: str | None
    fits: bool


def key_verdicts(rule: Rule, trade: SmartTrade) -> tuple[KeyVerdict, ...]:
    """
    Return what each key says. The rule matches if all of `match` fit and not all of `except` do, where one is given.
    """
    clauses = ((rule.match, False), *(() if rule.except_ is None else ((rule.except_, True),)))
    return tuple(
        KeyVerdict(
            key=key,
            is_exception=is_exception,
            patterns=patterns,
            value=_VALUE_OF[key](trade),
            fits=_fits(Match({key: patterns}), trade, unknown=is_exception),
        )
        for match, is_exception in clauses
        for key, patterns in match.patterns.items()
    )


def largest_keep(ruleset: RuleSet, trade: SmartTrade) -> int:
    """
    Return the largest `keep` of the enabled rules that match, or may match if more were known; never below 1.
    """
    keeper = strictest_keeper(ruleset, trade)
    return 1 if keeper is None else keeper.keep


def strictest_keeper(ruleset: RuleSet, trade: SmartTrade) -> Rule | None:
    """
    Return the rule whose `keep` is that largest one, the first of several; ``None`` if no rule keeps more than one.
    """
    keeper: Rule | None = None
    for rule in ruleset.rules:
        if rule.keep > (1 if keeper is None else keeper.keep) and rule.enabled and _accepts(rule, trade, in_doubt=True):
            keeper = rule
    return keeper


def _accepts(rule: Rule, trade: SmartTrade, *, in_doubt: bool) -> bool:
    if not _fits(rule.match, trade, unknown=in_doubt):
        return False
    return rule.except_ is None or not _fits(rule.except_, trade, unknown=not in_doubt)


def _fits(match: Match, trade: SmartTrade, *, unknown: bool) -> bool:
    return match.accepts({key: _VALUE_OF[key](trade) for key in match.patterns}, unknown=unknown)


def _patterns_of(match: Match) -> _Patterns:
    return tuple(match.patterns.items())
