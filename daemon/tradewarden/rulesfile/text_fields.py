"""
Texts: names, descriptions, and conditions as far as they are text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tradewarden.rules.schema import Scope
from tradewarden.rulesfile.characters import NOT_SHOWN_BUT_OBEYED, class_of, find_character
from tradewarden.rulesfile.decoding import MAX_BYTES
from tradewarden.rulesfile.field import Field
from tradewarden.rulesfile.problems import describe
from tradewarden.rulesfile.scalars import TEXT_TYPES
from tradewarden.rulesfile.values import InvalidValueError

_LINE_BREAKS = (("\t", "\n"),)


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
        Return the pattern: the length without the space around it, and no character that is refused.
        """
        refused = NOT_SHOWN_BUT_OBEYED * (self.is_shown or self.one_line) + _LINE_BREAKS * self.one_line
        inner, end = (f"[^{class_of(refused)}]", rf"(?![{class_of(refused)}])\S") if refused else (r"[\s\S]", r"\S")
        text = f"{end}(?:{inner}{{0,{self.longest - 2}}}{end})?"
        pattern = rf"^\s*{text}\s*$" if self.shortest else rf"^\s*(?:{text})?\s*$"
        least = f"{self.shortest} to" if self.shortest else "at most"
        message = f"must have {least} {self.longest} characters" + ", on one line" * self.one_line
        return {"type": list(TEXT_TYPES), "pattern": pattern, "patternErrorMessage": message}


_EXAMPLES = {
    Scope.SMART_TRADE: "when: day_change < -5% and profit < 0%",
    Scope.STEP: "cancel: {where: step.distance > 50%}",
}
_OR = re.compile(r"\bor\b")
_ANY_TEXT = TextField(MAX_BYTES, 1, one_line=False)


@dataclass(frozen=True)
class ConditionField(Field):
    """
    A condition that speaks of *scope*, as text: what it means is the compiler's business, and so is its length.
    """

    scope: Scope

    def read(self, value: object) -> object:
        """
        Return the text. Several in a list are refused, with what they are when joined.
        """
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            joined = " and ".join(f"({part})" if _OR.search(part) else part for part in value)
            msg = f"must be a text, not {describe(value)}"
            raise InvalidValueError(msg, f"if all of them must be true, write `{joined}`")
        if isinstance(value, list | dict):
            msg = f"must be a text, not {describe(value)}"
            raise InvalidValueError(msg, f"as in {_EXAMPLES[self.scope]}")
        return _ANY_TEXT.read(value)

    def json_schema(self) -> dict[str, Any]:
        """
        Return the types: a bare `true` is a condition too, a number never is.
        """
        types = [name for name in TEXT_TYPES if name != "number"]
        return {"type": types, "pattern": r"\S", "patternErrorMessage": "is empty"}
