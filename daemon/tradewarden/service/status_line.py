"""
How it goes, in one line for people: what `systemctl status` shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tradewarden.model.daemon_status import DaemonStatus, LastCycle

LONGEST_TROUBLE = 120  # characters: the line has an end, and the next cycle stands behind


def status_line(status: DaemonStatus, *, armed: bool, timezone: ZoneInfo) -> str:
    """
    Tell mode, switch, the last cycle, the next one, and what goes wrong.
    """

    def clock(at: datetime) -> str:
        local = at.astimezone(timezone)
        same_day = local.date() == status.written_at.astimezone(timezone).date()
        return f"{local:%H:%M:%S}" if same_day else f"{local:%Y-%m-%d %H:%M:%S}"

    parts = [f"{status.mode}, {'armed' if armed else 'DISARMED'}"]
    parts += [
        f"{trouble.kind} trouble since {clock(trouble.since)} ({trouble.times}x): {_short(trouble.message)}"
        for trouble in status.troubles
    ]
    last = status.last_cycle
    parts.append("no cycle yet" if last is None else f"last cycle {clock(last.started_at)}: {_told(last)}")
    if status.holding:
        parts.append(f"{len(status.holding)} holding")
    if status.next_cycle_at is not None:
        parts.append(f"next {clock(status.next_cycle_at)}")
    return f"{'; '.join(parts)} ({timezone})"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TROUBLE else f"{text[:LONGEST_TROUBLE]}…"


def _told(cycle: LastCycle) -> str:
    words = [f"{cycle.smart_trades_read} read"]
    words += [f"{number} {outcome.replace('_', ' ')}" for outcome, number in cycle.outcomes.items()]
    return ", ".join(words)
