"""
What the owner chose, parsed once: frozen values without a trace of YAML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tradewarden.model.smart_trade import AccountId

DEFAULT_API_URL = "https://api.3commas.io/public/api"


class Mode(StrEnum):
    """
    Dry-run decides but sends no DELETE.
    """

    DRY_RUN = "dry-run"
    LIVE = "live"


class AccountMode(StrEnum):
    """
    The Forced-Mode header: real money or 3Commas' paper account.
    """

    REAL = "real"
    PAPER = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    When a cycle is due: *every* so long or by a *cron* expression (exactly one is given), plus a random *jitter*.
    """

    every: timedelta | None = timedelta(seconds=60)
    cron: str | None = None
    jitter: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """
    How the API is reached. *accounts* that may be acted on; ``None`` allows all.
    """

    url: str = DEFAULT_API_URL
    requests_per_minute: int = 50
    timeout: timedelta = timedelta(seconds=30)
    account_mode: AccountMode = AccountMode.REAL
    accounts: frozenset[AccountId] | None = None

    def allows(self, account_id: AccountId) -> bool:
        """
        Tell whether the rules file allows that account.
        """
        return self.accounts is None or account_id in self.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    The blast radius. *abort_above_pct* is a percentage of the open SmartTrades; ``None`` is never.
    """

    cancels_per_cycle: int = 8
    cancels_per_hour: int = 60
    cancels_per_smart_trade: int = 2  # in 24 hours, all rules together
    abort_above_pct: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """
    The bounds of the invariants. *frozen_after* ``None`` is never.
    """

    require_stop_loss: bool = True
    imminent_margin_pct: Decimal = Decimal(1)
    max_read_age: timedelta = timedelta(seconds=15)
    hold_gap: timedelta = timedelta(minutes=5)
    frozen_after: timedelta | None = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything in the rules file but the rules.
    """

    mode: Mode = Mode.DRY_RUN
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    schedule: Schedule = field(default_factory=Schedule)
    api: ApiSettings = field(default_factory=ApiSettings)
    limits: Limits = field(default_factory=Limits)
    safety: Safety = field(default_factory=Safety)
