"""
What is wrong with a test file is told at once, each at its place, with what was probably meant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.errors import ConfigError
from tradewarden.ruletests.loader import load_tests
from unit.ruletests.conftest import test_of as _test_of

if TYPE_CHECKING:
    from pathlib import Path

    from unit.ruletests.conftest import Desk

BELOW = "write it below `set`, or below `series` if it changes"

# The name stands on line 3 of the file, the SmartTrade on line 4, what is given here from line 5 on.
WRONG = [
    ("expct: []\nexpect: []", "5:5: `expct` is not a key of a test | help: did you mean expect?"),
    ("set: {}", "3:5: a test has no `expect` | help: `expect: []` says that nothing happens"),
    (
        "set: {day_change: -0.05}\nexpect: []",
        (
            "5:23: `day_change` must be a percentage such as -4%, or unknown, not -0.05 | "
            "help: write -0.05% or -5%: one is a hundredth of the other"
        ),
    ),
    (
        "set: {day_change: 0.05}\nexpect: []",
        (
            "5:23: `day_change` must be a percentage such as -4%, or unknown, not 0.05 | "
            "help: write 0.05% or 5%: one is a hundredth of the other"
        ),
    ),
    (
        "set: {day_change: '-5'}\nexpect: []",
        '5:23: `day_change` must be a percentage such as -4%, or unknown, not "-5" | help: write -5%',
    ),
    (
        "set: {market(USDT_BTC).last: 5}\nexpect: []",
        '5:11: there is no fact `market(USDT_BTC).last` | help: write market("USDT_BTC").last',
    ),
    ("set: {day_chnge: -5%}\nexpect: []", "5:11: there is no fact `day_chnge` | help: did you mean day_change?"),
    (
        "set: {age: 2}\nexpect: []",
        "5:16: `age` must be a duration such as 2h, or unknown, not 2 | help: if seconds are meant, write 2s",
    ),
    (
        "set: {last: 5%}\nexpect: []",
        '5:17: `last` must be a number, or unknown, not "5%" | help: it is a plain number: write it without %',
    ),
    (
        "set: {last: '5'}\nexpect: []",
        '5:17: `last` must be a number, or unknown, not "5" | help: write it without quotes',
    ),
    ("set: {last: 1e90}\nexpect: []", "5:17: `last` must be a number, or unknown, not 1E+90"),
    (
        "set: {stop_loss: 'false'}\nexpect: []",
        '5:22: `stop_loss` must be true, false or unknown, not "false" | help: write it without quotes',
    ),
    ("set: {side: lnog}\nexpect: []", '5:17: `side` is never "lnog" | help: did you mean long?'),
    ("set: {side: 5}\nexpect: []", "5:17: `side` must be a text, or unknown, not 5"),
    ("set: {pair: unknown}\nexpect: []", "5:17: `pair` is never unknown: 3Commas always tells it"),
    ("set: {account_id: mine}\nexpect: []", '5:23: `account_id` must be a number, not "mine"'),
    (
        "set: {hour: 5}\nexpect: []",
        (
            "5:11: `hour` cannot be set: it comes from the clock of the test | "
            "help: say when it starts: start: 2026-01-02T20:00"
        ),
    ),
    (
        "set: {live_steps: 1}\nexpect: []",
        (
            "5:11: `live_steps` cannot be set: it is counted from the steps | "
            "help: set the status of a step: steps: {2: {status: finished}}"
        ),
    ),
    (
        "set: {'change(last, 15m)': 5%}\nexpect: []",
        (
            "5:11: `change(last, 15m)` cannot be set: it comes from earlier readings | "
            "help: play the fact itself in `series`"
        ),
    ),
    (
        "set: {step.price: 5}\nexpect: []",
        "5:11: `step.price` is a fact of one step | help: name the step: steps: {2: {price: ...}}",
    ),
    (
        "set: {step.distance: 5%}\nexpect: []",
        (
            "5:11: `distance` of a step cannot be set: it follows from two prices | "
            "help: set the step's `price`, or `last`"
        ),
    ),
    (
        "set: {steps: {3: {status: finished}}}\nexpect: []",
        "5:19: there is no step at position 3 | help: its steps are at the positions 1, 2",
    ),
    (
        "set: {steps: {2: {prise: 5}}}\nexpect: []",
        "5:23: a step has no fact `prise` | help: did you mean price?",
    ),
    (
        "set: {steps: 5}\nexpect: []",
        "5:18: `steps` must be a mapping of keys, not 5 | help: as in steps: {2: {status: finished}}",
    ),
    (
        "set: {day_change: [-5%]}\nexpect: []",
        "5:23: `day_change` must be one value in `set` | help: what changes stands in `series`",
    ),
    ("set: {every: 5m}\nexpect: []", "5:11: `every` is a key of `series` | help: move it there"),
    (
        "set: {of: {5: {profit: 1%}}}\nexpect: []",
        "5:16: 5 is not the id of a SmartTrade of this test | help: its: 30428625",
    ),
    (
        "set: {day_change: 1%}\nseries: {day_change: [1%]}\nexpect: []",
        "6:14: `day_change` stands in `set` and in `series` | help: remove one of the two",
    ),
    (
        "series: {day_change: [-4%, -6]}\nexpect: []",
        "5:32: an entry of `day_change` must be a percentage such as -4%, or unknown, not -6 | help: write -6%",
    ),
    (
        "series: {day_change: [-4%, -6,5%]}\nexpect: []",
        (
            "5:32: an entry of `day_change` must be a percentage such as -4%, or unknown, not -6 | "
            "help: write -6.5%: a number has a decimal point here"
        ),
    ),
    (
        "series: {day_change: [-4%, -6,25 % x 2]}\nexpect: []",
        (
            "5:32: an entry of `day_change` must be a percentage such as -4%, or unknown, not -6 | "
            "help: write -6.25%: a number has a decimal point here"
        ),
    ),
    (
        "series: {age: [1,5h, 2h]}\nexpect: []",
        (
            "5:20: an entry of `age` must be a duration such as 2h, or unknown, not 1 | "
            "help: write 1.5h: a number has a decimal point here"
        ),
    ),
    (  # it may be the unit that is forgotten
        "series: {day_change: [4%,6,5%]}\nexpect: []",
        "5:30: an entry of `day_change` must be a percentage such as -4%, or unknown, not 6 | help: write 6%",
    ),
    (
        "series: {day_change: [-4%, -6, -5%]}\nexpect: []",
        "5:32: an entry of `day_change` must be a percentage such as -4%, or unknown, not -6 | help: write -6%",
    ),
    (
        "series: {day_change: [-4%, -6,5]}\nexpect: []",
        "5:32: an entry of `day_change` must be a percentage such as -4%, or unknown, not -6 | help: write -6%",
    ),
    (
        "set:\n  day_change: -6,5%\nexpect: []",
        (
            '6:19: `day_change` must be a percentage such as -4%, or unknown, not "-6,5%" | '
            "help: write -6.5%: a number has a decimal point here"
        ),
    ),
    (
        "set:\n  last: 0,1025\nexpect: []",
        (
            '6:13: `last` must be a number, or unknown, not "0,1025" | '
            "help: write 0.1025: a number has a decimal point here"
        ),
    ),
    (
        "set: {day_change: -6,5%}\nexpect: []",
        "5:26: `5%` has no value | help: write -6.5%: a comma begins the next key",
    ),
    (
        "set: {last: 0,1025, profit: 1%}\nexpect: []",
        "5:19: `1025` has no value | help: write 0.1025: a comma begins the next key",
    ),
    ("set: {side: '6,5%'}\nexpect: []", '5:17: `side` is never "6,5%" | help: it is one of long, short'),
    ("series: {day_change: []}\nexpect: []", "5:26: `day_change` has no values | help: write one for each reading"),
    (
        "series: {day_change: [1%], profit: 1% x 3}\nexpect: []",
        "5:26: `day_change` has 1 value, `profit` has 3 | help: write one for each reading, or a single one for all",
    ),
    (
        "series: {day_change: [1%, null]}\nexpect: []",
        (
            "5:31: an entry of `day_change` must be a percentage such as -4%, or unknown, not null | "
            "help: write unknown if 3Commas does not tell it"
        ),
    ),
    (
        "series: {day_change: [1%, 2%], profit: 1% x 3}\nexpect: []",
        "5:26: `day_change` has 2 values, `profit` has 3 | help: write one for each reading, or a single one for all",
    ),
    (
        "series: {day_change: -6% x 0}\nexpect: []",
        (
            "5:26: `day_change` has -6% with the count 0: a count is a whole number from 1 to 20,000 | "
            "help: as in -6% x 3"
        ),
    ),
    (
        "series: {last: [0.1 x 1.5, 0.2]}\nexpect: []",
        (
            "5:21: an entry of `last` has 0.1 with the count 1.5: a count is a whole number from 1 to 20,000 | "
            "help: as in 0.1 x 3"
        ),
    ),
    (
        "series: {day_change: -6 x 0}\nexpect: []",
        (
            '5:26: `day_change` must be a percentage such as -4%, or unknown, not "-6 x 0" | '
            "help: a percentage is written as 1% or 0.5%"
        ),
    ),
    ("series: {day_change: 1% x 30000}\nexpect: []", "5:26: a test has at most 20,000 readings, not 30,000"),
    (
        "series: {every: 500ms, day_change: 1%}\nexpect: []",
        (
            '5:21: `every` must be a duration from 1s to 1d, not "500ms" | '
            "help: a duration carries its unit: 60s, 2m, 1h30m, 1d"
        ),
    ),
    ("start: yesterday\nexpect: []", '5:12: `start` must be a moment such as 2026-01-02T03:00, not "yesterday"'),
    ("start: 1901-01-01\nexpect: []", '5:12: `start` must be a moment from 1971 to 2199, not "1901-01-01"'),
    ("set: {age: 99999d}\nexpect: []", '5:16: `age` must be at most a hundred years, not "99999d"'),
    ("mode: lve\nexpect: []", '5:11: `mode` must be dry-run or live, not "lve" | help: did you mean live?'),
    ("only: red-dya\nexpect: []", '5:11: there is no rule "red-dya" in the rules file | help: did you mean red-day?'),
    ("enable: [x]\nexpect: []", '5:14: there is no rule "x" in the rules file | help: its rules: red-day, off'),
    (
        "expect: nothing",
        '5:13: `expect` must be a list, not "nothing" | help: write expect: []',
    ),
    (
        "expect: soon",
        '5:13: `expect` must be a list, not "soon" | help: write [ ] around it, or one `- ` entry per line',
    ),
    ("expect:", "5:5: `expect` has no value | help: `expect: []` says that nothing happens"),
    (
        "set: {day_change: null}\nexpect: []",
        "5:11: `day_change` has no value | help: write unknown if 3Commas does not tell it",
    ),
    (
        "expect: [5]",
        "5:14: an entry of `expect` must be a mapping of keys, not 5 | help: write `key: value` lines below it",
    ),
    (
        "expect: [{rule: red-day, holding}]",
        "5:14: this expectation has no `at` | help: as in {at: 3m, rule: ..., cancels: {position: 2}}",
    ),
    (
        "expect: [{at: 1m, rule: red-dya, holding}]",
        "5:29: there is no rule `red-dya` in the rules file | help: did you mean red-day?",
    ),
    (
        "expect: [{at: 1m, rule: off, holding}]",
        (
            "5:29: the rule `off` is not asked in this test | "
            "help: it is off: `enable: off` switches it on for this test"
        ),
    ),
    (
        "only: off\nexpect: [{at: 1m, rule: off, holding}]",
        (
            "6:29: the rule `off` is not asked in this test | "
            "help: it is off: `enable: off` switches it on for this test"
        ),
    ),
    (
        "only: red-day\nexpect: [{at: 1m, rule: off, holding}]",
        (
            "6:29: the rule `off` is not asked in this test | "
            "help: it is off: `enable: off` switches it on for this test; name it in `only` too"
        ),
    ),
    (
        "enable: off\nonly: off\nexpect: [{at: 1m, rule: red-day, holding}]",
        "7:29: the rule `red-day` is not asked in this test | help: name it in `only`",
    ),
    (
        "expect: [{at: 90s, rule: red-day, holding}]",
        "5:19: there is no reading at 1m30s: there is one every 1m | help: write 1m or 2m",
    ),
    (
        "series: {day_change: -6% x 3}\nexpect: [{at: 3m, rule: red-day, holding}]",
        "6:19: the test ends at 2m, its last reading | help: give the series more values, or expect it earlier",
    ),
    (
        "expect: [{at: 3, rule: red-day, holding}]",
        "5:19: `at` must be a duration from 0s to 366d, not 3 | help: if seconds are meant, write 3s",
    ),
    (
        "expect: [{at: 1m, rule: red-day}]",
        "5:14: this expectation says nothing | help: write one of cancels, denied, deferred, holds, holding",
    ),
    (
        "expect: [{at: 1m, rule: red-day, holds: 1m, holding}]",
        (
            "5:14: this expectation says more than one thing | "
            "help: write one of cancels, denied, deferred, holds, holding"
        ),
    ),
    (
        "expect: [{at: 1m, rule: red-day, holding: 1m}]",
        "5:47: `holding` takes no value | help: for how long it has held: holds: 1m",
    ),
    (
        "expect: [{at: 1m, rule: red-day, holding: [1m]}]",
        "5:47: `holding` takes no value | help: for how long it has held: holds: 1m",
    ),
    (
        "expect: [{at: 1m, rule: red-day, denied: step-remain}]",
        '5:46: `denied` must name a safety check, not "step-remain" | help: did you mean steps-remain?',
    ),
    (
        "expect: [{at: 1m, rule: red-day, deferred: cancels_per_cycl}]",
        '5:48: `deferred` must name a reason to defer, not "cancels_per_cycl" | help: did you mean cancels_per_cycle?',
    ),
    (
        "expect: [{at: 1m, rule: red-day, cancels: 2}]",
        "5:47: `cancels` must name a step, not 2 | help: write {position: 2}",
    ),
    ("expect: [{at: 1m, rule: red-day, cancels: {}}]", "5:47: `cancels` names no step | help: write {position: 2}"),
    (
        "expect: [{at: 1m, rule: red-day, cancels: {position: two}}]",
        '5:58: `position` must be a number, not "two"',
    ),
    (
        "expect: [{at: 1m, rule: red-day, cancels: {position: 3}}]",
        (
            "5:47: SmartTrade 30428625 has no such step | "
            "help: it has position 1 (id 1008300673), position 2 (id 1008300674)"
        ),
    ),
    (
        "expect: [{at: 1m, rule: red-day, smart_trade: 5, holding}]",
        "5:51: 5 is not the id of a SmartTrade of this test | help: its: 30428625",
    ),
    (
        "smart_trade: nowhere.json\nexpect: []",
        "4:18: `smart_trade` names nowhere.json: there is no such file | help: paths are relative to the test file",
    ),
    (
        "smart_trade: rules.yaml\nexpect: []",
        (
            "4:18: `smart_trade` names rules.yaml, which is no SmartTrade as the API gives it: "
            "it is not JSON (JSON is malformed: invalid character (byte 0))"
        ),
    ),
    ("smart_trade: 5\nexpect: []", "4:18: `smart_trade` must be the name of a file, not 5"),
    (
        "smart_trades: [two_steps.json, two_steps.json]\nexpect: []",
        "4:36: SmartTrade 30428625 is in this test already | help: give each an id of its own",
    ),
    ("smart_trades: []\nexpect: []", "4:19: `smart_trades` names no file"),
    (
        "smart_trades: [two_steps.json, three_steps.json]\nexpect: [{at: 0s, rule: red-day, holding}]",
        "5:14: which SmartTrade is meant? This test has several | help: smart_trade: 30428625",
    ),
    (
        "smart_trades: [two_steps.json, three_steps.json]\ntrades: two_steps.json\nexpect: []",
        (
            "5:13: `trades` names two_steps.json, which is no list of trades as the API gives it: "
            "the list of trades is not a list"
        ),
    ),
    (
        "trades: {5: two_steps.json}\nexpect: []",
        "5:14: 5 is not the id of a SmartTrade of this test | help: its: 30428625",
    ),
    *(
        (f"set: {{{key}: 1}}\nexpect: []", f"5:11: there is no fact `{key}` | help: {meant}")
        for key, meant in (
            ("price", "the price of the pair is `last`; that of a step: steps: {2: {price: ...}}"),
            ("trailing", "name the step: steps: {2: {trailing: ...}}"),
            ("volume", "did you mean quote_volume?"),
        )
    ),
    ("day_change: -6%\nexpect: []", f"5:5: `day_change` is not a key of a test | help: {BELOW}"),
    (
        "every: 1m\nexpect: []",
        "5:5: `every` is not a key of a test | help: write it in `series`: series: {every: 1m, ...}",
    ),
    ("given: {}\nexpect: []", "5:5: `given` is not a key of a test | help: did you mean set?"),
    (
        "set: {stop_loss: no}\nexpect: []",
        '5:22: `stop_loss` must be true, false or unknown, not "no" | help: write false',
    ),
    ("set: {side: buy}\nexpect: []", '5:17: `side` is never "buy" | help: write long'),
    ("set: {status: open}\nexpect: []", '5:19: `status` is never "open" | help: write waiting_targets'),
    (
        "set: {steps: {1: {status: filled}}}\nexpect: []",
        '5:31: `status` is never "filled" | help: write finished',
    ),
    (
        "set: {steps: {1: filled}}\nexpect: []",
        '5:22: `1` must be a mapping of keys, not "filled" | help: as in steps: {2: {status: finished}}',
    ),
    *(
        (
            f"series: {{day_change: [{written}]}}\nexpect: []",
            (
                f'5:27: an entry of `day_change` must be a percentage such as -4%, or unknown, not "{written}" | '
                f"help: {meant}"
            ),
        )
        for written, meant in (
            ("-4% * 3", "write -4% x 3"),
            ("3 x -6%", "write -6% x 3"),
            ("-6%x3", "write -6% x 3"),
            ("long*3", "a percentage is written as 1% or 0.5%"),
            ("-4%; -6%", "write -4%, -6%"),
            ("none", "write unknown if 3Commas does not tell it"),
        )
    ),
    (
        "series: {day_change: -4% -6%}\nexpect: []",
        (
            '5:26: `day_change` must be a percentage such as -4%, or unknown, not "-4% -6%" | '
            "help: write [-4%, -6%], in `series`"
        ),
    ),
    (
        "set: {age: 1h 30m}\nexpect: []",
        '5:16: `age` must be a duration such as 2h, or unknown, not "1h 30m" | help: write 1h30m',
    ),
    (
        "series: {last: [0,1025, 0,1024]}\nexpect: []",
        (
            "5:21: an entry of `last` may be meant as 0.1025: no space stands behind its comma | "
            "help: write 0.1025, or a space behind the comma"
        ),
    ),
    (
        "start: 20:00\nexpect: []",
        (
            '5:12: `start` must be a moment such as 2026-01-02T03:00, not "20:00" | '
            "help: name the day too: 2026-01-02T20:00"
        ),
    ),
    (
        "start: 02.01.2026 20:00\nexpect: []",
        (
            '5:12: `start` must be a moment such as 2026-01-02T03:00, not "02.01.2026 20:00" | '
            "help: the year stands first: 2026-01-31T20:00 is the 31st of January"
        ),
    ),
    (
        "expect: [{at: 1m, rule: [red-day], holding}]",
        "5:29: `rule` must be the name of one rule, not a list",
    ),
    (
        "expect: [{at: 1m, rule: red-day, cancels: [2]}]",
        "5:47: `cancels` must be a mapping of keys, not a list | help: write {position: 2}",
    ),
    (
        "expect: [{at: 1m, rule: red-day, cancels: {step: 2}}]",
        "5:48: `step` is not a key of `cancels` | help: did you mean position?",
    ),
    (
        "expect: [{at: 1m, rule: red-day, nothing: true}]",
        (
            "5:38: `nothing` is not a key of an entry of `expect` | "
            "help: leave the entry out: what is not written must not happen"
        ),
    ),
    ("description: {a: b}\nexpect: []", "5:18: `description` must be a text, not a mapping"),
    ("description: \nexpect: []", "5:5: `description` has no value | help: give it one, or remove the line"),
]


@pytest.mark.parametrize(("body", "problem"), WRONG, ids=[problem.partition(":")[2][:40] for _, problem in WRONG])
def test_a_mistake_and_its_place(desk: Desk, body: str, problem: str) -> None:
    desk.rules(
        (desk.folder / "rules.yaml").read_text("utf-8")
        + "  - {name: off, enabled: false, when: day_change < 5%, cancel: nearest}\n"
    )

    assert problem in desk.refused(body)


def test_all_mistakes_at_once(desk: Desk) -> None:
    problems = desk.refused("set: {day_change: 5, hour: 2}\nmode: lve\nexpect: [{at: 90s, rule: red-dya, denied: x}]")

    assert [problem.split(" ")[0] for problem in problems] == ["5:23:", "5:26:", "6:11:", "7:19:", "7:30:", "7:47:"]


def test_the_line_and_a_caret_are_shown(desk: Desk) -> None:
    with pytest.raises(ConfigError) as caught:
        desk.load("  - name: one\n    smart_trade: two_steps.json\n    mode: lve\n    expect: []\n")

    assert caught.value.problems[0] == (
        f'{desk.folder}/rules.test.yaml:5:11: `mode` must be dry-run or live, not "lve"\n'
        "        mode: lve\n"
        "              ^^^\n"
        "    help: did you mean live?"
    )


@pytest.mark.parametrize(
    "body",
    [
        "expect: [{at: 1m, rule: red-day, cancel: {position: 2}}]",
        "expect: [{at: 1m, rule: red-day, denied}]",
        "expect: [{at: 1m, rule: red-day, cancels: {step: 2}}]",
        "smart_trade: nowhere.json\ntrades: {5: trades.json}\nexpect: []",
        "smart_trade: nowhere.json\nset: {of: {5: {last: 1}}}\nexpect: []",
        "smart_trade: nowhere.json\nexpect: [{at: 1m, rule: red-day, smart_trade: 5, holding}]",
    ],
)
def test_one_mistake_is_one_message(desk: Desk, body: str) -> None:
    """What follows from it need not be said as well."""
    assert len(desk.refused(body)) == 1


@pytest.mark.parametrize("values", ["[100,101]", "[100, 101,\n  102]", "[0.1,0.2, 0.3]", "[100,101,102]"])
def test_numbers_without_space_between_them_are_numbers(desk: Desk, values: str) -> None:
    """As long as nothing says that a comma is a decimal one."""
    [test] = desk.load(_test_of(f"series: {{every: 1m, last: {values}}}\nexpect: []")).tests

    assert test.readings == values.count(",") + 1


def test_names_are_unique(desk: Desk) -> None:
    test = "  - {name: one, smart_trade: two_steps.json, expect: []}\n"

    with pytest.raises(ConfigError, match="4:12: two tests are named one: the first on line 3"):
        desk.load(test + test)


def test_a_test_begins_at_a_moment_that_there_is(desk: Desk) -> None:
    desk.rules("version: 1\ntimezone: Europe/Berlin\nrules: [{name: one, when: stop_loss, cancel: nearest}]\n")

    (problem,) = desk.refused("start: 2026-03-29T02:30\nexpect: []\n")

    assert "5:12: `start` must be a moment that there is: the clocks of Europe/Berlin are put forward over" in problem


@pytest.mark.parametrize(
    ("start", "meant"),
    [
        ("2026-03-29T02:30Z", datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # it comes twice: the first
    ],
)
def test_a_moment_beside_a_change_of_the_clocks(desk: Desk, start: str, meant: datetime) -> None:
    desk.rules("version: 1\ntimezone: Europe/Berlin\nrules: [{name: one, when: stop_loss, cancel: nearest}]\n")

    (test,) = desk.load(f"  - {{name: a, smart_trade: two_steps.json, start: {start}, expect: []}}\n").tests

    assert test.start == meant


def test_the_rules_file_is_checked_with_it(desk: Desk) -> None:
    """Its errors come after those of the test file, and what concerns rules is not guessed at."""
    desk.rules("version: 1\nrules:\n  - {name: one, when: day_change < -0.05, cancel: farthest}\n")

    problems = desk.refused("mode: lve\nexpect: [{at: 1m, rule: two, holding}]\n")

    assert [problem.partition(": ")[0].rpartition("/")[2] for problem in problems] == ["5:11", "rules.yaml:3:36"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "rules.test.yaml: the file is empty: begin with the line `rules: rules.yaml`, and `tests:` below it"),
        ("[]", "rules.test.yaml:1:1: a test file must be a mapping of keys"),
        ("version: 1\nrules: [a]\n", "rules.test.yaml: this is a rules file: name the file that holds its tests"),
        ('{"id": 5}', "rules.test.yaml: this is no test file: one would begin with the line `rules: rules.yaml`"),
        ("tests: []\n", "rules.test.yaml:1:1: the test file does not say which rules it tests"),
        ("rules: nowhere.yaml\ntests: []\n", "rules.test.yaml:1:8: `rules` names nowhere.yaml: there is no such file"),
        ("rules: rules.yaml\n", "rules.test.yaml:1:1: the test file has no `tests`"),
        ("rules: rules.yaml\ntests: []\n", "rules.test.yaml:2:8: `tests` has no test"),
        ("rules: rules.yaml\ntests: 5\n", "rules.test.yaml:2:8: `tests` must be a list, not 5"),
        ("rules: rules.yaml\ntests: [5]\n", "rules.test.yaml:2:9: a test must be a mapping of keys, not 5"),
        ("rules: rules.yaml\ntests: [{name: }]\n", "rules.test.yaml:2:10: `name` has no value"),
        ("rules: [a\n", "rules.test.yaml:1:8: this bracket is never closed"),
        ("rules: rules.yaml\nrules: b\ntests: []\n", "rules.test.yaml:2:1: `rules` stands here a second time"),
        (f"rules: {'a' * 300}\ntests: []\n", "there is no such file"),
        ("rules: rules.yaml\ntests: &x []\n", "rules.test.yaml:2:8: `&` at the start of a value is an anchor in YAML"),
        ("rules: 5\ntests: []\n", "rules.test.yaml:1:8: `rules` must be the name of a file, not 5"),
    ],
)
def test_a_file_that_is_no_test_file(desk: Desk, text: str, problem: str) -> None:
    path = desk.folder / "rules.test.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_tests(path, VOCABULARY)

    assert any(problem in told for told in caught.value.problems), caught.value.problems


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file"):
        load_tests(tmp_path / "nowhere.yaml", VOCABULARY)


def test_other_rules_may_stand_in(desk: Desk) -> None:
    other = desk.folder / "other.yaml"
    other.write_text((desk.folder / "rules.yaml").read_text("utf-8").replace("red-day", "renamed"), encoding="utf-8")
    path = desk.folder / "rules.test.yaml"
    path.write_text("tests: [{name: one, smart_trade: two_steps.json, expect: []}]\n", encoding="utf-8")

    assert load_tests(path, VOCABULARY, rules=other).rules.ruleset.rules[0].name == "renamed"


def test_a_credential_is_refused_and_not_shown(desk: Desk) -> None:
    """Whoever shares a test file must not share a key with it."""
    key = "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"

    problems = desk.refused(f"set: {{note: {key}}}\nexpect: []")

    assert any("credential" in problem for problem in problems)
    assert key[:20] not in "".join(problems)


def test_what_yaml_spoils_is_told_once(desk: Desk) -> None:
    """Of what stands at an alias nothing more need be said."""
    assert [problem.partition(": ")[0] for problem in desk.refused("set: *x\nmode: *y\nexpect: [*z]")] == [
        "5:10",
        "6:11",
        "7:14",
    ]


def test_a_test_that_would_take_too_many_readings(desk: Desk) -> None:
    rules = desk.folder / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("for: 2m", "for: 7d"), encoding="utf-8")

    assert desk.refused("series: {every: 10s, profit: 1%}\nexpect: []") == [
        (
            "3:5: this test needs 60,481 readings, and may have 20,000 | "
            "help: let more time pass between two: series: {every: 10m, ...}"
        )
    ]
