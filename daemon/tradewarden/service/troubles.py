"""
What goes wrong cycle after cycle: told when it begins and when it is over, counted in between.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tradewarden.model.daemon_status import Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tradewarden.model.decision import CycleError
    from tradewarden.ports import Observer

# Of a cycle that was stopped there is nothing to say, and these come from elsewhere: no good cycle ends them.
NOT_OF_A_CYCLE = frozenset({"rules", "status"})
NO_TROUBLE = frozenset({"interrupted"})


class Troubles:
    """
    The troubles of a daemon, one for each kind.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._current: dict[str, Trouble] = {}

    @property
    def current(self) -> tuple[Trouble, ...]:
        """
        Return those that last, the oldest first.
        """
        return tuple(sorted(self._current.values(), key=lambda trouble: trouble.since))

    def heed_cycle(self, errors: Sequence[CycleError], now: datetime) -> None:
        """
        Take in the errors of a cycle; what it does not name any more is over.
        """
        kinds = {error.error: error.message for error in errors if error.error not in NO_TROUBLE}
        for kind in [kind for kind in self._current if kind not in kinds and kind not in NOT_OF_A_CYCLE]:
            self.end(kind)
        for kind, message in kinds.items():
            self.heed(kind, message, now)

    def heed(self, kind: str, message: str, now: datetime, *, is_told: bool = False) -> None:
        """
        Take in one trouble: a new one is told, unless it *is_told* already; one that lasts is counted.
        """
        lasting = self._current.get(kind)
        if lasting is not None:
            self._current[kind] = replace(lasting, message=message, times=lasting.times + 1)
            return
        trouble = self._current[kind] = Trouble(kind=kind, message=message, since=now)
        if not is_told:
            self._observer.tell("trouble.began", trouble=trouble)

    def end(self, kind: str) -> None:
        """
        Say that a trouble is over, if there was one.
        """
        trouble = self._current.pop(kind, None)
        if trouble is not None:
            self._observer.tell("trouble.ended", trouble=trouble)
