"""
The present, explained: the account is read afresh, beside whatever daemon runs, and its journal is looked into.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.bootstrap import open_reader, pace_of
from tradewarden.cli.explained import Explained
from tradewarden.cli.own_schedules import about_schedules
from tradewarden.cli.remembered import look_back
from tradewarden.cli.report_text import count
from tradewarden.cli.terminal import say
from tradewarden.cli.wired import find_all, open_observer
from tradewarden.engine.explain import explain
from tradewarden.engine.explanation import Fate
from tradewarden.engine.penalty import time_left
from tradewarden.engine.verdicts import Inquiry
from tradewarden.errors import UserError
from tradewarden.service.markets import with_markets

if TYPE_CHECKING:
    from collections.abc import Collection

    from tradewarden.cli.explained import Asked
    from tradewarden.cli.options import Options
    from tradewarden.engine.explanation import Explanation
    from tradewarden.model.memory import Penalty
    from tradewarden.model.moment import Moment
    from tradewarden.model.smart_trade import Reading, SmartTradeId
    from tradewarden.ports import Clock, SmartTradeGateway


async def explain_now(asked: Asked, options: Options) -> Explained:
    """
    Read the account and explain it; the second read of one SmartTrade, or of those that a rule wants, if asked for.

    Raises UserError and ApiError.
    """
    found = find_all(options, dry_run=False, observer=open_observer())
    rules, clock = found.rules, found.wiring.clock
    for warning in found.warnings:
        say(warning)
    names = asked.rules_of(rules)
    say(str(found))
    pace, mode = pace_of(rules, now=clock.now().wall), rules.settings.mode
    past = await look_back(found.state, clock=clock, rules=rules, plan=pace.plan)
    _refuse_in_penalty(past.penalty, clock)
    notes = [*past.notes, *about_schedules(rules, names)]
    async with open_reader(found.wiring) as gateway:
        listing = await with_markets(
            await gateway.list_open(),
            gateway,
            pace.plan.pairs,
            before=past.memory.prices,
            frozen_after=rules.settings.safety.frozen_after,
            on_unknown=notes.append,
        )
        asked.require_in(listing)
        inquiry = Inquiry(
            listing=listing,
            memory=past.memory,
            ledger=past.ledger,
            settings=rules.settings,
            ruleset=rules.ruleset,
            hold_gap_of=pace.hold_gap_of,
            now=clock.now(),
            plan=pace.plan,
        )
        explanation = explain(inquiry, smart_trades=asked.smart_trades, rules=names)
        again = _worth_a_second_read(asked, explanation)
        if again:
            inquiry = await _read_again(again, gateway, inquiry, clock)
            explanation = explain(inquiry, smart_trades=asked.smart_trades, rules=names)
        requests = gateway.requests_sent
    return Explained(
        rules_file=str(rules.path),
        mode=mode,
        armed=past.ledger.armed if past.is_known else None,
        requests=requests,
        explanation=explanation,
        notes=tuple(notes),
    )


def _refuse_in_penalty(penalty: Penalty | None, clock: Clock) -> None:
    """
    Raise UserError while 3Commas lets nothing through: a request now would only make it last.
    """
    left = time_left(penalty, clock.now())
    if left:
        msg = (
            f"3Commas lets nothing through for another {left.total_seconds():.0f} s (see `tradewarden status`), "
            "so nothing was asked. Try again then."
        )
        raise UserError(msg)


def _worth_a_second_read(asked: Asked, explanation: Explanation) -> list[SmartTradeId]:
    """
    Return the SmartTrades whose second read is worth its two requests.
    """
    if asked.smart_trades is not None:
        return list(asked.smart_trades)
    if not asked.full:
        return []
    return list(dict.fromkeys(one.smart_trade.id for one in explanation.rules if one.fate is Fate.WOULD_CANCEL))


async def _read_again(
    smart_trades: Collection[SmartTradeId], gateway: SmartTradeGateway, inquiry: Inquiry, clock: Clock
) -> Inquiry:
    if len(smart_trades) > 1:
        say(f"reading {count(len(smart_trades), 'SmartTrade')} again: {count(2 * len(smart_trades), 'request')}")
    readings: dict[SmartTradeId, Reading] = {}
    judged_at: dict[SmartTradeId, Moment] = {}
    for smart_trade_id in smart_trades:
        readings[smart_trade_id] = await gateway.read(smart_trade_id)
        judged_at[smart_trade_id] = clock.now()
    return replace(inquiry, readings=readings, judged_at=judged_at)
