"""
Why a rule did what it did to a SmartTrade at a reading: the first thing that kept it from a cancel, with its values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.engine.matching import matches
from tradewarden.engine.unfilled import Reach
from tradewarden.model.truth import Truth
from tradewarden.rulesfile.values import duration_text
from tradewarden.ruletests.seen_by_rule import facts_at, trade_at
from tradewarden.ruletests.words import CANCELLING, holding_text, row_text

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import SmartTrade, SmartTradeId
    from tradewarden.rules.ruleset import Rule
    from tradewarden.ruletests.play import Frame, Played


def why(played: Played, index: int, rule_name: str, smart_trade_id: SmartTradeId) -> str:
    """
    Say in a phrase what the rule did instead of what was expected.
    """
    frame = played.frames[index]
    rule = next((rule for rule in frame.due if rule.name == rule_name), None)
    if rule is None:
        return "it is not asked at this moment: it has a schedule of its own"
    trade = trade_at(frame, smart_trade_id)
    if trade is None or frame.report is None:
        return "nothing was read"
    rows = [row for row in frame.report.outcomes if (row.rule, row.smart_trade_id) == (rule_name, smart_trade_id)]
    if rows:
        return _repeated(played, frame, rule_name, smart_trade_id) or f"it {row_text(rows[0])}"
    return _not_asked(played, rule, trade) or _asked(played, frame, rule, trade)


def why_nothing_was_asked(played: Played) -> str | None:
    """
    Say why no rule was asked about any SmartTrade at any reading; ``None`` if one was.

    Such a test passes whatever the conditions say, so its owner should know.
    """
    reasons: dict[str, None] = {}
    for frame in played.frames:
        for trade in () if frame.listing is None else frame.listing.smart_trades:
            for rule in frame.due:
                reason = _not_asked(played, rule, trade)
                if reason is None:
                    return None
                reasons.setdefault(reason.removeprefix("it is not asked: "))
    return next(iter(reasons), None) or _none_was_due(played)


def _none_was_due(played: Played) -> str:
    only = played.test.only
    meant = [rule for rule in played.ruleset.rules if only is None or rule.name in only]
    if not meant or any(rule.enabled for rule in meant):
        return "none was due at any reading"
    if len(meant) > 1:
        return "all of them are switched off (`enabled: false`): `enable` switches them on for this test"
    name = meant[0].name
    return f"{name} is switched off (`enabled: false`): `enable: {name}` switches it on for this test"


def _repeated(played: Played, frame: Frame, rule_name: str, smart_trade_id: SmartTradeId) -> str | None:
    """
    Say of a denial or deferral that is not new since when it stands.
    """
    key = (rule_name, smart_trade_id)
    if any((row.rule, row.smart_trade_id) == key for row in frame.new):
        return None
    for earlier in reversed(played.frames[: frame.index]):
        for row in earlier.new:
            if (row.rule, row.smart_trade_id) == key:
                since = duration_text(played.at(earlier.index))
                return f"as at {since}, which is told once, it {row_text(row)}"
    return None


def _not_asked(played: Played, rule: Rule, trade: SmartTrade) -> str | None:
    if not trade.is_open:
        return f"it is not asked: the SmartTrade's status is {trade.status or 'unknown'}, not waiting_targets"
    if not played.settings.api.allows(trade.account_id):
        return f"it is not asked: account {trade.account_id} is not in `api.accounts`"
    if not matches(rule, trade):
        return f"it is not asked: its `match` or `except` leaves out {_portrait(trade)}"
    return None


def _portrait(trade: SmartTrade) -> str:
    side = "of unknown side" if trade.side is None else trade.side.value
    note = f", note {trade.note!r}" if trade.note else ""
    return f"{trade.pair} {side}, account {trade.account_id}{note}"


def _asked(played: Played, frame: Frame, rule: Rule, trade: SmartTrade) -> str:
    seen, facts = facts_at(played, frame, trade)
    trace = rule.when.trace(facts)
    if trace.truth is not Truth.TRUE:
        reasons = ["the price has stood still for `frozen_after`"] if seen.is_frozen else []
        if trace.truth is Truth.UNKNOWN and frame.listing is not None and frame.evaluation is not None:
            plan, history = frame.evaluation.surroundings.plan, frame.evaluation.memory.history
            reach = Reach(plan, history, frame.listing.asked_at)
            reasons += reach.why_unknown((fact.name for fact in rule.when.beyond), facts, trade.id)
        because = f" ({'; '.join(reasons)})" if reasons else ""
        return f"its condition is not true: {trace.sentence()}{because}"
    evaluation = frame.evaluation
    key = (rule.name, trade.id)
    for holding in () if evaluation is None else evaluation.holding:
        if (holding.rule, holding.smart_trade_id) == key:
            return holding_text(holding.held, holding.needed)
    for one, reason in () if evaluation is None else evaluation.unchosen:
        if one == key:
            return f"its condition is true, but it chooses no step: {reason}"
    before = _last_cancel(played, frame, key)
    if before is not None:
        return f"its condition is true, but `repeat` allows no further cancel: at {before}"
    errors = () if frame.report is None else frame.report.errors
    return "; ".join(["its condition is true, and nothing came of it", *(error.message for error in errors)])


def _last_cancel(played: Played, frame: Frame, key: tuple[str, SmartTradeId]) -> str | None:
    for earlier in reversed(played.frames[: frame.index]):
        for row in earlier.new:
            if (row.rule, row.smart_trade_id) == key and row.outcome in CANCELLING:
                return f"{duration_text(played.at(earlier.index))} it {row_text(row)}"
    return None
