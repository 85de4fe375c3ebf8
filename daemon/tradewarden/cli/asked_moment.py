"""
The moment that ``--at`` names: in the file's time zone unless it says another, or so long ago.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tradewarden.errors import UsageError
from tradewarden.model.local_time import is_skipped

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_AGO = re.compile("-(?=.)" + "".join(f"(?:([0-9]{{1,6}}){unit})?" for unit in _UNITS))
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?(Z|[+-]\d\d:?\d\d)?")


def parse_moment(text: str, *, timezone: ZoneInfo, now: datetime) -> datetime:
    """
    Read ``2026-01-02T03:04`` (of *timezone*), ``2026-01-02T03:04Z``, ``...+02:00`` or ``-10m``, and return it in UTC.

    Raises UsageError if it is none of these, never was, or is still to come.
    """
    at = _ago(text, now) if text.startswith("-") else _moment(text, timezone)
    if at is None:
        msg = (
            f"--at takes a moment like 2026-01-02T03:04 (in {timezone.key}, the file's time zone), 2026-01-02T03:04Z, "
            f"2026-01-02T03:04+02:00, or so long ago: -10m. {text!r} is none of them."
        )
        raise UsageError(msg)
    if _is_skipped(text, timezone):
        msg = f"--at {text} never was: the clocks of {timezone.key} were put forward over it."
        raise UsageError(msg)
    if at > now:
        msg = (
            f"--at {text} is still to come: it is {now:%Y-%m-%d %H:%M:%S} UTC now, and that is "
            f"{at:%Y-%m-%d %H:%M:%S} UTC."
        )
        raise UsageError(msg)
    return at


def _is_skipped(text: str, timezone: ZoneInfo) -> bool:
    if text.startswith("-"):
        return False
    at = datetime.fromisoformat(text)
    return at.tzinfo is None and is_skipped(at, timezone)


def _ago(text: str, now: datetime) -> datetime | None:
    found = _AGO.fullmatch(text)
    if found is None:
        return None
    age = timedelta(**{name: int(number or 0) for name, number in zip(_UNITS.values(), found.groups(), strict=True)})
    try:
        return now - age
    except OverflowError:
        return None


def _moment(text: str, timezone: ZoneInfo) -> datetime | None:
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=timezone)).astimezone(UTC)
    except (ValueError, OverflowError):  # a 30th of February, the year 1 far east
        return None
