"""
The limit of requests: clock-aligned minutes, then a block, then bans that double.
"""

from __future__ import annotations

WINDOW_S = 60.0
BLOCK_S = 300.0
FIRST_BAN_S = 120.0
LONGEST_BAN_S = 3 * 86400.0
UNDER_WAY_S = 2.0  # requests that had left before the client could know of the block are not held against it


class RateLimit:
    """
    Counts requests. *requests_per_minute* may be changed at any time.
    """

    def __init__(self, requests_per_minute: int = 100) -> None:
        self.requests_per_minute = requests_per_minute
        self.blocked_until = 0.0
        self.banned_until = 0.0
        self._next_ban_s = FIRST_BAN_S
        self._penalty_began = 0.0
        self._window = 0
        self._count = 0

    def status_at(self, now: float) -> int | None:
        """
        Count a request at *now*, seconds since the epoch: ``None`` if it may pass, else 429 or 418.
        """
        if now < self.banned_until:
            if now - self._penalty_began > UNDER_WAY_S:
                self._ban(now)
            return 418
        if now < self.blocked_until:
            if now - self._penalty_began <= UNDER_WAY_S:
                return 429
            self._ban(now)
            return 418
        window = int(now // WINDOW_S)
        if window != self._window:
            self._window, self._count = window, 0
        self._count += 1
        if self._count <= self.requests_per_minute:
            return None
        self.blocked_until = now + BLOCK_S
        self._penalty_began = now
        return 429

    def _ban(self, now: float) -> None:
        self.banned_until = max(self.banned_until, now + self._next_ban_s)
        self._next_ban_s = min(self._next_ban_s * 2, LONGEST_BAN_S)
        self._penalty_began = now
