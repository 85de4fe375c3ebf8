"""
The JSON Schema of a test file and its readers say the same: what one accepts, the other does.

What only the readers can see is named here, with its reason. What the readers accept no schema may refuse.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from page import page
from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.document import read_document
from tradewarden.rulesfile.loader import load_rules
from tradewarden.rulesfile.problems import Source
from tradewarden.ruletests.case_reader import CaseReader
from tradewarden.ruletests.fixtures import Fixtures
from tradewarden.ruletests.json_schema import schema_of_tests
from tradewarden.ruletests.loader import parse_tests
from tradewarden.ruletests.settable import MARKET_KEY, SETTABLE, STEP_SETTABLE
from tradewarden.ruletests.sheet import Sheet
from unit.rulesfile.editor_yaml import read_as_editor
from unit.rulesfile.schema_samples import COLLECTIONS, SCALARS, AsInAnEditor, Tree, write
from unit.ruletests.conftest import EXAMPLES, HEAD, RULES, test_of
from unit.ruletests.test_errors import WRONG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tradewarden.rulesfile.loader import RulesFile

SCHEMA = schema_of_tests(VOCABULARY)
VALIDATOR: Any = AsInAnEditor(SCHEMA)

# What the readers refuse and a schema cannot: the reason, and their words.
CANNOT_BE_SAID: tuple[tuple[str, str], ...] = (
    ("which files there are, and what is in them", r"names .*(there is no such file|it cannot|as the API gives it)"),
    ("which files there are, by the end of what is shown", r"names .*: (File name too long|it is not a file)"),
    ("which SmartTrades a test has", r"is not the id of a SmartTrade of this test|is in this test already"),
    ("whether a test has several", r"whose list of trades is it|which SmartTrade is meant"),
    ("which steps they have", r"there is no step at position|has no such step"),
    ("which pairs they have, and what a pair is", r"is the pair of SmartTrade|so .* is no market there"),
    ("which rules there are", r"there is no rule|is not asked in this test"),
    ("what stands elsewhere in the test", r"stands in `set` and in `series`"),
    (
        "how many readings there are, and when",
        r"there is no reading at|the test ends at|has \d+ values?,|may have|at most",
    ),
    ("which moments there are", r"`start` must be a moment"),
    ("whether two tests have one name", r"two tests are named"),
    ("a number with a 0x: an editor sees that number", r"number.* not \"0[xo]|is not the id .* \"0[xo]"),
    ("what is no number at all: an editor sees one", r"number.* not \"-?\.(inf|nan)\""),
    (
        "how many digits a number has",
        r"must be a number.* not -?[0-9.]+E[+-]?[0-9]+|must be a number.* not \"?-?[0-9]{41}",
    ),
    ("what stands beside a comma", r"may be meant as"),
    ("the sum of several units", r"a duration from .* not \"(?:[0-9.]+[wdhms]){2,}\"|at most a hundred years"),
    ("which characters Unicode calls unprintable", r"must stand on one line"),
    ("which lines look like a credential", r"credential"),
)
REPEATED: tuple[Tree, ...] = (
    "-6% x 3",
    "-6%  x 2",
    "5 % x3",
    "2h x 4",
    "1h30m x 2",
    "5 x 3",
    "true x 2",
    "unknown x 5",
    "-6% x 0",
)
REPEATED += ("-6%x 3", "-6% x 100000", "long x 3", "1 x 2 x 3", "30m1h x 2", "null x 2", '"5 x 3"', "-0.5 x 2", "x 3")
LISTED: tuple[Tree, ...] = (["-4%", "-6% x 2"], ["1", "2.5"], ["2h", "unknown"], ["true", "false x 2"], [["5%"]], [])
LISTED += (["-4%", "-6"], ["1", "2h"], ["a", "b"], ["unknown x 2"], ["~"], ["5", "5%"])
PERCENTAGES = (
    "-5%",
    "5 %",
    f"{'9' * 40}%",
    f"{'9' * 41}%",
    "-0.5%",
    "--5%",
    "100d",
    "36500d",
    "36501d",
    "5214.285714w",
)
WORDS = ("unknown", '"unknown"', "finished", "to_process", "limit", "market", "waiting_targets", "smart_trade", "1e41")
VALUES: tuple[Tree, ...] = (*SCALARS, *REPEATED, *PERCENTAGES, *WORDS, *LISTED, *COLLECTIONS)
MARKET = 'market("USDT_BTC").last'
MOMENTS = tuple(
    """
2026-01-02 2026-01-02T03:00 "2026-01-02 03:00" 2026-01-02T03:00Z 2026-01-02T03:00:30+02:00 20260102 "20260102" 2026
2026-13-01 2026-01-32 2026/01/02 02.01.2026 2026-W01 2026-W01-5 "2026W015" yesterday 20:00 2026-02-30 1901-01-01
2026-01-02T25:00 2026-1-2 2026-01-02T
""".strip().split()
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tests")
    for name in ("two_steps.json", "three_steps.json"):
        shutil.copy(EXAMPLES / name, folder)
    (folder / "rules.yaml").write_text(
        RULES + "  - {name: off, enabled: false, when: day_change < 5%, cancel: nearest}\n", encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def rules(folder: Path) -> RulesFile:
    return load_rules(folder / "rules.yaml", VOCABULARY)


def _problems_of(text: str, folder: Path) -> tuple[str, ...]:
    """
    Return the first line of each problem that the readers have with a test file.
    """
    try:
        parse_tests(text.encode(), folder / "any.test.yaml", VOCABULARY)
    except ConfigError as error:
        return tuple(problem.splitlines()[0] for problem in error.problems)
    return ()


def _unexplained(problems: Iterable[str]) -> list[str]:
    return [each for each in problems if not any(re.search(words, each) for _, words in CANNOT_BE_SAID)]


def _shipped() -> Iterator[tuple[str, str]]:
    yield "rules.test.yaml", (EXAMPLES / "rules.test.yaml").read_text("utf-8")
    for name, text in page("rule-tests.md").files.items():
        if name.endswith(".test.yaml") and name != "slips.test.yaml":
            yield name, text
    for number, text in enumerate(page("rule-tests.md").tests):
        yield f"part {number} of the page", HEAD + text


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in _shipped()])
def test_what_is_shown_is_accepted(text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read_as_editor(text))] == []


@pytest.mark.parametrize("body", [body for body, _ in WRONG])
def test_a_mistake_is_refused_if_a_schema_can_see_it(body: str, folder: Path) -> None:
    text = HEAD + test_of(body)
    problems = _problems_of(text, folder)

    assert problems
    assert not VALIDATOR.is_valid(read_as_editor(text)) or _unexplained(problems) == []


def test_no_reason_is_stale(folder: Path) -> None:
    """Each is one that a mistake shows, or that a value of the tests below does."""
    shown = [problem for body, _ in WRONG for problem in _problems_of(HEAD + test_of(body), folder)]
    shown += [problem for text in _values_that_only_readers_refuse() for problem in _problems_of(text, folder)]

    assert [reason for reason, words in CANNOT_BE_SAID if not any(re.search(words, each) for each in shown)] == []


def _values_that_only_readers_refuse() -> Iterator[str]:
    for body in (
        "set: {last: 0x1F}",
        "set: {last: .inf}",
        "series: {every: 0h0s}",
        'name: "a\\u200bb"',
        "trades: {30428625: rules.yaml}",
        f"smart_trade: {'x' * 300}",
        "set: {note: a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90}",
        "smart_trades: [two_steps.json, three_steps.json]\ntrades: two_steps.json",
        'set: {market("USDT_DOGE").last: 5}',
    ):
        yield HEAD + test_of(f"{body}\nexpect: []")
    yield HEAD + test_of("name: a\nexpect: []") * 2


@functools.cache
def _seen(text: str) -> object:
    """
    Return what an editor makes of the value *text*. Raises yaml.YAMLError.
    """
    return read_as_editor(f"value: {text}")["value"]  # type: ignore[index]  # it is a mapping


def _readings(key: str, folder: Path, rules: RulesFile, values: Iterable[Tree], above: str) -> Iterator[Any]:
    """
    Yield each value that is tried at *key* of the section *above*: as an editor reads it, and what the readers say.
    """
    fixtures = Fixtures(folder)
    for value in values:
        given: dict[str, Tree] = {key: value}
        for part in reversed(above.split()):
            given = {part: given}
        lead: dict[str, Tree] = {"name": "a", "smart_trade": "two_steps.json", "expect": []}
        with contextlib.suppress(yaml.YAMLError):
            seen: Any = {"name": "a", "smart_trade": "two_steps.json", "expect": []}
            inner = seen
            for part in above.split():
                inner = inner.setdefault(part, {})
            inner[key] = _seen(write(value))
            yield write(value), seen, _told(write(lead | given), fixtures, rules)


def _told(text: str, fixtures: Fixtures, rules: RulesFile) -> list[str]:
    """
    Return the problems of the one test *text*.
    """
    text = f"tests: [{text}]"
    document = read_document(text)
    sheet = Sheet(Source("any", text), document)
    [entry] = document.data["tests"]  # type: ignore[index]  # as it was written
    CaseReader(sheet, fixtures, rules).read(("tests", 0), entry)
    return [issue.message for issue in sheet.issues]


# A list is one of values: one fact of each kind stands for all.
OF_EACH_KIND = ("day_change", "last", "age", "stop_loss", "note", "side", "pair", "account_id", "status")
PLACES = [(name, "set") for name in (*SETTABLE, MARKET)]
PLACES += [(name, "series") for name in (*OF_EACH_KIND, MARKET, "every")]
PLACES += [*((name, "set steps 2") for name in STEP_SETTABLE), ("price", "series steps 2")]
PLACES += [("side", "set of 30428625"), ("profit", "series of 30428625"), (MARKET, "set of 30428625")]
PLACES += [(name, "") for name in ("name", "description", "smart_trade", "mode", "trades", "enable", "only")]
PLACES += [("steps", "set"), ("of", "series"), ("set", ""), ("series", "")]


@pytest.mark.parametrize(("key", "above"), PLACES, ids=[f"{above} {key}".strip() for key, above in PLACES])
def test_schema_and_readers_agree_on_every_value(key: str, above: str, folder: Path, rules: RulesFile) -> None:
    """
    Of every form, at and beyond each range, repeated and in lists, and of every wrong type.
    """
    validator = VALIDATOR.evolve(schema=SCHEMA["$defs"]["test"] | {"$defs": SCHEMA["$defs"]})
    accepted = 0
    for value, seen, problems in _readings(key, folder, rules, VALUES, above):
        is_valid = validator.is_valid(seen)
        accepted += is_valid

        assert is_valid or problems, f"only the schema refuses {key}: {value}"
        assert not is_valid or _unexplained(problems) == [], f"only the readers refuse {key}: {value}: {problems}"
    assert accepted or (key, above) == (MARKET, "set of 30428625")


def test_schema_and_readers_agree_on_moments(folder: Path, rules: RulesFile) -> None:
    validator = VALIDATOR.evolve(schema=SCHEMA["$defs"]["test"] | {"$defs": SCHEMA["$defs"]})
    moments = [moment.replace("_", " ") for moment in MOMENTS]
    found = list(_readings("start", folder, rules, moments, ""))

    refused = {value for value, seen, _ in found if not validator.is_valid(seen)}
    assert [value for value, _, problems in found if value in refused and not problems] == []
    assert [value for value, _, problems in found if value not in refused and _unexplained(problems)] == []
    assert {"yesterday", "20:00", "2026/01/02", "02.01.2026", "2026-13-01", "2026-1-2"} <= refused


NUMBERS = ("2", '"2"', "2.0", "two", "true", "[2]", "~")
STEPS: list[Tree] = [{key: value} for key in ("position", "price", "id") for value in NUMBERS]
STEPS += [{"position": "2", "id": "1008300674"}, {}, {"position": "2", "step": "2"}, "2", "farthest", [], "~"]
EXPECTATIONS: dict[str, tuple[Tree, ...]] = {
    "at": VALUES,
    "rule": ("red-day", "off", "red-dya", "5", "true", "~", '""', [], {}),
    "smart_trade": ("30428625", "30428626", '"30428625"', "30428625.0", "0", "-1", "1.5", "true", "a", []),
    "cancels": tuple(STEPS),
    "denied": ("steps-remain", "step-remain", "5", "~", [], '"steps-remain"'),
    "deferred": ("cancels_per_cycle", "disarmed", "disarm", "5", "~", {}),
    "holds": VALUES,
    "holding": ("", "true", "~", "null", "false", "1m", "[1m]", "{}", '""'),
    "zzz": ("1",),
}


@pytest.mark.parametrize("key", EXPECTATIONS)
def test_schema_and_readers_agree_on_an_expectation(key: str, folder: Path, rules: RulesFile) -> None:
    validator = VALIDATOR.evolve(schema=SCHEMA["$defs"]["test"] | {"$defs": SCHEMA["$defs"]})
    lead: dict[str, Tree] = {"at": "0s", "rule": "red-day"}
    if key not in {"cancels", "denied", "deferred", "holds", "holding"}:
        lead["holding"] = "true"
    entries: list[Tree] = [[lead | {key: value}] for value in EXPECTATIONS[key]]
    entries += [[{name: value for name, value in lead.items() if name != key}]]
    for value, seen, problems in _readings("expect", folder, rules, entries, ""):
        is_valid = validator.is_valid(seen)

        assert is_valid or problems, f"only the schema refuses {value}"
        assert not is_valid or _unexplained(problems) == [], f"only the readers refuse {value}: {problems}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "rules: rules.yaml\n",
        "tests: []\n",
        "rules: rules.yaml\ntests: []\n",
        "rules: rules.yaml\ntests: 5\n",
        "rules: rules.yaml\ntests: [5]\n",
        "rules: 5\ntests: [{name: a, smart_trade: two_steps.json, expect: []}]\n",
        "rules: rules.yaml\ntests: [{name: a, expect: []}]\n",
        "rules: rules.yaml\ntests: [{name: a, smart_trade: two_steps.json}]\n",
        "rules: rules.yaml\ntests: [{smart_trade: two_steps.json, expect: []}]\n",
        "rules: rules.yaml\ntests: [{name: a, smart_trade: a, smart_trades: [two_steps.json], expect: []}]\n",
        "rules: rules.yaml\nversion: 1\ntests: [{name: a, smart_trade: two_steps.json, expect: []}]\n",
    ],
)
def test_what_is_no_test_file_is_refused_by_both(text: str, folder: Path) -> None:
    assert _problems_of(text, folder)
    assert not VALIDATOR.is_valid(read_as_editor(text))


def _candidates(key: str) -> tuple[Tree, ...]:
    """
    Return values for *key*, of which most are meant for it.
    """
    known: dict[str, tuple[Tree, ...]] = {
        "rules": ("rules.yaml",),
        "name": ("a", "b", "2024", '" c "'),
        "smart_trade": ("two_steps.json", "three_steps.json", "30428625"),
        "smart_trades": (["two_steps.json"], ["two_steps.json", "three_steps.json"]),
        "enable": ("off", ["off"], []),
        "only": ("red-day", ["red-day", "off"]),
        "start": tuple(MOMENTS),
        "at": ("0s", "1m", "2m", "90s"),
        "rule": ("red-day", "off", "red-dya"),
        "trades": ("two_steps.json", {"30428625": "two_steps.json"}),
    }
    return known.get(key, (*REPEATED, *PERCENTAGES, *WORDS, *LISTED, "1", "0.5", "true", "false", "long", "a", "1m"))


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["$defs"][reference] if reference else schema


@st.composite
def trees(draw: st.DrawFn, schema: dict[str, Any], key: str = "") -> Tree:
    """
    Draw what may stand at *schema*, with few faults: a strange value, a key too many or too few.
    """
    schema = _resolved(schema)
    is_faulty = st.integers(0, 39).map(lambda number: number == 39)
    if draw(is_faulty):
        return draw(st.sampled_from([value for value in VALUES if len(value) < 90]))
    if schema.get("type") == "object":
        properties = dict(schema.get("properties", {}))
        for pattern, inner in schema.get("patternProperties", {}).items():
            named = MARKET if MARKET_KEY.fullmatch(MARKET) and re.search(pattern, MARKET) else None
            for name in (named, "30428625", "2", "9") if "market" not in pattern else (named,):
                if name is not None and re.search(pattern, name):
                    properties[name] = inner
        chosen = draw(st.sampled_from(schema.get("oneOf", [{"required": []}])))["required"]
        alone = {each["required"][0] for each in schema.get("oneOf", ())}
        tree: dict[str, Tree] = {}
        for name, node in properties.items():
            is_needed = name in schema.get("required", ()) or name in chosen
            wanted = is_needed or (name not in alone and draw(st.integers(0, 9)) == 9)
            if wanted != draw(is_faulty):
                tree[name] = draw(trees(node, name))
        return tree
    if schema.get("type") == "array" and "$ref" in schema["items"]:
        return draw(st.lists(trees(schema["items"]), min_size=schema.get("minItems", 0), max_size=2))
    validator = VALIDATOR.evolve(schema=schema | {"$defs": SCHEMA["$defs"]})
    fitting = [value for value in _candidates(key) if _fits(validator, value)]
    return draw(st.sampled_from(fitting or [*_candidates(key)]))


def _fits(validator: Any, value: Tree) -> bool:
    with contextlib.suppress(yaml.YAMLError):
        return bool(validator.is_valid(read_as_editor(write(value))))
    return False


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=trees(SCHEMA))
def test_schema_and_readers_agree_on_any_file(tree: Tree, folder: Path) -> None:
    """
    Files drawn from the schema's own structure, with faults: what one accepts, the other does.
    """
    text = write(tree)
    try:
        data = read_as_editor(text)
    except yaml.YAMLError:
        return

    problems = _problems_of(text, folder)

    if VALIDATOR.is_valid(data):
        assert _unexplained(problems) == []
    else:
        assert problems
