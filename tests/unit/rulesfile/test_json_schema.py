"""
The JSON Schema of the rules file: valid, complete, and the same each time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tradewarden.engine.facts import VOCABULARY
from tradewarden.model.settings import Settings
from tradewarden.rules.schema import Scope
from tradewarden.rulesfile.json_schema import DIALECT, rules_schema
from tradewarden.rulesfile.loader import parse_rules
from unit.rulesfile.schema_samples import LEAST, SCHEMA, VALIDATOR, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator


def _nodes(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _nodes(inner)


def _keys() -> Iterator[tuple[str, dict[str, Any]]]:
    for node in _nodes(SCHEMA):
        yield from node.get("properties", {}).items()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert list(SCHEMA)[:3] == ["$schema", "title", "description"]
    assert SCHEMA["$schema"] == DIALECT
    assert not any("$id" in node for node in _nodes(SCHEMA))


def test_it_is_the_same_each_time() -> None:
    assert str(rules_schema(VOCABULARY)) == str(SCHEMA)


def test_no_mapping_lets_an_unknown_key_pass() -> None:
    mappings = [node for node in _nodes(SCHEMA) if node.get("type") == "object"]

    assert len(mappings) == 9
    assert all(node["additionalProperties"] is False for node in mappings)


def test_definitions_are_called_by_the_words_of_the_file() -> None:
    """
    An editor shows them among its completions.
    """
    assert set(SCHEMA["$defs"]) == {"api", "except", "limits", "match", "rule", "safety", "schedule", "selector"}


def test_a_mapping_that_needs_one_of_two_keys_has_no_default_to_be_filled_in() -> None:
    """
    An editor writes what has a default: `schedule` with a `jitter` and nothing else would not load.
    """
    choices = [node for node in _nodes(SCHEMA) if {"properties", "oneOf"} <= node.keys()]

    assert len(choices) == 2
    assert not any("default" in key for node in choices for key in node["properties"].values())


def test_every_key_says_what_it_is_for() -> None:
    assert [name for name, key in _keys() if not re.fullmatch(r"[^\n]{15,}\.(\n.+)*", key["description"])] == []
    assert [name for name, key in _keys() if "title" in key] == []


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("timeout", "Accepts a duration from 1s to 1m; default 30s."),
        ("abort_above", "Accepts a percentage from more than 0% to 100%, or never; default never."),
        ("keep", "Accepts a whole number from 1 to 7 steps; default 1."),
        ("mode", "Accepts dry-run or live; default dry-run."),
        ("require_stop_loss", "Accepts true or false; default true."),
    ],
)
def test_a_description_ends_with_range_and_default(name: str, end: str) -> None:
    assert dict(_keys())[name]["description"].endswith(end)


def test_keys_whose_time_has_not_come_are_not_there() -> None:
    assert not {"watch", "journal", "notify", "notifications"} & {name for name, _ in _keys()}


@pytest.mark.parametrize(("name", "scope"), [("when", Scope.SMART_TRADE), ("where", Scope.STEP)])
def test_a_condition_names_the_facts_that_it_may_ask(name: str, scope: Scope) -> None:
    key = dict(_keys())[name]

    for fact in VOCABULARY.values():
        is_named = fact.name in VOCABULARY.in_scope(scope)
        assert (f"\n{fact.name} ({fact.kind}): {fact.meaning}" in key["description"]) == is_named
        assert (f"| `{fact.name}` | {fact.kind} |" in key["markdownDescription"]) == is_named


def test_the_defaults_are_those_of_the_loader() -> None:
    """
    Written out, they change nothing.
    """
    keys = {name: key["default"] for name, key in SCHEMA["properties"].items() if "default" in key}
    for section in ("api", "limits", "safety"):
        inner = resolve(SCHEMA["properties"][section], SCHEMA)["properties"]
        keys[section] = {name: key["default"] for name, key in inner.items() if "default" in key}
    rule = {name: key["default"] for name, key in SCHEMA["$defs"]["rule"]["properties"].items() if "default" in key}
    document = {"version": 1, "rules": [LEAST | rule], **keys}

    loaded, least = (
        parse_rules(yaml.safe_dump(each).encode(), name="rules.yaml", vocabulary=VOCABULARY)
        for each in (document, {"version": 1, "rules": [LEAST]})
    )

    assert loaded.settings == Settings()
    assert loaded.ruleset.rules == least.ruleset.rules
    assert set(rule) == {"enabled", "for", "keep", "repeat"}
    assert sum(len(part) if isinstance(part, dict) else 1 for part in keys.values()) == 15


@pytest.mark.parametrize("node", [node for node in _nodes(SCHEMA) if "pattern" in node and "type" in node], ids=str)
def test_an_example_is_accepted_and_a_pattern_has_a_sentence(node: dict[str, Any]) -> None:
    """
    No escape stands in a pattern but those that JavaScript's strict mode knows too.
    """
    assert all(VALIDATOR.evolve(schema=node).is_valid(example) for example in node.get("examples", ()))
    assert node["patternErrorMessage"]
    assert set(re.findall(r"\\(.)", node["pattern"])) <= set("sSu.*?[]/")
