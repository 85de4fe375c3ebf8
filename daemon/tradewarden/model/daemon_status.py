"""
What a running daemon tells of itself, for `status` and for the supervisor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from tradewarden.model.decision import Holding
    from tradewarden.model.settings import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """
    What goes wrong, cycle after cycle: the *kind* is the word of a cycle's error, *times* how often since *since*.
    """

    kind: str
    message: str
    since: datetime
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCycle:
    """
    The last cycle that ended. *outcomes* counts its rows by outcome.
    """

    cycle_id: str
    started_at: datetime
    took: timedelta
    smart_trades_read: int
    requests: int
    outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStatus:
    """
    A small record that the daemon leaves in its state folder after each cycle; what is durable stands in the journal.

    *next_cycle_at* is ``None`` while a cycle runs and when no schedule is left; *cycle_began_at* is set while one runs.
    *requests_left* of *requests_per_minute* may still go out in this minute. *stopped_at* is set by an orderly end.
    """

    version: str
    pid: int
    mode: Mode
    rules_file: str
    generation: str
    rules_enabled: int
    started_at: datetime
    written_at: datetime
    requests_left: int
    requests_per_minute: int
    cancels_per_hour: int
    last_cycle: LastCycle | None = None
    cycle_began_at: datetime | None = None
    next_cycle_at: datetime | None = None
    holding: tuple[Holding, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    stopped_at: datetime | None = None
