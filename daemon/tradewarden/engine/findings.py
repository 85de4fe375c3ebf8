"""
What may be known of a daemon, and the words for what is found in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tradewarden.model.daemon_status import DaemonStatus
    from tradewarden.model.memory import Ledger
    from tradewarden.model.moment import Moment
    from tradewarden.model.standing import Standing


class Ill(StrEnum):
    """
    What keeps a daemon from being healthy. The order is that of what to look at first.
    """

    BREACH = "breach"
    NO_STATE = "no_state"
    STATE_UNREADABLE = "state_unreadable"
    NOT_RUNNING = "not_running"
    STOPPING = "stopping"
    HANGING = "hanging"
    NO_RECORD = "no_record"
    NO_NEXT_CYCLE = "no_next_cycle"
    DISARMED = "disarmed"
    JOURNAL = "journal"
    ACCESS_STOPPED = "access_stopped"
    PENALTY = "penalty"
    API = "api"
    SUSPICIOUS_READING = "suspicious_reading"
    RULES_REFUSED = "rules_refused"
    OPEN_QUESTION = "open_question"
    TROUBLE = "trouble"


class Worth(StrEnum):
    """
    What is worth a word in a healthy daemon.
    """

    DRY_RUN = "dry_run"
    NO_RULES = "no_rules"
    STARTING = "starting"
    OPEN_QUESTION = "open_question"
    SET_ASIDE = "set_aside"
    UNREADABLE_SMART_TRADE = "unreadable_smart_trade"
    MARKET = "market"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    What is wrong, in a sentence, and since when, if that is known.
    """

    problem: Ill
    message: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """
    What is worth a word, in a sentence.
    """

    note: Worth
    message: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What could be learnt. *obstacles* say what could not, and why; the rest of it is then ``None``.

    *is_alive* is the word of the state folder's lock, *pid* and *since* are what its holder left there. *record* is the
    last one that a daemon wrote, be it this one or one before.
    """

    now: Moment
    is_alive: bool | None = None
    pid: int | None = None
    since: datetime | None = None
    record: DaemonStatus | None = None
    standing: Standing | None = None
    ledger: Ledger | None = None
    obstacles: tuple[Problem, ...] = ()

    @property
    def current(self) -> DaemonStatus | None:
        """
        Return the record if the daemon that runs now wrote it.
        """
        is_its_own = self.is_alive and self.record is not None and self.record.pid == self.pid
        return self.record if is_its_own else None


Finding = Problem | Note


def instant_text(at: datetime) -> str:
    """
    Write an instant as these sentences do.
    """
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
