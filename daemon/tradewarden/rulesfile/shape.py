"""
The shape of the rules file: its keys, their types, ranges, defaults and meanings. JSON Schema is drawn from here.

The models say what one value may be; what concerns several keys at once stands in `consistency`, conditions in
`conditions`. Defaults are those of `model.settings`, so that they stand once.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field as Key

from tradewarden.model.settings import AccountMode, ApiSettings, Limits, Mode, Safety, Schedule
from tradewarden.rulesfile.field import ReadField
from tradewarden.rulesfile.fields import ChoiceField, DurationField, IntegerField, PercentageField, SwitchField
from tradewarden.rulesfile.problems import describe
from tradewarden.rulesfile.rule_shape import DAY, MINUTE, SECOND, RuleShape, ScheduleShape, Shape
from tradewarden.rulesfile.values import (
    InvalidValueError,
    duration_text,
    read_timezone,
    read_url,
    timezone_schema,
    url_schema,
)

LARGEST_ID = 2**63 - 1
MAX_RULES = 1_000
VERSION = 1

_API, _LIMITS, _SAFETY = ApiSettings(), Limits(), Safety()
_EVERY = Schedule().every or timedelta(0)
_CANCELS = IntegerField(1, 1000, "cancels")


def _read_version(value: object) -> int:
    if isinstance(value, Decimal) and value == VERSION:  # `true` equals 1 as well
        return VERSION
    msg = f"must be {VERSION}, the version that this TradeWarden reads, not {describe(value)}"
    raise InvalidValueError(msg)


def _version_schema() -> dict[str, Any]:
    return {"const": VERSION}


def _leave_null(schema: dict[str, Any]) -> None:
    # `rules:` with every rule commented out stops them all: the loader takes it for an empty list.
    schema["type"] = [schema["type"], "null"]


AccountNumber = Annotated[int, IntegerField(1, LARGEST_ID, expected="the id of an exchange account, a whole number")]


class ApiShape(Shape):
    """
    How the API is reached.
    """

    url: Annotated[
        str,
        ReadField(read_url, url_schema),
        Key(description="The address of the API. Only https, except to this machine itself."),
    ] = _API.url
    requests_per_minute: Annotated[
        int,
        IntegerField(5, 100, "requests a minute"),
        Key(description="How many requests may be sent. 3Commas documents 100 a minute, then blocks for 5 minutes."),
    ] = _API.requests_per_minute
    timeout: Annotated[
        timedelta,
        DurationField(SECOND, MINUTE),
        Key(description="How long one answer may take. One in twenty takes longer than 2 seconds."),
    ] = _API.timeout
    account_mode: Annotated[
        AccountMode, ChoiceField(AccountMode), Key(description="Real money, or 3Commas' paper account.")
    ] = _API.account_mode
    accounts: Annotated[
        list[AccountNumber] | None,
        Key(min_length=1, description="Ids of the exchange accounts that may be acted on. Without it, all."),
    ] = None


class LimitsShape(Shape):
    """
    The blast radius.
    """

    cancels_per_cycle: Annotated[
        int, _CANCELS, Key(description="Cancels in one cycle, all rules together. What exceeds it is put off and said.")
    ] = _LIMITS.cancels_per_cycle
    cancels_per_hour: Annotated[
        int, _CANCELS, Key(description="Cancels in one hour, all rules together. What exceeds it is put off and said.")
    ] = _LIMITS.cancels_per_hour
    cancels_per_smart_trade: Annotated[
        int,
        _CANCELS,
        Key(description="Cancels on one SmartTrade in 24 hours, all rules together. What exceeds it is put off."),
    ] = _LIMITS.cancels_per_smart_trade
    abort_above: Annotated[
        Decimal | None,
        PercentageField(Decimal(0), Decimal(100), above_low=True, or_never=True),
        Key(
            description="If rules want more than this share of the open SmartTrades in one cycle, nothing is cancelled."
        ),
    ] = _LIMITS.abort_above_pct


class SafetyShape(Shape):
    """
    The bounds of the invariants.
    """

    require_stop_loss: Annotated[
        bool,
        SwitchField(),
        Key(
            description="Cancel only if a live stop loss is there: the cancelled share has no target any more, "
            "and only the stop loss covers it."
        ),
    ] = _SAFETY.require_stop_loss
    imminent_margin: Annotated[
        Decimal,
        PercentageField(Decimal(0), Decimal(50)),
        Key(description="A step closer to the price than this may fill at any moment: it does not count as left."),
    ] = _SAFETY.imminent_margin_pct
    max_read_age: Annotated[
        timedelta,
        DurationField(SECOND, MINUTE),
        Key(description="The second read of a SmartTrade must be younger than this when a cancel goes out."),
    ] = _SAFETY.max_read_age
    hold_gap: Annotated[
        timedelta,
        DurationField(SECOND, DAY),
        Key(description="After a gap in the readings longer than this, `for` starts anew."),
    ] = _SAFETY.hold_gap
    frozen_after: Annotated[
        timedelta | None,
        DurationField(SECOND, 7 * DAY, or_never=True),
        Key(description="Prices and volume that stand still for so long are taken as unknown."),
    ] = _SAFETY.frozen_after


class FileShape(Shape):
    """
    The whole file.
    """

    version: Annotated[
        int,
        ReadField(_read_version, _version_schema),
        Key(description=f"The version of this format, which is {VERSION}."),
    ]
    mode: Annotated[
        Mode,
        ChoiceField(Mode),
        Key(description="dry-run decides as live does, but cancels nothing. Going live is this one line."),
    ] = Mode.DRY_RUN
    timezone: Annotated[
        ZoneInfo,
        ReadField(read_timezone, timezone_schema),
        Key(
            description="The time zone of `cron`, of the facts `hour` and `weekday`, and of moments that you type. "
            "What is printed is UTC."
        ),
    ] = ZoneInfo("UTC")
    schedule: Annotated[
        ScheduleShape | None,
        Key(
            description="When all SmartTrades are read and rules asked: `every` so long, or at the times of `cron`. "
            f"Without it, every {duration_text(_EVERY)}."
        ),
    ] = None
    api: Annotated[ApiShape, Key(description="How the API of 3Commas is reached.")] = ApiShape()
    limits: Annotated[
        LimitsShape, Key(description="How much may be cancelled. What exceeds a limit is put off and said.")
    ] = LimitsShape()
    safety: Annotated[SafetyShape, Key(description="The bounds of the safety checks before each cancel.")] = (
        SafetyShape()
    )
    rules: Annotated[
        list[RuleShape],
        Key(
            max_length=MAX_RULES,
            description=f"The rules, up to {MAX_RULES}. Each cancels one take-profit step of a SmartTrade at a time.",
            json_schema_extra=_leave_null,
        ),
    ]
