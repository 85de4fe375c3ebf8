"""
A rule read back in sentences.
"""

from __future__ import annotations

import pytest

from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.spoken import SPOKEN_ANSWERS, SPOKEN_NAMES
from tradewarden.rules.rule_speech import sentences_of
from tradewarden.rules.speech import Speech
from tradewarden.rulesfile.loader import parse_rules

RULE = "version: 1\ntimezone: Europe/Berlin\nrules: [{name: a, when: stop_loss, cancel: farthest}]"
SPEECH = Speech(VOCABULARY, SPOKEN_NAMES, SPOKEN_ANSWERS)


def sentences(more: str = "", *, cancel: str = "farthest") -> tuple[str, ...]:
    text = RULE.replace("farthest", cancel).replace("}]", f"{more}}}]")
    file = parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
    zone = str(file.settings.timezone)
    return sentences_of(file.ruleset.rules[0], SPEECH, schedule=file.settings.schedule, timezone=zone)


def test_the_least_rule() -> None:
    assert sentences() == (
        "It looks every 1m at every open SmartTrade.",
        "It fires when there is a live stop loss.",
        "It cancels the take-profit step that is farthest in the trade's favour, if at least 1 live step stays.",
        "It cancels one step of a SmartTrade, and never another of the same.",
    )


@pytest.mark.parametrize(
    ("more", "at", "words"),
    [
        (", every: 30s", 0, "It looks every 30s at every open SmartTrade."),
        (
            ", schedule: {every: 5m, jitter: 10s}",
            0,
            "It looks every 5m, up to 10s late at every open SmartTrade.",
        ),
        (
            ', schedule: {cron: "*/5 8-20 * * *"}',
            0,
            'It looks at the times of cron "*/5 8-20 * * *" (Europe/Berlin) at every open SmartTrade.',
        ),
        (
            ', match: {pair: ["USDT_*", BTC_ETH], side: long}',
            0,
            (
                "It looks every 1m at every open SmartTrade whose pair begins with USDT_ or is BTC_ETH "
                "and whose side is long."
            ),
        ),
        (
            ', match: {account_id: 5}, except: {note: "*keep*"}',
            0,
            "It looks every 1m at every open SmartTrade whose account is 5, but not at one whose note contains keep.",
        ),
        (
            ", for: 90s",
            1,
            "It fires when there is a live stop loss, and this has been so in every cycle for 1m30s.",
        ),
        (
            ", keep: 2",
            2,
            "It cancels the take-profit step that is farthest in the trade's favour, if at least 2 live steps stay.",
        ),
        (
            ", repeat: on-reset",
            3,
            "It cancels another step of the same SmartTrade only after its condition was false in between.",
        ),
        (", repeat: 6h", 3, "It cancels another step of the same SmartTrade after 6h at the earliest."),
    ],
)
def test_what_a_key_changes(more: str, at: int, words: str) -> None:
    assert sentences(more)[at] == words


@pytest.mark.parametrize(
    ("cancel", "words"),
    [
        ("nearest", "the take-profit step that is nearest in the trade's favour"),
        ("{position: 2}", "the take-profit step at position 2"),
        ("{where: step.trailing}", "the one take-profit step of which it is true that the step trails the price"),
    ],
)
def test_which_step(cancel: str, words: str) -> None:
    assert sentences(cancel=cancel)[2] == f"It cancels {words}, if at least 1 live step stays."


def test_where_names_one_step_or_none() -> None:
    assert "Where that is true of more than one step, it cancels none." in sentences(cancel="{where: step.trailing}")


TWO = """version: 1
rules:
  - {name: a, match: {side: long}, when: stop_loss, cancel: farthest}
  - {name: b, match: {MATCH}, when: stop_loss, cancel: nearest, keep: 2ENABLED}
"""


@pytest.mark.parametrize(
    ("match", "enabled", "is_told"),
    [
        pytest.param('pair: "USDT_*"', "", True, id="may speak of the same SmartTrade"),
        pytest.param("side: short", "", False, id="never does"),
        pytest.param('pair: "USDT_*"', ", enabled: false", False, id="switched off"),
    ],
)
def test_what_another_rule_keeps_is_told(match: str, enabled: str, *, is_told: bool) -> None:
    """
    The largest `keep` of the rules that match counts for all of them.
    """
    text = TWO.replace("MATCH", match).replace("ENABLED", enabled)
    file = parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
    first, second = (
        sentences_of(rule, SPEECH, schedule=file.settings.schedule, timezone="UTC", rules=file.ruleset.rules)
        for rule in file.ruleset.rules
    )

    assert ("Of a SmartTrade that b matches too, at least 2 live steps stay." in first) is is_told
    assert not any("matches too" in sentence for sentence in second)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("hour >= 22", "The hour is that of Europe/Berlin."),
        ('weekday == "fri" and hour > 6', "The hour and the weekday are those of Europe/Berlin."),
        ("held(hour > 6, 10m)", "The hour is that of Europe/Berlin."),
        (
            "change(last, 5m) < 1% and lowest(profit, 1d) < 1%",
            "What looks back is unknown until the daemon has watched for 1d.",
        ),
        ("held(profit < 1%, 10m)", "What looks back is unknown until the daemon has watched for 10m."),
    ],
)
def test_what_a_condition_of_time_rests_on(when: str, words: str) -> None:
    text = RULE.replace("stop_loss", f"'{when}'")
    file = parse_rules(text.encode(), name="rules.yaml", vocabulary=VOCABULARY)
    said = sentences_of(
        file.ruleset.rules[0], SPEECH, schedule=file.settings.schedule, timezone=str(file.settings.timezone)
    )

    assert words in said
    assert words not in sentences()
