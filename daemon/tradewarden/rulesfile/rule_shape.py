"""
The shape of a rule: its keys, their types, ranges, defaults and meanings. JSON Schema is drawn from here.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Discriminator, Tag
from pydantic import Field as Key

from tradewarden.rules.ruleset import RepeatPolicy
from tradewarden.rules.schema import Scope
from tradewarden.rulesfile.cron import cron_schema, read_cron
from tradewarden.rulesfile.field import ReadField
from tradewarden.rulesfile.fields import ChoiceField, DurationField, IntegerField, SwitchField
from tradewarden.rulesfile.matching import IdPatternsField, PatternsField, SidePatternsField
from tradewarden.rulesfile.problems import did_you_mean
from tradewarden.rulesfile.text_fields import ConditionField, TextField
from tradewarden.rulesfile.values import InvalidValueError, parse_duration, suggest_duration

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_REPEAT_WORDS = (RepeatPolicy.NEVER, RepeatPolicy.ON_RESET)
_REPEAT_PAUSE = DurationField(SECOND, 365 * DAY)
_SELECTOR_MAPPINGS = "{position: 2} or {where: step.distance > 50%}"


class SelectorWord(StrEnum):
    """
    The selectors that need no more than a word.
    """

    FARTHEST = "farthest"
    NEAREST = "nearest"


def _read_repeat(value: object) -> RepeatPolicy | timedelta:
    if isinstance(value, str) and value in _REPEAT_WORDS:
        return RepeatPolicy(value)
    try:
        return _REPEAT_PAUSE.read(value) or timedelta(0)
    except InvalidValueError as error:
        expected = error.predicate.replace("must be", "must be never, on-reset or", 1)
        known = parse_duration(str(value)) is not None
        hint = did_you_mean(value, _REPEAT_WORDS) if isinstance(value, str) else None
        if value == "once":
            hint = "write never: one step of a SmartTrade, and never another"
        raise InvalidValueError(expected, None if known else hint or suggest_duration(value)) from None


def _repeat_schema() -> dict[str, Any]:
    return {"anyOf": [{"enum": [str(word) for word in _REPEAT_WORDS]}, _REPEAT_PAUSE.json_schema()]}


Patterns = Annotated[tuple[str, ...], PatternsField()]
IdPatterns = Annotated[tuple[str, ...], IdPatternsField()]


class Shape(BaseModel):
    """
    A mapping of the file: no key but those that are declared.

    Of the keys in *exactly_one* one is given, of those in *at_most_one* one or none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    exactly_one: ClassVar[tuple[str, ...]] = ()
    at_most_one: ClassVar[tuple[str, ...]] = ()


class ScheduleShape(Shape):
    """
    `every` or `cron`, and a `jitter`.
    """

    exactly_one = ("every", "cron")

    every: Annotated[timedelta | None, DurationField(SECOND, DAY), Key(description="The time from turn to turn.")] = (
        None
    )
    cron: Annotated[
        str | None,
        ReadField(read_cron, cron_schema),
        Key(
            description="The times of the turns in `timezone`, in quotes: minute, hour, day of the month, month, "
            "weekday. A day of the month and a weekday do not go together."
        ),
    ] = None
    jitter: Annotated[
        timedelta,
        DurationField(timedelta(0), HOUR),
        Key(description="Each turn is delayed by a random time of up to this, which must be less than `every`."),
    ] = timedelta(0)


class MatchShape(Shape):
    """
    Which SmartTrades: every key that is given must match.
    """

    id: Annotated[IdPatterns | None, Key(description="The SmartTrade's id, a glob of digits, or a list of them.")] = (
        None
    )
    pair: Annotated[
        Patterns | None,
        Key(description='The pair as 3Commas writes it, such as USDT_DOGE; a glob ("USDT_*"), or a list.'),
    ] = None
    quote: Annotated[
        Patterns | None,
        Key(description="The currency that is paid with, the first of the pair: USDT; a glob, or a list."),
    ] = None
    side: Annotated[
        tuple[str, ...] | None, SidePatternsField(), Key(description="long or short, or both in a list.")
    ] = None
    account_id: Annotated[
        IdPatterns | None, Key(description="The id of the exchange account, a glob of digits, or a list of them.")
    ] = None
    exchange: Annotated[
        Patterns | None, Key(description="The exchange as 3Commas writes it; a glob (binance*), or a list.")
    ] = None
    kind: Annotated[
        Patterns | None, Key(description="The kind of SmartTrade as 3Commas writes it: smart_trade; a glob, or a list.")
    ] = None
    note: Annotated[
        Patterns | None, Key(description='The note that you gave the SmartTrade; a glob ("*keep*"), or a list.')
    ] = None


class ExceptShape(MatchShape):
    """
    Which of them are left alone. Without a key it would be all of them, so one is needed.
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})


class SelectorShape(Shape):
    """
    A step by its position, or by a condition that is true of it alone.
    """

    exactly_one = ("position", "where")

    position: Annotated[
        int | None, IntegerField(1, 8), Key(description="The step's position, counted from 1 as 3Commas does.")
    ] = None
    where: Annotated[
        str | None,
        ConditionField(Scope.STEP),
        Key(description="A condition that is true of one step alone; if it is true of several, none is cancelled."),
    ] = None


Selector = Annotated[
    Annotated[SelectorWord, ChoiceField(SelectorWord, _SELECTOR_MAPPINGS), Tag(":word")]
    | Annotated[SelectorShape, Tag(":mapping")],
    Discriminator(lambda value: ":mapping" if isinstance(value, dict) else ":word"),
]


class RuleShape(Shape):
    """
    One rule.
    """

    at_most_one = ("every", "schedule")

    name: Annotated[
        str,
        TextField(100, 1),
        Key(description="The rule's own name, of 1 to 100 characters: `repeat` remembers the rule by it."),
    ]
    description: Annotated[
        str,
        TextField(2_000, one_line=False, is_shown=True),
        Key(description="What the rule is for, in your words, of up to 2000 characters."),
    ] = ""
    enabled: Annotated[bool, SwitchField(), Key(description="Whether the rule is asked at all.")] = True
    every: Annotated[
        timedelta | None,
        DurationField(SECOND, DAY),
        Key(description="How often this rule is asked, if not with the others."),
    ] = None
    schedule: Annotated[
        ScheduleShape | None, Key(description="When this rule is asked, if not with the others: in place of `every`.")
    ] = None
    match: Annotated[
        MatchShape,
        Key(description="Which SmartTrades the rule is for: every key that is given must match. Without it, all open."),
    ] = MatchShape()
    except_: Annotated[
        ExceptShape | None,
        Key(
            alias="except",
            description="Which of them are left alone: those that match every key that is given here.",
        ),
    ] = None
    when: Annotated[
        str,
        ConditionField(Scope.SMART_TRADE),
        Key(description="The condition under which a step is cancelled. What is unknown never fires it."),
    ]
    hold: Annotated[
        timedelta,
        DurationField(timedelta(0), 7 * DAY),
        Key(alias="for", description="So long the condition must have been true in every cycle."),
    ] = timedelta(0)
    cancel: Annotated[
        Selector,
        Key(
            description=f"The one take-profit step to cancel: {', '.join(SelectorWord)}, {_SELECTOR_MAPPINGS}.",
            json_schema_extra={"type": ["string", "object"]},  # else no editor writes the colon behind `cancel`
        ),
    ]
    keep: Annotated[
        int, IntegerField(1, 7, "steps"), Key(description="Live take-profit steps to leave. Never less than one.")
    ] = 1
    repeat: Annotated[
        RepeatPolicy | timedelta,
        ReadField(_read_repeat, _repeat_schema),
        Key(
            description="Whether the rule may cancel another step of the same SmartTrade: never, on-reset (after the "
            f"condition was false in between), or after {_REPEAT_PAUSE.accepts}."
        ),
    ] = RepeatPolicy.NEVER
