"""
The status record as JSON on disk, and back, exactly: instants with microseconds, durations as whole microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tradewarden.journal.values import duration_from_int, duration_to_int, instant_from_text, instant_to_text
from tradewarden.model.daemon_status import DaemonStatus, LastCycle, Trouble
from tradewarden.model.decision import Holding
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

T = TypeVar("T")

FORMAT = 1  # changes when an older reader would misunderstand


def status_to_json(status: DaemonStatus) -> dict[str, object]:
    """
    Return the record as the file holds it. Raises ValueError if an instant has no time zone.
    """
    return {
        "format": FORMAT,
        "version": status.version,
        "pid": status.pid,
        "mode": status.mode.value,
        "rules_file": status.rules_file,
        "generation": status.generation,
        "rules_enabled": status.rules_enabled,
        "started_at": instant_to_text(status.started_at),
        "written_at": instant_to_text(status.written_at),
        "requests_left": status.requests_left,
        "requests_per_minute": status.requests_per_minute,
        "cancels_per_hour": status.cancels_per_hour,
        "last_cycle": None if status.last_cycle is None else _cycle_to_json(status.last_cycle),
        "cycle_began_at": _optional_text(status.cycle_began_at),
        "next_cycle_at": _optional_text(status.next_cycle_at),
        "holding": [_holding_to_json(holding) for holding in status.holding],
        "troubles": [_trouble_to_json(trouble) for trouble in status.troubles],
        "stopped_at": _optional_text(status.stopped_at),
    }


def status_from_json(value: object) -> DaemonStatus:
    """
    Read the record back. Raises ValueError or OverflowError if *value* is not one, or of another format.
    """
    told = _Told(value)
    if told.integer("format") != FORMAT:
        raise ValueError("another format")
    return DaemonStatus(
        version=told.text("version"),
        pid=told.integer("pid"),
        mode=Mode(told.text("mode")),
        rules_file=told.text("rules_file"),
        generation=told.text("generation"),
        rules_enabled=told.integer("rules_enabled"),
        started_at=told.instant("started_at"),
        written_at=told.instant("written_at"),
        requests_left=told.integer("requests_left"),
        requests_per_minute=told.integer("requests_per_minute"),
        cancels_per_hour=told.integer("cancels_per_hour"),
        last_cycle=told.optional("last_cycle", _cycle_from_json),
        cycle_began_at=told.optional("cycle_began_at", _instant),
        next_cycle_at=told.optional("next_cycle_at", _instant),
        holding=told.each("holding", _holding_from_json),
        troubles=told.each("troubles", _trouble_from_json),
        stopped_at=told.optional("stopped_at", _instant),
    )


def _cycle_to_json(cycle: LastCycle) -> dict[str, object]:
    return {
        "cycle_id": cycle.cycle_id,
        "started_at": instant_to_text(cycle.started_at),
        "took_us": duration_to_int(cycle.took),
        "smart_trades_read": cycle.smart_trades_read,
        "requests": cycle.requests,
        "outcomes": dict(cycle.outcomes),
    }


def _cycle_from_json(value: object) -> LastCycle:
    told = _Told(value)
    outcomes = _Told(told.any("outcomes"))
    return LastCycle(
        cycle_id=told.text("cycle_id"),
        started_at=told.instant("started_at"),
        took=told.duration("took_us"),
        smart_trades_read=told.integer("smart_trades_read"),
        requests=told.integer("requests"),
        outcomes={name: outcomes.integer(name) for name in outcomes.names()},
    )


def _holding_to_json(holding: Holding) -> dict[str, object]:
    return {
        "rule": holding.rule,
        "smart_trade_id": holding.smart_trade_id,
        "held_us": duration_to_int(holding.held),
        "needed_us": duration_to_int(holding.needed),
    }


def _holding_from_json(value: object) -> Holding:
    told = _Told(value)
    return Holding(
        rule=told.text("rule"),
        smart_trade_id=SmartTradeId(told.integer("smart_trade_id")),
        held=told.duration("held_us"),
        needed=told.duration("needed_us"),
    )


def _trouble_to_json(trouble: Trouble) -> dict[str, object]:
    return {
        "kind": trouble.kind,
        "message": trouble.message,
        "since": instant_to_text(trouble.since),
        "times": trouble.times,
    }


def _trouble_from_json(value: object) -> Trouble:
    told = _Told(value)
    return Trouble(
        kind=told.text("kind"), message=told.text("message"), since=told.instant("since"), times=told.integer("times")
    )


def _optional_text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_to_text(instant)


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise _unexpected(value)
    return instant_from_text(value)


class _Told:
    """
    The members of a JSON object, each asked for by its type. Raises ValueError where one is missing or another.
    """

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise _unexpected(value)
        self._members: dict[str, object] = value

    def names(self) -> list[str]:
        return list(self._members)

    def any(self, name: str) -> object:
        if name not in self._members:
            msg = f"{name!r} is missing"
            raise ValueError(msg)
        return self._members[name]

    def text(self, name: str) -> str:
        value = self.any(name)
        if not isinstance(value, str):
            raise _unexpected(value)
        return value

    def integer(self, name: str) -> int:
        value = self.any(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _unexpected(value)
        return value

    def instant(self, name: str) -> datetime:
        return _instant(self.any(name))

    def duration(self, name: str) -> timedelta:
        return duration_from_int(self.integer(name))

    def optional(self, name: str, read: Callable[[object], T]) -> T | None:
        value = self.any(name)
        return None if value is None else read(value)

    def each(self, name: str, read: Callable[[object], T]) -> tuple[T, ...]:
        value = self.any(name)
        if not isinstance(value, list):
            raise _unexpected(value)
        return tuple(read(item) for item in value)


def _unexpected(value: object) -> ValueError:
    return ValueError(f"not what was expected: {type(value).__name__}")
