"""
The judge of the traffic: how many requests there are in a minute, and none while a penalty runs.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.journal_view import JournalView
    from simulation.scene import Scene
    from tradewarden.simulator.messages import Request, Response

SILENT_S = {429: 300.0, 418: 120.0}  # at least; Retry-After may ask for more
SLACK_S = 0.01


class Traffic:
    """
    Watches the requests of one process after the other.
    """

    def __init__(self, scene: Scene, journal: JournalView) -> None:
        self.allowed = 50  # requests in a minute, by the rules in force
        self.silent_until_s = 0.0
        self._timeline, self._trace = scene.timeline, scene.trace
        self._journal = journal
        self._recent: deque[float] = deque()
        self._minute: tuple[int, int] = (0, 0)
        self._in_minute = 0
        self._most = 0

    def begin_life(self) -> None:
        """
        Count anew for a new process: it knows of no requests, but of every penalty that was journaled.
        """
        self._recent.clear()
        self._minute, self._in_minute = (0, 0), 0
        self.silent_until_s = 0.0
        penalty, now = self._journal.penalty, self._timeline.now()
        if penalty is not None and penalty["began_boot_id"] == now.boot_id:
            passed = now.boot - timedelta(microseconds=penalty["began_boot_us"])
            left = timedelta(microseconds=penalty["pause_us"]) - passed
            self.silent_until_s = self._timeline.true_s + left.total_seconds()

    def allow(self, per_minute: int) -> None:
        """
        Let so many requests go from now on; the minute that runs may hold as many as before.
        """
        self.allowed = per_minute
        self._most = max(self._most, per_minute)

    def sent(self, request: Request) -> None:
        """
        Count a request that goes out.
        """
        now_s = self._timeline.true_s
        what = f"{request.method} {request.path}"
        if now_s < self.silent_until_s - SLACK_S:
            left_s = self.silent_until_s - now_s
            self._trace.break_promise(f"{what} goes out {left_s:.3f} s before the end of a penalty")
        minute = (int(self._timeline.now().wall.timestamp()) // 60, self._timeline.steps)
        if minute != self._minute:
            self._minute, self._in_minute, self._most = minute, 0, self.allowed
        self._in_minute += 1
        if self._in_minute > self._most:
            self._trace.break_promise(f"{what} is request {self._in_minute} of this minute, {self._most} are allowed")
        self._recent.append(now_s)
        while self._recent[0] <= now_s - 60:
            self._recent.popleft()
        if len(self._recent) > 2 * max(self._most, self.allowed):
            self._trace.break_promise(f"{len(self._recent)} requests within 60 s")

    def answered(self, response: Response) -> None:
        """
        Heed a penalty.
        """
        if response.status not in SILENT_S or b"subscription plan" in response.body:
            return
        asked = response.headers.get("Retry-After", "0")
        pause_s = max(SILENT_S[response.status], float(asked))
        self.silent_until_s = max(self.silent_until_s, self._timeline.true_s + pause_s)
