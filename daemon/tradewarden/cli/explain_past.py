"""
The past, explained: from the journal and the readings that were recorded. Nobody is asked.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.bootstrap import pace_of
from tradewarden.cli.asked_moment import parse_moment
from tradewarden.cli.explained import Explained
from tradewarden.cli.own_schedules import about_schedules
from tradewarden.cli.remembered import find_folder
from tradewarden.cli.terminal import say
from tradewarden.clock import SystemClock
from tradewarden.engine.explain import explain
from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.findings import instant_text
from tradewarden.engine.past import as_of
from tradewarden.engine.replayed import memory_after
from tradewarden.engine.verdicts import Inquiry
from tradewarden.errors import NotRecorded, StateError
from tradewarden.journal.recorded import cycles_before, recorded, rows_around, was_armed
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.model.memory import Memory
from tradewarden.places import find_rules, find_state
from tradewarden.rulesfile.loader import load_rules

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.bootstrap import Pace
    from tradewarden.cli.explained import Asked
    from tradewarden.cli.options import Options
    from tradewarden.engine.explanation import Explanation
    from tradewarden.model.memory import Ledger
    from tradewarden.model.smart_trade import Listing
    from tradewarden.rulesfile.loader import RulesFile

NO_TIME = timedelta(0)
MOST_BACK = timedelta(hours=3)  # so far back it is looked for what holds: of a thousand SmartTrades that takes a while
LONG_BEFORE = timedelta(minutes=10)


async def explain_past(asked: Asked, options: Options) -> Explained:
    """
    Explain the cycle at or before the moment that was asked for. Raises UserError and JournalError.
    """
    clock = SystemClock()
    rules_place = find_rules(options.rules, os.environ)
    rules = load_rules(rules_place.path, VOCABULARY)
    asked.rules_of(rules)
    at = parse_moment(asked.at or "", timezone=rules.settings.timezone, now=clock.now().wall)
    state = find_state(options.state, os.environ)
    if not find_folder(state):
        msg = f"there is no state folder {state}, so there is no past. Name that of your daemon with --state."
        raise StateError(msg)
    say(f"rules {rules_place}; state {state}")
    async with await SqliteJournal.open(state.path, clock=clock) as journal:
        rows = await journal.rows()
        nearby = tuple(row for row in rows_around(rows, at) if asked.concerns(row))
        explanation, moment = None, at
        try:
            listing = await recorded(journal, at)
        except NotRecorded as error:
            if not nearby:
                msg = f"{error} Nor does the journal tell of anything within ten minutes of it."
                raise NotRecorded(msg) from None
            notes: tuple[str, ...] = (f"{error} All that is left is what the journal tells.",)
        else:
            asked.require_in(listing)
            moment = listing.asked_at.wall
            ledger = as_of(await journal.ledger(mode=rules.settings.mode), moment, armed=was_armed(rows, moment))
            pace = pace_of(rules, now=listing.asked_at.wall)
            memory = await _memory(journal, asked, listing, rules, pace)
            explanation = explain_listing(asked, rules, listing, memory, ledger, pace)
            notes = (*notes_on(listing, rules, at), *about_schedules(rules, asked.rules_of(rules)))
    return Explained(
        rules_file=str(rules.path),
        mode=rules.settings.mode,
        armed=was_armed(rows, moment),
        requests=0,
        explanation=explanation,
        at=at,
        notes=notes,
        rows=nearby,
    )


async def _memory(journal: SqliteJournal, asked: Asked, listing: Listing, rules: RulesFile, pace: Pace) -> Memory:
    """
    Work out what held and how things were, from the cycles before the one of *listing*.
    """
    end, back = listing.asked_at.wall, looked_back(rules)
    plan = pace.plan
    memory = Memory(history=await journal.history_before(end - back, columns=plan.columns, reach=plan.reach))
    only = next(iter(asked.smart_trades), None) if asked.smart_trades is not None else None
    async for earlier in cycles_before(journal, end, back=back, smart_trade_id=only):
        memory = memory_after(
            earlier, memory, rules.ruleset, settings=rules.settings, hold_gap_of=pace.hold_gap_of, plan=plan
        )
    return memory


def looked_back(rules: RulesFile) -> timedelta:
    """
    Return how far back cycles are looked at to know what held: the longest `for`, and a gap that it may survive.
    """
    longest = max((rule.hold for rule in rules.ruleset.enabled), default=NO_TIME)
    return min(longest + rules.settings.safety.hold_gap, MOST_BACK) if longest else NO_TIME


def explain_listing(
    asked: Asked, rules: RulesFile, listing: Listing, memory: Memory, ledger: Ledger, pace: Pace
) -> Explanation:
    """
    Explain what a cycle of the past read, on that first read alone; *memory* and *ledger* are those of its time.
    """
    inquiry = Inquiry(
        listing=listing,
        memory=memory,
        ledger=ledger,
        settings=rules.settings,
        ruleset=rules.ruleset,
        hold_gap_of=pace.hold_gap_of,
        now=listing.asked_at,
        plan=pace.plan,
    )
    return explain(inquiry, smart_trades=asked.smart_trades, rules=asked.rules_of(rules))


def notes_on(listing: Listing, rules: RulesFile, at: datetime) -> tuple[str, ...]:
    """
    Say what the reader should know of an explanation of the past.
    """
    notes = ["it is explained by the rules file as it is now."]
    if at - listing.asked_at.wall > LONG_BEFORE:
        notes.append(f"the last cycle before {instant_text(at)} was that of {instant_text(listing.asked_at.wall)}.")
    if any(rule.hold > MOST_BACK for rule in rules.ruleset.enabled):
        hours = MOST_BACK // timedelta(hours=1)
        notes.append(f"a hold is worked out from the {hours} hours before: it may have been longer.")
    return tuple(notes)
