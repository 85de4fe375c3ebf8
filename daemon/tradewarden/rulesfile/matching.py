"""
What `match` and `except` may ask for: a value, a glob or a list of them, each checked for its key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tradewarden.model.smart_trade import Side
from tradewarden.rulesfile.field import Field
from tradewarden.rulesfile.problems import describe, did_you_mean
from tradewarden.rulesfile.scalars import TEXT_TYPES
from tradewarden.rulesfile.values import InvalidValueError

LONGEST_PATTERN = 200
MOST_PATTERNS = 500

_ID = re.compile(r"[1-9*?][0-9*?]{0,19}", re.ASCII)
_LARGEST_ID = 10**20 - 1


@dataclass(frozen=True)
class PatternsField(Field):
    """
    One or more globs for a text.
    """

    def read(self, value: object) -> tuple[str, ...]:
        """
        Return the patterns.
        """
        if not isinstance(value, list):
            return (self.pattern(value),)
        if not 1 <= len(value) <= MOST_PATTERNS:
            msg = f"must list 1 to {MOST_PATTERNS} values, not {len(value)}"
            raise InvalidValueError(msg)
        patterns: list[str] = []
        errors: list[tuple[int, InvalidValueError]] = []
        for index, entry in enumerate(value):
            try:
                patterns.append(self.pattern(entry))
            except InvalidValueError as error:
                errors.append((index, error))
        if errors:
            raise InvalidValueError("has entries that are not valid", entries=tuple(errors))
        return tuple(patterns)

    def pattern(self, value: object) -> str:
        """
        Return one pattern.
        """
        if not isinstance(value, str):
            msg = f"must be a text or a list of texts, not {describe(value)}"
            raise InvalidValueError(msg)
        if not 1 <= len(value) <= LONGEST_PATTERN:
            hint = 'to match any text, write "*"' if not value else None
            msg = f"must have 1 to {LONGEST_PATTERN} characters, not {len(value)}"
            raise InvalidValueError(msg, hint)
        return value

    def json_schema(self) -> dict[str, Any]:
        """
        Return one pattern or a list of them.
        """
        one = self.one_schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_PATTERNS}]}

    def one_schema(self) -> dict[str, Any]:
        """
        Return the JSON Schema of one pattern.
        """
        return {"type": list(TEXT_TYPES), "minLength": 1, "maxLength": LONGEST_PATTERN}


@dataclass(frozen=True)
class IdPatternsField(PatternsField):
    """
    One or more ids, as numbers or as globs of digits.
    """

    def pattern(self, value: object) -> str:
        """
        Return one pattern.
        """
        text = str(value) if isinstance(value, str | Decimal) else ""
        if _ID.fullmatch(text) is None:
            msg = f"must be an id such as 30428625, or a glob of digits, not {describe(value)}"
            raise InvalidValueError(msg)
        return text

    def one_schema(self) -> dict[str, Any]:
        """
        Return the JSON Schema of one id.
        """
        return {
            "type": ["integer", "string"],
            "minimum": 1,
            "maximum": _LARGEST_ID,
            "pattern": f"^{_ID.pattern}$",
            "patternErrorMessage": "must be an id such as 30428625, or a glob of digits",
        }


@dataclass(frozen=True)
class SidePatternsField(PatternsField):
    """
    The sides long and short.
    """

    def pattern(self, value: object) -> str:
        """
        Return one side.
        """
        if isinstance(value, str) and value in set(Side):
            return value
        hint = did_you_mean(value, Side) if isinstance(value, str) else None
        msg = f"must be long or short, not {describe(value)}"
        raise InvalidValueError(msg, hint)

    def one_schema(self) -> dict[str, Any]:
        """
        Return the JSON Schema of one side.
        """
        return {"enum": [str(side) for side in Side]}
