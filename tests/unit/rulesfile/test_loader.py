"""
What a rules file becomes.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.model.settings import AccountMode, Mode, Schedule, Settings
from tradewarden.model.smart_trade import AccountId
from tradewarden.rules.ruleset import (
    AtPosition,
    Farthest,
    Match,
    MatchKey,
    Nearest,
    Repeat,
    RepeatPolicy,
    Rule,
    Where,
)
from tradewarden.rulesfile.loader import RulesFile, load_rules, parse_rules
from tradewarden.rulesfile.shape import FileShape

ROOT = Path(__file__).parents[3]
LEAST = "version: 1\nrules:\n  - name: a\n    when: day_change < -5%\n    cancel: farthest\n"


def parse(text: str) -> RulesFile:
    return parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)


def only_rule(extra: str = "") -> Rule:
    (rule,) = parse(LEAST + extra).ruleset.rules
    return rule


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.problems


def test_defaults_are_those_of_the_model() -> None:
    assert parse(LEAST).settings == Settings()


def test_a_rule_s_defaults() -> None:
    rule = only_rule()

    assert rule.description == ""
    assert rule.match == Match({})
    assert rule.except_ is None
    assert rule.when.text == "day_change < -5%"
    assert rule.hold == timedelta(0)
    assert rule.cancel == Farthest()
    assert rule.keep == 1
    assert rule.repeat == Repeat(policy=RepeatPolicy.NEVER)
    assert rule.schedule is None
    assert rule.enabled is True


def test_every_key_is_in_force() -> None:
    loaded = load_rules(ROOT / "tests/rules/everything.good.yaml", VOCABULARY)
    settings = loaded.settings
    rule, other = loaded.ruleset.rules

    assert settings.mode is Mode.LIVE
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert settings.schedule == Schedule(
        every=None, cron="*/5 8-20 * * mon,tue,wed,thu,fri", jitter=timedelta(seconds=5)
    )
    assert settings.api.url == "https://api.3commas.io/public/api"
    assert settings.api.requests_per_minute == 100
    assert settings.api.timeout == timedelta(minutes=1)
    assert settings.api.account_mode is AccountMode.PAPER
    assert settings.api.accounts == frozenset(map(AccountId, (32402783, 5)))
    assert settings.limits.cancels_per_cycle == 1
    assert settings.limits.cancels_per_hour == 2
    assert settings.limits.cancels_per_smart_trade == 3
    assert settings.limits.abort_above_pct == Decimal(50)
    assert settings.safety.require_stop_loss is False
    assert settings.safety.imminent_margin_pct == Decimal("0.5")
    assert settings.safety.max_read_age == timedelta(seconds=60)
    assert settings.safety.hold_gap == timedelta(hours=1, minutes=30)
    assert settings.safety.frozen_after is None

    assert rule.description == "Two\nlines."
    assert rule.schedule == Schedule(every=timedelta(minutes=2))
    assert rule.match.patterns == {
        MatchKey.ID: ("30428625", "3042*"),
        MatchKey.PAIR: ("USDT_*", "BTC_?TH"),
        MatchKey.QUOTE: ("USDT",),
        MatchKey.SIDE: ("long", "short"),
        MatchKey.ACCOUNT_ID: ("32402783",),
        MatchKey.EXCHANGE: ("binance*",),
        MatchKey.KIND: ("smart_trade",),
        MatchKey.NOTE: ("2024",),
    }
    assert rule.except_ == Match({MatchKey.NOTE: ("*keep*",)})
    assert rule.hold == timedelta(minutes=10)
    assert isinstance(rule.cancel, Where)
    assert rule.cancel.condition.text == "step.distance > 50%"
    assert rule.keep == 7
    assert rule.repeat == Repeat(policy=RepeatPolicy.AFTER, after=timedelta(hours=6))

    assert other.name == "2024"
    assert other.cancel == AtPosition(2)
    assert other.repeat == Repeat(policy=RepeatPolicy.ON_RESET)
    assert other.enabled is False
    assert other.schedule == Schedule(every=timedelta(days=1))


def test_nearest_is_a_word() -> None:
    assert parse(LEAST.replace("farthest", "nearest")).ruleset.rules[0].cancel == Nearest()


def test_never_may_be_said() -> None:
    settings = parse("limits: {abort_above: never}\nsafety: {frozen_after: never}\n" + LEAST).settings

    assert settings.limits.abort_above_pct is None
    assert settings.safety.frozen_after is None


def test_the_generation_is_that_of_the_bytes() -> None:
    generation = parse(LEAST).ruleset.generation

    assert len(generation) == 16
    assert parse(LEAST).ruleset.generation == generation
    assert parse(LEAST + "# a comment\n").ruleset.generation != generation


@pytest.mark.parametrize("extra", ["# a comment\n", "    description: more words\n", "    keep: 1\n", "    for: 0s\n"])
def test_a_fingerprint_does_not_change_with_how_a_rule_is_written(extra: str) -> None:
    assert only_rule(extra).fingerprint == only_rule().fingerprint


@pytest.mark.parametrize(
    "extra",
    [
        "    keep: 2\n",
        "    for: 1m\n",
        "    repeat: 1h\n",
        "    repeat: on-reset\n",
        "    match: {pair: USDT_*}\n",
        "    except: {pair: USDT_*}\n",
        "    every: 5m\n",
        "    schedule: {every: 5m}\n",
    ],
)
def test_a_fingerprint_changes_with_what_a_rule_does(extra: str) -> None:
    assert only_rule(extra).fingerprint != only_rule().fingerprint


def test_a_fingerprint_changes_with_condition_and_selector() -> None:
    texts = [
        LEAST,
        LEAST.replace("5%", "6%"),
        LEAST.replace("farthest", "nearest"),
        LEAST.replace("farthest", "{position: 1}"),
        LEAST.replace("farthest", "{where: step.position == 1}"),
    ]

    assert len({parse(text).ruleset.rules[0].fingerprint for text in texts}) == len(texts)


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    rule = "  - name: a\n    when: dy_change < 5\n    cancel: farest\n    for: 2\n"
    text = "mode: lve\nversion: 1\nwatch: true\nrules:\n" + rule

    lines = [problem.split(": ")[0] for problem in problems_of(text)]

    assert lines == [
        "rules.yaml:1:7",
        "rules.yaml:3:1",
        "rules.yaml:6:11",
        "rules.yaml:7:13",
        "rules.yaml:8:10",
    ]


def test_a_problem_is_printed_with_its_line_caret_and_help() -> None:
    (problem,) = problems_of(LEAST + "    kep: 2\n")

    assert problem == (
        "rules.yaml:6:5: `kep` is not a key of a rule\n        kep: 2\n        ^^^\n    help: did you mean keep?"
    )


def test_conditions_in_a_list_are_shown_joined() -> None:
    (problem,) = problems_of(LEAST.replace("day_change < -5%", "[day_change < -5%, stop_loss or breakeven]"))

    assert "`when` must be a text, not a list" in problem
    assert problem.endswith("help: if all of them must be true, write `day_change < -5% and (stop_loss or breakeven)`")


def test_once_is_never_again() -> None:
    (problem,) = problems_of(LEAST + "    repeat: once\n")

    assert problem.endswith("help: write never: one step of a SmartTrade, and never another")


def test_a_file_of_tests_is_known_for_one() -> None:
    """
    One sentence, and not what each of its keys is not.
    """
    assert problems_of("rules: rules.yaml\ntests: []\n") == (
        (
            "rules.yaml:2:1: this file holds tests of rules, not rules\n    tests: []\n    ^^^^^\n"
            "    help: play it with `tradewarden test`, or check the rules file that it names"
        ),
    )


@pytest.mark.parametrize(
    ("written", "place", "marked"),
    [
        pytest.param("|\n      profit > 1%\n      and day_chnge < -5%\n", "6:11", "and day_chnge < -5%", id="literal"),
        pytest.param(
            ">-\n      profit > 1%\n\n      and day_chnge < -5%\n", "7:11", "and day_chnge < -5%", id="folded"
        ),
        pytest.param("profit > 1%\n      and day_chnge < -5%\n", "5:11", "and day_chnge < -5%", id="plain"),
        pytest.param("\n      profit > 1%\n      and day_chnge < -5%\n", "6:11", "and day_chnge < -5%", id="below"),
        pytest.param("'note == ''a'' and\n      day_chnge < -5%'\n", "5:7", "day_chnge < -5%'", id="in single quotes"),
        pytest.param(
            '"note == \\"a\\" and\n      day_chnge < -5%"\n', "5:7", 'day_chnge < -5%"', id="in double quotes"
        ),
    ],
)
def test_a_problem_in_a_condition_of_several_lines_has_its_own_line(written: str, place: str, marked: str) -> None:
    (problem,) = problems_of(LEAST.replace("day_change < -5%", written))

    head, shown, carets, help_ = problem.splitlines()
    assert head == f"rules.yaml:{place}: there is no fact `day_chnge`"
    assert shown.strip() == marked
    assert carets == " " * shown.index("day_chnge") + "^" * len("day_chnge")
    assert help_ == "    help: did you mean `day_change`?"


@pytest.mark.parametrize(
    ("written", "example"),
    [
        ("when: []", "when: day_change < -5% and profit < 0%"),
        ("when: {day_change: -5%}", "when: day_change < -5% and profit < 0%"),
    ],
)
def test_what_is_no_text_is_told_how_a_condition_is_written(written: str, example: str) -> None:
    (problem,) = problems_of(LEAST.replace("when: day_change < -5%", written))

    assert problem.endswith(f"\n    help: as in {example}")


@pytest.mark.parametrize("style", ["|", ">"])
def test_an_empty_block_is_told_by_its_own_sign(style: str) -> None:
    (problem,) = problems_of(LEAST.replace("day_change < -5%", f"{style}\n"))

    assert problem.endswith(
        f"\n    help: YAML reads `{style}` at the start of a value as a block of text: put the whole value in quotes"
    )


def test_what_ends_too_early_is_told_behind_its_last_word() -> None:
    (problem,) = problems_of(LEAST.replace("day_change < -5%", ">\n      profit > 1%\n      and\n"))

    assert problem.startswith(
        "rules.yaml:6:10: the condition ends too early, after `and`\n          and\n             ^\n"
    )


def test_a_condition_that_cannot_be_found_in_the_file_is_quoted() -> None:
    (problem,) = problems_of(LEAST.replace("day_change < -5%", '"profit > 1%\\x20and\n      day_chnge < -5%"\n'))

    assert problem.startswith("rules.yaml:4:11: there is no fact `day_chnge`\n")
    assert "\n    which reads:\n    profit > 1% and day_chnge < -5%\n                    ^^^^^^^^^\n" in problem


def test_a_misspelt_fact_is_suggested() -> None:
    (problem,) = problems_of(LEAST.replace("day_change", "day_chnge"))

    assert "day_change" in problem.splitlines()[-1]


def test_more_problems_than_anyone_reads_are_not_shown() -> None:
    rules = "".join(f"  - {{name: r{number}, when: stop_loss, cancel: farest}}\n" for number in range(300))

    problems = problems_of("version: 1\nrules:\n" + rules)

    assert len(problems) == 201
    assert problems[-1] == "rules.yaml: there are more problems, the first 200 are shown"


def test_a_thousand_rules_are_enough() -> None:
    rules = "".join(f"  - {{name: r{number}, when: stop_loss, cancel: farthest}}\n" for number in range(1001))

    (problem,) = problems_of("version: 1\nrules:\n" + rules)

    assert "`rules` must have at most 1,000 entries" in problem


def test_a_missing_file_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_rules(tmp_path / "rules.yaml", VOCABULARY)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_rules(tmp_path, VOCABULARY)


def test_a_path_that_cannot_be_one_is_no_traceback() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_rules(Path("rules\0.yaml"), VOCABULARY)


def test_the_file_name_cannot_write_to_the_terminal() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rules(b"", name="rules\x1b[31m.yaml", vocabulary=VOCABULARY)

    assert "\x1b" not in str(caught.value)


def test_the_shipped_example_loads_without_a_warning() -> None:
    example = load_rules(ROOT / "rules.example.yaml", VOCABULARY)
    first = example.ruleset.rules[0]

    assert example.warnings == ()
    assert example.settings == Settings()
    assert first.name == "far-target-off-on-a-red-day"
    assert first.match == Match({MatchKey.PAIR: ("USDT_*",), MatchKey.SIDE: ("long",)})
    assert first.when.text == "day_change < -5%"
    assert first.hold == timedelta(minutes=2)
    assert first.cancel == Farthest()
    assert first.keep == 1
    assert first.repeat == Repeat(policy=RepeatPolicy.NEVER)


def test_no_rule_of_the_example_keeps_more_steps_than_the_first() -> None:
    """
    The largest keep of all matching rules counts: another rule must not deny what the first one shows.
    """
    assert {rule.keep for rule in load_rules(ROOT / "rules.example.yaml", VOCABULARY).ruleset.rules} == {1}


def test_the_example_names_every_key() -> None:
    """
    A commented default counts: the example is where a user looks a key up.
    """
    text = (ROOT / "rules.example.yaml").read_text()
    schema = FileShape.model_json_schema()
    keys = {key for part in [schema, *schema["$defs"].values()] for key in part.get("properties", {})}

    assert not {key for key in keys if f"{key}:" not in text and f" {key} " not in text}


def test_the_shape_is_a_json_schema() -> None:
    schema = FileShape.model_json_schema()

    assert set(schema["required"]) == {"version", "rules"}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["mode"]["enum"] == ["dry-run", "live"]
    rule = schema["$defs"]["RuleShape"]["properties"]
    assert rule["keep"]["minimum"] == 1
    assert rule["keep"]["maximum"] == 7
    assert rule["enabled"]["type"] == "boolean"
    assert schema["$defs"]["LimitsShape"]["properties"]["abort_above"]["pattern"].endswith("|^never$")
    assert schema["$defs"]["SafetyShape"]["properties"]["frozen_after"]["pattern"].endswith("|^never$")
    match = schema["$defs"]["MatchShape"]["properties"]
    assert match["side"]["anyOf"][0] == {"enum": ["long", "short"]}


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "rules.yaml"
    os.mkfifo(pipe)

    with pytest.raises(ConfigError, match="it is not a file"):
        load_rules(pipe, VOCABULARY)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(ConfigError, match=f"{device}: it is not a file"):
        load_rules(Path(device), VOCABULARY)


def test_a_link_to_a_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(LEAST)
    (tmp_path / "rules.yaml").symlink_to("real.yaml")

    assert load_rules(tmp_path / "rules.yaml", VOCABULARY).ruleset.rules


def test_names_and_twins_on_one_line_are_seen() -> None:
    one = '{"name": "a", "when": "day_change < -5%", "cancel": "farthest"}'
    two = one.replace('"a"', '"b"')

    (problem,) = problems_of(f'{{"version": 1, "rules": [{one}, {one}]}}')
    (warning,) = parse(f'{{"version": 1, "rules": [{one}, {two}]}}').warnings

    assert "two rules are named a: the first on line 1" in problem
    assert "this rule asks for the same as a on line 1" in warning


def test_names_that_look_the_same_are_the_same() -> None:
    again = LEAST.partition("rules:\n")[2]

    (problem,) = problems_of(
        LEAST.replace("name: a", "name: \u00e9") + again.replace("name: a", "name: e\u0301").replace("-5%", "-6%")
    )

    assert "two rules are named" in problem


def test_true_is_no_version() -> None:
    (problem,) = problems_of(LEAST.replace("version: 1", "version: true"))

    assert "`version` must be 1" in problem


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("for: 1month", "there is no unit month: write 30d"),
        ("for: 1 month", "there is no unit month: write 30d"),
        ("for: 1mo", "there is no unit month: write 30d"),
        ("repeat: 1mo", "there is no unit month: write 30d"),
        ("repeat: 1 year", "there is no unit year: write 365d"),
        ("repeat: 1d 2mo", "a duration carries its unit: 60s, 2m, 1h30m, 1d"),
        ("repeat: 1M", "there is no unit M: minutes are 1m, a month is 30d"),
        ("repeat: 5 minutes", "write 5m"),
        ("repeat: on_reset", "did you mean on-reset?"),
        ("keep: &a 1", "remove the `&a`, or put the whole value in quotes"),
    ],
)
def test_what_was_meant_is_suggested(line: str, hint: str) -> None:
    (problem,) = problems_of(f"{LEAST}    {line}\n")

    assert problem.endswith(f"help: {hint}")


@pytest.mark.parametrize("text", [r"\e[31m", r"a\0", r"\u202e", r"\u200f", r"\x85"])
@pytest.mark.parametrize("key", ["name", "description"])
def test_no_text_that_is_shown_holds_what_a_terminal_obeys(key: str, text: str) -> None:
    file = LEAST.replace("name: a", f'name: "a{text}b"') if key == "name" else f'{LEAST}    description: "a{text}b"\n'

    (problem,) = problems_of(file)

    assert f"`{key}` must" in problem
    assert "\x1b" not in problem


def test_a_description_may_have_lines_tabs_and_emoji() -> None:
    text = "two\n\tlines \N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"

    assert only_rule(f"    description: {json.dumps(text, ensure_ascii=False)}\n").description == text


@pytest.mark.parametrize(("when", "first"), [("*x", "*"), ("*x > 2", "*"), ("&& x", "&"), ("&x > 2", "&")])
def test_a_condition_cannot_begin_with_a_mark_of_yaml(when: str, first: str) -> None:
    (problem,) = problems_of(LEAST.replace("day_change < -5%", when))

    assert f"a condition cannot begin with `{first}`" in problem


def test_the_step_of_a_selector_is_its_position() -> None:
    problems = problems_of(LEAST.replace("farthest", "{step: 2}"))

    assert problems[-1].endswith("help: did you mean position?")


def test_an_indented_first_line_is_named() -> None:
    (problem,) = problems_of(f"# rules\n  {LEAST}")

    assert problem.startswith("rules.yaml:3:1: this line is not indented as the first one is")
