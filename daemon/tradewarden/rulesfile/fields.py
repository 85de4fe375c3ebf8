"""
The types of the file's values, each with its range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradewarden.rules.literals import SECONDS, plain
from tradewarden.rulesfile.decimal_patterns import decimals_from, decimals_up_to
from tradewarden.rulesfile.field import Field
from tradewarden.rulesfile.problems import describe, did_you_mean
from tradewarden.rulesfile.values import (
    DURATION_FORM,
    ONE_MICROSECOND,
    PERCENTAGE_FORM,
    InvalidValueError,
    duration_text,
    parse_duration,
    parse_percentage,
    suggest_duration,
    suggest_percentage,
)

if TYPE_CHECKING:
    from enum import StrEnum

_NEVER = "never"
_PLACES = Decimal("1e-9")  # of a percentage
_DURATIONS, _PERCENTAGES = ("30s", "5m", "1h", "1d"), ("0.5%", "1%", "50%")  # examples, where they are in the range
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
        if self.or_never and value == _NEVER:
            return None
        duration = parse_duration(value) if isinstance(value, str) else None
        if self._holds(duration):
            return duration
        hint = suggest_duration(value) if duration is None else None
        msg = f"must be {self.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    @property
    def accepts(self) -> str:
        """
        Name the range.
        """
        never = f", or {_NEVER}" if self.or_never else ""
        return f"a duration from {duration_text(self.low)} to {duration_text(self.high)}{never}"

    def write(self, value: object) -> str | None:
        """
        Return the shortest text that names the duration.
        """
        if isinstance(value, timedelta):
            return duration_text(value)
        return _NEVER if self.or_never else None

    def json_schema(self) -> dict[str, Any]:
        """
        Return the pattern: of one unit in its range, of several no more of each than the range allows.
        """
        several = "".join(f"(?:{decimals_up_to(self._most(unit))}{unit})?" for unit in SECONDS)
        parts = [several] if not self.low else [r"(?=(?:[0-9.]+[a-z]){2})" + several, *map(self._one, SECONDS)]
        pattern = f"^(?={DURATION_FORM}$)(?:{'|'.join(parts)})$" + f"|^{_NEVER}$" * self.or_never
        return {
            "type": "string",
            "pattern": pattern,
            "patternErrorMessage": f"must be {self.accepts}",
            "examples": [text for text in _DURATIONS if self._holds(parse_duration(text))] + [_NEVER] * self.or_never,
        }

    def _holds(self, duration: timedelta | None) -> bool:
        return duration is not None and self.low <= duration <= self.high

    def _one(self, unit: str) -> str:
        least = -(-self.low // (ONE_MICROSECOND * SECONDS[unit]))  # in millionths: no more digits can be written
        return f"(?={decimals_from(Decimal(least).scaleb(-6))}{unit}$){decimals_up_to(self._most(unit))}{unit}"

    def _most(self, unit: str) -> Decimal:
        return Decimal(self.high // (ONE_MICROSECOND * SECONDS[unit])).scaleb(-6)


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
        if self.or_never and value == _NEVER:
            return None
        points = parse_percentage(value) if isinstance(value, str) else None
        if self._holds(points):
            return points
        hint = suggest_percentage(value) if points is None else None
        msg = f"must be {self.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    @property
    def accepts(self) -> str:
        """
        Name the range.
        """
        never = f", or {_NEVER}" if self.or_never else ""
        return f"a percentage from {'more than ' * self.above_low}{self.low}% to {self.high}%{never}"

    def write(self, value: object) -> str | None:
        """
        Return the percent points with their sign.
        """
        if isinstance(value, Decimal):
            return f"{plain(value)}%"
        return _NEVER if self.or_never else None

    def json_schema(self) -> dict[str, Any]:
        """
        Return the pattern of the range, which is not negative: the sign may stand before a zero only.
        """
        least = self.low + _PLACES * self.above_low
        sign = "" if least else "(?:-(?=[0.]+%$))?"
        points = f"{sign}(?={decimals_from(least)}%$){decimals_up_to(self.high)}"
        pattern = f"^(?={PERCENTAGE_FORM}$)(?:{points}%)$" + f"|^{_NEVER}$" * self.or_never
        return {
            "type": "string",
            "pattern": pattern,
            "patternErrorMessage": f"must be {self.accepts}",
            "examples": [text for text in _PERCENTAGES if self._holds(parse_percentage(text))]
            + [_NEVER] * self.or_never,
        }

    def _holds(self, points: Decimal | None) -> bool:
        return points is not None and self.low <= points <= self.high and not (self.above_low and points == self.low)


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
        msg = f"must be {self.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    @property
    def accepts(self) -> str:
        """
        Name the range and the unit.
        """
        counted = f"a whole number from {self.low} to {self.high}{' ' * bool(self.unit)}{self.unit}"
        return self.expected or counted

    def write(self, value: object) -> int | None:
        """
        Return the number itself.
        """
        return value if isinstance(value, int) else None

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
        msg = f"must be {self.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    @property
    def accepts(self) -> str:
        """
        List the words.
        """
        return ", ".join([*self.words, self.others]) if self.others else " or ".join(self.words)

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
        msg = f"must be {self.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    @property
    def accepts(self) -> str:
        """
        Name both.
        """
        return "true or false"

    def write(self, value: object) -> bool | None:
        """
        Return the bool itself.
        """
        return value if isinstance(value, bool) else None

    def json_schema(self) -> dict[str, Any]:
        """
        Return the type.
        """
        return {"type": "boolean"}
