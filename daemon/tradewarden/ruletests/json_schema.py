"""
The JSON Schema of a test file, for editors: drawn from the tables and fields that its readers go by.

What a schema cannot see (which files, rules and steps there are, how long lists are together) `tradewarden test` tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewarden.model.decision import Deferral
from tradewarden.rulesfile.json_schema import DIALECT, meaning_of
from tradewarden.rulesfile.scalars import NUMBER_FORM, TEXT_KEYS, TEXT_TYPES
from tradewarden.ruletests.case_reader import DESCRIPTION_FIELD, EVERY_FIELD, MODE_FIELD, NAME_FIELD
from tradewarden.ruletests.case_reader import KEYS as TEST_KEYS
from tradewarden.ruletests.expect_reader import AT_FIELD, INVARIANT_NAMES, KNOWN, STEP_KEYS, WANTED
from tradewarden.ruletests.fact_reader import EVERY, OF, STEPS
from tradewarden.ruletests.fact_values import Expected
from tradewarden.ruletests.loader import KEYS as FILE_KEYS
from tradewarden.ruletests.meanings import OF_EXPECTATION, OF_FILE, OF_SECTION, OF_STEP, OF_TEST
from tradewarden.ruletests.settable import MARKET_FORM, MARKET_SETTABLE, SETTABLE, STEP_SETTABLE
from tradewarden.ruletests.value_schemas import said, series_schema, value_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.rules.schema import Vocabulary
    from tradewarden.ruletests.value_schemas import Schema

TITLE = "TradeWarden test file"
DESCRIPTION = (
    "Tests of TradeWarden rules: what the market does, and what a rule must do. `tradewarden test` plays them, and "
    "finds what a schema cannot see."
)

_ID_KEY, _POSITION_KEY = "^[0-9]+$", "^0*[1-9][0-9]*$"
_MOMENT = (  # which of these there are, the reader knows
    r"^[0-9]{4}-?(?:(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12][0-9]|3[01])|W[0-5][0-9](?:-?[1-7])?)(?:[\s\S][0-9]{2}.*)?$"
)
_FILE = said({"type": "string", "pattern": r"\S", "patternErrorMessage": "must be the name of a file"})
_RULE = said({"type": list(TEXT_TYPES), "pattern": r"\S", "patternErrorMessage": "must be the name of a rule"})
_START = said(
    {"type": "string", "pattern": _MOMENT, "patternErrorMessage": "must be a moment such as 2026-01-02T03:00"}
)
_RULES: Schema = {"anyOf": [_RULE, {"type": "array", "items": _RULE}]}


def schema_of_tests(vocabulary: Vocabulary) -> Schema:
    """
    Return the schema of a whole test file; facts are explained by *vocabulary*. It is the same in every run.
    """
    one_test: Schema = {"$ref": "#/$defs/test"}
    values: Schema = {"rules": _FILE, "tests": {"type": "array", "items": one_test, "minItems": 1}}
    return {
        "$schema": DIALECT,
        "title": TITLE,
        "description": DESCRIPTION,
        "$defs": {
            "test": _test(),
            "set": _section(is_series=False),
            "series": _section(is_series=True),
            "expectation": _expectation(),
            **_facts(vocabulary, is_series=False),
            **_facts(vocabulary, is_series=True),
        },
        **_mapping(FILE_KEYS, values, OF_FILE, required=FILE_KEYS),
    }


def _mapping(
    keys: Sequence[str], values: Schema, meanings: dict[str, str], *, required: Sequence[str] = (), **more: object
) -> Schema:
    """
    Return the schema of a mapping with these *keys* and no others, each with its meaning.
    """
    properties = {key: values[key] | {"description": meanings[key]} for key in keys}
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _by_key(pattern: str, inner: Schema) -> Schema:
    return {"type": "object", "patternProperties": {pattern: inner}, "additionalProperties": False}


def _one_of(keys: Sequence[str]) -> list[Schema]:
    return [{"required": [key]} for key in keys]


def _test() -> Schema:
    values: Schema = {
        "name": NAME_FIELD.json_schema(),
        "description": DESCRIPTION_FIELD.json_schema(),
        "smart_trade": _FILE,
        "smart_trades": {"type": "array", "items": _FILE, "minItems": 1},
        "trades": {"anyOf": [_FILE, _by_key(_ID_KEY, _FILE)]},
        "set": {"$ref": "#/$defs/set"},
        "series": {"$ref": "#/$defs/series"},
        "start": _START,
        "mode": MODE_FIELD.json_schema(),
        "enable": _RULES,
        "only": _RULES,
        "expect": {"type": "array", "items": {"$ref": "#/$defs/expectation"}},
    }
    one = _one_of(("smart_trade", "smart_trades"))
    return _mapping(TEST_KEYS, values, OF_TEST, required=("name", "expect"), oneOf=one)


def _section(*, is_series: bool) -> Schema:
    """
    Return the schema of `set` or `series`: facts of all SmartTrades and of markets, below `of` those of one.
    """
    kind = "series" if is_series else "set"
    level = _level(kind)
    properties = level["properties"] | {OF: _by_key(_ID_KEY, level) | {"description": OF_SECTION[OF]}}
    if is_series:
        every = f"{OF_SECTION[EVERY]} Accepts {EVERY_FIELD.accepts}."
        properties[EVERY] = said(EVERY_FIELD.json_schema()) | {"description": every}
    markets = {f"^{MARKET_FORM}{name}$": _named(kind, name) for name in MARKET_SETTABLE}
    return level | {"properties": properties, "patternProperties": markets}


def _level(kind: str) -> Schema:
    """
    Return the schema of the facts of one SmartTrade, or of all.
    """
    of_step = {name: _named(kind, f"step.{name}") for name in STEP_SETTABLE}
    one_step: Schema = {"type": "object", "properties": of_step, "additionalProperties": False}
    facts = {name: _named(kind, name) for name in SETTABLE}
    facts[STEPS] = _by_key(_POSITION_KEY, one_step) | {"description": OF_SECTION[STEPS]}
    return {"type": "object", "properties": facts, "additionalProperties": False}


def _named(kind: str, fact: str) -> Schema:
    return {"$ref": f"#/$defs/{kind}.{fact}"}


def _facts(vocabulary: Vocabulary, *, is_series: bool) -> dict[str, Schema]:
    """
    Return the schema of each fact that can be set, named as `_named` does.
    """
    may_be_unknown = {name: settable.may_be_unknown for name, settable in SETTABLE.items()}
    found = {}
    for name in (*SETTABLE, *(f"step.{name}" for name in STEP_SETTABLE)):
        expected = Expected.of(vocabulary[name], may_be_unknown=may_be_unknown.get(name, True))
        one = value_schema(expected, is_text_key=name in TEXT_KEYS)
        more = "; in a list one for each reading" if is_series else ""
        described = {"description": f"{meaning_of(vocabulary[name])} Accepts {expected.accepts}{more}."}
        found[f"series.{name}" if is_series else f"set.{name}"] = (series_schema(one) if is_series else one) | described
    return found


def _expectation() -> Schema:
    number: Schema = {
        "type": ["number", "string"],
        "pattern": f"^{NUMBER_FORM}$",
        "patternErrorMessage": "must be a number",
    }
    step = _mapping(STEP_KEYS, dict.fromkeys(STEP_KEYS, number), OF_STEP, minProperties=1)
    step["errorMessage"] = "must name a step, as in {position: 2}"
    values: Schema = {
        "at": said(AT_FIELD.json_schema()),
        "rule": _RULE,
        "smart_trade": {"type": "integer", "minimum": 1},
        "cancels": step,
        "denied": {"enum": list(INVARIANT_NAMES)},
        "deferred": {"enum": [str(reason) for reason in Deferral]},
        "holds": said(AT_FIELD.json_schema()),
        "holding": {"enum": [None, True]},
    }
    return _mapping(KNOWN, values, OF_EXPECTATION, required=("at", "rule"), oneOf=_one_of(WANTED))
