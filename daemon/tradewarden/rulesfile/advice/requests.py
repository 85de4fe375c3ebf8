"""
Advice about the budget of requests: what reading and a burst of cancels need, and what is there.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from tradewarden.rulesfile.values import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradewarden.rulesfile.advice.desk import Desk
    from tradewarden.rulesfile.document import Path
    from tradewarden.rulesfile.problems import Issue

REQUESTS_OF_A_CANCEL = 6  # what a guarded cancel reserves before its second read
MOST_PER_MINUTE = 100  # what the file accepts: 3Commas documents no more
CODE = "budget"
A_MINUTE = timedelta(minutes=1)


def about_requests(desk: Desk, *, pages: int | None) -> Iterator[Issue]:
    """
    Warn of a file that asks for more requests than its own budget has.
    """
    budget = desk.settings.api.requests_per_minute
    if budget < REQUESTS_OF_A_CANCEL:
        message = f"a cancel reserves {REQUESTS_OF_A_CANCEL} requests of one minute, so with {budget} none ever fits"
        hint = f"write {REQUESTS_OF_A_CANCEL} or more"
        yield desk.warn(("api", "requests_per_minute"), CODE, message, hint)
        return
    fastest, path = _fastest(desk)
    if fastest is None:
        return
    known = pages or 1
    reads = ceil(max(A_MINUTE / fastest, 1) * known)
    listing = _listing(pages)
    if reads + REQUESTS_OF_A_CANCEL > budget:
        message = (
            f"reading every {duration_text(fastest)} takes {reads} requests a minute{listing}, a cancel "
            f"{REQUESTS_OF_A_CANCEL} more, and the budget has {budget}: cycles and cancels would wait for one another"
        )
        slower = _slower(desk, path, budget, known)
        yield desk.warn(path, CODE, message, *_either(slower, _more(desk, reads + REQUESTS_OF_A_CANCEL)))
        return
    limits = desk.settings.limits
    burst = min(limits.cancels_per_cycle, limits.cancels_per_hour)
    needed = reads + burst * REQUESTS_OF_A_CANCEL
    if needed > budget and desk.ruleset.enabled:
        message = (
            f"a minute with {burst} cancels takes {needed} requests, {reads} to read{listing} and "
            f"{REQUESTS_OF_A_CANCEL} for each cancel, and the budget has {budget}: the last cancels would be late"
        )
        fitting = (budget - reads) // REQUESTS_OF_A_CANCEL
        key = "cancels_per_cycle" if limits.cancels_per_cycle <= limits.cancels_per_hour else "cancels_per_hour"
        fewer = desk.setting("limits", key, fitting)
        yield desk.warn(_place(desk, path), CODE, message, *_either(fewer, _more(desk, needed)))


def _fastest(desk: Desk) -> tuple[timedelta | None, Path]:
    """
    Return the shortest interval of the file, and where it stands. A cron expression runs once a minute at most.
    """
    found: list[tuple[timedelta, Path]] = []
    default = desk.settings.schedule
    enabled = [(index, rule) for index, rule in enumerate(desk.ruleset.rules) if rule.enabled]
    if any(rule.schedule is None for _, rule in enabled):
        found.append((default.every or A_MINUTE, ("schedule", "every")))
    for index, rule in enabled:
        if rule.schedule is not None:
            key: Path = ("every",) if desk.place("rules", index, "every") else ("schedule", "every")
            found.append((rule.schedule.every or A_MINUTE, ("rules", index, *key)))
    return min(found, key=lambda one: one[0], default=(None, ()))


def _place(desk: Desk, path: Path) -> Path:
    """
    Return the value that is to be changed: the budget if it stands in the file, a limit if one does, else the interval.
    """
    for written in (("api", "requests_per_minute"), ("limits", "cancels_per_cycle"), ("limits", "cancels_per_hour")):
        if desk.place(*written):
            return written
    return path


def _listing(pages: int | None) -> str:
    if pages is None:
        return " (at most 100 SmartTrades are assumed: `check --account` counts them)"
    return f" ({pages} page{'' if pages == 1 else 's'} of SmartTrades each time)"


def _slower(desk: Desk, path: Path, budget: int, pages: int) -> str | None:
    """
    Write the interval at which one cancel fits beside the reading; ``None`` if no interval is of use at *path*.
    """
    free = budget - REQUESTS_OF_A_CANCEL
    if free <= 0 or desk.place(*path[:-1], "cron") is not None:
        return None
    every = f"{ceil(60 * pages / free)}s"
    return f"`every: {every}`" if desk.place(*path) is not None else desk.setting("schedule", "every", every)


def _more(desk: Desk, needed: int) -> str | None:
    return desk.setting("api", "requests_per_minute", needed) if needed <= MOST_PER_MINUTE else None


def _either(*written: str | None) -> Iterator[str]:
    """
    Suggest what is *written*, one or the other.
    """
    for at, one in enumerate(filter(None, written)):
        yield f"or write {one}" if at else f"write {one}"
