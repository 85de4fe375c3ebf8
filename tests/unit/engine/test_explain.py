"""
What is explained of one rule and one SmartTrade.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from factories import (
    FAR,
    RULE,
    SMART_TRADE,
    gap_of,
    make_attempt,
    make_ledger,
    make_listing,
    make_match,
    make_moment,
    make_price,
    make_reading,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    with_prices,
)
from tradewarden.engine.explain import explain
from tradewarden.engine.explanation import Fate, RuleExplanation
from tradewarden.engine.invariants import INVARIANTS
from tradewarden.engine.verdicts import Inquiry
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Hold, Ledger, Memory
from tradewarden.model.settings import ApiSettings
from tradewarden.model.smart_trade import AccountId, SmartTradeId
from tradewarden.rules.ruleset import Repeat, RepeatPolicy

if TYPE_CHECKING:
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import SmartTrade
    from tradewarden.rules.ruleset import Rule

MINUTE = timedelta(minutes=1)
CALM = make_smart_trade(price=make_price(day_change="-3.2"))
BLIND = make_smart_trade(price=make_price(day_change=None))
PATIENT = make_rule(hold=2 * MINUTE)
TRIED = make_ledger(make_attempt(Outcome.CANCELLED, minutes_ago=60))


def inquiry(
    *trades: SmartTrade,
    rules: tuple[Rule, ...] = (),
    ledger: Ledger | None = None,
    memory: Memory | None = None,
    settings: Settings | None = None,
) -> Inquiry:
    """
    Ask at noon about *trades* (the ordinary one if none is given).
    """
    listing = make_listing(*(trades or (make_smart_trade(),)))
    return Inquiry(
        listing=listing,
        memory=Memory() if memory is None else memory,
        ledger=make_ledger() if ledger is None else ledger,
        settings=make_settings() if settings is None else settings,
        ruleset=make_ruleset(*(rules or (make_rule(),))),
        hold_gap_of=gap_of(),
        now=listing.asked_at,
    )


def one_of(asked: Inquiry) -> RuleExplanation:
    [found] = explain(asked).rules
    return found


@pytest.mark.parametrize(
    ("asked", "fate", "sentence"),
    [
        (inquiry(), Fate.WOULD_CANCEL, "would cancel step 2 at 0.4 now, if a second read agrees"),
        (inquiry(CALM), Fate.FALSE, "not true: day_change -3.2 % < -5 %: false"),
        (inquiry(BLIND), Fate.UNKNOWN, "unknown: day_change unknown < -5 %: unknown"),
        (
            inquiry(CALM, rules=(make_rule("stop_loss and day_change < -5% and (roe > 1% or last < 0.1)"),)),
            Fate.FALSE,
            "not true: day_change -3.2 % < -5 %: false; roe unknown > 1 %: unknown or last 0.10268 < 0.1: false",
        ),
        (inquiry(rules=(PATIENT,)), Fate.HOLDING, "true, held 0s of 2m, 2m left"),
        (
            inquiry(with_prices("0.4", "0.4"), rules=(PATIENT,)),
            Fate.HOLDING,
            "true, held 0s of 2m, 2m left; then no step: more than one step is the farthest",
        ),
        (
            inquiry(with_prices("0.4", "0.4")),
            Fate.NO_STEP,
            "true, but names no step: more than one step is the farthest",
        ),
        (
            inquiry(with_prices("0.4")),
            Fate.DENIED,
            "true, but denied by steps-remain: 0 live steps left of 1, 1 to keep",
        ),
        (
            inquiry(ledger=make_ledger(armed=False)),
            Fate.DEFERRED,
            "true, but put off (disarmed): TradeWarden is disarmed",
        ),
        (
            inquiry(ledger=TRIED),
            Fate.SPENT,
            "true, but spent: `repeat: never`, last cancel here at 2026-01-02 11:00:00 UTC (cancelled)",
        ),
        (
            inquiry(rules=(make_rule(repeat=Repeat(policy=RepeatPolicy.AFTER, after=6 * 60 * MINUTE)),), ledger=TRIED),
            Fate.SPENT,
            (
                "true, but spent: `repeat: 6h`, last cancel here at 2026-01-02 11:00:00 UTC (cancelled), "
                "again from 2026-01-02 17:00:00 UTC"
            ),
        ),
        (
            inquiry(
                rules=(make_rule(repeat=Repeat(policy=RepeatPolicy.ON_RESET)),), ledger=make_ledger(make_attempt(None))
            ),
            Fate.SPENT,
            (
                "true, but spent: `repeat: on-reset`, last cancel here at 2026-01-02 11:50:00 UTC (not settled yet), "
                "and its condition has not been false since"
            ),
        ),
        (
            inquiry(rules=(make_rule(match=make_match(pair="BTC_*", side="long")),)),
            Fate.NO_MATCH,
            'does not speak of it: pair "USDT_DOGE" does not fit "BTC_*"',
        ),
        (
            inquiry(rules=(make_rule(except_=make_match(pair="USDT_*", side="long")),)),
            Fate.NO_MATCH,
            'does not speak of it: excepted, pair "USDT_DOGE" fits "USDT_*" and side "long" fits "long"',
        ),
        (
            inquiry(make_smart_trade(side=None), rules=(make_rule(match=make_match(side="long")),)),
            Fate.NO_MATCH,
            'does not speak of it: side unknown does not fit "long"',
        ),
        (
            inquiry(make_smart_trade(status="finished")),
            Fate.LEFT_ALONE,
            "not asked: its status is finished, not waiting_targets",
        ),
        (
            inquiry(settings=make_settings(api=ApiSettings(accounts=frozenset({AccountId(1)})))),
            Fate.LEFT_ALONE,
            "not asked: account 32402783 is not in `api.accounts`",
        ),
        (
            inquiry(rules=(make_rule(enabled=False),)),
            Fate.OFF,
            "switched off (`enabled: false`); its condition is true now",
        ),
        (
            inquiry(rules=(make_rule(enabled=False, match=make_match(pair="BTC_*")),)),
            Fate.OFF,
            "switched off (`enabled: false`)",
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Fate) else "",
)
def test_the_verdict_in_a_sentence(asked: Inquiry, fate: Fate, sentence: str) -> None:
    found = one_of(asked)

    assert (found.fate, found.sentence) == (fate, sentence)


def test_a_second_read_leaves_no_doubt() -> None:
    found = one_of(replace(inquiry(), readings={SMART_TRADE: make_reading()}))

    assert found.sentence == "would cancel step 2 at 0.4 now"
    assert [check.name for check in found.checks] == [invariant.name for invariant in INVARIANTS]
    assert found.not_read == ()


def test_without_one_it_is_told_which_checks_have_no_answer() -> None:
    found = one_of(inquiry())
    answered = [check.name for check in found.checks]

    assert answered == [invariant.name for invariant in INVARIANTS if invariant.on_first_read]
    assert list(found.not_read) == [invariant.name for invariant in INVARIANTS if not invariant.on_first_read]


def test_the_step_and_its_checks_are_shown_though_the_condition_is_false() -> None:
    """So is what would hold it back: the trader sees what would happen if it became true."""
    found = one_of(inquiry(CALM, ledger=make_ledger(armed=False)))

    assert found.choice is not None
    assert found.choice.step is not None
    assert found.choice.step.id == FAR
    assert found.choice.why == "step 2 is the farthest"
    assert all(check.holds for check in found.checks)
    assert found.deferred is not None
    assert found.deferred.reason.value == "disarmed"
    assert found.proposal is None


def test_where_no_step_is_named_there_is_nothing_to_check() -> None:
    found = one_of(inquiry(with_prices("0.4", "0.4")))

    assert (found.checks, found.not_read, found.deferred) == ((), (), None)


def test_a_hold_goes_on_from_the_journals_memory() -> None:
    hold = Hold(held=MINUTE, last=make_moment(-30), fingerprint="text-1")
    found = one_of(inquiry(rules=(PATIENT,), memory=Memory(holds={(RULE, SMART_TRADE): hold})))

    assert found.hold is not None
    assert (found.hold.held, found.hold.left) == (timedelta(seconds=90), timedelta(seconds=30))
    assert found.sentence == "true, held 1m30s of 2m, 30s left"


def test_a_hold_that_is_over_has_nothing_left() -> None:
    hold = Hold(held=5 * MINUTE, last=make_moment(-60), fingerprint="text-1")
    found = one_of(inquiry(rules=(PATIENT,), memory=Memory(holds={(RULE, SMART_TRADE): hold})))

    assert found.fate is Fate.WOULD_CANCEL
    assert found.hold is not None
    assert (found.hold.held, found.hold.left) == (6 * MINUTE, 0 * MINUTE)


def test_what_is_not_true_does_not_hold() -> None:
    hold = Hold(held=MINUTE, last=make_moment(-30), fingerprint="text-1")
    found = one_of(inquiry(CALM, rules=(PATIENT,), memory=Memory(holds={(RULE, SMART_TRADE): hold})))

    assert found.hold is not None
    assert found.hold.held == timedelta(0)


def test_each_comparison_with_its_distance() -> None:
    found = one_of(inquiry(CALM, rules=(make_rule("day_change < -5% and stop_loss"),)))

    assert [(part.trace.sentence(), part.gap and part.gap.sentence()) for part in found.parts] == [
        ("day_change -3.2 % < -5 %: false", "day_change is 1.8 points above -5 %"),
        ("stop_loss: true", None),
    ]
    assert found.miss is not None
    assert found.miss.sentence() == "day_change is 1.8 points above -5 %"


def test_only_what_is_asked_for_is_told_but_limits_look_at_all() -> None:
    """The other rule's cancel comes first, and so this one has to wait."""
    rules = (make_rule(name="first"), make_rule(name="second"))
    trades = (make_smart_trade(), make_smart_trade(id=SmartTradeId(2)))

    found = explain(inquiry(*trades, rules=rules), smart_trades={SMART_TRADE}, rules={"second"})

    [one] = found.rules
    assert (one.rule.name, one.smart_trade.id, one.reason) == ("second", SMART_TRADE, "open_question")


def test_a_window_that_is_not_filled_says_why() -> None:
    rule = make_rule("change(last, 10m) < -5%")
    asked = replace(inquiry(rules=(rule,)), plan=plan_windows([rule], lambda _: MINUTE))

    assert one_of(asked).sentence == (
        "unknown: change(last, 10m) unknown < -5 %: unknown (change(last, 10m): no reading of it so far)"
    )
