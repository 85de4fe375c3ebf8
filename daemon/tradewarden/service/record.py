"""
What a daemon tells of itself: the record for `status`, the line for the supervisor, and what goes wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tradewarden.errors import StateError
from tradewarden.model.daemon_status import DaemonStatus, LastCycle
from tradewarden.service.status_line import status_line
from tradewarden.service.troubles import Troubles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from tradewarden.model.decision import CycleReport, Holding
    from tradewarden.ports import Clock, Observer
    from tradewarden.rules.ruleset import Rule
    from tradewarden.service.crew import Crew


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """
    Which daemon this is.
    """

    version: str
    pid: int
    rules_file: str
    state: str
    api_url: str


class Record:
    """
    Kept up to date by the daemon, and left by *write* where `status` finds it. *next_due* tells the next tick.
    """

    def __init__(
        self,
        crew: Crew,
        identity: Identity,
        *,
        clock: Clock,
        observer: Observer,
        write: Callable[[DaemonStatus], None],
        next_due: Callable[[], datetime | None],
    ) -> None:
        self.troubles = Troubles(observer)
        self._crew = crew
        self._clock = clock
        self._write = write
        self._next_due = next_due
        self.is_armed = True
        self._holding: dict[str, tuple[Holding, ...]] = {}
        now = clock.now().wall
        self._status = DaemonStatus(
            version=identity.version,
            pid=identity.pid,
            mode=crew.settings.mode,
            rules_file=identity.rules_file,
            generation=crew.ruleset.generation,
            rules_enabled=len(crew.ruleset.enabled),
            started_at=now,
            written_at=now,
            requests_left=crew.requests_left(),
            requests_per_minute=crew.settings.api.requests_per_minute,
            cancels_per_hour=crew.settings.limits.cancels_per_hour,
        )

    @property
    def age(self) -> timedelta:
        """
        Return how old the record looks by the wall clock, whichever way that was set.
        """
        return abs(self._clock.now().wall - self._status.written_at)

    @property
    def is_in_cycle(self) -> bool:
        """
        Tell whether a cycle runs.
        """
        return self._status.cycle_began_at is not None

    @property
    def line(self) -> str:
        """
        Return how it goes, for people.
        """
        return status_line(self._status, armed=self.is_armed, timezone=self._crew.settings.timezone)

    def begin_cycle(self, at: datetime) -> None:
        """
        Note that a cycle began.
        """
        self.write(cycle_began_at=at, next_cycle_at=None)

    def end_cycle(self, report: CycleReport, rules: Sequence[Rule], *, took: timedelta) -> None:
        """
        Take in what a cycle of *rules* told.
        """
        self.is_armed = report.armed
        self.troubles.heed_cycle(report.errors, self._clock.now().wall)
        for rule in rules:
            self._holding[rule.name] = tuple(one for one in report.holding if one.rule == rule.name)
        outcomes: dict[str, int] = {}
        for row in report.outcomes:
            outcomes[row.outcome.value] = outcomes.get(row.outcome.value, 0) + 1
        last = LastCycle(
            cycle_id=report.cycle_id,
            started_at=report.started_at,
            took=took,
            smart_trades_read=report.smart_trades_read,
            requests=report.requests,
            outcomes=outcomes,
        )
        self.write(last_cycle=last, cycle_began_at=None)

    def take_over(self, crew: Crew) -> None:
        """
        Note what a reload changed.
        """
        self._crew = crew
        names = {rule.name for rule in crew.ruleset.enabled}
        self._holding = {name: holding for name, holding in self._holding.items() if name in names}
        self.write(
            mode=crew.settings.mode,
            generation=crew.ruleset.generation,
            rules_enabled=len(crew.ruleset.enabled),
            requests_per_minute=crew.settings.api.requests_per_minute,
            cancels_per_hour=crew.settings.limits.cancels_per_hour,
        )

    def close(self) -> None:
        """
        Note an orderly end.
        """
        self.write(stopped_at=self._clock.now().wall, cycle_began_at=None, next_cycle_at=None)

    def write(self, **changes: Any) -> None:  # noqa: ANN401 (fields of DaemonStatus)
        """
        Leave the record, with *changes*. That it cannot be written stops nothing.
        """
        now = self._clock.now().wall
        self._status = replace(
            self._status,
            **{
                "written_at": now,
                "requests_left": self._crew.requests_left(),
                "troubles": self.troubles.current,
                "holding": tuple(one for held in self._holding.values() for one in held),
                **changes,
            },
        )
        if self._status.cycle_began_at is None and self._status.stopped_at is None:
            self._status = replace(self._status, next_cycle_at=self._next_due())
        try:
            self._write(self._status)
        except StateError as error:
            self.troubles.heed("status", str(error), now)
        else:
            self.troubles.end("status")
