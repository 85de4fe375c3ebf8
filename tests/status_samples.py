"""
What is known of a daemon that fares well, each with a way to change what a test is about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fakes import START
from journal_samples import make_intent, moment
from tradewarden.engine.findings import Known
from tradewarden.model.cancel import OpenQuestion
from tradewarden.model.daemon_status import DaemonStatus, LastCycle
from tradewarden.model.decision import Holding
from tradewarden.model.memory import Ledger
from tradewarden.model.settings import Mode
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.model.standing import Standing, Switch

if TYPE_CHECKING:
    from datetime import datetime

PID = 4711
BEGAN = START - timedelta(hours=1)


def make_cycle(**changes: Any) -> LastCycle:
    """
    Make a cycle that began ten seconds ago and ended well.
    """
    cycle = LastCycle(
        cycle_id="cycle-7",
        started_at=START - timedelta(seconds=10),
        took=timedelta(seconds=1, milliseconds=234),
        smart_trades_read=12,
        requests=5,
        outcomes={"cancelled": 1, "denied": 2},
    )
    return replace(cycle, **changes)


def make_status(**changes: Any) -> DaemonStatus:
    """
    Make the record of a daemon that runs live and waits for its next cycle.
    """
    status = DaemonStatus(
        version="0.1.0",
        pid=PID,
        mode=Mode.LIVE,
        rules_file="/etc/tradewarden/rules.yaml",
        generation="generation-1",
        rules_enabled=2,
        started_at=BEGAN,
        written_at=START - timedelta(seconds=5),
        requests_left=45,
        requests_per_minute=50,
        cancels_per_hour=60,
        last_cycle=make_cycle(),
        next_cycle_at=START + timedelta(seconds=50),
        holding=(
            Holding(
                rule="far-off",
                smart_trade_id=SmartTradeId(30428626),
                held=timedelta(seconds=60),
                needed=timedelta(minutes=2),
            ),
        ),
    )
    return replace(status, **changes)


def make_question(at: datetime = START, **changes: Any) -> OpenQuestion:
    """
    Make an open question of a moment of the first boot.
    """
    question = OpenQuestion(
        intent_id=1, intent=make_intent(at=moment(at)), answer=None, reason=None, asked_at=moment(at)
    )
    return replace(question, **changes)


def make_known(**changes: Any) -> Known:
    """
    Make what is known of a daemon that fares well; *record* and *standing* may be replaced as a whole.
    """
    known = Known(
        now=moment(),
        is_alive=True,
        pid=PID,
        since=BEGAN,
        record=make_status(),
        standing=Standing(switch=Switch(armed=True)),
        ledger=Ledger(armed=True),
    )
    return replace(known, **changes)
