"""
The shape of the rules file: its keys, their types, ranges and defaults. JSON Schema is drawn from here.

The models say what one value may be; what concerns several keys at once stands in `consistency`, conditions in
`conditions`. Defaults are those of `model.settings`, so that they stand once.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Discriminator, Tag
from pydantic import Field as Key

from tradewarden.model.settings import AccountMode, ApiSettings, Limits, Mode, Safety
from tradewarden.rules.ruleset import RepeatPolicy
from tradewarden.rulesfile.cron import read_cron
from tradewarden.rulesfile.decoding import MAX_BYTES
from tradewarden.rulesfile.field import ReadField
from tradewarden.rulesfile.fields import (
    ChoiceField,
    DurationField,
    IntegerField,
    PercentageField,
    SwitchField,
    TextField,
)
from tradewarden.rulesfile.matching import IdPatternsField, PatternsField, SidePatternsField
from tradewarden.rulesfile.problems import describe, did_you_mean
from tradewarden.rulesfile.values import InvalidValueError, parse_duration, read_timezone, read_url, suggest_duration

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LARGEST_ID = 2**63 - 1
MAX_RULES = 1_000
VERSION = 1
LONGEST_CONDITION = MAX_BYTES  # the compiler has a limit of its own, and says more

_REPEAT_WORDS = frozenset({RepeatPolicy.NEVER, RepeatPolicy.ON_RESET})
_SELECTOR_MAPPINGS = "{position: 2} or {where: step.distance > 50%}"
_API, _LIMITS, _SAFETY = ApiSettings(), Limits(), Safety()


class SelectorWord(StrEnum):
    """
    The selectors that need no more than a word.
    """

    FARTHEST = "farthest"
    NEAREST = "nearest"


def _read_version(value: object) -> int:
    if isinstance(value, Decimal) and value == VERSION:  # `true` equals 1 as well
        return VERSION
    msg = f"must be {VERSION}, the version that this TradeWarden reads, not {describe(value)}"
    raise InvalidValueError(msg)


def _read_repeat(value: object) -> RepeatPolicy | timedelta:
    if isinstance(value, str) and value in _REPEAT_WORDS:
        return RepeatPolicy(value)
    try:
        return DurationField(SECOND, 365 * DAY).read(value) or timedelta(0)
    except InvalidValueError as error:
        expected = error.predicate.replace("must be", "must be never, on-reset or", 1)
        known = parse_duration(str(value)) is not None
        hint = did_you_mean(value, _REPEAT_WORDS) if isinstance(value, str) else None
        raise InvalidValueError(expected, None if known else hint or suggest_duration(value)) from None


AccountNumber = Annotated[int, IntegerField(1, LARGEST_ID, expected="the id of an exchange account, a whole number")]
Every = Annotated[timedelta, DurationField(SECOND, DAY)]
Patterns = Annotated[tuple[str, ...], PatternsField()]
IdPatterns = Annotated[tuple[str, ...], IdPatternsField()]


class Shape(BaseModel):
    """
    A mapping of the file: no key but those that are declared.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ScheduleShape(Shape):
    """
    `every` or `cron`, and a `jitter`.
    """

    every: Every | None = None
    cron: Annotated[str | None, ReadField(read_cron)] = None
    jitter: Annotated[timedelta, DurationField(timedelta(0), HOUR)] = timedelta(0)


class ApiShape(Shape):
    """
    How the API is reached.
    """

    url: Annotated[str, ReadField(read_url)] = _API.url
    requests_per_minute: Annotated[int, IntegerField(5, 100, "requests a minute")] = _API.requests_per_minute
    timeout: Annotated[timedelta, DurationField(SECOND, MINUTE)] = _API.timeout
    account_mode: Annotated[AccountMode, ChoiceField(AccountMode)] = _API.account_mode
    accounts: Annotated[list[AccountNumber] | None, Key(min_length=1)] = None


class LimitsShape(Shape):
    """
    The blast radius.
    """

    cancels_per_cycle: Annotated[int, IntegerField(1, 1000, "cancels")] = _LIMITS.cancels_per_cycle
    cancels_per_hour: Annotated[int, IntegerField(1, 1000, "cancels")] = _LIMITS.cancels_per_hour
    cancels_per_smart_trade: Annotated[int, IntegerField(1, 1000, "cancels")] = _LIMITS.cancels_per_smart_trade
    abort_above: Annotated[Decimal | None, PercentageField(Decimal(0), Decimal(100), above_low=True, or_never=True)] = (
        _LIMITS.abort_above_pct
    )


class SafetyShape(Shape):
    """
    The bounds of the invariants.
    """

    require_stop_loss: Annotated[bool, SwitchField()] = _SAFETY.require_stop_loss
    imminent_margin: Annotated[Decimal, PercentageField(Decimal(0), Decimal(50))] = _SAFETY.imminent_margin_pct
    max_read_age: Annotated[timedelta, DurationField(SECOND, MINUTE)] = _SAFETY.max_read_age
    hold_gap: Annotated[timedelta, DurationField(SECOND, DAY)] = _SAFETY.hold_gap
    frozen_after: Annotated[timedelta | None, DurationField(SECOND, 7 * DAY, or_never=True)] = _SAFETY.frozen_after


class MatchShape(Shape):
    """
    Which SmartTrades: every key that is given must match.
    """

    id: IdPatterns | None = None
    pair: Patterns | None = None
    quote: Patterns | None = None
    side: Annotated[tuple[str, ...] | None, SidePatternsField()] = None
    account_id: IdPatterns | None = None
    exchange: Patterns | None = None
    kind: Patterns | None = None
    note: Patterns | None = None


class SelectorShape(Shape):
    """
    A step by its position, or by a condition that is true of it alone.
    """

    position: Annotated[int | None, IntegerField(1, 8)] = None
    where: Annotated[str | None, TextField(LONGEST_CONDITION, 1, one_line=False)] = None


Selector = Annotated[
    Annotated[SelectorWord, ChoiceField(SelectorWord, _SELECTOR_MAPPINGS), Tag(":word")]
    | Annotated[SelectorShape, Tag(":mapping")],
    Discriminator(lambda value: ":mapping" if isinstance(value, dict) else ":word"),
]


class RuleShape(Shape):
    """
    One rule.
    """

    name: Annotated[str, TextField(100, 1)]
    description: Annotated[str, TextField(2_000, one_line=False, is_shown=True)] = ""
    enabled: Annotated[bool, SwitchField()] = True
    every: Every | None = None
    schedule: ScheduleShape | None = None
    match: MatchShape = MatchShape()
    except_: Annotated[MatchShape | None, Key(alias="except")] = None
    when: Annotated[str, TextField(LONGEST_CONDITION, 1, one_line=False)]
    hold: Annotated[timedelta, DurationField(timedelta(0), 7 * DAY), Key(alias="for")] = timedelta(0)
    cancel: Selector
    keep: Annotated[int, IntegerField(1, 7, "steps")] = 1
    repeat: Annotated[RepeatPolicy | timedelta, ReadField(_read_repeat)] = RepeatPolicy.NEVER


class FileShape(Shape):
    """
    The whole file.
    """

    version: Annotated[int, ReadField(_read_version)]
    mode: Annotated[Mode, ChoiceField(Mode)] = Mode.DRY_RUN
    timezone: Annotated[ZoneInfo, ReadField(read_timezone)] = ZoneInfo("UTC")
    schedule: ScheduleShape | None = None
    api: ApiShape = ApiShape()
    limits: LimitsShape = LimitsShape()
    safety: SafetyShape = SafetyShape()
    rules: Annotated[list[RuleShape], Key(max_length=MAX_RULES)]
