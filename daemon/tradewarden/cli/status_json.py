"""
The answer of `status` as JSON: every key is always there; what is not known is null, or an empty list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.cli.journal_json import instant
from tradewarden.engine.allowance import cancels_left, penalty_left, requests_left
from tradewarden.engine.report import holding_to_json

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.engine.findings import Known
    from tradewarden.engine.health import Health
    from tradewarden.model.cancel import OpenQuestion
    from tradewarden.model.daemon_status import LastCycle

MILLISECOND = timedelta(milliseconds=1)


def status_to_json(known: Known, health: Health, *, state: str | None) -> dict[str, object]:
    """
    Return what `status --json` prints.
    """
    record, standing = known.current, known.standing
    return {
        "healthy": health.is_healthy,
        "alive": known.is_alive,
        "pid": known.pid,
        "state": state,
        "started_at": None if known.since is None else instant(known.since),
        "version": None if record is None else record.version,
        "rules_file": None if record is None else record.rules_file,
        "rules_enabled": None if record is None else record.rules_enabled,
        "mode": None if record is None else record.mode.value,
        **_switch(known),
        "last_cycle": None if known.record is None else _cycle(known.record.last_cycle),
        "cycle_began_at": None if record is None else _instant(record.cycle_began_at),
        "next_cycle_at": None if record is None else _instant(record.next_cycle_at),
        "holding": [] if record is None else [holding_to_json(holding) for holding in record.holding],
        "budget": _budget(known),
        "penalty": _penalty(known),
        "open_questions": [] if standing is None else [_question(question) for question in standing.questions],
        "set_aside": _set_aside(known),
        "troubles": [
            {
                "trouble": trouble.kind,
                "message": trouble.message,
                "since": instant(trouble.since),
                "times": trouble.times,
            }
            for trouble in (() if record is None else record.troubles)
        ],
        "problems": [
            {"problem": found.problem.value, "message": found.message, "since": _instant(found.since)}
            for found in health.problems
        ],
        "notes": [
            {"note": found.note.value, "message": found.message, "since": _instant(found.since)}
            for found in health.notes
        ],
    }


def _switch(known: Known) -> dict[str, object]:
    switch = None if known.standing is None else known.standing.switch
    turn = None if switch is None else switch.turn
    return {
        "armed": None if switch is None else switch.armed,
        "armed_since": None if turn is None else instant(turn.at),
        "armed_reason": None if turn is None else turn.reason,
    }


def _cycle(cycle: LastCycle | None) -> dict[str, object] | None:
    if cycle is None:
        return None
    return {
        "cycle_id": cycle.cycle_id,
        "started_at": instant(cycle.started_at),
        "took_ms": cycle.took // MILLISECOND,
        "smart_trades_read": cycle.smart_trades_read,
        "requests": cycle.requests,
        "outcomes": dict(cycle.outcomes),
    }


def _budget(known: Known) -> dict[str, object] | None:
    if known.current is None:
        return None
    return {
        "requests_left": requests_left(known),
        "requests_per_minute": known.current.requests_per_minute,
        "cancels_left_this_hour": cancels_left(known),
        "cancels_per_hour": known.current.cancels_per_hour,
    }


def _penalty(known: Known) -> dict[str, object] | None:
    left = penalty_left(known)
    if known.standing is None or known.standing.penalty is None or not left:
        return None
    penalty = known.standing.penalty
    return {
        "since": instant(penalty.began.wall),
        "until": instant(known.now.wall + left),
        "reason": penalty.reason,
        "bans": penalty.bans,
    }


def _question(question: OpenQuestion) -> dict[str, object]:
    intent = question.intent
    return {
        "rule": intent.rule,
        "account_id": intent.account_id,
        "smart_trade_id": intent.smart_trade_id,
        "trade_id": intent.trade_id,
        "pair": intent.pair,
        "answer": None if question.answer is None else question.answer.value,
        "reason": question.reason,
        "since": instant(intent.at.wall),
    }


def _set_aside(known: Known) -> list[dict[str, object]]:
    found = {} if known.ledger is None else known.ledger.set_aside
    return [
        {"smart_trade_id": smart_trade_id, "until": instant(aside.until), "reason": aside.reason}
        for smart_trade_id, aside in found.items()
    ]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
