"""
Single JSON values to values of the model. What is not surely a value is ``None``, and ``None`` means *unknown*.

3Commas mixes strings and numbers for the same field, sends up to 36 decimals, and has sent "Infinity" (api-facts 2).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import msgspec

from tradewarden.model.smart_trade import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_ID = 2**63 - 1
LONGEST_NUMBER = 80
LARGEST_EXPONENT = 40
LONGEST_WORD = 64
HIGHEST_POSITION = 1000
MOST_IN_A_LIST = 1000  # SmartTrades on a page (100 are asked for), trades: a body could hold a million
MOST_STEPS = 100  # of one SmartTrade, and each listing holds many of those

SIDES = {"buy": Side.LONG, "sell": Side.SHORT}  # the entry's side (api-facts 2)
NO_LEVERAGE = Decimal(1)

_ONE_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TIME = re.compile(_ONE_TIME)
_TIMES = re.compile(f"(?:{_ONE_TIME},)*+")
_NOT_A_NUMBER = Decimal("NaN")


class Malformed(ValueError):
    """
    A body that does not say what it must. *broken* tells a body that is not even JSON: another try may be better.
    """

    def __init__(self, reason: str, *, broken: bool = False) -> None:
        super().__init__(reason)
        self.broken = broken


class NotOrdinary(ValueError):
    """
    Something that needs a closer look, and is not necessarily wrong.
    """


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


def numbers_of(groups: Iterable[Iterable[str | None]]) -> dict[str | None, Decimal | None]:
    """
    Read many texts at once: what `number` says of each, with ``None`` for ``None``.

    Raises NotOrdinary if one of them is no number, so that the caller looks at each.
    """
    texts = _distinct(groups)
    together = f",{','.join(texts)},"
    if not _is_plain(together) or max(map(len, texts), default=0) > LARGEST_EXPONENT:
        return _looked_at(texts)
    try:
        found: dict[str | None, Decimal | None] = dict(zip(texts, map(Decimal, texts), strict=True))
    except ArithmeticError:
        raise NotOrdinary from None  # 1-2, or nothing at all
    found[None] = None
    return found


def _is_plain(together: str) -> bool:
    """
    Tell whether texts, each between commas, can only be numbers as `number` takes them, if Decimal takes them at all.

    Of digits, points and minuses Decimal takes what we do, and a point without a digit on both sides. All texts are
    looked at together, by what Python does fastest: this is a tenth of what a pattern costs.
    """
    if not together.isascii() or together.encode().translate(None, b"0123456789.-,"):
        return False
    return not (",." in together or "-." in together or ".," in together)


def _looked_at(texts: Sequence[str]) -> dict[str | None, Decimal | None]:
    """
    Read each text by itself. Raises NotOrdinary if one is no number.
    """
    found: dict[str | None, Decimal | None] = {text: number(text) for text in texts}
    if None in found.values():
        raise NotOrdinary
    found[None] = None
    return found


def times_of(groups: Iterable[Iterable[str | None]]) -> dict[str | None, datetime | None]:
    """
    Read many times at once: what `utc` says of each, with ``None`` for ``None``. Raises NotOrdinary as `numbers_of`.
    """
    texts = _distinct(groups)
    if _TIMES.fullmatch("".join([f"{text}," for text in texts])) is None:
        raise NotOrdinary
    try:
        found: dict[str | None, datetime | None] = dict(zip(texts, map(datetime.fromisoformat, texts), strict=True))
    except ValueError:
        raise NotOrdinary from None
    found[None] = None
    return found


def _distinct(groups: Iterable[Iterable[str | None]]) -> list[str]:
    texts: set[str | None] = set()
    texts.update(*groups)
    texts.discard(None)
    return cast("list[str]", list(texts))
