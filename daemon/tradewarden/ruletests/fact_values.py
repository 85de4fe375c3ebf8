"""
The values of facts as a test file writes them: `-4%`, `2h`, `0.0975`, `true`, a text, `unknown`; in a series `-6% x 3`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.rules.literals import read_duration, read_percentage
from tradewarden.rules.schema import Kind
from tradewarden.rulesfile.problems import describe, did_you_mean
from tradewarden.rulesfile.scalars import resolve
from tradewarden.rulesfile.values import (
    InvalidValueError,
    parse_duration,
    parse_percentage,
    suggest_duration,
    suggest_percentage,
)
from tradewarden.ruletests.meant import boolean_meant, means_unknown, word_meant

if TYPE_CHECKING:
    from tradewarden.rules.schema import FactSchema, FactValue

UNKNOWN = "unknown"
LONGEST_S = 36_500 * 86_400
MOST_READINGS = 20_000
LARGEST_EXPONENT = 40  # as of a number that 3Commas sends

TIMES_FORM = r"[ \t]+x[ \t]?([1-9][0-9]{0,4})"
LONG_PERCENTAGE_FORM = r"-?[0-9]{1,40}(?:\.[0-9]{1,40})? ?%"  # 3Commas sends long ones

_TIMES = re.compile(rf"(\S.*?){TIMES_FORM}")
_PERCENTAGE = re.compile(LONG_PERCENTAGE_FORM, re.ASCII)
_NUMBER_WITH_SIGN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """
    What a fact can be: its *kind*, the closed list of *words* (empty: any text), whether it can be unknown.
    """

    kind: Kind
    words: tuple[str, ...] = ()
    may_be_unknown: bool = True

    @classmethod
    def of(cls, fact: FactSchema, *, may_be_unknown: bool = True) -> Expected:
        """
        Return what a test may write for *fact*.
        """
        return cls(kind=fact.kind, words=fact.values, may_be_unknown=may_be_unknown)

    @property
    def accepts(self) -> str:
        """
        Say what may be written, as the end of "must be ...".
        """
        or_unknown = ", or unknown" if self.may_be_unknown else ""
        match self.kind:
            case Kind.PERCENT:
                return f"a percentage such as -4%{or_unknown}"
            case Kind.DURATION:
                return f"a duration such as 2h{or_unknown}"
            case Kind.BOOL:
                return "true, false or unknown"
            case Kind.TEXT:
                return f"a text{or_unknown}"
            case _:
                return f"a number{or_unknown}"


def read_value(value: object, expected: Expected) -> FactValue:
    """
    Return the value; ``None`` is unknown. Raises InvalidValueError.
    """
    if value == UNKNOWN:
        if expected.may_be_unknown:
            return None
        raise InvalidValueError("is never unknown: 3Commas always tells it")
    if means_unknown(value) and expected.may_be_unknown and expected.kind is not Kind.TEXT:
        msg = f"must be {expected.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, f"write {UNKNOWN} if 3Commas does not tell it")
    match expected.kind:
        case Kind.PERCENT:
            return _percentage(value, expected)
        case Kind.DURATION:
            return _duration(value, expected)
        case Kind.BOOL:
            return _yes_or_no(value, expected)
        case Kind.TEXT:
            return _text(value, expected)
        case _:
            return _number(value, expected)


def repeated(value: object, kind: Kind) -> tuple[object, int]:
    """
    Read an entry of a series: ``-6% x 3`` stands for three times -6%. A text is never taken apart.
    """
    found = _TIMES.fullmatch(value) if isinstance(value, str) and kind is not Kind.TEXT else None
    return (value, 1) if found is None else (resolve(found[1]), int(found[2]))


def _percentage(value: object, expected: Expected) -> Decimal:
    if not isinstance(value, str) or _PERCENTAGE.fullmatch(value) is None:
        msg = f"must be {expected.accepts}, not {describe(value)}"
        is_number = isinstance(value, str) and _NUMBER_WITH_SIGN.fullmatch(value)
        raise InvalidValueError(msg, suggest_percentage(Decimal(str(value)) if is_number else value))
    return read_percentage(value)


def _duration(value: object, expected: Expected) -> Decimal:
    if not isinstance(value, str) or parse_duration(value) is None:
        msg = f"must be {expected.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, suggest_duration(value))
    seconds = read_duration(value)
    if seconds > LONGEST_S:
        msg = f"must be at most a hundred years, not {describe(value)}"
        raise InvalidValueError(msg)
    return seconds


def _yes_or_no(value: object, expected: Expected) -> bool:
    if not isinstance(value, bool):
        hint = "write it without quotes" if str(value).lower() in {"true", "false"} else None
        if (meant := boolean_meant(value)) is not None:
            hint = f"write {meant}"
        msg = f"must be {expected.accepts}, not {describe(value)}"
        raise InvalidValueError(msg, hint)
    return value


def _number(value: object, expected: Expected) -> Decimal:
    if isinstance(value, Decimal) and abs(value.adjusted()) <= LARGEST_EXPONENT:
        return value
    hint = None
    if isinstance(value, str) and _NUMBER_WITH_SIGN.fullmatch(value):
        hint = "write it without quotes"
    elif isinstance(value, str) and parse_percentage(value.replace(" ", "")) is not None:
        hint = "it is a plain number: write it without %"
    msg = f"must be {expected.accepts}, not {describe(value)}"
    raise InvalidValueError(msg, hint)


def _text(value: object, expected: Expected) -> str:
    words = expected.words
    if not isinstance(value, str):
        msg = f"must be {expected.accepts}, not {describe(value)}"
        raise InvalidValueError(msg)
    if words and value not in words:
        msg = f"is never {describe(value)}"
        meant = word_meant(value, words)
        near = did_you_mean(value, words) if meant is None else f"write {meant}"
        raise InvalidValueError(msg, near or f"it is one of {', '.join(words)}")
    return value
