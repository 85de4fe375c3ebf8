"""
The defaults of the rules file, which are part of the public contract.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tradewarden.model.settings import AccountMode, ApiSettings, Limits, Mode, Safety, Schedule, Settings
from tradewarden.model.smart_trade import AccountId


def test_the_defaults_are_those_of_the_documentation() -> None:
    settings = Settings()

    assert (settings.mode, settings.timezone) == (Mode.DRY_RUN, ZoneInfo("UTC"))
    assert settings.schedule == Schedule(every=timedelta(seconds=60), cron=None, jitter=timedelta(0))
    assert settings.api == ApiSettings(
        url="https://api.3commas.io/public/api",
        requests_per_minute=50,
        timeout=timedelta(seconds=30),
        account_mode=AccountMode.REAL,
        accounts=None,
    )
    assert settings.limits == Limits(
        cancels_per_cycle=8, cancels_per_hour=60, cancels_per_smart_trade=2, abort_above_pct=None
    )
    assert settings.safety == Safety(
        require_stop_loss=True,
        imminent_margin_pct=Decimal(1),
        max_read_age=timedelta(seconds=15),
        hold_gap=timedelta(minutes=5),
        frozen_after=timedelta(minutes=30),
    )


@pytest.mark.parametrize(
    ("accounts", "allowed"),
    [
        pytest.param(None, True, id="all"),
        pytest.param(frozenset({AccountId(1), AccountId(2)}), True, id="one of them"),
        pytest.param(frozenset({AccountId(2)}), False, id="another"),
        pytest.param(frozenset(), False, id="none"),
    ],
)
def test_which_accounts_may_be_acted_on(accounts: frozenset[AccountId] | None, allowed: bool) -> None:
    assert ApiSettings(accounts=accounts).allows(AccountId(1)) is allowed
