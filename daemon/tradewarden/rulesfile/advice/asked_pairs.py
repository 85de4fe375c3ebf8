"""
Advice about pairs that no open SmartTrade has: which of them are worth a question to 3Commas, and what its answers say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tradewarden.rules.glob import matches_glob
from tradewarden.rules.origin import MarketFact, all_facts
from tradewarden.rules.pair_notation import as_3commas_writes
from tradewarden.rules.ruleset import MatchKey
from tradewarden.rulesfile.advice.desk import conditions_of
from tradewarden.rulesfile.problems import Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.problems import Issue

UNKNOWN = "pair-unknown"
_PAIR = re.compile(r"[A-Za-z0-9]{1,30}_[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True, slots=True)
class Question:
    """
    Whether 3Commas knows a *pair* on an *exchange* (an account's type).
    """

    pair: str
    exchange: str


Answers = Mapping[Question, bool]
"""
What 3Commas said. A question of which nothing is certain is left out.
"""

NO_ANSWERS: Answers = MappingProxyType({})


def questions_of(desk: Desk, trades: Sequence[SmartTrade]) -> tuple[Question, ...]:
    """
    Return what 3Commas should be asked about the pairs of the file that no open SmartTrade has, the first ones first.
    """
    open_pairs = {trade.pair for trade in trades}
    found: dict[Question, None] = {}
    for index, rule in enumerate(desk.ruleset.rules):
        if not rule.enabled:
            continue
        missing = [pair for pair in rule.match.patterns.get(MatchKey.PAIR, ()) if pair not in open_pairs]
        exchanges = exchanges_of(desk, rule, trades)
        found |= dict.fromkeys(Question(pair, exchange) for pair in missing for exchange in exchanges)
        asked = (pair for _, _, _, pair in _markets_of(index, rule) if pair not in open_pairs)
        found |= dict.fromkeys(Question(pair, exchange) for pair in asked for exchange in _where_markets_are(trades))
    return tuple(one for one in found if _PAIR.fullmatch(one.pair) and as_3commas_writes(one.pair) is None)


def exchanges_of(desk: Desk, rule: Rule, trades: Sequence[SmartTrade]) -> tuple[str, ...]:
    """
    Return the exchanges of open SmartTrades, as far as *rule* may look there.
    """
    accounts = rule.match.patterns.get(MatchKey.ACCOUNT_ID, ("*",))
    exchanges = rule.match.patterns.get(MatchKey.EXCHANGE, ("*",))
    return tuple(
        dict.fromkeys(
            trade.exchange
            for trade in trades
            if trade.exchange is not None
            and desk.settings.api.allows(trade.account_id)
            and any(matches_glob(str(trade.account_id), pattern) for pattern in accounts)
            and any(matches_glob(trade.exchange, pattern) for pattern in exchanges)
        )
    )


def said_of(pair: str, exchanges: Sequence[str], answers: Answers) -> dict[str, bool | None]:
    """
    Return for each of *exchanges* whether 3Commas knows *pair* there; ``None`` where that is not certain.
    """
    return {exchange: answers.get(Question(pair, exchange)) for exchange in exchanges}


def about_pair(desk: Desk, path: Path, pair: str, said: Mapping[str, bool | None], hint: str) -> Issue | None:
    """
    Tell of a pair that no open SmartTrade has whether it exists; ``None`` if that is not certain.
    """
    knowing = [exchange for exchange, known in said.items() if known]
    if knowing:
        message = f"no open SmartTrade has the pair {pair} now, but 3Commas knows it on {' and '.join(knowing)}"
        issue = desk.warn(path, "pair-not-seen", message, "leave it as it is if the rule is meant for later")
        return replace(issue, severity=Severity.NOTE)
    if said and all(known is False for known in said.values()):
        return desk.warn(path, UNKNOWN, f"3Commas does not know the pair {pair} on {' and '.join(said)}", hint)
    return None


def about_markets(
    desk: Desk, index: int, rule: Rule, trades: Sequence[SmartTrade], answers: Answers
) -> Iterator[Issue]:
    """
    Warn of markets in conditions of which 3Commas knows no pair.
    """
    open_pairs = sorted({trade.pair for trade in trades})
    for path, start, end, pair in _markets_of(index, rule):
        for exchange in _where_markets_are(trades):
            if answers.get(Question(pair, exchange)) is False:
                message = f"3Commas does not know the pair {pair} on {exchange}, so its market stays unknown"
                hint = did_you_mean(pair, open_pairs) or "look up how 3Commas writes it there"
                yield desk.warn_in(path, start, end, UNKNOWN, message, hint)


def _markets_of(index: int, rule: Rule) -> Iterator[tuple[Path, int, int, str]]:
    """
    Yield the pairs of the markets that a rule looks at, each with its place, quotes included.
    """
    for path, condition in conditions_of(index, rule):
        for fact in all_facts(condition.expression):
            if isinstance(fact.origin, MarketFact):
                pair = fact.origin.pair
                start = condition.text.index(pair, fact.start) - 1
                yield path, start, start + len(pair) + 2, pair


def _where_markets_are(trades: Sequence[SmartTrade]) -> tuple[str, ...]:
    """
    Return the exchange on which the daemon asks for markets that no open SmartTrade is in: that of the first.
    """
    return tuple(trade.exchange for trade in trades if trade.exchange is not None)[:1]
