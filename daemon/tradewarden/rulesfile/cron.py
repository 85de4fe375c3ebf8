"""
Cron expressions: checked strictly, and rewritten so that no reader can take them for other times.

Programs disagree about the numbers of weekdays (is 0 Sunday or Monday?) and about a day of the month together with a
weekday (either, or both?). So weekdays leave here as names, numbered as in crontab(5), and the second is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tradewarden.rulesfile.decimal_patterns import whole_numbers
from tradewarden.rulesfile.problems import describe
from tradewarden.rulesfile.values import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ITEM = re.compile(r"(?:\*|([a-z]{3}|[0-9]{1,2})(?:-([a-z]{3}|[0-9]{1,2}))?)(?:/([0-9]{1,2}))?", re.ASCII)
_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * sun",
    "@monthly": "0 0 1 * *",
}
FIVE_FIELDS = 'five fields: minute hour day month weekday, for example "*/5 8-20 * * mon-fri"'
LONGEST_CRON = 200


@dataclass(frozen=True, slots=True)
class _Field:
    """
    One field: its *name*, its range, and the *names* that may stand for numbers from *low* on.
    """

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        """
        Return the number of a name or number. Raises InvalidValueError.
        """
        if text in self.names:
            return self.low + self.names.index(text)
        if text.isdecimal() and self.low <= int(text) <= self.high:
            return int(text)
        either = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        msg = f"has {text} for the {self.name}, which is {self.low} to {self.high}{either}"
        raise InvalidValueError(msg)


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _WEEKDAYS),
)


def read_cron(value: object) -> str:
    """
    Return a cron expression in its unambiguous form. Raises InvalidValueError.
    """
    text = value if isinstance(value, str) else ""
    if text.strip().lower() in _NICKNAMES:
        raise InvalidValueError("must be five fields", f'write "{_NICKNAMES[text.strip().lower()]}"')
    fields = text.lower().split()
    if len(fields) != len(_FIELDS) or len(text) > LONGEST_CRON:
        msg = f"must be five fields, not {len(fields)}"
        raise InvalidValueError(msg, FIVE_FIELDS)
    minute, hour, day, month, weekday = (
        [_read_item(item, kind) for item in field.split(",")] for field, kind in zip(fields, _FIELDS, strict=True)
    )
    days, months = _all_of(day), _all_of(month)
    weekdays = _as_weekdays(weekday)
    if days != set(range(1, 32)) and weekdays != "*":
        message = "names a day of the month and a weekday: some programs read it as either, others as both"
        raise InvalidValueError(message, "leave one of the two as *")
    if all(number > _LONGEST_MONTH[in_month - 1] for in_month in months for number in days):
        raise InvalidValueError("names a day that never comes", "look at the day and the month")
    return " ".join([*map(_written, (minute, hour, day, month)), weekdays])


def numbers_of(expression: str) -> tuple[frozenset[int], ...]:
    """
    Return the numbers that each field of a valid expression means; weekdays from 0, Sunday, to 6.
    """
    minute, hour, day, month, weekday = (
        _all_of(_read_item(item, kind) for item in field.split(","))
        for field, kind in zip(expression.split(), _FIELDS, strict=True)
    )
    weekdays = {number % len(_WEEKDAYS) for number in weekday}
    return tuple(map(frozenset, (minute, hour, day, month, weekdays)))


def cron_schema() -> dict[str, Any]:
    """
    Return the JSON Schema of five fields: each entry in its range, which says nothing of how they go together.
    """
    fields = r"\s+".join(map(_pattern, _FIELDS))
    return {
        "type": "string",
        "maxLength": LONGEST_CRON,
        "pattern": rf"^\s*{fields}\s*$",
        "patternErrorMessage": f"must be {FIVE_FIELDS}",
        "examples": ["*/5 8-20 * * mon-fri", "0 8 * * *"],
    }


def _pattern(field: _Field) -> str:
    names = ["".join(f"[{letter.upper()}{letter}]" for letter in name) for name in field.names]
    value = f"(?:{'|'.join([whole_numbers(field.low, field.high), *names])})"
    step = f"(?:/{whole_numbers(1, field.high - field.low)})?"
    item = rf"(?:\*{step}|{value}(?:-{value}{step})?)"
    return f"{item}(?:,{item})*"


@dataclass(frozen=True, slots=True)
class _Item:
    """
    One entry of a field's list: the *numbers* that it means, and its unambiguous *text*.
    """

    numbers: tuple[int, ...]
    text: str


def _read_item(item: str, field: _Field) -> _Item:
    found = _ITEM.fullmatch(item)
    if found is None:
        message = f"has {describe(item)} for the {field.name}, which is a *, a number, a range or a list of them"
        raise InvalidValueError(message, FIVE_FIELDS)
    first, last, step = found.groups()
    low, high = field.low, field.high - (field.names is _WEEKDAYS)  # 7 is Sunday again
    if first is not None:
        low = field.number(first)
        high = low if last is None else field.number(last)
    if first is not None and last is None and step is not None:
        hint = f"write {first}-{field.high}/{step}"
        msg = f"has a step after a single number for the {field.name}"
        raise InvalidValueError(msg, hint)
    numbers = _range(low, high, field)
    if step is not None and not 0 < int(step) < len(numbers):
        msg = f"has the step {step} for the {field.name}, which must be 1 to {len(numbers) - 1}"
        raise InvalidValueError(msg)
    text = "*" if first is None else str(low) if last is None else f"{low}-{high}"
    return _Item(numbers[:: int(step or 1)], text if step is None else f"{text}/{step}")


def _range(low: int, high: int, field: _Field) -> tuple[int, ...]:
    if low <= high:
        return tuple(range(low, high + 1))
    if field.names is _WEEKDAYS:  # sat-mon can mean one thing only
        return (*range(low, 7), *range(high + 1))
    hint = f"write {low}-{field.high},{field.low}-{high}"
    msg = f"has a range that runs backwards for the {field.name}: {low}-{high}"
    raise InvalidValueError(msg, hint)


def _all_of(items: Iterable[_Item]) -> set[int]:
    return {number for item in items for number in item.numbers}


def _as_weekdays(items: Iterable[_Item]) -> str:
    days = {number % 7 for number in _all_of(items)}
    return "*" if len(days) == len(_WEEKDAYS) else ",".join(_WEEKDAYS[day] for day in sorted(days))


def _written(items: Iterable[_Item]) -> str:
    return ",".join(item.text for item in items)
