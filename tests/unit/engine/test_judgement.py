"""
A proposal judged on one reading: what the first can already fail, and the decision made again on the second.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from factories import (
    ACCOUNT,
    FAR,
    NEAR,
    NOON,
    failed_names,
    make_condition,
    make_match,
    make_moment,
    make_price,
    make_proposal,
    make_reading,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    with_prices,
)
from tradewarden.engine.judgement import Bench, Judgement, judge_first_read, judge_second_read
from tradewarden.engine.surroundings import survey
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.history import History, Sample, pack
from tradewarden.model.memory import PriceWatch
from tradewarden.model.settings import ApiSettings
from tradewarden.model.smart_trade import AccountId
from tradewarden.model.truth import Truth
from tradewarden.rules.ruleset import Where
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from tradewarden.engine.proposal import Proposal
    from tradewarden.model.smart_trade import Reading

RULE = make_rule()
PROPOSAL = make_proposal(rule=RULE)
FROZEN = PriceWatch(price=make_price(), since=make_moment(-3600))
ELSEWHERE = make_settings(api=ApiSettings(accounts=frozenset({AccountId(1)})))
PROTECTED = make_ruleset(RULE, make_rule(keep=2))


def bench(**changes: Any) -> Bench:
    """
    Make a bench of one rule, one second after noon.
    """
    plain = Bench(
        settings=make_settings(),
        ruleset=make_ruleset(RULE),
        sent_steps=frozenset(),
        watch=None,
        now=make_moment(1),
    )
    return replace(plain, **changes)


def second(
    reading: Reading | None = None, *, proposal: Proposal = PROPOSAL, hold_goes_on: bool = True, **changes: Any
) -> Judgement:
    reading = make_reading() if reading is None else reading
    return judge_second_read(proposal, reading, bench(**changes), hold_goes_on=hold_goes_on)


def test_an_ordinary_proposal_passes_both() -> None:
    judgement = second()

    assert failed_names(judge_first_read(PROPOSAL, bench())) == []
    assert failed_names(judgement.checks) == []
    assert (len(judgement.checks), judgement.condition) == (15, Truth.TRUE)
    assert judgement.trace == RULE.when.trace({"day_change": make_price().day_change_pct}).sentence()


ON_BOTH = {
    "an account that is not allowed": ({"settings": ELSEWHERE}, "same-subject"),
    "another rule keeps two": ({"ruleset": PROTECTED}, "steps-remain"),
    "the other step was sent a DELETE": ({"sent_steps": frozenset({NEAR})}, "steps-remain"),
    "the price stands still": ({"watch": FROZEN}, "data-plausible"),
}


@pytest.mark.parametrize(("changes", "name"), ON_BOTH.values(), ids=ON_BOTH.keys())
def test_what_either_read_can_fail(changes: dict[str, Any], name: str) -> None:
    assert failed_names(judge_first_read(PROPOSAL, bench(**changes))) == [name]
    assert name in failed_names(second(**changes).checks)


def test_a_smart_trade_that_turns_up_in_a_foreign_account_is_denied() -> None:
    """
    The account that may be acted on is that of the second read.
    """
    ours = make_settings(api=ApiSettings(accounts=frozenset({ACCOUNT})))
    checks = second(make_reading(make_smart_trade(account_id=AccountId(1))), settings=ours).checks

    assert failed_names(checks) == ["same-subject"]
    assert checks[1].detail == "account 1 is not in `api.accounts`"


def test_an_allowed_account_passes_both() -> None:
    ours = make_settings(api=ApiSettings(accounts=frozenset({ACCOUNT})))

    assert failed_names(judge_first_read(PROPOSAL, bench(settings=ours))) == []
    assert failed_names(second(settings=ours).checks) == []


@pytest.mark.parametrize(("pair", "fails"), [("USDT_*", ["steps-remain"]), ("BTC_*", [])])
def test_what_another_rule_keeps_counts_where_it_matches(pair: str, fails: list[str]) -> None:
    """
    The largest `keep` is of the rules that speak of this SmartTrade.
    """
    ruleset = make_ruleset(RULE, make_rule(keep=2, match=make_match(pair=pair)))

    assert failed_names(judge_first_read(PROPOSAL, bench(ruleset=ruleset))) == fails
    assert failed_names(second(ruleset=ruleset).checks) == fails


@pytest.mark.parametrize(
    ("own", "detail"),
    [
        pytest.param(1, "1 live step left of 2, 2 to keep (by rule careful)", id="another rule keeps more"),
        pytest.param(2, "1 live step left of 2, 2 to keep", id="it is the rule's own"),
    ],
)
def test_whose_steps_are_kept_is_said(own: int, detail: str) -> None:
    """
    A rule with `keep: 1` that leaves two says why.
    """
    rule = make_rule(keep=own)
    proposal = make_proposal(rule=rule)
    ruleset = make_ruleset(rule, make_rule(name="careful", keep=2))
    checks = [
        *judge_first_read(proposal, bench(ruleset=ruleset)),
        *second(proposal=proposal, ruleset=ruleset).checks,
    ]

    assert [check.detail for check in checks if check.name == "steps-remain"] == [detail, detail]


def test_the_selector_sees_the_facts_of_the_second_read() -> None:
    where = Where(make_condition("step.position == 2 and day_change < -5%", Scope.STEP))
    judgement = second(proposal=make_proposal(rule=replace(RULE, cancel=where)))

    assert failed_names(judgement.checks) == []


def test_what_was_chosen_and_what_the_condition_saw_is_evidence() -> None:
    details = {check.name: check.detail for check in second().checks}

    assert details["still-chosen"] == "step 2 is the farthest"
    assert details["condition-holds"] == "day_change -6 % < -5 %: true"


@pytest.mark.parametrize(
    ("day_change", "condition"),
    [
        pytest.param("-2", Truth.FALSE, id="false"),
        pytest.param(None, Truth.UNKNOWN, id="unknown"),
        pytest.param("-101", Truth.UNKNOWN, id="absurd"),
    ],
)
def test_the_condition_is_asked_again(day_change: str | None, condition: Truth) -> None:
    judgement = second(make_reading(make_smart_trade(price=make_price(day_change=day_change))))

    assert judgement.condition is condition
    assert "condition-holds" in failed_names(judgement.checks)


def test_a_frozen_price_makes_the_condition_unknown() -> None:
    assert second(watch=FROZEN).condition is Truth.UNKNOWN


def test_a_price_that_has_moved_since_is_not_frozen() -> None:
    reading = make_reading(make_smart_trade(price=make_price(bid="0.10256")))

    assert failed_names(second(reading, watch=FROZEN).checks) == []


def test_the_selector_is_asked_again() -> None:
    third = make_reading(with_prices("0.3", "0.4", "0.5"))

    assert set(failed_names(second(third).checks)) == {"still-chosen", "steps-unchanged"}


def test_the_match_is_asked_again() -> None:
    rule = make_rule(match=make_match(note=""))
    judgement = second(
        make_reading(make_smart_trade(note="keep")), proposal=make_proposal(rule=rule), ruleset=make_ruleset(rule)
    )
    details = {check.name: check.detail for check in judgement.checks}

    assert failed_names(judgement.checks) == ["still-chosen"]
    assert details["still-chosen"] == "the rule's `match` or `except` no longer fits"


def test_where_no_step_is_chosen_any_more() -> None:
    tie = with_prices("0.4", "0.4")

    assert "still-chosen" in failed_names(second(make_reading(tie), proposal=make_proposal(tie, target=FAR)).checks)


def test_a_hold_that_does_not_go_on_is_not_true_yet() -> None:
    judgement = second(hold_goes_on=False)

    assert judgement.condition is Truth.UNKNOWN
    assert failed_names(judgement.checks) == ["condition-holds"]
    assert judgement.trace.endswith(", but `for` starts anew: too long after the first read")


def test_a_false_condition_stays_false_whatever_the_hold() -> None:
    calm = make_reading(make_smart_trade(price=make_price(day_change="-2")))

    assert second(calm, hold_goes_on=False).condition is Truth.FALSE


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(make_reading(asked_at=make_moment(-14)), id="too old"),
        pytest.param(make_reading(asked_at=make_moment(boot_id="boot-0")), id="of another boot"),
        pytest.param(make_reading(asked_at=replace(make_moment(), wall=NOON - timedelta(minutes=1))), id="a set clock"),
        pytest.param(make_reading(cache_evidence="Age: 3"), id="from a cache"),
    ],
)
def test_an_old_reading_is_denied(reading: Reading) -> None:
    assert failed_names(second(reading).checks) == ["read-is-fresh"]


@pytest.mark.parametrize(
    ("last", "seconds", "condition"),
    [
        ("0.0995", 1, Truth.TRUE),
        ("0.1", 1, Truth.FALSE),  # it has risen since the listing
        (None, 1, Truth.UNKNOWN),
        ("0.0995", 61, Truth.TRUE),  # a window is that of the listing's cycle
    ],
)
def test_windows_are_asked_again_of_the_second_read(last: str | None, seconds: float, condition: Truth) -> None:
    falling = make_rule("change(last, 3m) < -3%")
    plan = plan_windows([falling], lambda _: timedelta(minutes=1))
    trade = make_smart_trade(price=make_price(bid=last, ask=last, last=last))
    history = History.of(
        Sample(at=make_moment(-60 * minutes), subjects=(trade.id,), columns={"last": pack([Decimal("0.103")])})
        for minutes in (3, 2, 1)
    )
    surroundings = survey(plan, history, {}, make_moment())

    found = judge_second_read(
        make_proposal(rule=falling),
        make_reading(trade),
        bench(ruleset=make_ruleset(falling), surroundings=surroundings, now=make_moment(seconds)),
        hold_goes_on=True,
    )

    assert found.condition is condition
    assert found.trace.startswith("change(last, 3m)")


@pytest.mark.parametrize(("seconds", "condition"), [(1, Truth.TRUE), (60, Truth.TRUE), (61, Truth.UNKNOWN)])
def test_a_market_that_is_older_than_a_minute_is_unknown(seconds: float, condition: Truth) -> None:
    rule = make_rule('market("USDT_BTC").last > 0')
    plan = plan_windows([rule], lambda _: timedelta(minutes=1))
    surroundings = survey(plan, History(), {"USDT_BTC": make_price()}, make_moment())

    found = judge_second_read(
        make_proposal(rule=rule),
        make_reading(),
        bench(ruleset=make_ruleset(rule), surroundings=surroundings, now=make_moment(seconds)),
        hold_goes_on=True,
    )

    assert found.condition is condition
