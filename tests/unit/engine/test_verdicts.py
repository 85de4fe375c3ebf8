"""
Whatever is explained is what the daemon does: the same cycle is run for real, and every row must agree.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given, settings

from accounts import Account, accounts
from factories import (
    FAR,
    NOON,
    gap_of,
    make_attempt,
    make_ledger,
    make_listing,
    make_reading,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    with_prices,
)
from fakes import FakeClock
from port_fakes import FakeGateway, FakeJournal, Heard
from tradewarden.engine.decide import evaluate
from tradewarden.engine.explain import explain
from tradewarden.engine.explanation import Fate
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.memory import Memory
from tradewarden.model.settings import Limits
from tradewarden.model.smart_trade import SmartTradeId
from tradewarden.service.access import Access
from tradewarden.service.cycle import Cycle
from tradewarden.service.settlings import Settlings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradewarden.model.decision import CycleReport, OutcomeRow
    from tradewarden.model.moment import Moment
    from tradewarden.model.settings import Mode
    from tradewarden.model.smart_trade import Reading
    from tradewarden.ports import Reservation

PROPOSED = frozenset({Fate.WOULD_CANCEL, Fate.DENIED, Fate.DEFERRED, Fate.SPENT})
FATES = {Outcome.WOULD_CANCEL: Fate.WOULD_CANCEL, Outcome.DENIED: Fate.DENIED, Outcome.DEFERRED: Fate.DEFERRED}


@dataclass(slots=True)
class Reader(FakeGateway):
    """
    Answers each second read with the SmartTrade that was asked for.
    """

    account: Account | None = None

    async def read(self, smart_trade_id: SmartTradeId, *, reservation: Reservation | None = None) -> Reading:
        """
        Read one.
        """
        del reservation
        assert self.account is not None
        return self.account.readings[smart_trade_id]


@dataclass(slots=True)
class Remembering(FakeJournal):
    """
    Counts a would-cancel as the real one does.
    """

    async def record_outcomes(self, rows: Sequence[OutcomeRow], *, cycle_id: str, mode: Mode, at: Moment) -> None:
        """
        Keep rows, and count them as attempts.
        """
        await FakeJournal.record_outcomes(self, rows, cycle_id=cycle_id, mode=mode, at=at)
        new = tuple(
            Attempt(
                rule=row.rule,
                smart_trade_id=row.smart_trade_id,
                trade_id=row.trade_id,
                at=at.wall,
                outcome=row.outcome,
                fingerprint=None,
            )
            for row in rows
            if row.outcome is Outcome.WOULD_CANCEL
        )
        self.past = replace(self.past, attempts=(*new, *self.past.attempts))


def dry_cycle(account: Account) -> CycleReport:
    """
    Run the daemon's own cycle of an account, as a dry run.
    """
    clock, heard = FakeClock(NOON), Heard()
    journal = Remembering(past=account.ledger, memory=account.memory, armed=account.ledger.armed)
    cycle = Cycle(
        gateway=Reader(listings=[account.listing], account=account),
        journal=journal,
        clock=clock,
        observer=heard,
        settings=account.settings,
        ruleset=account.ruleset,
        settlings=Settlings(),
        access=Access(journal=journal, clock=clock, observer=heard),
        hold_gap_of=gap_of(),
        new_cycle_id=lambda: "cycle-1",
        plan=account.plan,
    )
    return asyncio.run(cycle.run())


@given(accounts())
def test_it_proposes_exactly_where_the_daemon_does(account: Account) -> None:
    """And the proposals, and what holds, are the same."""
    evaluation = evaluate(
        account.listing,
        account.ruleset.enabled,
        account.memory,
        settings=account.settings,
        hold_gap_of=gap_of(),
        plan=account.plan,
    )
    explained = explain(account.inquiry(is_read_again=False)).rules

    assert [one.proposal for one in explained if one.proposal is not None] == sorted(
        evaluation.proposals,
        key=lambda one: (account.listing.smart_trades.index(one.smart_trade), account.ruleset.rules.index(one.rule)),
    )
    assert all((one.fate in PROPOSED) is (one.proposal is not None) for one in explained)
    held = {(one.rule, one.smart_trade_id): (one.held, one.needed) for one in evaluation.holding}
    assert held == {
        (one.rule.name, one.smart_trade.id): (one.hold.held, one.hold.needed)
        for one in explained
        if one.fate is Fate.HOLDING and one.hold is not None
    }


@given(accounts())
def test_what_it_says_of_a_proposal_is_what_a_cycle_does(account: Account) -> None:
    """Read in full, fate and reason are outcome and reason of the row; what has no row is not called a proposal."""
    report = dry_cycle(account)
    said = [
        (one.rule.name, one.smart_trade.id, one.fate, one.reason)
        for one in explain(account.inquiry(is_read_again=True)).rules
        if one.fate in FATES.values()
    ]
    done = [(row.rule, row.smart_trade_id, FATES[row.outcome], row.reason) for row in report.outcomes]
    for fate in {fate for *_, fate, _ in said}:
        event(fate.value)

    assert sorted(said) == sorted(done)


def test_each_kind_of_fate_was_met() -> None:
    """The random accounts above are no use if they meet one fate alone."""
    met: Counter[Fate] = Counter()

    @settings(max_examples=200, derandomize=True, database=None)
    @given(accounts())
    def look(account: Account) -> None:
        met.update(one.fate for one in explain(account.inquiry(is_read_again=False)).rules)

    look()

    assert set(met) == set(Fate)


def account_of(count: int = 3, **changes: object) -> Account:
    """
    Make *count* SmartTrades that one rule wants to cancel on.
    """
    trades = [make_smart_trade(id=SmartTradeId(number)) for number in range(1, count + 1)]
    account = Account(
        listing=make_listing(*trades),
        ruleset=make_ruleset(make_rule()),
        memory=Memory(),
        ledger=make_ledger(),
        settings=make_settings(),
    )
    return replace(account, **changes)  # type: ignore[arg-type]  # fields by name


def fates(account: Account, *, is_read_again: bool = True) -> list[tuple[int, str, str | None]]:
    """
    Return where each rule stands with each SmartTrade.
    """
    explained = explain(account.inquiry(is_read_again=is_read_again))
    return [(one.smart_trade.id, one.fate.value, one.reason) for one in explained.rules]


def test_a_limit_puts_the_later_ones_off() -> None:
    account = account_of(settings=make_settings(limits=Limits(cancels_per_cycle=2)))

    assert fates(account) == [
        (1, "would_cancel", None),
        (2, "would_cancel", None),
        (3, "deferred", "cancels_per_cycle"),
    ]


def test_too_many_at_once_are_all_put_off() -> None:
    account = account_of(
        settings=make_settings(limits=Limits(abort_above_pct=make_settings().safety.imminent_margin_pct))
    )

    assert fates(account) == [(number, "deferred", "abort_above") for number in (1, 2, 3)]


def test_what_the_listing_alone_denies_is_denied_without_a_second_read() -> None:
    account = account_of(listing=make_listing(with_prices("0.4")))

    [(_, fate, reason)] = fates(account, is_read_again=False)

    assert (fate, reason) == ("denied", "steps-remain")


def test_a_second_read_that_shows_something_else_denies() -> None:
    account = account_of(1)
    trade = account.listing.smart_trades[0]
    inquiry = account.inquiry(is_read_again=True)
    again = make_reading(replace(trade, stop_loss=replace(trade.stop_loss, enabled=False)))

    [one] = explain(replace(inquiry, readings={trade.id: again})).rules

    assert (one.fate, one.reason) == (Fate.DENIED, "stop-loss-present")
    assert one.sentence == (
        "true, but denied by stop-loss-present: enabled no, status to_process; no live row in the list of trades"
    )


def test_a_second_read_long_after_the_first_breaks_the_hold() -> None:
    account = account_of(1, ruleset=make_ruleset(make_rule(hold=timedelta(minutes=2))))
    [trade] = account.listing.smart_trades
    late = replace(account.listing.asked_at, boot=account.listing.asked_at.boot + timedelta(minutes=6))
    inquiry = replace(account.inquiry(is_read_again=True), readings={trade.id: make_reading(trade, asked_at=late)})

    [one] = explain(inquiry).rules

    failed = {check.name: check.detail for check in one.checks if not check.holds}
    assert "`for` starts anew" in failed["condition-holds"]


@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, None])
def test_a_spent_rule_is_spent(outcome: Outcome | None) -> None:
    trade = make_smart_trade()
    account = account_of(listing=make_listing(trade), ledger=make_ledger(make_attempt(outcome)))

    [one] = explain(account.inquiry(is_read_again=False)).rules

    assert (one.fate, one.proposal is not None and one.proposal.step.id) == (Fate.SPENT, FAR)
