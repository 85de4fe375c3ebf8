"""
The JSON Schema of the rules file and the loader say the same: what one accepts, the other does.

What only the loader can see is named here, with its reason. What the loader accepts no schema may refuse.
"""

from __future__ import annotations

import contextlib
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.consistency import mapping
from tradewarden.rulesfile.document import read_document
from tradewarden.rulesfile.loader import parse_rules
from tradewarden.rulesfile.rule_shape import MatchShape, RuleShape, ScheduleShape, SelectorShape, Shape
from tradewarden.rulesfile.shape import ApiShape, LimitsShape, SafetyShape
from tradewarden.rulesfile.values import InvalidValueError
from unit.rulesfile.editor_yaml import read_as_editor
from unit.rulesfile.schema_samples import LEAST, SCHEMA, VALIDATOR, Tree, values_for, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "rules"
BAD = sorted(SAMPLES.glob("*.bad.yaml"))
GOOD = [ROOT / "rules.example.yaml", *sorted(SAMPLES.glob("*.good.yaml"))]

# Why a schema accepts a bad sample, by the name of the sample.
ONLY_THE_LOADER = {
    "what a condition means": """
        condition-double-quoted condition-folded condition-fraction condition-literal condition-plain
        condition-single-quoted condition-two-lines condition-window trap-comment
    """,
    "which lines look like a credential": "credential-comment credential-pem credential-value",
    "how the fields of a cron expression go together": "cron-days cron-never",
    "a key given twice: an editor's YAML marks it, or keeps one": "duplicate-key",
    "an alias: to an editor it is the value that it stands for": "alias",
    "whether two rules have one name": "duplicate-name names-on-one-line",
    "which of two durations is longer": "jitter-too-long",
    "which time zones there are": "wrong-timezone",
}
# What is no YAML: the editor marks it without a schema.
NO_YAML = frozenset(
    {
        "after-the-end",
        "backslash",
        "complex-key",
        "credential-in-broken-yaml",
        "cron-unquoted",
        "indentation",
        "indentation-deeper",
        "list-in-line",
        "missing-comma",
        "no-colon",
        "no-space-after-colon",
        "no-space-after-the-colon-above",
        "section-on-one-line",
        "stray-bracket",
        "tab",
        "tag",
        "trap-ampersand",
        "trap-at",
        "trap-brackets",
        "trap-colon",
        "trap-glob",
        "trap-greater",
        "trap-greater-elsewhere",
        "trap-percent",
        "trap-quotes",
        "trap-tag",
        "trap-tag-word",
        "trap-wrapped",
        "two-documents",
        "unclosed-bracket",
        "unclosed-quote",
    }
)

# What the loader refuses and a schema cannot: the reason, the loader's words, and keys of a file or of its one rule.
CANNOT_BE_SAID: tuple[tuple[str, str, dict[str, Tree]], ...] = (
    ("the sum of several units", r"a duration from .* not \"(?:[0-9.]+[wdhms]){2,}\"", {"api": "{timeout: 1m1s}"}),
    ("a number with a 0x: an editor sees that number", r"number.* not \"0[xo]", {"limits": "{cancels_per_hour: 0x1F}"}),
    (
        "an id that is a number in another form",
        r"`(id|account_id)` must .* not \"[0-9+][0-9a-fA-Fox.+]*\"",
        {"match": "{id: 1e3}"},
    ),
    (
        "how the fields of a cron expression go together",
        r"`cron` (names|has a range|has the step)",
        {"schedule": '{cron: "9-8 * * * *"}'},
    ),
    ("which time zones there are", r"is not a time zone", {"timezone": "Europe/Berln"}),
    (
        "which addresses are IPv6 and loopback",
        r"`url` (is not an address|must begin)",
        {"api": '{url: "http://[::2]"}'},
    ),
    ("which of two durations is longer", r"must be less than `every`", {"schedule": "{every: 5s, jitter: 5s}"}),
    ("whether two rules have one name", r"two rules are named", {"rules": ["RULE", "RULE"]}),
    ("which characters Unicode calls unprintable", r"must stand on one line", {"name": '"a\\u200bb"'}),
    (
        "what a condition means",
        r"is a percentage, write|there is no fact|known only in|is not a number|is a number, not a condition",
        {"when": "day_change < -0.05"},
    ),
)
LONG = 90  # characters or entries: each by itself is tried elsewhere
OF_A_RULE = frozenset(SCHEMA["$defs"]["rule"]["properties"]) - {"schedule"}


def _problems_of(text: str) -> tuple[str, ...]:
    """
    Return the first line of each problem that the loader has with *text*.
    """
    try:
        parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
    except ConfigError as error:
        return tuple(problem.splitlines()[0] for problem in error.problems)
    return ()


def _unexplained(problems: Iterable[str]) -> list[str]:
    return [each for each in problems if not any(re.search(words, each) for _, words, _ in CANNOT_BE_SAID)]


def _file(keys: dict[str, Tree]) -> dict[str, Tree]:
    """
    Return the least file with these *keys*, of the file or of its one rule.
    """
    rule = LEAST | {key: value for key, value in keys.items() if key in OF_A_RULE}
    top = {key: value for key, value in keys.items() if key not in OF_A_RULE}
    rules: Tree = [dict(rule) for _ in top.pop("rules", "")] or [rule]
    return {"version": "1", "rules": rules, **top}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_what_loads_is_accepted(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read_as_editor(path.read_text()))] == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_what_is_bad_is_refused_if_a_schema_can_see_it(path: Path) -> None:
    name = path.name.removesuffix(".bad.yaml")
    only_the_loader = any(name in names.split() for names in ONLY_THE_LOADER.values())
    try:
        data = read_as_editor(path.read_text())
    except yaml.YAMLError:
        assert name in NO_YAML
        return

    assert name not in NO_YAML
    assert VALIDATOR.is_valid(data) == only_the_loader


def test_no_name_of_a_bad_sample_is_stale() -> None:
    named = [*NO_YAML, *" ".join(ONLY_THE_LOADER.values()).split()]

    assert [name for name in named if not (SAMPLES / f"{name}.bad.yaml").exists()] == []
    assert len(named) == len(set(named))


@pytest.mark.parametrize(("reason", "words", "keys"), CANNOT_BE_SAID, ids=lambda value: str(value)[:40])
def test_what_cannot_be_said_is_refused_by_the_loader_alone(reason: str, words: str, keys: dict[str, Tree]) -> None:
    text = write(_file(keys))
    problems = _problems_of(text)

    assert reason
    assert problems
    assert [problem for problem in problems if not re.search(words, problem)] == []
    assert VALIDATOR.is_valid(read_as_editor(text))


def _readings(key: str) -> Iterator[tuple[Tree, object, object]]:
    """
    Yield each value that is tried at *key*: as it is written, as the loader reads it, and as an editor does.
    """
    for value in values_for(key):
        text = f"{{{key}: {write(value)}}}"
        with contextlib.suppress(yaml.YAMLError):
            yield value, mapping(read_document(text).data)[key], mapping(read_as_editor(text))[key]


def _refusals(shape: type[Shape], given: dict[str, object]) -> list[str]:
    """
    Return what is wrong with the keys that are *given*, each by itself.
    """
    try:
        shape.model_validate(given)
    except ValidationError as error:
        return [text for each in error.errors() for text in _said(each)]
    return []


def _said(details: ErrorDetails) -> Iterator[str]:
    key, cause = details["loc"][0], details.get("ctx", {}).get("error")
    if not isinstance(cause, InvalidValueError):
        yield f"`{key}` {details['msg']}"
        return
    for each in [entry for _, entry in cause.entries] or [cause]:
        yield f"`{key}` {each.predicate}"


@pytest.mark.parametrize(
    "shape", [ScheduleShape, MatchShape, SelectorShape, ApiShape, LimitsShape, SafetyShape, RuleShape]
)
def test_schema_and_loader_agree_on_every_value_of_every_key(shape: type[Shape]) -> None:
    """
    Below, at, within, at and above each range, of every form, and of every wrong type.
    """
    properties = SCHEMA["$defs"][shape.__name__.removesuffix("Shape").lower()]["properties"]
    least = {"name": "a", "when": "stop_loss", "cancel": "farthest"} if shape is RuleShape else {}
    tried = 0
    for key in set(properties) - {"when", "where", "schedule", "match", "except", "cancel"}:
        validator = VALIDATOR.evolve(schema=properties[key] | {"$defs": SCHEMA["$defs"]})
        for value, read, seen in _readings(key):
            if read is None:  # a key without a value is refused elsewhere, whichever it is
                continue
            tried += 1
            refusals = _refusals(shape, least | {key: read})

            assert validator.is_valid(seen) or refusals, f"only the schema refuses {key}: {value}"
            assert not validator.is_valid(seen) or _unexplained(refusals) == [], (
                f"only the loader refuses {key}: {value}"
            )
    assert tried > 0


@functools.cache
def _accepted(key: str, name: str) -> tuple[Tree, ...]:
    """
    Return the values for *key* of the mapping *name* that its schema accepts.
    """
    owner = SCHEMA if name == "file" else SCHEMA["$defs"][name]
    validator = VALIDATOR.evolve(schema=owner["properties"][key] | {"$defs": SCHEMA["$defs"]})
    accepted = [value for value, _, seen in _readings(key) if seen is not None and validator.is_valid(seen)]
    return tuple(value for value in accepted if len(value) < LONG)


def _mapping_in(schema: dict[str, Any]) -> str:
    """
    Return the name of the mapping that stands at *schema*, or in the list there.
    """
    parts = [schema, schema.get("items", {}), *schema.get("oneOf", ())]
    return next((part["$ref"].rpartition("/")[2] for part in parts if "$ref" in part), "")


@st.composite
def mappings(draw: st.DrawFn, name: str) -> dict[str, Tree]:
    """
    Draw what may stand at the mapping *name*, with few faults: a strange value, a key too many or too few.
    """
    schema = SCHEMA if name == "file" else SCHEMA["$defs"][name]
    chosen = draw(st.sampled_from(schema.get("oneOf", [{"required": []}])))["required"]
    alone = {each["required"][0] for each in schema.get("oneOf", ())}
    at_most_one = schema.get("not", {}).get("required", ())
    tree: dict[str, Tree] = {}
    is_faulty = st.integers(0, 29).map(lambda number: number == 29)
    for key, node in schema["properties"].items():
        is_needed = key in schema.get("required", ()) or key in chosen
        is_out = key in alone - set(chosen) or any(other in tree for other in at_most_one if other != key)
        wanted = is_needed or (not is_out and draw(st.integers(0, 3)) == 3)
        if wanted == draw(is_faulty):
            continue
        inner = _mapping_in(node)
        if draw(is_faulty):
            tree[key] = draw(st.sampled_from([value for value in values_for(key) if len(value) < LONG]))
        elif inner and (key != "cancel" or draw(st.booleans())):
            value = draw(mappings(inner))
            tree[key] = [value, *draw(st.lists(mappings(inner), max_size=1))] if key == "rules" else value
        else:
            tree[key] = draw(st.sampled_from(_accepted(key, name)))
    if draw(is_faulty):
        tree[draw(st.sampled_from(["zzz", "watch", "Every", "position"]))] = "1"
    return tree


@given(tree=mappings("file"))
def test_schema_and_loader_agree_on_any_file(tree: dict[str, Tree]) -> None:
    """
    Files drawn from the schema's own structure, with faults: what one accepts, the other does.
    """
    text = write(tree)
    try:
        data = read_as_editor(text)
    except yaml.YAMLError:
        return

    problems = _problems_of(text)

    if VALIDATOR.is_valid(data):
        assert _unexplained(problems) == []
    else:
        assert problems
