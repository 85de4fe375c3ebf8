"""
The local time of people, where a clock is put forward and back.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


def is_skipped(local: datetime, timezone: tzinfo) -> bool:
    """
    Tell whether the clocks of *timezone* are put forward over *local*, which names no zone: it never comes.
    """
    there = local.replace(tzinfo=timezone).astimezone(UTC).astimezone(timezone)
    return there.replace(tzinfo=None, fold=0) != local.replace(fold=0)
