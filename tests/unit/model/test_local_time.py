"""
Tests for tradewarden.model.local_time.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tradewarden.model.local_time import is_skipped


@pytest.mark.parametrize(
    ("local", "zone", "skipped"),
    [
        ("2026-03-29T01:59:59", "Europe/Berlin", False),
        ("2026-03-29T02:00", "Europe/Berlin", True),
        ("2026-03-29T02:59:59", "Europe/Berlin", True),
        ("2026-03-29T03:00", "Europe/Berlin", False),
        ("2026-10-25T02:30", "Europe/Berlin", False),  # it comes twice
        ("2026-03-29T02:30", "UTC", False),
        ("2026-03-08T02:30", "America/New_York", True),
        ("2011-12-30T12:00", "Pacific/Apia", True),  # a whole day
    ],
)
def test_what_the_clocks_are_put_forward_over_never_comes(local: str, zone: str, skipped: bool) -> None:
    assert is_skipped(datetime.fromisoformat(local), ZoneInfo(zone)) is skipped
    assert is_skipped(datetime.fromisoformat(local).replace(fold=1), ZoneInfo(zone)) is skipped
