"""
The JSON Schema of a test file: valid, complete, and the same each time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rulesfile.json_schema import DIALECT
from tradewarden.ruletests import meanings
from tradewarden.ruletests.case_reader import KEYS
from tradewarden.ruletests.expect_reader import KNOWN, STEP_KEYS
from tradewarden.ruletests.fact_reader import EVERY, OF, STEPS
from tradewarden.ruletests.json_schema import schema_of_tests
from tradewarden.ruletests.loader import KEYS as FILE_KEYS
from tradewarden.ruletests.settable import SETTABLE, STEP_SETTABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = schema_of_tests(VOCABULARY)


def _nodes(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _nodes(inner)


def _keys() -> Iterator[tuple[str, dict[str, Any]]]:
    for node in _nodes(SCHEMA):
        for name, key in node.get("properties", {}).items():
            reference = key.get("$ref", "").rpartition("/")[2]
            yield name, SCHEMA["$defs"][reference] | key if reference else key


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert list(SCHEMA)[:3] == ["$schema", "title", "description"]
    assert SCHEMA["$schema"] == DIALECT


def test_it_is_the_same_each_time() -> None:
    assert str(schema_of_tests(VOCABULARY)) == str(SCHEMA)


def test_no_mapping_lets_an_unknown_key_pass() -> None:
    mappings = [node for node in _nodes(SCHEMA) if node.get("type") == "object"]

    assert mappings
    assert all(node["additionalProperties"] is False for node in mappings)


def test_every_key_says_what_it_is_for() -> None:
    assert [name for name, key in _keys() if not re.fullmatch(r"[^\n]{15,}\.", key["description"])] == []


def test_every_key_of_the_readers_is_there_and_no_other() -> None:
    defs = SCHEMA["$defs"]

    assert tuple(SCHEMA["properties"]) == FILE_KEYS
    assert tuple(defs["test"]["properties"]) == KEYS
    assert tuple(defs["expectation"]["properties"]) == KNOWN
    assert tuple(defs["expectation"]["properties"]["cancels"]["properties"]) == STEP_KEYS
    assert set(defs["set"]["properties"]) == {*SETTABLE, STEPS, OF}
    assert set(defs["series"]["properties"]) == {*SETTABLE, STEPS, OF, EVERY}
    for kind in ("set", "series"):
        [step] = defs[kind]["properties"]["steps"]["patternProperties"].values()
        assert set(step["properties"]) == set(STEP_SETTABLE)


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (meanings.OF_FILE, FILE_KEYS),
        (meanings.OF_TEST, KEYS),
        (meanings.OF_EXPECTATION, KNOWN),
        (meanings.OF_STEP, STEP_KEYS),
        (meanings.OF_SECTION, (EVERY, STEPS, OF)),
    ],
    ids=["file", "test", "expectation", "step", "section"],
)
def test_no_meaning_is_stale(table: dict[str, str], keys: tuple[str, ...]) -> None:
    assert set(table) == set(keys)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("set.last", "The price of the last deal. Accepts a number, or unknown."),
        (
            "series.side",
            (
                "long gains when the price rises, short when it falls. One of: long, short. "
                "Accepts a text, or unknown; in a list one for each reading."
            ),
        ),
        ("set.pair", "The pair, quote first, as 3Commas writes it: USDT_DOGE. Accepts a text."),
    ],
)
def test_a_fact_is_explained_by_the_vocabulary(name: str, text: str) -> None:
    assert SCHEMA["$defs"][name]["description"] == text


def test_a_value_of_another_type_is_told_in_the_same_words() -> None:
    """Else an editor says of `day_change: -6` that a string is expected."""
    facts = [node for name, node in SCHEMA["$defs"].items() if name.startswith("set.") and "pattern" in node]
    expectation = SCHEMA["$defs"]["expectation"]["properties"]

    assert {node["errorMessage"] for node in facts} == {
        "must be a percentage such as -4%, or unknown",
        "must be a duration such as 2h, or unknown",
        "must be a number, or unknown",
        "must be a number",
        "must be a text, and is never unknown",
    }
    assert expectation["at"]["errorMessage"] == "must be a duration from 0s to 366d"
    assert expectation["cancels"]["errorMessage"] == "must name a step, as in {position: 2}"


@pytest.mark.parametrize("node", [node for node in _nodes(SCHEMA) if "pattern" in node], ids=str)
def test_a_pattern_has_a_sentence_and_is_read_by_javascript_too(node: dict[str, Any]) -> None:
    """No escape stands in one but those that its strict mode knows."""
    assert node["patternErrorMessage"]
    assert node.get("errorMessage", node["patternErrorMessage"]) == node["patternErrorMessage"]
    assert set(re.findall(r"\\(.)", node["pattern"])) <= set("sSut.*?[]/")
