"""
Single JSON values to values of the model. What is not surely a value is ``None``, and ``None`` means *unknown*.

3Commas mixes strings and numbers for the same field, sends up to 36 decimals, and has sent "Infinity" (api-facts 2).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

MAX_ID = 2**63 - 1
LONGEST_NUMBER = 80
LARGEST_EXPONENT = 40
LONGEST_WORD = 64
HIGHEST_POSITION = 1000

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")
_NOT_A_NUMBER = Decimal("NaN")


class Malformed(ValueError):
    """
    A body that does not say what it must. *broken* tells a body that is not even JSON: another try may be better.
    """

    def __init__(self, reason: str, *, broken: bool = False) -> None:
        super().__init__(reason)
        self.broken = broken


def _exact(text: str) -> Decimal:
    """
    Keep a JSON number as it stands in the source text; no binary float ever exists.
    """
    value = number(text)
    return _NOT_A_NUMBER if value is None else value


_decoder = msgspec.json.Decoder(float_hook=_exact)


def parse(body: bytes | msgspec.Raw) -> object:
    """
    Parse JSON into dicts, lists, texts, ints, Decimals, bools and ``None``.

    Raises Malformed if it is not JSON, not UTF-8, or nested too deeply.
    """
    try:
        return _decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise not_json(error) from None


def not_json(error: ValueError | RecursionError) -> Malformed:
    """
    Say in words why a text is not JSON.
    """
    if isinstance(error, RecursionError):
        return Malformed("it is nested too deeply", broken=True)
    if isinstance(error, UnicodeDecodeError):
        return Malformed("it is not UTF-8", broken=True)
    return Malformed(f"it is not JSON ({error})", broken=True)


def number(value: object) -> Decimal | None:
    """
    Read a number, or a text that is one and nothing else, exactly as it was sent.
    """
    if isinstance(value, str):
        if len(value) > LONGEST_NUMBER or _NUMBER.fullmatch(value) is None:
            return None
        exponent = re.split("[eE]", value)[1:]
        if exponent and abs(int(exponent[0])) > LONGEST_NUMBER + LARGEST_EXPONENT:
            return None  # Decimal itself would not take every exponent
        found = Decimal(value)
    elif isinstance(value, Decimal):
        found = value
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10 ** (LARGEST_EXPONENT + 1):
        found = Decimal(value)
    else:
        return None
    return found if found.is_finite() and abs(found.adjusted()) <= LARGEST_EXPONENT else None


def boolean(value: object) -> bool | None:
    """
    Read JSON true or false; 1, "true" and "yes" are not.
    """
    return value if isinstance(value, bool) else None


def text(value: object) -> str | None:
    """
    Read a text as it is.
    """
    return value if isinstance(value, str) else None


def word(value: object) -> str | None:
    """
    Read a short printable text without spaces: a status, a type, a pair.
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_WORD:
        return None
    return value if value.isprintable() and " " not in value else None


def whole_id(value: object) -> int | None:
    """
    Read an id: a positive integer of 64 bits by its JSON type. A text, a bool and 1.0 are not.
    """
    return value if type(value) is int and 0 < value <= MAX_ID else None


def position(value: object) -> int | None:
    """
    Read a step's position, counted from 1: an integer in the data, a text in the documentation.
    """
    found = number(value)
    if found is None or not 1 <= found <= HIGHEST_POSITION or found != int(found):
        return None
    return int(found)


def utc(value: object) -> datetime | None:
    """
    Read an ISO 8601 time that ends in Z.
    """
    if not isinstance(value, str) or _TIME.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        return None
