"""
The answer of `explain` as one JSON document. Numbers are decimal text, as in reports; durations are whole seconds.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.cli.journal_json import instant, row_to_json
from tradewarden.engine.explanation import Fate
from tradewarden.engine.report import SECOND, plain_number
from tradewarden.errors import AccessDenied, ApiError, UserError

if TYPE_CHECKING:
    from tradewarden.cli.explained import Explained
    from tradewarden.engine.explanation import HoldState, RepeatState, RuleExplanation, SmartTradeExplanation
    from tradewarden.engine.nearness import NearMiss
    from tradewarden.engine.selectors import Choice
    from tradewarden.errors import TradeWardenError
    from tradewarden.rules.miss import Miss, Part
    from tradewarden.rules.near_miss import Gap
    from tradewarden.rules.schema import FactValue
    from tradewarden.rules.trace import Trace

_WORDS = {2: "usage", 77: "credentials", 78: "config"}


def explained_to_json(found: Explained) -> dict[str, object]:
    """
    Return everything that was explained.
    """
    explanation = found.explanation
    return {
        "at": None if found.at is None else instant(found.at),
        "read_at": None if explanation is None else instant(explanation.listing.asked_at.wall),
        "rules_file": found.rules_file,
        "mode": found.mode.value,
        "armed": found.armed,
        "requests": found.requests,
        "suspicious": None if explanation is None else explanation.suspicious,
        "notes": list(found.notes),
        "smart_trades": [] if explanation is None else [_smart_trade(one) for one in explanation.smart_trades],
        "unreadable": []
        if explanation is None
        else [{"smart_trade_id": one.smart_trade_id, "reason": one.reason} for one in explanation.listing.unreadable],
        "nearest": [_near(near) for near in found.nearest],
        "journal": [row_to_json(row) for row in found.rows],
        "errors": [],
    }


def failure_to_json(error: TradeWardenError) -> dict[str, object]:
    """
    Return the document of a failure, so that a reader of JSON always gets one; what is not known is null.
    """
    return {
        "at": None,
        "read_at": None,
        "rules_file": None,
        "mode": None,
        "armed": None,
        "requests": 0,
        "suspicious": None,
        "notes": [],
        "smart_trades": [],
        "unreadable": [],
        "nearest": [],
        "journal": [],
        "errors": [{"error": _word(error), "message": str(error)}],
    }


def _word(error: TradeWardenError) -> str:
    if isinstance(error, AccessDenied):
        return "access"
    if isinstance(error, ApiError):
        return "api"
    return _WORDS.get(error.exit_code, "failed") if isinstance(error, UserError) else "failed"


def _smart_trade(one: SmartTradeExplanation) -> dict[str, object]:
    trade = one.smart_trade
    return {
        "smart_trade_id": trade.id,
        "account_id": trade.account_id,
        "pair": trade.pair,
        "side": None if trade.side is None else trade.side.value,
        "status": trade.status,
        "read_again": one.was_read_again,
        "rules": [_rule(rule) for rule in one.rules],
    }


def _rule(one: RuleExplanation) -> dict[str, object]:
    return {
        "rule": one.rule.name,
        "enabled": one.rule.enabled,
        "verdict": one.fate.value,
        "reason": one.reason,
        "sentence": one.sentence,
        "proposed": one.proposal is not None,
        "match": [
            {
                "key": verdict.key.value,
                "clause": "except" if verdict.is_exception else "match",
                "patterns": list(verdict.patterns),
                "value": verdict.value,
                "fits": verdict.fits,
            }
            for verdict in one.match
        ],
        "condition": None if one.trace is None else _condition(one.trace, one.parts, one.miss),
        "hold": None if one.hold is None else _hold(one.hold),
        "repeat": None if one.repeat is None else _repeat(one, one.repeat),
        "step": None if one.choice is None else _step(one.choice),
        "deferral": None
        if one.deferred is None
        else {"reason": one.deferred.reason.value, "detail": one.deferred.detail},
        "invariants": [
            *({"name": check.name, "holds": check.holds, "detail": check.detail} for check in one.checks),
            *({"name": name, "holds": None, "detail": "not read"} for name in one.not_read),
        ],
    }


def _condition(trace: Trace, parts: tuple[Part, ...], miss: Miss | None) -> dict[str, object]:
    return {
        "text": trace.text,
        "truth": _truth(trace),
        "sentence": trace.sentence(),
        "parts": [
            {
                "text": part.trace.text,
                "truth": _truth(part.trace),
                "sentence": part.trace.sentence(),
                "distance": None if part.gap is None else _gap(part.gap),
            }
            for part in parts
        ],
        "miss": None if miss is None else _miss(miss),
    }


def _truth(trace: Trace) -> str | None:
    return None if trace.truth is None else trace.truth.value


def _miss(miss: Miss) -> dict[str, object]:
    return {
        "measured": miss.is_measured,
        "nearness": plain_number(miss.nearness) if miss.is_measured else None,
        "distances": [_gap(gap) for gap in miss.gaps],
        "obstacles": list(miss.obstacles),
        "sentence": miss.sentence(),
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {
        "fact": gap.fact,
        "unit": gap.kind.value,
        "value": _value(gap.value),
        "threshold": _value(gap.target),
        "distance": _value(gap.distance),
        "percent_of_value": plain_number(gap.of_value_pct),
        "must_pass": gap.beyond,
        "sentence": gap.sentence(),
    }


def _value(value: FactValue) -> object:
    return plain_number(value) if isinstance(value, Decimal) else value


def _hold(hold: HoldState) -> dict[str, object]:
    return {"held_s": hold.held // SECOND, "needed_s": hold.needed // SECOND, "left_s": hold.left // SECOND}


def _repeat(one: RuleExplanation, repeat: RepeatState) -> dict[str, object]:
    last = repeat.last
    return {
        "policy": one.rule.repeat.policy.value,
        "after_s": one.rule.repeat.after // SECOND if one.rule.repeat.after else None,
        "spent": repeat.is_spent,
        "last_at": None if last is None else instant(last.at),
        "last_outcome": None if last is None else "unknown" if last.outcome is None else last.outcome.value,
    }


def _step(choice: Choice) -> dict[str, object]:
    step = choice.step
    return {
        "trade_id": None if step is None else step.id,
        "position": None if step is None else step.position,
        "price": None if step is None else plain_number(step.price),
        "share": None if step is None else plain_number(step.share_pct),
        "why": choice.why,
    }


def _near(near: NearMiss) -> dict[str, object]:
    return {
        "rule": near.rule.name,
        "smart_trade_id": near.smart_trade.id,
        "pair": near.smart_trade.pair,
        "verdict": Fate.HOLDING.value if near.hold is not None else Fate.FALSE.value,
        "hold_left_s": None if near.hold is None else near.hold.left // SECOND,
        "nearness": None if near.miss is None else plain_number(near.miss.nearness),
        "sentence": near.sentence(),
    }
