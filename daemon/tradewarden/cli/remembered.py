"""
What the journal of a state folder remembers, for a command that only looks: nothing is made there, no lock is held.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tradewarden.engine.findings import instant_text
from tradewarden.errors import JournalError, StateError
from tradewarden.journal.locks import running_daemon
from tradewarden.journal.sqlite import SqliteJournal
from tradewarden.journal.status_file import read_status
from tradewarden.model.memory import Ledger, Memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.memory import Penalty
    from tradewarden.model.standing import Standing
    from tradewarden.places import Place
    from tradewarden.ports import Clock
    from tradewarden.rulesfile.loader import RulesFile

FROM_NOTHING = "holds start from nothing here, and what was cancelled before is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """
    The memory of the past; *is_known* is false where there is no journal. *notes* are sentences on how things stand.
    """

    is_known: bool
    memory: Memory = field(default_factory=Memory)
    ledger: Ledger = field(default_factory=lambda: Ledger(armed=True))
    penalty: Penalty | None = None
    notes: tuple[str, ...] = ()


async def look_back(place: Place, *, clock: Clock, rules: RulesFile, plan: WindowPlan) -> Remembered:
    """
    Read what a daemon left in its state folder, beside it: of its readings what *plan* looks back on, of its past what
    counts in the mode of *rules*.

    Raises StateError if the folder that was named is not there; without one, nothing is remembered.
    """
    try:
        is_there = find_folder(place)
        if is_there:
            async with await SqliteJournal.open(place.path, clock=clock) as journal:
                history = await journal.load_history(columns=plan.columns, reach=plan.reach)
                mode = rules.settings.mode
                memory = replace(await journal.load_memory(mode=mode), history=history)
                ledger, standing = await journal.ledger(mode=mode), await journal.standing()
    except (StateError, JournalError) as error:
        return _nothing(str(error))
    if not is_there:
        if place.is_explicit:
            msg = f"there is no state folder {place}: name that of your daemon, or leave --state out."
            raise StateError(msg)
        return _nothing(f"there is no state folder {place}")
    notes = (*_of_standing(standing), *_of_daemon(place, rules))
    return Remembered(is_known=True, memory=memory, ledger=ledger, penalty=standing.penalty, notes=notes)


def find_folder(place: Place) -> bool:
    """
    Tell whether there is such a state folder. Raises StateError if it may not be looked into.
    """
    try:
        is_there = place.path.is_dir()
        if not is_there or os.access(place.path, os.R_OK | os.X_OK, effective_ids=True):
            return is_there
    except PermissionError:
        pass
    msg = f"the state folder {place} may not be read. Run this as the daemon's user, or as root."
    raise StateError(msg)


def _nothing(why: str) -> Remembered:
    return Remembered(is_known=False, notes=(f"{why.rstrip('.')}. So {FROM_NOTHING}.",))


def _of_standing(standing: Standing) -> Iterator[str]:
    """
    Say what holds the daemon back, whatever a rule says.
    """
    if not standing.switch.armed:
        turn = standing.switch.turn
        since = "" if turn is None else f" since {instant_text(turn.at)}: {turn.reason}"
        yield f"TradeWarden is disarmed{since}. Nothing is cancelled until `tradewarden arm`."
    if standing.access is not None:
        yield f"acting is stopped since {instant_text(standing.access.since)}: {standing.access.reason}"
    for question in standing.questions:
        intent = question.intent
        yield (
            f"a cancel on SmartTrade {intent.smart_trade_id} (trade {intent.trade_id}), sent at "
            f"{instant_text(intent.at.wall)}, is not settled yet: that SmartTrade is left alone until it is."
        )


def _of_daemon(place: Place, rules: RulesFile) -> Iterator[str]:
    """
    Say whether a daemon is there to do anything, and whether it goes by this file.
    """
    try:
        daemon, status = running_daemon(place.path), read_status(place.path)
    except (StateError, OSError) as error:
        yield f"whether a daemon runs cannot be told: {error}"
        return
    if daemon is None:
        yield f"no daemon runs on the state folder {place.path}: nobody asks these rules."
    elif status is not None and status.pid == daemon.pid:
        if status.generation != rules.ruleset.generation:
            yield _about_file(status.rules_file, rules.path)
        if status.mode is not rules.settings.mode:
            yield f"the running daemon runs as {status.mode.value}."


def _about_file(of_daemon: str, own: Path) -> str:
    """
    Say that the daemon has other rules than those of *own*. A relative path is one of the folder where it was started.
    """
    if of_daemon == str(own):
        return "the running daemon goes by an earlier version of this rules file: reload it (SIGHUP)."
    return (
        f"the running daemon goes by the rules file {of_daemon}, and these are the rules of {own}: name its file with "
        "--rules. If both are the same file, it goes by an earlier version: reload it (SIGHUP)."
    )
