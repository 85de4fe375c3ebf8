"""
The local gates: what the past says about a proposal, before anything is asked of the API.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from factories import (
    FAR,
    NEAR,
    NOON,
    RULE,
    SMART_TRADE,
    make_attempt,
    make_ledger,
    make_proposal,
    make_rule,
    make_smart_trade,
    make_step,
    with_step,
)
from tradewarden.engine.gates import CycleTally, Deferred, Spent, exceeds_share, gate, is_spent
from tradewarden.engine.past import consumes
from tradewarden.engine.remaining import fingerprint
from tradewarden.model.decision import Deferral, Outcome
from tradewarden.model.memory import Ledger, SetAside
from tradewarden.model.settings import Limits
from tradewarden.model.smart_trade import SmartTradeId, TradeId
from tradewarden.rules.ruleset import Repeat, RepeatPolicy

if TYPE_CHECKING:
    from tradewarden.engine.proposal import Proposal

KEY = (RULE, SMART_TRADE)
OTHER_TRADE = SmartTradeId(7)
OTHERS: dict[str, Any] = {"rule": "another", "trade_id": NEAR}
ELSEWHERE: dict[str, Any] = {"smart_trade_id": OTHER_TRADE, "trade_id": TradeId(8)}
CONSUMING = (Outcome.CANCELLED, Outcome.WOULD_CANCEL, Outcome.GONE, Outcome.FILLED, Outcome.ENDED, Outcome.UNKNOWN)
SPARING = (Outcome.REJECTED, Outcome.NOT_APPLIED, Outcome.NOT_SENT, Outcome.DENIED, Outcome.DEFERRED)
ON_RESET = Repeat(policy=RepeatPolicy.ON_RESET)
AFTER = Repeat(policy=RepeatPolicy.AFTER, after=timedelta(hours=6))


def proposal(repeat: Repeat | None = None) -> Proposal:
    return make_proposal(rule=make_rule(repeat=repeat or Repeat()))


def reason(
    ledger: Ledger, *, tally: CycleTally | None = None, limits: Limits | None = None, of: Proposal | None = None
) -> Deferral | Spent | None:
    gated = gate(of or proposal(), ledger, tally or CycleTally(), limits=limits or Limits(), now=NOON)
    return gated.reason if isinstance(gated, Deferred) else gated


def test_nothing_in_the_past_lets_it_pass() -> None:
    assert reason(make_ledger()) is None


def test_disarmed() -> None:
    assert reason(make_ledger(armed=False)) is Deferral.DISARMED


# --- repeat


@pytest.mark.parametrize("outcome", [*CONSUMING, Outcome.BREACH, None])
def test_what_was_cancelled_or_may_have_been_consumes(outcome: Outcome | None) -> None:
    assert consumes(make_attempt(outcome))
    assert reason(make_ledger(make_attempt(outcome, minutes_ago=10**6))) is Spent.SPENT


@pytest.mark.parametrize("outcome", SPARING)
def test_what_was_surely_not_cancelled_does_not_consume(outcome: Outcome) -> None:
    assert not consumes(make_attempt(outcome))
    assert not is_spent(proposal(), make_ledger(make_attempt(outcome)), NOON)


def test_a_spent_repeat_says_nothing_even_when_disarmed() -> None:
    assert reason(make_ledger(make_attempt(), armed=False)) is Spent.SPENT


@pytest.mark.parametrize("changes", [{"rule": "another"}, ELSEWHERE], ids=["another rule", "another SmartTrade"])
def test_repeat_is_keyed_by_rule_and_smart_trade(changes: dict[str, Any]) -> None:
    assert not is_spent(proposal(), make_ledger(make_attempt(**changes)), NOON)


def test_repeat_is_not_keyed_by_step() -> None:
    """
    With three steps left, "farthest" must not eat the targets one after the other.
    """
    assert is_spent(proposal(), make_ledger(make_attempt(trade_id=TradeId(99))), NOON)


@pytest.mark.parametrize(
    ("ledger", "spent"),
    [
        pytest.param(make_ledger(make_attempt()), True, id="not reset"),
        pytest.param(make_ledger(make_attempt(), reset_since=frozenset({KEY})), False, id="reset"),
        pytest.param(
            make_ledger(make_attempt(), reset_since=frozenset({(RULE, OTHER_TRADE)})), True, id="another was reset"
        ),
        pytest.param(make_ledger(make_attempt(None), reset_since=frozenset({KEY})), True, id="reset, but open"),
        pytest.param(make_ledger(), False, id="never"),
    ],
)
def test_on_reset(ledger: Ledger, spent: bool) -> None:
    assert is_spent(proposal(ON_RESET), ledger, NOON) is spent


@pytest.mark.parametrize(
    ("ledger", "spent"),
    [
        pytest.param(make_ledger(make_attempt(minutes_ago=359)), True, id="too early"),
        pytest.param(make_ledger(make_attempt(minutes_ago=360)), False, id="in time"),
        pytest.param(make_ledger(make_attempt(minutes_ago=361), make_attempt(minutes_ago=10)), True, id="the latest"),
        pytest.param(make_ledger(make_attempt(minutes_ago=-10)), True, id="from the future"),
    ],
)
def test_after_a_duration(ledger: Ledger, spent: bool) -> None:
    assert is_spent(proposal(AFTER), ledger, NOON) is spent


# --- open questions


def test_an_open_question_about_the_smart_trade_defers() -> None:
    assert reason(make_ledger(make_attempt(None, **OTHERS))) is Deferral.OPEN_QUESTION


def test_so_does_a_cancel_in_the_same_cycle() -> None:
    assert reason(make_ledger(), tally=CycleTally(touched={SMART_TRADE})) is Deferral.OPEN_QUESTION


def test_an_open_question_about_another_smart_trade_does_not() -> None:
    assert reason(make_ledger(make_attempt(None, **ELSEWHERE)), tally=CycleTally(touched={OTHER_TRADE})) is None


def test_an_old_open_question_outlasts_a_duration() -> None:
    ledger = make_ledger(make_attempt(None, minutes_ago=10**5))

    assert reason(ledger, of=proposal(AFTER)) is Deferral.OPEN_QUESTION


# --- limits


@pytest.mark.parametrize("outcome", [*CONSUMING, Outcome.BREACH])
def test_two_cancels_of_a_smart_trade_in_a_day(outcome: Outcome) -> None:
    one = make_attempt(outcome, minutes_ago=1439, **OTHERS)
    two = make_attempt(outcome, minutes_ago=60, **OTHERS)
    yesterday = make_attempt(outcome, minutes_ago=1440, **OTHERS)

    assert reason(make_ledger(one, two)) is Deferral.CANCELS_PER_SMART_TRADE
    assert reason(make_ledger(yesterday, two)) is None
    assert reason(make_ledger(one)) is None


def test_cancels_per_hour() -> None:
    late = [make_attempt(minutes_ago=59, **ELSEWHERE), make_attempt(None, minutes_ago=1, **ELSEWHERE)]
    early = make_attempt(minutes_ago=60, **ELSEWHERE)
    limits = Limits(cancels_per_hour=2)

    assert reason(make_ledger(*late), limits=limits) is Deferral.CANCELS_PER_HOUR
    assert reason(make_ledger(late[0], early), limits=limits) is None


def test_cancels_of_the_future_count() -> None:
    """
    The clock went back: nothing is forgotten by that.
    """
    future = make_attempt(minutes_ago=-600, **ELSEWHERE)

    assert reason(make_ledger(future), limits=Limits(cancels_per_hour=1)) is Deferral.CANCELS_PER_HOUR
    here = make_attempt(minutes_ago=-600, **OTHERS)
    assert reason(make_ledger(here), limits=Limits(cancels_per_smart_trade=1)) is Deferral.CANCELS_PER_SMART_TRADE


def test_a_cycle_begins_with_no_cancel() -> None:
    assert reason(make_ledger(), tally=CycleTally(), limits=Limits(cancels_per_cycle=1)) is None


def test_cancels_per_cycle() -> None:
    assert reason(make_ledger(), tally=CycleTally(cancels=8)) is Deferral.CANCELS_PER_CYCLE
    assert reason(make_ledger(), tally=CycleTally(cancels=7)) is None


def test_what_failed_does_not_count_against_the_limits() -> None:
    failed = [make_attempt(outcome, **ELSEWHERE) for outcome in SPARING]

    assert reason(make_ledger(*failed), limits=Limits(cancels_per_hour=1, cancels_per_smart_trade=1)) is None


# --- back-off


def failures(*minutes_ago: float, outcome: Outcome = Outcome.REJECTED, **changes: Any) -> Ledger:
    return make_ledger(*(make_attempt(outcome, minutes_ago=minutes, **changes) for minutes in minutes_ago))


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.NOT_APPLIED])
@pytest.mark.parametrize(
    ("minutes_ago", "waits"),
    [
        pytest.param([4.9], True, id="after one: too early"),
        pytest.param([5], False, id="after one: in time"),
        pytest.param([29.9, 60], True, id="after two: too early"),
        pytest.param([30, 60], False, id="after two: in time"),
        pytest.param([10**6, 10**6, 10**6], True, id="after three: for good"),
    ],
)
def test_a_target_that_failed_is_backed_off(
    outcome: Outcome,
    minutes_ago: list[float],
    waits: bool,
) -> None:
    expected = Deferral.BACKOFF if waits else None

    assert reason(failures(*minutes_ago, outcome=outcome)) is expected
    assert reason(failures(*minutes_ago, outcome=outcome, rule="another")) is expected


@pytest.mark.parametrize(
    ("ledger", "backed_off"),
    [
        pytest.param(failures(1, trade_id=NEAR), False, id="another step failed"),
        pytest.param(failures(1, outcome=Outcome.NOT_SENT), False, id="nothing was sent"),
        pytest.param(failures(1, 2, 3, fingerprint=fingerprint(make_step(price="0.41"))), False, id="another price"),
        pytest.param(
            failures(1, 2, 3, fingerprint=fingerprint(make_step(share_pct=Decimal(34)))), False, id="the share changed"
        ),
        pytest.param(
            failures(1, 2, 3, fingerprint=fingerprint(make_step(word="to_process"))),
            True,
            id="placed anew is no change",
        ),
        pytest.param(failures(1, 2, 3, fingerprint=None), True, id="nobody knows what it was"),
        pytest.param(
            failures(1, 2, 3, fingerprint=fingerprint(make_step(price="0.400"))), True, id="written otherwise"
        ),
    ],
)
def test_until_the_step_changes(ledger: Ledger, backed_off: bool) -> None:
    assert reason(ledger) is (Deferral.BACKOFF if backed_off else None)


def test_or_until_the_owner_runs_arm() -> None:
    armed_at = NOON - timedelta(minutes=3)
    attempts = failures(1, 2, 3, 4).attempts

    assert reason(make_ledger(*attempts, armed_at=armed_at)) is Deferral.BACKOFF
    assert reason(make_ledger(*attempts[2:], armed_at=armed_at)) is None


@pytest.mark.parametrize(("minutes", "aside"), [(1, True), (0, False), (-1, False)])
def test_a_smart_trade_that_was_set_aside_waits(minutes: float, aside: bool) -> None:
    until = SetAside(until=NOON + timedelta(minutes=minutes), reason="step 7 vanished too")
    ledger = make_ledger(set_aside={SMART_TRADE: until})

    assert reason(ledger) is (Deferral.BACKOFF if aside else None)
    assert reason(make_ledger(set_aside={OTHER_TRADE: until})) is None


@pytest.mark.parametrize(
    ("ledger", "detail"),
    [
        (make_ledger(armed=False), "TradeWarden is disarmed"),
        (failures(1), "the last cancel of this step failed: waiting until 12:04:00 UTC"),
        (failures(1, 2, 3), "3 cancels of this step failed: waiting until it changes or `tradewarden arm`"),
        (
            make_ledger(set_aside={SMART_TRADE: SetAside(until=NOON + timedelta(hours=1), reason="odd")}),
            "set aside until 2026-01-02 13:00 UTC or `tradewarden arm`: odd",
        ),
        (
            make_ledger(make_attempt(None, **OTHERS)),
            f"an earlier cancel on SmartTrade {SMART_TRADE} is not settled",
        ),
        (make_ledger(make_attempt(**OTHERS)), f"1 cancel on SmartTrade {SMART_TRADE} in 24 hours"),
    ],
)
def test_a_deferral_says_why(ledger: Ledger, detail: str) -> None:
    gated = gate(proposal(), ledger, CycleTally(), limits=Limits(cancels_per_smart_trade=1), now=NOON)

    assert isinstance(gated, Deferred)
    assert gated.detail == detail


def test_a_second_rule_of_the_cycle_is_told_that_another_comes_first() -> None:
    """
    Nothing is unsettled then, and in a dry run nothing was sent.
    """
    gated = gate(proposal(), make_ledger(), CycleTally(touched={SMART_TRADE}), limits=Limits(), now=NOON)

    assert isinstance(gated, Deferred)
    assert gated.detail == f"another rule comes first on SmartTrade {SMART_TRADE}: one step of it in a cycle"


# --- abort_above


def on(*smart_trade_ids: int) -> list[Proposal]:
    return [make_proposal(make_smart_trade(id=SmartTradeId(trade_id))) for trade_id in smart_trade_ids]


@pytest.mark.parametrize(
    ("proposals", "open_count", "above", "aborts"),
    [
        pytest.param(on(1, 2, 3), 4, None, False, id="never"),
        pytest.param(on(1, 2), 4, Decimal(50), False, id="just as many"),
        pytest.param(on(1, 2, 3), 4, Decimal(50), True, id="more"),
        pytest.param(on(1, 1, 1), 4, Decimal(50), False, id="SmartTrades are counted, not proposals"),
        pytest.param([], 0, Decimal(50), False, id="none open"),
        pytest.param(on(1), 1, Decimal("99.9"), True, id="all of one"),
    ],
)
def test_a_share_of_the_open_smart_trades(
    proposals: list[Proposal],
    open_count: int,
    above: Decimal | None,
    aborts: bool,
) -> None:
    deferred = exceeds_share(proposals, open_count, above)

    assert (deferred is not None) is aborts
    assert deferred is None or deferred.reason is Deferral.ABORT_ABOVE


def test_a_cycle_that_is_deferred_says_how_much_its_rules_wanted() -> None:
    deferred = exceeds_share([proposal()], 1, Decimal(50))

    assert deferred is not None
    assert deferred.detail == "rules want to cancel on 1 of 1 open SmartTrades, more than 50 %"


def test_after_a_reset_one_open_question_among_others_is_enough() -> None:
    """
    What became of the latest is not known: it may have been the cancel.
    """
    ledger = make_ledger(make_attempt(minutes_ago=60), make_attempt(None), reset_since=frozenset({KEY}))

    assert is_spent(proposal(ON_RESET), ledger, NOON)


def test_a_target_in_transition_has_its_own_fingerprint() -> None:
    trade = with_step(make_smart_trade(), FAR, status=None)

    assert reason(failures(1), of=make_proposal(trade)) is None
