"""
What a plain YAML scalar means here: YAML 1.2, and numbers exactly as they were written.
"""

from __future__ import annotations

import re
from decimal import Decimal

Scalar = str | bool | Decimal | None

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NUMBER_FORM = r"[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?"
_NUMBER = re.compile(NUMBER_FORM, re.ASCII)

# Keys whose value is a text whatever it looks like: a rule may be named 2024, a condition may be `true`.
TEXT_KEYS = frozenset(
    {"name", "description", "when", "where", "cron", "url", "timezone"}
    | {"id", "pair", "quote", "account_id", "exchange", "kind", "note"}
)

TEXT_TYPES = ("string", "number", "boolean")  # what an editor takes such a value for


def is_null(text: str) -> bool:
    """
    Tell whether a plain scalar stands for nothing.
    """
    return text in _NULLS


def resolve(text: str) -> Scalar:
    """
    Return the value of a plain scalar. `no`, `on`, `1:30`, dates, `0x1F` and `.inf` are texts.
    """
    if is_null(text):
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return Decimal(text) if _NUMBER.fullmatch(text) else text
