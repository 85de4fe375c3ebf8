"""
What the real API does is not certain everywhere: each of these can be switched, so that a client is tried on both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """
    The undocumented sides of 3Commas. The defaults are what the samples suggest.
    """

    cancel_lag_s: float = 0.7  # from the answer to a DELETE until it takes effect (measured once, in the samples)
    edit_lag_s: float = 1.0  # an edited step is idle for so long
    shows_pending_cancellation: bool = False  # in the list of trades, during the lag
    cancelled_rows_vanish: bool = False  # from the list of trades
    filled_steps_vanish: bool = False  # from the entity
