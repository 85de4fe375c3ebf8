"""
The values of facts as JSON Schema, for editors: what `fact_values` reads, and nothing else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradewarden.rules.literals import SECONDS
from tradewarden.rules.schema import Kind
from tradewarden.rulesfile.decimal_patterns import decimals_up_to
from tradewarden.rulesfile.scalars import NUMBER_FORM, TEXT_TYPES
from tradewarden.rulesfile.values import DURATION_FORM
from tradewarden.ruletests.fact_values import LONG_PERCENTAGE_FORM, LONGEST_S, TIMES_FORM, UNKNOWN

if TYPE_CHECKING:
    from tradewarden.ruletests.fact_values import Expected

Schema = dict[str, Any]

_BOOLEANS = "true|True|TRUE|false|False|FALSE"
_MICROSECONDS = 1_000_000


def value_schema(expected: Expected, *, is_text_key: bool = False) -> Schema:
    """
    Return the schema of one value, and of one that is repeated (``-6% x 3``).

    At an *is_text_key* the file holds a text, whatever it looks like: an editor takes `5` there for a number.
    """
    match expected.kind:
        case Kind.PERCENT:
            return _pattern(_repeated(LONG_PERCENTAGE_FORM, is_alone=True), expected)
        case Kind.DURATION:
            return _pattern(_repeated(_duration_form(), is_alone=True), expected)
        case Kind.BOOL:
            several = _pattern(_repeated(_BOOLEANS, is_alone=False), expected)
            return {"anyOf": [{"enum": [True, False, UNKNOWN]}, several]}
        case Kind.TEXT:
            return _text(expected, is_text_key=is_text_key)
        case _:
            pattern = _repeated(NUMBER_FORM, is_alone=is_text_key, may_be_unknown=expected.may_be_unknown)
            return _pattern(pattern, expected) | {"type": ["number", "string"]}


def said(schema: Schema) -> Schema:
    """
    Let an editor say of a value of another type what it says of a text that does not fit: not that its type is wrong.
    """
    return schema | {"errorMessage": schema["patternErrorMessage"]}


def series_schema(one: Schema) -> Schema:
    """
    Return the schema of a value for every reading, or a list with a value for each; *one* is that of a value.
    """
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _text(expected: Expected, *, is_text_key: bool) -> Schema:
    if expected.words:
        return {"enum": [*expected.words, *[UNKNOWN] * expected.may_be_unknown]}
    types: Schema = {"type": list(TEXT_TYPES) if is_text_key else "string"}
    if expected.may_be_unknown:
        return types
    return types | said({"pattern": f"^(?!{UNKNOWN}$)", "patternErrorMessage": "must be a text, and is never unknown"})


def _pattern(pattern: str, expected: Expected) -> Schema:
    return said({"type": "string", "pattern": pattern, "patternErrorMessage": f"must be {expected.accepts}"})


def _repeated(form: str, *, is_alone: bool, may_be_unknown: bool = True) -> str:
    """
    Return the pattern of `unknown`, of either with how often behind it, and of *form* itself if it *is_alone* a text.
    """
    word = f"|{UNKNOWN}" * may_be_unknown
    alone = f"|^(?:{form})$" * is_alone + f"|^{UNKNOWN}$" * may_be_unknown
    return f"^(?:{form}{word}){TIMES_FORM}${alone}"


def _duration_form() -> str:
    """
    Return the expression of units in their order, each within the longest time; their sum it cannot bound.
    """
    most = {unit: Decimal(LONGEST_S * _MICROSECONDS // seconds).scaleb(-6) for unit, seconds in SECONDS.items()}
    units = "".join(f"(?:{decimals_up_to(most[unit])}{unit})?" for unit in SECONDS)
    return f"(?={DURATION_FORM}(?:[ \\t]|$)){units}"
