"""
Trouble: told when it begins and ends, counted in the lines of the cycles between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.logs.events import Line
from tradewarden.logs.words import clipped, count, duration_text, instant_text, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tradewarden.model.daemon_status import Trouble

PASSING = frozenset(
    {"api", "penalty", "suspicious_reading", "unreadable_smart_trade", "market", "second_read", "rules", "status"}
)  # any other word is one that this file does not know: serious, until it does
OUTSIDE_OF_CYCLES = frozenset({"rules", "status"})
BEGINNINGS = {
    "api": "3Commas cannot be read",
    "penalty": "3Commas imposed a pause, and no request goes out",
    "access": "3Commas denies access, and nothing is cancelled",
    "journal": "The journal cannot be used, and nothing is cancelled",
    "suspicious_reading": "A reading is too odd to act on",
    "unreadable_smart_trade": "A SmartTrade cannot be read and is left alone",
    "market": "A market that rules look at is not to be had, and what they ask of it is unknown",
    "second_read": "A second read failed, and its cancel is put off",
    "rules": "The last good rules go on",
    "status": "What `tradewarden status` shows grows old",
}
ENDINGS = {
    "api": "3Commas answers again",
    "penalty": "The pause that 3Commas imposed is over",
    "access": "Access is not denied any more",
    "journal": "The journal can be used again",
    "suspicious_reading": "The readings can be trusted again",
    "unreadable_smart_trade": "Every SmartTrade can be read again",
    "market": "Every market that rules look at can be read again",
    "second_read": "Second reads succeed again",
    "rules": "The rules file is in force again",
    "status": "What `tradewarden status` shows is fresh again",
}
NO_TIME = timedelta(0)
NEW_LINE = "\n"


@dataclass(slots=True)
class _Running:
    since: datetime
    times: int
    began_in: str | None  # the cycle during which it was told; None: after it had ended, so that it counts already


class Troubles:
    """
    Keeps the troubles that have begun and not ended.
    """

    def __init__(self) -> None:
        self._running: dict[str, _Running] = {}

    def begin(self, trouble: Trouble, cycle_id: str | None) -> Line:
        """
        Tell that *trouble* began, in the running cycle *cycle_id* or after one.
        """
        self._running[trouble.kind] = _Running(since=trouble.since, times=trouble.times, began_in=cycle_id)
        what = BEGINNINGS.get(trouble.kind, f"Trouble ({trouble.kind})")
        message = f"{what}: {sentence(trouble.message.partition(NEW_LINE)[0])}"  # the place in a file follows below it
        if trouble.kind not in OUTSIDE_OF_CYCLES:
            message += " From now on the line of each cycle counts it."
        fields = {"kind": trouble.kind, "since": instant_text(trouble.since), "error": clipped(trouble.message)}
        return Line(level="warning" if trouble.kind in PASSING else "error", message=message, fields=fields)

    def end(self, trouble: Trouble, now: datetime | None) -> Line:
        """
        Tell that *trouble* is over; *now* is as near as the log knows the time, ``None`` if not at all.
        """
        self._running.pop(trouble.kind, None)
        lasted = None if now is None else max(now - trouble.since, NO_TIME)
        parts = [] if trouble.kind in OUTSIDE_OF_CYCLES else [count(trouble.times, "cycle")]
        parts += [] if lasted is None else [duration_text(lasted)]
        how_long = f" after {', '.join(parts)}" if parts else ""
        what = ENDINGS.get(trouble.kind, f"The trouble ({trouble.kind}) is over")
        fields = {
            "kind": trouble.kind,
            "times": trouble.times,
            "since": instant_text(trouble.since),
            "lasted_s": None if lasted is None else round(lasted.total_seconds(), 3),
        }
        return Line(level="info", message=f"{what}{how_long}.", fields=fields)

    def count(self, kinds: Iterable[str], cycle_id: str) -> list[dict[str, object]]:
        """
        Count the running troubles among the error *kinds* of a cycle that ended; return each as its line shows it.
        """
        counted: list[dict[str, object]] = []
        for kind in kinds:
            running = self._running.get(kind)
            if running is None:
                continue
            if running.began_in == cycle_id:
                running.began_in = None
            else:
                running.times += 1
            counted.append({"kind": kind, "times": running.times, "since": instant_text(running.since)})
        return counted
