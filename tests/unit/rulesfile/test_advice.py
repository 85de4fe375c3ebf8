"""
Where advice begins and where it ends: one step to either side of each line.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from tradewarden.engine.facts import VOCABULARY
from tradewarden.rules.domains import Domains
from tradewarden.rules.satisfiability import is_never_true
from tradewarden.rulesfile.advice import advise
from tradewarden.rulesfile.advice.overlap import COMPARISON, EXAMPLE, GLANCE, MATCH, about_overlaps
from tradewarden.rulesfile.advice.requests import about_requests
from tradewarden.rulesfile.loader import examine
from tradewarden.rulesfile.problems import Issue, Severity
from unit.rules.language import compiled, texts

ORDINARY = "{name: a, when: day_change < -5%, cancel: farthest}"


def advice(*rules: str, top: str = "") -> tuple[Issue, ...]:
    listed = "".join(f"  - {rule}\n" for rule in rules or (ORDINARY,))
    text = f"version: 1\n{top}\nrules:\n{listed}"
    return examine(text.encode(), name="rules.yaml", vocabulary=VOCABULARY).issues


def codes(*rules: str, top: str = "") -> list[str]:
    return [issue.code for issue in advice(*rules, top=top)]


def rule(name: str, more: str, *, cancel: str = "farthest") -> str:
    return f"{{name: {name}, cancel: {cancel}, {more}}}"


@pytest.mark.parametrize(
    ("top", "found"),
    [
        ("schedule: {every: 30s}", []),  # 2 to read and 8 * 6
        ("schedule: {every: 29s}", ["budget"]),
        ("schedule: {every: 29s}\napi: {requests_per_minute: 51}", []),
        ("limits: {cancels_per_cycle: 9}", ["budget"]),
        ("limits: {cancels_per_cycle: 9, cancels_per_hour: 8}", []),
        ("limits: {cancels_per_cycle: 60, cancels_per_hour: 9}", ["budget"]),
        ("api: {requests_per_minute: 49}", []),
        ("api: {requests_per_minute: 48}", ["budget"]),
        ("api: {requests_per_minute: 6}\nlimits: {cancels_per_cycle: 1}", ["budget"]),  # a cancel leaves none to read
        ("api: {requests_per_minute: 7}\nlimits: {cancels_per_cycle: 1}", []),
        ("api: {requests_per_minute: 5}", ["budget"]),
        ("schedule: {every: 1h}", []),
        ('schedule: {cron: "* * * * *"}', []),
    ],
)
def test_the_budget(top: str, found: list[str]) -> None:
    assert codes(top=top) == found


@pytest.mark.parametrize(
    ("top", "hints"),
    [
        (
            "schedule: {every: 1s}",
            ("write `every: 2s`", "or write `api: {requests_per_minute: 66}`"),
        ),
        (
            "schedule: {every: 5s}",
            ("write `limits: {cancels_per_cycle: 6}`", "or write `api: {requests_per_minute: 60}`"),
        ),
        (
            "api: {accounts: [5]}\nlimits: {cancels_per_hour: 9, cancels_per_cycle: 9}",
            ("write `cancels_per_cycle: 8` on line 3", "or write `requests_per_minute: 55` into `api` on line 2"),
        ),
        (
            "api: {requests_per_minute: 30}\nlimits: {cancels_per_hour: 60}",
            (
                "write `cancels_per_cycle: 4` into `limits` on line 3",
                "or write `requests_per_minute: 49` on line 2",
            ),
        ),
        (
            "limits: {cancels_per_cycle: 20}",
            ("write `cancels_per_cycle: 8` on line 2",),
        ),  # more than 100 are not to be had
        (
            "api: {requests_per_minute: 6}\nschedule: {every: 2m}",
            ("write `requests_per_minute: 7` on line 2",),  # no interval is long enough
        ),
    ],
)
def test_a_setting_that_is_advised_can_be_pasted(top: str, hints: tuple[str, ...]) -> None:
    """With its section, or where the file has that, into it: the section twice would be an error."""
    [issue] = advice(top=top)

    assert issue.hints == hints


@pytest.mark.parametrize(
    ("top", "hints"),
    [
        ("", ("write `schedule: {every: 62s}`", "or write `api: {requests_per_minute: 51}`")),
        ("schedule: {every: 60s}", ("write `every: 62s`", "or write `api: {requests_per_minute: 51}`")),
        ("schedule: {cron: '* * * * *'}", ("write `api: {requests_per_minute: 51}`",)),
    ],
)
def test_the_interval_that_is_advised_stands_where_it_can(top: str, hints: tuple[str, ...]) -> None:
    text = f"version: 1\n{top}\nrules: [{ORDINARY}]"
    desk = examine(text.encode(), name="rules.yaml", vocabulary=VOCABULARY).desk

    [issue] = about_requests(desk, pages=45)
    assert issue.hints == hints


@pytest.mark.parametrize(
    ("top", "hint"),
    [
        ("", "or write `safety: {require_stop_loss: false}` if you know what that means"),
        (
            "safety: {max_read_age: 10s}",
            "or write `require_stop_loss: false` into `safety` on line 2 if you know what that means",
        ),
        (
            "safety: {require_stop_loss: true}",
            "or write `require_stop_loss: false` on line 2 if you know what that means",
        ),
    ],
)
def test_a_stop_loss_that_is_not_required_can_be_pasted(top: str, hint: str) -> None:
    [issue] = advice(rule("a", "when: not stop_loss"), top=top)

    assert issue.hints[1] == hint


@pytest.mark.parametrize(("pages", "found"), [(1, 0), (2, 0), (3, 1), (44, 1), (45, 1)])
def test_the_budget_with_the_pages_that_there_are(pages: int, found: int) -> None:
    text = f"version: 1\nrules: [{ORDINARY}]"
    desk = examine(text.encode(), name="rules.yaml", vocabulary=VOCABULARY).desk
    issues = list(about_requests(desk, pages=pages))

    assert len(issues) == found
    assert all(f"({pages} pages of SmartTrades each time)" in issue.message for issue in issues)
    assert [issue.code for issue in advise(desk, pages=pages)] == ["budget"] * found


def test_a_rule_that_is_switched_off_takes_no_requests() -> None:
    assert codes(rule("a", "when: stop_loss, every: 1s, enabled: false"), ORDINARY.replace("a,", "b,")) == []
    assert codes(rule("a", "when: stop_loss, every: 1s")) == ["budget"]


@pytest.mark.parametrize(
    ("hold", "found"),
    [("0s", []), ("59s", ["hold-shorter-than-cycle"]), ("60s", []), ("61s", ["hold-between-cycles"]), ("2m", [])],
)
def test_a_hold_and_its_cycle(hold: str, found: list[str]) -> None:
    assert codes(rule("a", f"when: stop_loss, for: {hold}")) == found


def test_a_hold_is_told_how_long_it_really_is() -> None:
    [short] = advice(rule("a", "when: stop_loss, for: 10s"))
    [between] = advice(rule("a", "when: stop_loss, for: 61s"))

    assert short.message == "a cycle comes every 1m, so this hold is in fact 1m long"
    assert short.hints == ("leave it if that is meant, or give the rule `every: 10s`",)
    [own] = advice(rule("a", "when: stop_loss, for: 10s, schedule: {every: 30s}"))
    # beside `schedule` a rule has no `every`
    assert own.hints == ("leave it if that is meant, or write `every: 10s` on line 4",)
    [window] = advice(rule("a", "when: 'change(last, 10s) < -1%', schedule: {every: 30s}"))
    assert window.hints == ("write 30s or more, or write `every: 10s` on line 4",)
    assert (between.severity, between.hints) == (Severity.NOTE, ("leave it if that is meant",))


@pytest.mark.parametrize("hold", ["59s", "4m30s", "5m30s", "7m"])
def test_with_jitter_nobody_knows_how_long_a_hold_really_is(hold: str) -> None:
    assert codes(rule("a", f"when: stop_loss, for: {hold}, schedule: {{every: 5m, jitter: 1m}}")) == []


def test_readings_of_two_rhythms_are_nowhere_nearer_than_what_they_have_in_common() -> None:
    rules = [rule("a", "when: 'change(last, 20s) < -5%', every: 60s"), rule("b", "when: stop_loss, every: 90s")]

    [issue] = advice(*rules)

    assert issue.message == (
        "readings are 30s apart or more, so change(last, 20s) looks back 30s or longer, to the one before"
    )


@pytest.mark.parametrize(
    ("gap", "more", "found"),
    [
        ("119s", "for: 2m", ["hold-gap-idle"]),
        ("2m", "for: 2m", []),
        ("119s", "for: 0s", []),
        ("119s", "for: 2m, enabled: false", ["no-rule-enabled"]),
        ("119s", 'for: 2m, schedule: {cron: "0 8 1 * *"}', []),  # a month has no length of its own
        ("1d", 'for: 1d, schedule: {cron: "0 8 * * *"}', ["hold-gap-idle"]),
        ("29m", 'for: 30m, schedule: {cron: "*/15 8-20 * * mon-fri"}', ["hold-gap-idle"]),
        ("119s", "for: 2m, every: 30s", []),
    ],
)
def test_the_gap_that_a_hold_bears(gap: str, more: str, found: list[str]) -> None:
    assert codes(rule("a", f"when: stop_loss, {more}"), top=f"safety: {{hold_gap: {gap}}}") == found


def timed(cron: str, more: str, *, when: str = "stop_loss", top: str = "") -> list[str]:
    found = advice(rule("a", f"when: '{when}', schedule: {{cron: '{cron}'}}, {more}"), top=top)
    return [f"{issue.code}: {issue.message.partition(', so ')[2]}" for issue in found]


@pytest.mark.parametrize(
    ("cron", "hold", "found"),
    [
        ("*/15 * * * *", "2m", ["hold-shorter-than-cycle: this hold is in fact 15m long"]),
        ("*/15 * * * *", "15m", []),
        ("*/15 * * * *", "20m", ["hold-between-cycles: this hold is in fact 30m long"]),
        ("*/15 * * * *", "1d", []),
        ("*/15 8-20 * * mon-fri", "20m", ["hold-between-cycles: this hold is in fact 30m long"]),
        ("*/15 8-20 * * mon-fri", "12h45m", []),
        ("*/15 8-20 * * mon-fri", "12h46m", []),  # a cycle may be late
        ("*/15 8-20 * * mon-fri", "12h47m", ["hold-never-reached: this rule hardly ever fires"]),
        ("0,20 * * * *", "2m", ["hold-shorter-than-cycle: this hold is in fact 20m long or longer"]),
        ("0,20 * * * *", "30m", []),  # 40 minutes, or an hour
        ("0,5 * * * *", "4m", ["hold-shorter-than-cycle: this hold is in fact 5m long"]),
        ("0,5 * * * *", "7m", ["hold-never-reached: this rule hardly ever fires"]),
        ("0 8 * * *", "2m", ["hold-shorter-than-cycle: this hold is in fact 1d long"]),
        ("0 8 1 * *", "2m", []),
        ("0,20 8 1 * *", "2m", ["hold-shorter-than-cycle: this hold is in fact 20m long"]),
    ],
)
def test_a_hold_and_a_cron_expression(cron: str, hold: str, found: list[str]) -> None:
    assert timed(cron, f"for: {hold}") == found


def test_a_hold_that_bears_the_night_may_be_as_long_as_the_night() -> None:
    night = "safety: {hold_gap: 12h}"

    assert timed("*/15 8-20 * * *", "for: 20m", top=night) == []
    assert timed("*/15 8-20 * * *", "for: 20h", top=night) == []
    assert timed("*/15 8-20 * * *", "for: 2m", top=night) == [
        "hold-shorter-than-cycle: this hold is in fact 15m long or longer"
    ]


@pytest.mark.parametrize(
    ("cron", "longest", "hold"),
    [
        ("*/5 8-20 * * *", "12h55m", "13h"),
        ("*/15 8-20 * * *", "12h45m", "12h47m"),
        ("*/15 0-5 * * *", "5h45m", "6h30m"),
    ],
)
def test_days_on_which_clocks_are_changed_are_too_few_to_wait_for(cron: str, longest: str, hold: str) -> None:
    """A hold that only they reach is hardly ever reached; on every other day a run is as long as elsewhere."""
    summer_time = "timezone: Europe/Berlin"
    within = rule("a", f"when: stop_loss, for: {longest}, schedule: {{cron: '{cron}'}}")
    beyond = rule("a", f"when: stop_loss, for: {hold}, schedule: {{cron: '{cron}'}}")

    assert codes(within, top=summer_time) == []
    [here], [elsewhere] = advice(beyond, top=summer_time), advice(beyond)
    assert f"{longest} at most without one, the days aside on which clocks are changed, so this rule" in here.message
    assert f"{longest} at most without one, so this rule" in elsewhere.message
    assert here.code == elsewhere.code == "hold-never-reached"
    assert here.hints == elsewhere.hints


def test_a_hold_that_is_never_reached_says_why() -> None:
    [issue] = advice(rule("a", "when: stop_loss, for: 3h, schedule: {cron: '*/15 8-9 * * *'}"))

    assert issue.message == (
        "a pause of more than 30m begins a hold anew, and the cron expression comes for 1h45m at most without one, "
        "so this rule hardly ever fires"
    )
    assert issue.hints == ("write less than 1h45m",)


@pytest.mark.parametrize(
    ("cron", "length", "found"),
    [
        ("*/15 * * * *", "10s", ["looks back 15m in fact, to the one before"]),
        ("*/15 * * * *", "15m", []),
        ("0,5 * * * *", "1m", ["looks back 5m in fact, to the one before"]),
        ("0,5,11 * * * *", "1m", ["looks back 5m or longer, to the one before"]),
        ("0 8 * * mon", "1d", ["looks back 7d in fact, to the one before"]),
        ("0 8 1 * *", "1m", []),
    ],
)
def test_a_window_and_a_cron_expression(cron: str, length: str, found: list[str]) -> None:
    told = timed(cron, "repeat: never", when=f"change(last, {length}) < -1%")

    assert told == [f"window-shorter-than-cycle: change(last, {length}) {one}" for one in found]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("every: 60s", "every: 90s", ["window-shorter-than-cycle"]),  # readings at 0 s, 60 s, 90 s, 120 s
        ("every: 60s", "every: 45s", []),
        ("every: 60s", "schedule: {cron: '* * * * *'}", []),  # who knows where in the minute it began
        ("schedule: {cron: '* * * * *'}", "schedule: {cron: '* * * * *'}", ["window-shorter-than-cycle"]),
    ],
)
def test_windows_and_the_readings_of_other_rules(first: str, second: str, found: list[str]) -> None:
    windowed = rule("a", f"when: 'change(last, 20s) < -1%', {first}")

    assert codes(windowed, rule("b", f"when: stop_loss, {second}", cancel="nearest")) == found


def test_a_gap_that_is_too_short_is_given_a_length_that_it_may_have() -> None:
    [issue] = advice(rule("a", "when: stop_loss, for: 2m"), top="safety: {hold_gap: 90s}")
    assert issue.hints == ("write 2m or more",)
    [issue] = advice(rule("a", 'when: stop_loss, for: 1d, schedule: {cron: "0 8 * * *"}'), top="safety: {hold_gap: 1h}")
    assert issue.message == "a hold bears a gap of two cycles, 2d, so 1h changes nothing"
    assert issue.hints == ("leave `hold_gap` out",)


FALLEN = "when: day_change < -5%"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (rule("a", FALLEN), rule("b", FALLEN), ["rules-alike"]),
        (rule("a", FALLEN), rule("b", FALLEN, cancel="nearest"), []),
        (rule("a", FALLEN, cancel="{position: 1}"), rule("b", FALLEN, cancel="{position: 2}"), []),
        (rule("a", FALLEN, cancel="{position: 1}"), rule("b", FALLEN, cancel="{position: 1}"), ["rules-alike"]),
        (
            rule("a", FALLEN, cancel="{where: step.trailing}"),
            rule("b", FALLEN, cancel="{where: step.trailing}"),
            ["rules-alike"],
        ),
        (rule("a", FALLEN), rule("b", f"{FALLEN}, enabled: false"), []),
        (rule("a", f"{FALLEN}, match: {{side: long}}"), rule("b", f"{FALLEN}, match: {{side: short}}"), []),
        (rule("a", f"{FALLEN}, match: {{side: long}}"), rule("b", f"{FALLEN}, except: {{side: long}}"), []),
        (rule("a", FALLEN), rule("b", f"{FALLEN}, match: {{side: long}}"), ["rule-hidden"]),
        (rule("a", f"{FALLEN}, match: {{side: long}}"), rule("b", FALLEN), ["rule-hidden"]),
        (rule("a", FALLEN), rule("b", "when: day_change < -10%"), ["rule-hidden"]),
        (rule("a", FALLEN), rule("b", "when: day_change > -5%"), []),
        (rule("a", FALLEN), rule("b", "when: day_change >= -5%"), []),
        (rule("a", FALLEN), rule("b", "when: profit < 0%"), ["rules-overlap"]),
        (rule("a", f"{FALLEN}, for: 2m"), rule("b", "when: day_change < -10%, for: 1m"), ["rules-overlap"]),
        (rule("a", f"{FALLEN}, for: 1m"), rule("b", "when: day_change < -10%, for: 1m"), ["rule-hidden"]),
        (rule("a", FALLEN), rule("b", f"{FALLEN}, every: 5m"), ["rules-overlap"]),
        (rule("a", "when: profit < day_change"), rule("b", "when: profit > roe"), []),  # no example, nothing said
        (rule("a", "when: profit > 5% and profit < 3%"), rule("b", "when: profit > 5%"), ["never-true"]),
        (rule("a", "match: {account_id: 5}, when: account_id == 5"), rule("b", FALLEN), ["rules-overlap"]),
        (rule("a", "match: {pair: USDT_A}, when: pair like 'USDT_*'"), rule("b", FALLEN), ["rules-overlap"]),
        (rule("a", "match: {note: 'x?'}, when: stop_loss"), rule("b", FALLEN), ["rules-overlap"]),
        (rule("a", "when: hour < 6"), rule("b", FALLEN), ["rules-overlap"]),
        # asked at eight in the evening, it never meets one that asks for the night
        (rule("a", "when: hour < 6"), rule("b", f"{FALLEN}, schedule: {{cron: '0 20 * * *'}}"), []),
        (rule("a", "when: profit < 0%"), rule("b", f"{FALLEN}, schedule: {{cron: '0 20 * * *'}}"), ["rules-overlap"]),
    ],
)
def test_two_rules_and_the_same_step(first: str, second: str, found: list[str]) -> None:
    text = first.replace("like 'USDT_*'", 'like "USDT_*"')

    assert codes(text, second) == found


@settings(max_examples=150, deadline=None)
@given(first=texts(1), second=texts(1))
def test_two_rules_that_are_alike_are_true_of_the_same(first: str, second: str) -> None:
    """Of whatever two rules say; and nothing that they say breaks the advice."""
    asked = [compiled(first), compiled(second)]
    rules = [{"name": str(at), "when": one.text, "cancel": "farthest"} for at, one in enumerate(asked)]
    data = json.dumps({"version": 1, "rules": rules}).encode()
    found = {issue.code: issue for issue in examine(data, name="rules.yaml", vocabulary=VOCABULARY).issues}

    never = [is_never_true(one.expression, Domains(VOCABULARY)) for one in asked]
    assert not ({"rules-alike", "rule-hidden", "rules-overlap"} & found.keys() and any(never))
    if first == second and not any(never):
        assert "rules-alike" in found


def test_of_three_that_meet_each_is_told_once() -> None:
    issues = advice(rule("a", FALLEN), rule("b", FALLEN), rule("c", FALLEN))

    assert [(issue.line, issue.code) for issue in issues] == [(4, "rules-alike"), (5, "rules-alike")]
    assert all("the same as a on line 4" in issue.message for issue in issues)


def test_where_too_many_rules_may_meet_it_says_from_where_on_they_were_not_compared() -> None:
    rules = "".join(f"  - {rule(f'r{at}', f'when: profit < day_change * {at}')}\n" for at in range(1, 9))
    desk = examine(f"version: 1\nrules:\n{rules}".encode(), name="rules.yaml", vocabulary=VOCABULARY).desk

    assert list(about_overlaps(desk)) == []
    pairs = 8 * 7 // 2
    of_a_pair = GLANCE + MATCH + COMPARISON + EXAMPLE
    assert list(about_overlaps(desk, most_effort=(pairs - 1) * of_a_pair)) == []
    [last] = about_overlaps(desk, most_effort=(pairs - 1) * of_a_pair - 1)
    assert last.line == 9
    [issue] = about_overlaps(desk, most_effort=2 * of_a_pair)
    assert (issue.code, issue.severity, issue.line) == ("rules-not-compared", Severity.NOTE, 5)
    assert (
        issue.message
        == "this rule and those below it were not compared with all rules above: too many of them may meet"
    )


def test_rules_that_exclude_each_other_are_told_apart_at_a_glance() -> None:
    """A thousand of them are half a million pairs."""
    rules = "".join(f"  - {rule(f'r{at}', f'when: {at} < last <= {at + 1}')}\n" for at in range(60))
    desk = examine(f"version: 1\nrules:\n{rules}".encode(), name="rules.yaml", vocabulary=VOCABULARY).desk

    assert list(about_overlaps(desk, most_effort=60 * 59 // 2)) == []


def test_where_one_step_is_the_limit_rules_may_meet() -> None:
    top = "limits: {cancels_per_smart_trade: 1}"

    assert codes(rule("a", FALLEN), rule("b", "when: profit < 0%"), top=top) == []
    [hidden] = advice(rule("a", FALLEN), rule("b", "when: day_change < -10%"), top=top)
    assert "`cancels_per_smart_trade: 1` leaves nothing for the other" in hidden.message
    assert hidden.hints == (
        "so that they never fire in the same cycle, write in a: `when: day_change < -5% and not (day_change < -10%)`",
        "if two steps are meant to go, write `cancels_per_smart_trade: 2` on line 2",
    )


@pytest.mark.parametrize("second", ["profit < 0%", "day_change < -10%"])
@pytest.mark.parametrize(
    ("top", "written"),
    [
        ("", "`limits: {cancels_per_smart_trade: 1}`"),
        ("limits: {cancels_per_cycle: 3}", "`cancels_per_smart_trade: 1` into `limits` on line 2"),
        ("limits:\n  cancels_per_cycle: 3\n  cancels_per_smart_trade: 3", "`cancels_per_smart_trade: 1` on line 4"),
    ],
)
def test_only_the_limit_leaves_it_at_one_step(second: str, top: str, written: str) -> None:
    """Of rules that never fire in the same cycle each has its turn, as the market moves on."""
    [issue] = advice(rule("a", FALLEN), rule("b", f"when: {second}"), top=top)

    assert issue.hints == (
        f"for one step only, write {written}: it counts the cancels of all rules on one SmartTrade in 24 hours",
        f"so that they never fire in the same cycle, write in a: `when: day_change < -5% and not ({second})`",
        "if two steps are meant to go, leave them as they are",
    )


@pytest.mark.parametrize("cancel", ["{position: 2}", "{where: step.distance > 50%}"])
def test_a_certain_step_goes_once_however_many_rules_mean_it(cancel: str) -> None:
    wide = rule("a", FALLEN, cancel=cancel)

    assert codes(wide, rule("b", "when: profit < 0%", cancel=cancel)) == []
    [alike] = advice(wide, rule("b", FALLEN, cancel=cancel))
    assert (alike.code, alike.message) == ("rules-alike", "this rule asks for the same as a on line 4")
    [hidden] = advice(wide, rule("b", "when: day_change < -10%", cancel=cancel))
    assert hidden.message.endswith("it goes once, and the other rule has nothing left to do")
    assert hidden.hints == ("leave them as they are, or remove the one that adds nothing",)


@pytest.mark.parametrize(
    "more",
    [
        "match: {pair: [" + ", ".join(f'"A{at}_*B{at}*"' for at in range(300)) + "]}, when: profit < -{}%",
        "when: '" + " and ".join(f'note like "*?{at}*?*{{}}*"' for at in range(12)) + " and profit < -{}%'",
    ],
    ids=["patterns", "globs"],
)
def test_patterns_count_as_the_effort_that_they_are(more: str) -> None:
    """Else a file of a few rules would keep `check`, and the daemon's start, waiting for minutes."""
    rules = [rule(f"r{at}", more.replace("{}", str(at))) for at in range(60)]

    assert "rules-not-compared" in codes(*rules)


def test_what_is_to_be_pasted_keeps_rules_apart() -> None:
    first, second = rule("a", "when: profit < -5% or roe < -9%"), rule("b", "when: profit < -10% and stop_loss")
    [issue] = advice(first, second)
    pasted = issue.hints[1].partition("`when: ")[2].rstrip("`")

    assert pasted == "(profit < -5% or roe < -9%) and not (profit < -10% and stop_loss)"
    assert codes(first.replace("profit < -5% or roe < -9%", pasted), second) == []


def test_a_rule_that_is_kept_apart_from_a_window_waits_for_it() -> None:
    """Until a window is filled it is unknown, and what is not unknown is unknown too."""
    [issue] = advice(rule("a", "when: day_change < -5%"), rule("b", "when: 'lowest(profit, 1d) < 3%'"))

    assert issue.hints[1] == (
        "so that they never fire in the same cycle, write in a: "
        "`when: day_change < -5% and not (lowest(profit, 1d) < 3%)`, which waits while what b looks back on is unknown"
    )


@pytest.mark.parametrize(
    ("when", "waits"),
    [
        ("profit < 0%", ""),
        ('market("USDT_BTC").last < 9', ", which waits while a market that b looks at is unknown"),
        ('change(market("USDT_BTC").last, 1h) < 9%', ", which waits while what b looks back on is unknown"),
        ("held(stop_loss, 1h)", ", which waits while what b looks back on is unknown"),
        (
            'held(stop_loss, 1h) and market("USDT_BTC").last < 9',
            ", which waits while a market that b looks at or what b looks back on is unknown",
        ),
    ],
)
def test_what_a_rule_waits_for_is_named_for_what_it_is(when: str, waits: str) -> None:
    """A market is asked for as it is now: that is no look back."""
    [issue] = advice(
        rule("a", "match: {side: long}, when: day_change < -5%, for: 1m"),
        f"name: b\n    cancel: farthest\n    when: day_change < -6% and {when}\n    match: {{side: long}}\n    for: 2m",
    )

    assert issue.code == "rule-hidden"
    assert issue.hints[1].partition("`when: ")[2].partition("`")[2] == waits


def test_rules_with_the_same_condition_are_kept_apart_by_whom_they_match() -> None:
    [issue] = advice(rule("a", f"{FALLEN}, match: {{side: long}}"), rule("b", f"{FALLEN}, match: {{pair: USDT_A}}"))

    assert issue.hints[1] == "so that no SmartTrade is for both of them, keep them apart by `match` or `except`"


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("when: live_steps >= 2", []),
        ("when: live_steps < 2", ["keep-never-met"]),
        ("when: live_steps == 3, keep: 2", []),
        ("when: live_steps == 3, keep: 3", ["keep-never-met"]),
        ("when: live_steps == 2 or stop_loss, keep: 3", []),
        ("when: breakeven and live_steps == 2", ["keep-never-met"]),
        ("when: breakeven and live_steps == 3", []),
        ("when: not breakeven and live_steps == 2", []),
        ("when: known(breakeven) and live_steps == 2", []),
        ("when: live_steps == 2 and live_steps == 3", ["never-true"]),
    ],
)
def test_steps_that_must_stay(more: str, found: list[str]) -> None:
    assert codes(rule("a", more)) == found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("when: live_steps >= 5, keep: 4", ["keep-never-met"]),
        ("when: live_steps >= 5, keep: 2", ["keep-never-met"]),
        ("when: live_steps >= 5, keep: 1", []),
        ("when: live_steps >= 5, keep: 4, enabled: false", []),
        ("when: live_steps >= 5, keep: 4, match: {side: long}", []),
    ],
)
def test_steps_that_another_rule_keeps(other: str, found: list[str]) -> None:
    assert codes(rule("a", "when: live_steps == 2"), rule("b", other, cancel="nearest")) == found


@pytest.mark.parametrize(
    ("top", "when", "found"),
    [
        ("", "not stop_loss", ["stop-loss-required"]),
        ("", "stop_loss == false and profit < 0%", ["stop-loss-required"]),
        ("", "not stop_loss or profit < 0%", []),
        ("", "stop_loss", []),
        ("", "stop_loss and not stop_loss", ["never-true"]),
        ("safety: {require_stop_loss: false}", "not stop_loss", []),
    ],
)
def test_a_stop_loss_that_is_required(top: str, when: str, found: list[str]) -> None:
    assert codes(rule("a", f"when: {when}"), top=top) == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ('match: {side: long}, when: side == "long"', []),
        ('match: {side: long}, when: side == "short"', ["match-contradicts"]),
        ('match: {side: long}, when: side == "short" or stop_loss', []),
        ('match: {side: long}, when: side == "short" and roe < 0% or side == "short"', ["match-contradicts"]),
        ("match: {account_id: [5, 7]}, when: account_id == 6", ["match-contradicts"]),
        ("match: {account_id: [5, 7]}, when: account_id == 7", []),
        ('match: {pair: ["USDT_*", BTC_ETH]}, when: pair == "BTC_ETH"', []),
        ('match: {pair: ["USDT_*", BTC_ETH]}, when: pair == "BTC_LTC"', ["match-contradicts"]),
        ('except: {pair: "USDT_*"}, when: pair == "USDT_BTC"', ["match-contradicts"]),
        ('except: {pair: "USDT_*", side: long}, when: pair == "USDT_BTC"', []),
    ],
)
def test_what_match_leaves(more: str, found: list[str]) -> None:
    assert codes(rule("a", more)) == found


@pytest.mark.parametrize(
    ("when", "places"),
    [
        ('market("BTC_USDT").day_change < -5%', ['"BTC_USDT"']),
        ('change(market("BTC_USDT").last, 15m) < -5%', ['"BTC_USDT"']),
        ('held(pair == "DOGE_USDT" and stop_loss, 10m)', ['"DOGE_USDT"']),
        ('change(market("USDT_BTC").last, 15m) < -5%', []),
    ],
)
def test_pairs_of_other_markets(when: str, places: list[str]) -> None:
    issues = [issue for issue in advice(f"name: a\n    cancel: farthest\n    when: {when}") if issue.fix]

    marked = [f"    when: {when}"[issue.column : issue.column + issue.length] for issue in issues]
    assert marked == places
    assert all(issue.fix is not None and issue.fix.replacement in {"USDT_BTC", "USDT_DOGE"} for issue in issues)


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("change(last, 15m) < -120%", ["out-of-range"]),
        ("change(last, 15m) < -5% and change(last, 15m) > -3%", ["never-true"]),
        ("change(last, 15m) < -5% and change(last, 1h) > -3%", []),
        ("lowest(day_change, 1h) < -101%", ["out-of-range"]),
        ("lowest(live_steps, 1h) == 1.5", ["out-of-range"]),
        ('market("USDT_BTC").last < 0', ["out-of-range"]),
        ("held(hour == 24, 10m)", ["out-of-range"]),
        ("held(profit > 5% and profit < 3%, 10m)", ["never-true"]),
    ],
)
def test_windows_and_markets_have_bounds_too(when: str, found: list[str]) -> None:
    assert codes(f"name: a\n    cancel: farthest\n    when: {when}") == found


def test_of_rules_that_look_back_it_is_told_as_far_as_it_can_be() -> None:
    first, second = ("name: a\n    cancel: farthest\n    when: {}", "name: b\n    cancel: farthest\n    when: {}")

    [issue] = advice(first.format("lowest(profit, 1h) > 5%"), second.format("profit < 30%"))
    assert issue.message == (
        "as far as can be told, this rule and a on line 4 can both fire, as at lowest(profit, 1h) 6 %, profit 6 %, "
        "and both mean the same step: two steps go, one after the other"
    )
    [issue] = advice(first.format("held(stop_loss, 1h)"), second.format("breakeven"))
    assert issue.message == (
        "as far as can be told, this rule and a on line 4 can both fire, and both mean the same step: "
        "two steps go, one after the other"
    )
    assert codes(first.format("lowest(profit, 1h) > 5%"), second.format("profit < 3%")) == []
