"""
Single values as the journal keeps them: instants as ISO-8601 UTC text, durations as microseconds, numbers as text.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.errors import JournalError
from tradewarden.model.moment import Moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

Value = str | int | None
Columns = dict[str, Value]

MICROSECOND = timedelta(microseconds=1)


def instant_to_text(instant: datetime) -> str:
    """
    Write an aware datetime in UTC, with microseconds, so that texts sort as instants do. Raises ValueError if naive.
    """
    if instant.tzinfo is None:
        msg = f"an instant without a time zone: {instant!r}"
        raise ValueError(msg)
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from_text(text: str) -> datetime:
    """
    Read an instant.
    """
    return datetime.fromisoformat(text).astimezone(UTC)


def duration_to_int(duration: timedelta) -> int:
    """
    Write a duration in whole microseconds.
    """
    return duration // MICROSECOND


def duration_from_int(microseconds: int) -> timedelta:
    """
    Read a duration.
    """
    return timedelta(microseconds=microseconds)


def optional_duration_to_int(duration: timedelta | None) -> int | None:
    """
    Write a duration that may be missing.
    """
    return None if duration is None else duration_to_int(duration)


def optional_duration_from_int(microseconds: int | None) -> timedelta | None:
    """
    Read a duration that may be missing.
    """
    return None if microseconds is None else duration_from_int(microseconds)


def number_to_text(number: Decimal | None) -> str | None:
    """
    Write a number exactly as it came.
    """
    return None if number is None else str(number)


def number_from_text(text: str | None) -> Decimal | None:
    """
    Read a number.
    """
    return None if text is None else Decimal(text)


def moment_to_columns(prefix: str, moment: Moment) -> Columns:
    """
    Write a moment as three columns.
    """
    return {
        f"{prefix}_wall": instant_to_text(moment.wall),
        f"{prefix}_boot_us": duration_to_int(moment.boot),
        f"{prefix}_boot_id": moment.boot_id,
    }


def moment_from_columns(prefix: str, row: sqlite3.Row) -> Moment:
    """
    Read a moment.
    """
    return Moment(
        wall=instant_from_text(row[f"{prefix}_wall"]),
        boot=duration_from_int(row[f"{prefix}_boot_us"]),
        boot_id=row[f"{prefix}_boot_id"],
    )


@contextlib.contextmanager
def legible(what: str) -> Iterator[None]:
    """
    Turn a row that does not read as *what* into a JournalError: it is never guessed.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        msg = f"The journal holds {what} that cannot be read ({error!r}): put a backup back, or ask for help with it."
        raise JournalError(msg) from error
