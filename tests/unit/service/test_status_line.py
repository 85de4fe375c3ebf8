"""
The line that `systemctl status` shows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tradewarden.model.daemon_status import DaemonStatus, LastCycle, Trouble
from tradewarden.model.decision import Holding
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.service.status_line import status_line

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
STATUS = DaemonStatus(
    version="1",
    pid=7,
    mode=Mode.LIVE,
    rules_file="rules.yaml",
    generation="abc",
    rules_enabled=1,
    started_at=NOON,
    written_at=NOON,
    requests_left=50,
    requests_per_minute=50,
    cancels_per_hour=60,
)
LAST = LastCycle(
    cycle_id="c",
    started_at=NOON - timedelta(minutes=1),
    took=timedelta(seconds=1),
    smart_trades_read=12,
    requests=5,
    outcomes={"cancelled": 1, "would_cancel": 2},
)


def test_before_the_first_cycle() -> None:
    assert status_line(STATUS, armed=True, timezone=UTC_ZONE) == "live, armed; no cycle yet (UTC)"


def test_the_last_and_the_next_cycle() -> None:
    status = replace(STATUS, last_cycle=LAST, next_cycle_at=NOON + timedelta(seconds=59))

    assert status_line(status, armed=True, timezone=UTC_ZONE) == (
        "live, armed; last cycle 11:59:00: 12 read, 1 cancelled, 2 would cancel; next 12:00:59 (UTC)"
    )


def test_times_are_those_of_the_file_s_timezone_and_another_day_is_named() -> None:
    status = replace(STATUS, next_cycle_at=NOON + timedelta(hours=20))

    line = status_line(status, armed=True, timezone=ZoneInfo("Europe/Berlin"))

    assert line == "live, armed; no cycle yet; next 2026-01-03 09:00:00 (Europe/Berlin)"


def test_what_is_wrong_comes_before_the_rest() -> None:
    trouble = Trouble(kind="api", message="out of reach", since=NOON - timedelta(minutes=10), times=11)
    holding = Holding(rule="a", smart_trade_id=SmartTradeId(1), held=timedelta(0), needed=timedelta(minutes=2))

    line = status_line(
        replace(STATUS, mode=Mode.DRY_RUN, troubles=(trouble,), holding=(holding,)), armed=False, timezone=UTC_ZONE
    )

    assert line == ("dry-run, DISARMED; api trouble since 11:50:00 (11x): out of reach; no cycle yet; 1 holding (UTC)")
