"""
Whether the account lets us act: stopped by a 401 or the subscription plan, and won back step by step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tradewarden.engine.access import stopped, time_left

if TYPE_CHECKING:
    from tradewarden.engine.access import AccessBackoff
    from tradewarden.ports import Clock, Journal, Observer, SmartTradeGateway

NO_TIME = timedelta(0)


class Access:
    """
    Stops acting for the account, durably, and asks with growing pauses whether the credentials are valid again.

    The pauses live as long as the process: a restart asks at once.
    """

    def __init__(self, *, journal: Journal, clock: Clock, observer: Observer) -> None:
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._backoff: AccessBackoff | None = None
        self.denied: str | None = None  # what 3Commas said when it last rejected the credentials

    async def stop(self, reason: str, *, is_denied: bool = False) -> None:
        """
        Stop acting. *is_denied*: it was a read that failed, so the credentials are at fault. Raises JournalError.
        """
        if is_denied:
            self.denied = reason
        self._backoff = stopped(self._backoff, self._clock.now())
        was_stopped = await self._journal.access_stopped() is not None
        if not was_stopped:
            self._observer.tell("access.stopped", reason=reason)
        await self._journal.stop_access(reason)

    def accept(self) -> None:
        """
        Heed that 3Commas has accepted a DELETE: access is wholly there, so the next loss is a first one.
        """
        self._backoff = None

    async def regain(self, gateway: SmartTradeGateway) -> str | None:
        """
        Before acting again after a 401 or the like: the credentials must be valid.

        Returns why it is too early to ask; ``None`` if access is there. Raises ApiError and JournalError.
        """
        reason = await self._journal.access_stopped()
        if reason is None:
            return None
        left = time_left(self._backoff, self._clock.now())
        if left > NO_TIME:
            return f"acting is stopped: {reason}. The credentials are tried again in {left.total_seconds():.0f} s"
        await gateway.validate()
        self.denied = None
        await self._journal.stop_access(None)
        self._observer.tell("access.regained")
        return None
