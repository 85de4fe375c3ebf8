"""
Advice that needs the account: rules that match nothing now, accounts and pairs that no open SmartTrade has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.engine.matching import matches
from tradewarden.rules.glob import matches_glob
from tradewarden.rules.ruleset import MatchKey
from tradewarden.rulesfile.advice.asked_pairs import NO_ANSWERS, about_markets, about_pair, exchanges_of, said_of
from tradewarden.rulesfile.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.ruleset import Rule
    from tradewarden.rulesfile.advice.asked_pairs import Answers
    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.problems import Issue

MOST_NAMED = 8
_LOOKED_UP: dict[MatchKey, tuple[str, Callable[[SmartTrade], str | None]]] = {
    MatchKey.ID: ("id", lambda trade: str(trade.id)),
    MatchKey.PAIR: ("pair", lambda trade: trade.pair),
    MatchKey.ACCOUNT_ID: ("account", lambda trade: str(trade.account_id)),
    MatchKey.EXCHANGE: ("exchange", lambda trade: trade.exchange),
}


def about_account(desk: Desk, trades: Sequence[SmartTrade], answers: Answers = NO_ANSWERS) -> Iterator[Issue]:
    """
    Compare the file with the open SmartTrades of the account. Where none is open nothing can be told.

    *answers* are what 3Commas said of the pairs that it was asked for.
    """
    if not trades:
        return
    yield from _about_allowed(desk, trades)
    for index, rule in enumerate(desk.ruleset.rules):
        if not rule.enabled:
            continue
        missing = list(_about_patterns(desk, index, rule, trades, answers))
        yield from missing
        yield from about_markets(desk, index, rule, trades, answers)
        if not missing and not matched_by(desk, rule, trades):
            message = f"this rule matches none of the {len(trades)} open SmartTrades now"
            yield desk.warn(("rules", index, "name"), "matches-nothing", message, "is `match` or `except` too narrow?")


def matched_by(desk: Desk, rule: Rule, trades: Sequence[SmartTrade]) -> tuple[SmartTrade, ...]:
    """
    Return the SmartTrades that *rule* speaks of, on accounts that may be acted on.
    """
    api = desk.settings.api
    return tuple(trade for trade in trades if matches(rule, trade) and api.allows(trade.account_id))


def _about_allowed(desk: Desk, trades: Sequence[SmartTrade]) -> Iterator[Issue]:
    seen = sorted({int(trade.account_id) for trade in trades})
    place = desk.place("api", "accounts")
    if place is None or desk.settings.api.accounts is None:
        return
    written = desk.document.data
    accounts = written["api"]["accounts"] if isinstance(written, dict) else []
    for at, account in enumerate(accounts):
        if int(account) not in seen:
            message = f"no open SmartTrade is on the account {account} now"
            hint = f"those that have some are {_named(map(str, seen))}"
            yield desk.warn(("api", "accounts", at), "account-not-seen", message, hint)


def _about_patterns(
    desk: Desk, index: int, rule: Rule, trades: Sequence[SmartTrade], answers: Answers
) -> Iterator[Issue]:
    for key, patterns in rule.match.patterns.items():
        if key not in _LOOKED_UP:
            continue
        word, value_of = _LOOKED_UP[key]
        values = sorted({value for trade in trades if (value := value_of(trade)) is not None})
        for at, pattern in enumerate(patterns):
            if any(matches_glob(value, pattern) for value in values):
                continue
            path = ("rules", index, "match", key.value)
            own = (*path, at) if (*path, at) in desk.document.places else path
            hint = did_you_mean(pattern, values) or f"now there are {_named(values)}"
            if key is MatchKey.PAIR:
                told = about_pair(desk, own, pattern, said_of(pattern, exchanges_of(desk, rule, trades), answers), hint)
                if told is not None:
                    yield told
                    continue
            message = f"no open SmartTrade has the {word} {pattern} now"
            yield desk.warn(own, f"{word}-not-seen", message, hint)


def _named(values: Iterator[str] | Sequence[str]) -> str:
    listed = list(values)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more
