"""
What is suggested instead of a line that YAML reads otherwise: it loads when it is followed.
"""

from __future__ import annotations

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.rulesfile.loader import parse_rules

FILE = """\
version: 1
rules:
  - name: a
    {lines}
"""
LINES = {"when": "when: day_change < -5%", "cancel": "cancel: farthest"}


def _text(line: str) -> str:
    """
    Return a file with a rule of two lines, and *line* in place of the one with its key.
    """
    return FILE.format(lines="\n    ".join({**LINES, line.partition(":")[0]: line}.values()))


def _suggested(line: str) -> list[str]:
    """
    Return the last help of each problem.
    """
    with pytest.raises(ConfigError) as caught:
        parse_rules(_text(line).encode(), name="rules.yaml", vocabulary=VOCABULARY)
    return [problem.rpartition("help: ")[2] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ('when: "side == "long""', "when: 'side == \"long\"'"),
        ('when: "side == "long"', "when: 'side == \"long\"'"),
        ("when: 'side == 'long''", "when: \"side == 'long'\""),
        ('when: "pair in ["USDT_BTC", "USDT_ETH"]"', 'when: \'pair in ["USDT_BTC", "USDT_ETH"]\''),
        ('when: "long" == side', "when: '\"long\" == side'"),
        ('when: "long" == "short"', 'when: \'"long" == "short"\''),
        ('when: "long"=="short"', 'when: \'"long"=="short"\''),
    ],
)
def test_a_condition_with_quotes_in_it_is_put_in_the_others(line: str, meant: str) -> None:
    assert _suggested(line) == [f"put the value in quotes: {meant}"]
    assert parse_rules(_text(meant).encode(), name="rules.yaml", vocabulary=VOCABULARY)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("cancel: position: 2", "cancel: {position: 2}"),
        ("cancel: where: step.distance > 50%", 'cancel: {where: "step.distance > 50%"}'),
        ('cancel: where: step.status == "to_process"', "cancel: {where: 'step.status == \"to_process\"'}"),
        ("schedule: every: 60s", "schedule: {every: 60s}"),
        ("schedule: every: 60s, jitter: 5s", "schedule: {every: 60s, jitter: 5s}"),
        ('schedule: cron: "*/5 * * * *"', 'schedule: {cron: "*/5 * * * *"}'),
        ("schedule: cron: */5 * * * *", 'schedule: {cron: "*/5 * * * *"}'),
        ("match: pair: USDT_*", 'match: {pair: "USDT_*"}'),
        ("match: pair: [USDT_DOGE, USDT_BTC]", "match: {pair: [USDT_DOGE, USDT_BTC]}"),
    ],
)
def test_keys_on_the_line_of_their_section_are_put_in_braces(line: str, meant: str) -> None:
    assert _suggested(line) == [f"write `{meant}`"]
    assert parse_rules(_text(meant).encode(), name="rules.yaml", vocabulary=VOCABULARY)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("note: pair: USDT_DOGE", 'put the value in quotes: note: "pair: USDT_DOGE"'),
        ("match: a b: c", 'put the value in quotes: match: "a b: c"'),
        ("match: note: \"a\" or 'b'", "put the whole value in quotes"),
    ],
)
def test_what_is_not_that_plain_is_put_in_quotes(line: str, hint: str) -> None:
    assert _suggested(line) == [hint]


def test_a_value_that_may_be_a_credential_is_not_repeated() -> None:
    secret = "3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c"

    assert _suggested(f"match: note: {secret}")[0] == "put the whole value in quotes"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("60s", "{every: 60s}"),
        ("1h30m", "{every: 1h30m}"),
        ('"*/5 * * * *"', '{cron: "*/5 * * * *"}'),
        ("0 20-22 * * fri", '{cron: "0 20-22 * * fri"}'),
    ],
)
def test_a_schedule_of_one_value_is_given_its_key(written: str, meant: str) -> None:
    assert _suggested(f"schedule: {written}") == [f"write `{meant}`"]
    assert parse_rules(_text(f"schedule: {meant}").encode(), name="rules.yaml", vocabulary=VOCABULARY)


@pytest.mark.parametrize("line", ["schedule: hourly", "schedule: 60", "match: 60s"])
def test_of_other_values_it_is_said_how_keys_are_written(line: str) -> None:
    assert _suggested(line) == ["write `key: value` lines below it"]


def test_a_space_that_is_missing_behind_a_colon_is_named() -> None:
    assert _suggested("match: {pair:USDT_DOGE, side:long}") == [
        "a space is missing behind the colon: `pair: USDT_DOGE`",
        "a space is missing behind the colon: `side: long`",
    ]
    assert _suggested('match: {"pair:": x}')[0].startswith("did you mean pair?")
