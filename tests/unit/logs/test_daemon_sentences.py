from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tradewarden.engine.change import Impact, RulesChange
from tradewarden.logs import daemon_sentences
from tradewarden.logs.daemon_sentences import MOST_PROBLEM_CHARACTERS
from tradewarden.model.settings import Mode

STARTED = {
    "version": "0.1.0",
    "pid": 123,
    "mode": Mode.LIVE,
    "rules": 1,
    "generation": "g",
    "rules_file": Path("/etc/tradewarden/rules.yaml"),
    "state": Path("/var/lib/tradewarden"),
    "api_url": "https://api.3commas.io/public/api",
}


def test_the_start_tells_what_runs() -> None:
    line = daemon_sentences.started_line(STARTED)

    assert line.message == (
        "TradeWarden 0.1.0 has started (process 123, live): 1 rule of /etc/tradewarden/rules.yaml, "
        "state in /var/lib/tradewarden, API https://api.3commas.io/public/api."
    )
    assert line.fields == {
        **STARTED,
        "mode": "live",
        "rules_file": "/etc/tradewarden/rules.yaml",
        "state": "/var/lib/tradewarden",
    }


def test_the_end() -> None:
    assert daemon_sentences.stopping_line({"signal": "SIGTERM"}).message.startswith("Stopping (SIGTERM): ")
    assert daemon_sentences.stopping_line({"signal": ""}).message.startswith("Stopping: ")
    assert daemon_sentences.stopped_line({}).message == "Stopped."


@pytest.mark.parametrize(
    ("change", "impact", "message"),
    [
        (
            RulesChange(changed=("a", "b"), added=("n",)),
            (Impact("n", 3, 0),),
            "2 rules changed, 1 new; the new one would match 3 SmartTrades now.",
        ),
        (RulesChange(), (), "nothing has changed."),
        (RulesChange(), None, "nothing has changed."),
        (RulesChange(settings=("limits", "mode")), (), "settings changed: limits, mode."),
        (
            RulesChange(changed=("a",)),
            (Impact("a", 1, 1),),
            "1 rule changed; the changed one would match 1 SmartTrade now and be true of 1.",
        ),
        (RulesChange(removed=("a",)), None, "1 rule removed."),
        (
            RulesChange(settings=("mode", "limits"), mode=Mode.LIVE),
            (Impact("a", 2, 1),),
            "the mode is live now, settings changed: limits; a would match 2 SmartTrades now and be true of 1.",
        ),
        (
            RulesChange(settings=("mode",), mode=Mode.LIVE),
            None,
            "the mode is live now; what they would match now could not be read.",
        ),
        (
            RulesChange(added=("a", "b"), removed=("c",)),
            None,
            "2 rules new, 1 removed; what they would match now could not be read.",
        ),
        (
            RulesChange(added=tuple("abcde")),
            tuple(Impact(name, 2, 0) for name in "abcde"),
            f"5 rules new; {', '.join(f'{one} would match 2 SmartTrades now' for one in 'abc')}, and so on for 2 more.",
        ),
    ],
    ids=[
        "contract",
        "nothing",
        "nothing-unread",
        "settings",
        "changed",
        "removed",
        "live",
        "live-unread",
        "unread",
        "many",
    ],
)
def test_a_reload_tells_its_impact(change: RulesChange, impact: tuple[Impact, ...] | None, message: str) -> None:
    assert daemon_sentences.reloaded_line({"change": change, "impact": impact}).message == f"Rules reloaded: {message}"


def test_warnings_are_told_whole() -> None:
    line = daemon_sentences.warned_line({"warnings": ("rules.yaml:3:1: look",)})

    assert (line.level, line.message) == ("warning", "It works, but look at this: 1 warning.")
    assert line.fields == {"problems": ["rules.yaml:3:1: look"]}


def test_a_reload_in_keys() -> None:
    change = RulesChange(changed=("a",), settings=("limits",))

    line = daemon_sentences.reloaded_line({"change": change, "impact": (Impact("a", 3, 1),)})

    assert line.fields == {
        "changed": ("a",),
        "added": (),
        "removed": (),
        "settings": ("limits",),
        "impact": [{"rule": "a", "matching": 3, "true_now": 1}],
    }
    assert daemon_sentences.reloaded_line({"change": change, "impact": None}).fields["impact"] is None


def test_a_refusal_shows_each_problem_complete() -> None:
    problem = "rules.yaml:3:5: `wen` is not a key\n    wen: x\n    ^"

    line = daemon_sentences.refused_line({"problems": (problem, problem)})

    assert line.level == "error"
    assert line.message == "The rules file is refused, the last good rules go on: 2 problems."
    assert line.fields == {"problems": [problem, problem]}


def test_problems_fit_into_a_line() -> None:
    line = daemon_sentences.refused_line({"problems": ["x" * 4_000] * 5})

    assert line.message.endswith(": 5 problems. The first 2 are shown, `tradewarden check` shows all.")
    assert line.fields["problems"] == ["x" * 4_000] * 2


def test_one_problem_is_always_shown() -> None:
    [shown] = daemon_sentences.refused_line({"problems": ["x" * 20_000]}).fields.values()

    assert shown == ["x" * (MOST_PROBLEM_CHARACTERS - 1) + "…"]


@pytest.mark.parametrize(
    ("by", "words"),
    [(timedelta(hours=-2), "set back by 2 h."), (timedelta(seconds=90), "set forward by 1 min 30 s.")],
    ids=["back", "forward"],
)
def test_a_stepped_clock(by: timedelta, words: str) -> None:
    line = daemon_sentences.clock_stepped_line({"by": by})

    assert (line.level, words in line.message) == ("warning", True)
    assert line.fields == {"by_s": by.total_seconds()}


def test_a_suspend() -> None:
    line = daemon_sentences.clock_slept_line({"slept": timedelta(hours=3)})

    assert line.message.startswith("The machine slept for 3 h.")
    assert line.fields == {"slept_s": 10800.0}


def test_access() -> None:
    lost = daemon_sentences.access_stopped_line("3Commas denied GET")

    assert (lost.level, lost.fields) == ("error", {"reason": "3Commas denied GET"})
    assert lost.message.endswith("3Commas denied GET.")
    assert daemon_sentences.access_regained_line().level == "info"
