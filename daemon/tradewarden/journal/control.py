"""
What holds the daemon back: the kill switch, SmartTrades set aside, a stopped account, a penalty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.errors import NotPermitted
from tradewarden.journal import log
from tradewarden.journal.database import transaction
from tradewarden.journal.queries import load_queries
from tradewarden.journal.values import (
    duration_from_int,
    duration_to_int,
    instant_from_text,
    instant_to_text,
    legible,
    moment_from_columns,
    moment_to_columns,
)
from tradewarden.model.memory import Penalty, SetAside
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.model.standing import Stop, Switch, Turn

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

_SQL = load_queries("control.sql")

ARMED = "armed"


def begin(connection: sqlite3.Connection, *, mode: Mode, generation: str, now: datetime) -> None:
    """
    Accept intents of this mode and generation alone.
    """
    with transaction(connection):
        values = {"mode": mode.value, "generation": generation, "since": instant_to_text(now)}
        connection.execute(_SQL["begin_running"], values)


def is_armed(connection: sqlite3.Connection) -> bool:
    """
    Tell whether the kill switch is off. A journal that cannot tell is not armed.
    """
    row = connection.execute(_SQL["switch"]).fetchone()
    return row is not None and row["armed"] == 1


def armed_at(connection: sqlite3.Connection) -> datetime | None:
    """
    Return when the owner last ran `arm`.
    """
    row = connection.execute(_SQL["switch"]).fetchone()
    if row is None or row["armed_at"] is None:
        return None
    with legible("the moment of the last `arm`"):
        return instant_from_text(row["armed_at"])


def switch(connection: sqlite3.Connection) -> Switch:
    """
    Return the kill switch with the turns that put it where it is; none, if they are not known.
    """
    armed = is_armed(connection)
    if armed:
        at = armed_at(connection)
        rows = connection.execute(_SQL["arming"], {"at": None if at is None else instant_to_text(at)}).fetchall()
    else:
        rows = connection.execute(_SQL["turns_since_arming"]).fetchall()
    with legible("a turn of the kill switch"):
        turns = tuple(Turn(event=row["event"], reason=row["reason"], at=instant_from_text(row["at"])) for row in rows)
    return Switch(armed=armed, turns=turns)


def arm(connection: sqlite3.Connection, *, reason: str, now: datetime) -> None:
    """
    Arm, and lift all that waits for the owner's word: SmartTrades set aside, a stopped account, back-offs.
    """
    with transaction(connection):
        connection.execute(_SQL["arm"], {"at": instant_to_text(now)})
        connection.execute(_SQL["clear_set_aside"])
        connection.execute(_SQL["stop_access"], {"reason": None, "since": instant_to_text(now)})
        log.append_event(connection, ARMED, reason=reason, at=now)


def disarm(connection: sqlite3.Connection, *, reason: str, event: str, now: datetime) -> None:
    """
    Disarm in a transaction of its own.
    """
    with transaction(connection):
        throw_switch(connection, reason=reason, event=event, now=now)


def throw_switch(connection: sqlite3.Connection, *, reason: str, event: str, now: datetime) -> None:
    """
    Disarm in the caller's transaction.
    """
    connection.execute(_SQL["disarm"])
    log.append_event(connection, event, reason=reason, at=now)


def require_permission(connection: sqlite3.Connection, *, generation: str) -> None:
    """
    Raise NotPermitted unless armed, live and of this *generation*; in the transaction of the intent.
    """
    if not is_armed(connection):
        raise NotPermitted("TradeWarden was disarmed: nothing is sent.")
    running = connection.execute(_SQL["running"]).fetchone()
    if running is None or running["mode"] != Mode.LIVE.value:
        raise NotPermitted("TradeWarden does not run live: nothing is sent.")
    if running["generation"] != generation:
        raise NotPermitted("The rules file was reloaded since this was decided: nothing is sent.")


def set_aside(connection: sqlite3.Connection, smart_trade_id: SmartTradeId, *, until: datetime, reason: str) -> None:
    """
    Leave a SmartTrade alone; in the caller's transaction.
    """
    values = {"smart_trade_id": smart_trade_id, "until": instant_to_text(until), "reason": reason}
    connection.execute(_SQL["set_aside"], values)


def left_alone(connection: sqlite3.Connection, *, now: datetime) -> dict[SmartTradeId, SetAside]:
    """
    Return the SmartTrades that are still set aside.
    """
    rows = connection.execute(_SQL["set_aside_after"], {"now": instant_to_text(now)}).fetchall()
    with legible("a SmartTrade set aside"):
        return {
            SmartTradeId(row["smart_trade_id"]): SetAside(
                until=instant_from_text(row["until"]), reason=str(row["reason"])
            )
            for row in rows
        }


def access_stopped(connection: sqlite3.Connection) -> str | None:
    """
    Return why acting for the account was stopped.
    """
    row = connection.execute(_SQL["access_stopped"]).fetchone()
    return None if row is None or row["reason"] is None else str(row["reason"])


def stop_of_access(connection: sqlite3.Connection) -> Stop | None:
    """
    Return why acting for the account was stopped, and since when.
    """
    row = connection.execute(_SQL["access_stopped"]).fetchone()
    if row is None or row["reason"] is None:
        return None
    with legible("why acting was stopped"):
        return Stop(reason=str(row["reason"]), since=instant_from_text(row["since"]))


def stop_access(connection: sqlite3.Connection, *, reason: str | None, now: datetime) -> None:
    """
    Stop acting for the account; no *reason* lifts it.
    """
    with transaction(connection):
        connection.execute(_SQL["stop_access"], {"reason": reason, "since": instant_to_text(now)})


def penalty(connection: sqlite3.Connection) -> Penalty | None:
    """
    Return the last penalty.
    """
    row = connection.execute(_SQL["last_penalty"]).fetchone()
    if row is None:
        return None
    with legible("a penalty"):
        return Penalty(
            began=moment_from_columns("began", row),
            pause=duration_from_int(row["pause_us"]),
            bans=int(row["bans"]),
            reason=str(row["reason"]),
        )


def record_penalty(connection: sqlite3.Connection, stopped: Penalty) -> None:
    """
    Keep a penalty.
    """
    values = {
        **moment_to_columns("began", stopped.began),
        "pause_us": duration_to_int(stopped.pause),
        "bans": stopped.bans,
        "reason": stopped.reason,
    }
    with transaction(connection):
        connection.execute(_SQL["record_penalty"], values)
