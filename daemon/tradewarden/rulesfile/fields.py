"""
The types of the file's values, each with its range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradewarden.rulesfile.characters import NOT_SHOWN_BUT_OBEYED, find_character
from tradewarden.rulesfile.field import Field
from tradewarden.rulesfile.problems import describe, did_you_mean
from tradewarden.rulesfile.values import (
    DURATIONS_CARRY_UNITS,
    InvalidValueError,
    duration_text,
    parse_duration,
    parse_percentage,
    suggest_duration,
    suggest_percentage,
)

if TYPE_CHECKING:
    from datetime import timedelta
    from enum import StrEnum

_SPOKEN_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "1", "0"})


@dataclass(frozen=True)
class DurationField(Field):
    """
    A duration of *low* to *high*, or `never` (``None``) where that is a choice.
    """

    low: timedelta
    high: timedelta
    or_never: bool = False

    def read(self, value: object) -> timedelta | None:
        """
        Return the duration.
        """
        if self.or_never and value == "never":
            return None
        duration = parse_duration(value) if isinstance(value, str) else None
        if duration is not None and self.low <= duration <= self.high:
            return duration
        never = ", or never" if self.or_never else ""
        expected = f"must be a duration from {duration_text(self.low)} to {duration_text(self.high)}{never}"
        hint = suggest_duration(value) if duration is None else None
        msg = f"{expected}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the pattern of a duration.
        """
        pattern = r"^([0-9]+(\.[0-9]+)?[wdhms])+$"
        if self.or_never:
            pattern += "|^never$"
        return {"type": "string", "pattern": pattern, "description": DURATIONS_CARRY_UNITS}


@dataclass(frozen=True)
class PercentageField(Field):
    """
    A percentage of *low* to *high*, or `never` (``None``) where that is a choice.
    """

    low: Decimal
    high: Decimal
    above_low: bool = False
    or_never: bool = False

    def read(self, value: object) -> Decimal | None:
        """
        Return the percent points.
        """
        if self.or_never and value == "never":
            return None
        points = parse_percentage(value) if isinstance(value, str) else None
        if points is not None and self.low <= points <= self.high and not (self.above_low and points == self.low):
            return points
        never = ", or never" if self.or_never else ""
        above = "more than " if self.above_low else ""
        expected = f"must be a percentage from {above}{self.low}% to {self.high}%{never}"
        hint = suggest_percentage(value) if points is None else None
        msg = f"{expected}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the pattern of a percentage.
        """
        return {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%$" + "|^never$" * self.or_never}


@dataclass(frozen=True)
class IntegerField(Field):
    """
    A whole number of *low* to *high*, counted in *unit*; *expected* says it better where the range is no news.
    """

    low: int
    high: int
    unit: str = ""
    expected: str = ""

    def read(self, value: object) -> int:
        """
        Return the number.
        """
        if isinstance(value, Decimal) and self.low <= value <= self.high and value == value.to_integral_value():
            return int(value)
        hint = "write it without quotes" if isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value) else None
        counted = f"a whole number from {self.low} to {self.high}{' ' * bool(self.unit)}{self.unit}"
        msg = f"must be {self.expected or counted}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the range.
        """
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class ChoiceField(Field):
    """
    One of the words of an enum. *others* is what may stand there instead of a word, for the message.
    """

    words: type[StrEnum]
    others: str = ""

    def read(self, value: object) -> StrEnum:
        """
        Return the member.
        """
        if isinstance(value, str) and value in set(self.words):
            return self.words(value)
        hint = did_you_mean(value, self.words) if isinstance(value, str) else None
        choices = ", ".join([*self.words, self.others]) if self.others else " or ".join(self.words)
        msg = f"must be {choices}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the words.
        """
        return {"enum": [str(word) for word in self.words]}


@dataclass(frozen=True)
class SwitchField(Field):
    """
    True or false, and none of YAML's older words for them.
    """

    def read(self, value: object) -> bool:
        """
        Return the bool.
        """
        if isinstance(value, bool):
            return value
        hint = "write true or false, without quotes" if str(value).lower() in _SPOKEN_BOOLEANS else None
        msg = f"must be true or false, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the type.
        """
        return {"type": "boolean"}


@dataclass(frozen=True)
class TextField(Field):
    """
    A text of *shortest* to *longest* characters; one of *one_line* has no line break and no control character.

    One that *is_shown* has nothing that a terminal obeys: no escapes, no marks that turn the direction.
    """

    longest: int
    shortest: int = 0
    one_line: bool = True
    is_shown: bool = False

    def read(self, value: object) -> str:
        """
        Return the text.
        """
        if not isinstance(value, str):
            msg = f"must be a text, not {describe(value)}"
            raise InvalidValueError(msg)
        text = value.strip()
        if len(text) < self.shortest:
            raise InvalidValueError("is empty")
        if len(text) > self.longest:
            msg = f"must have at most {self.longest} characters, not {len(text)}"
            raise InvalidValueError(msg)
        if self.one_line and not text.isprintable():
            raise InvalidValueError("must stand on one line, without control characters")
        if self.is_shown and (at := find_character(text, NOT_SHOWN_BUT_OBEYED)) is not None:
            msg = f"must not hold the character U+{ord(text[at]):04X}, which is not shown but obeyed"
            raise InvalidValueError(msg, "remove it")
        return text

    def json_schema(self) -> dict[str, Any]:
        """
        Return the length.
        """
        return {"type": "string", "minLength": self.shortest, "maxLength": self.longest}
