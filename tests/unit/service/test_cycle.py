"""
One cycle over ports in memory: what it reports, in which order it acts, and what ends it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from factories import (
    FAR,
    NOON,
    RULE,
    SMART_TRADE,
    make_attempt,
    make_listing,
    make_moment,
    make_price,
    make_question,
    make_reading,
    make_rule,
    make_ruleset,
    make_settings,
    make_smart_trade,
    with_prices,
    without_step,
)
from fakes import FakeClock
from port_fakes import FakeGateway, FakeJournal, Heard
from tradewarden.engine.window_plan import plan_windows
from tradewarden.errors import AccessDenied, JournalError, PlanLimited, RateLimited, TransientError
from tradewarden.model.cancel import Answer, CancelAnswer, Refusal
from tradewarden.model.decision import Outcome
from tradewarden.model.history import History
from tradewarden.model.memory import Ledger, ListingMemory, Memory, PriceWatch
from tradewarden.model.settings import ApiSettings, Limits, Mode
from tradewarden.model.smart_trade import AccountId, SmartTradeId, Unreadable
from tradewarden.service.access import Access
from tradewarden.service.cycle import Cycle
from tradewarden.service.settlings import Settlings

if TYPE_CHECKING:
    from tradewarden.model.decision import CycleReport
    from tradewarden.model.smart_trade import Reading, SmartTrade
    from tradewarden.rules.ruleset import Rule

GONE = make_reading(without_step(make_smart_trade(), FAR))
PENALTY = RateLimited("a pause", pause=timedelta(seconds=300), banned=False)
OTHER = SmartTradeId(2)


class Rig:
    """
    A live Cycle at noon over a listing of *trades*; the second read shows the first of them.
    """

    def __init__(self, *trades: SmartTrade, rules: tuple[Rule, ...] = (), **settings: object) -> None:
        self.trades = trades or (make_smart_trade(),)
        self.rules = rules or (make_rule(),)
        self.clock = FakeClock(NOON)
        self.gateway = FakeGateway(listings=[make_listing(*self.trades)], readings=[make_reading(), GONE])
        self.journal = FakeJournal()
        self.heard = Heard()
        self.settlings = Settlings()
        self.access = Access(journal=self.journal, clock=self.clock, observer=self.heard)
        self.cycle = Cycle(
            gateway=self.gateway,
            journal=self.journal,
            clock=self.clock,
            observer=self.heard,
            settings=make_settings(**{"mode": Mode.LIVE, **settings}),
            ruleset=make_ruleset(*self.rules),
            settlings=self.settlings,
            access=self.access,
            hold_gap_of=lambda _: timedelta(minutes=5),
            new_cycle_id=lambda: "cycle-1",
            plan=plan_windows(self.rules, lambda _: timedelta(minutes=1)),
        )

    def answer(self, refusal: Refusal, reason: str = "no", detail: str = "") -> None:
        self.gateway.answers = [CancelAnswer(answer=Answer.REJECTED, reason=reason, refusal=refusal, detail=detail)]
        self.gateway.readings = [make_reading()]


def _other(number: int = OTHER) -> SmartTrade:
    return make_smart_trade(id=SmartTradeId(number))


def _told(report: CycleReport) -> list[tuple[int, str, str | None]]:
    return [(row.smart_trade_id, row.outcome.value, row.reason) for row in report.outcomes]


def _errors(report: CycleReport) -> list[str]:
    return [error.error for error in report.errors]


async def test_a_cancel_from_listing_to_verdict() -> None:
    rig = Rig()

    report = await rig.cycle.run()

    assert _told(report) == [(SMART_TRADE, "cancelled", None)]
    assert (report.cycle_id, report.started_at, report.mode, report.armed) == ("cycle-1", NOON, Mode.LIVE, True)
    assert (report.smart_trades_read, report.requests, report.errors, report.holding) == (1, 4, (), ())
    assert rig.gateway.reservation.released == 1
    assert rig.heard.events == [
        "cycle.started",
        "cycle.evaluated",
        "cancel.judged",
        "cancel.intended",
        "cancel.answered",
        "cancel.settled",
        "cycle.ended",
    ]


async def test_only_the_rules_that_are_due_are_asked() -> None:
    rig = Rig()

    assert (await rig.cycle.run([])).outcomes == ()


async def test_what_stays_unknown_is_told_as_that() -> None:
    rig = Rig()
    rig.gateway.readings = [make_reading()]

    assert _told(await rig.cycle.run()) == [(SMART_TRADE, "unknown", None)]
    assert rig.gateway.reservation.released == 1


async def test_questions_of_before_are_settled_before_the_listing() -> None:
    rig = Rig()
    rig.journal.questions = [make_question()]
    rig.gateway.readings = [GONE]
    rig.journal.past = Ledger(armed=True, attempts=(make_attempt(),))

    report = await rig.cycle.run()

    assert rig.gateway.asked == [f"read {SMART_TRADE}", "list"]
    assert _told(report) == [(SMART_TRADE, "cancelled", None)]
    assert report.outcomes[0].detail == "the step is gone, the rest intact"


@pytest.mark.parametrize(
    ("answer", "readings", "outcome"),
    [
        (Answer.ACCEPTED, [make_reading()], "unknown"),
        (None, [make_reading()], "unknown"),
        (Answer.REJECTED, [PENALTY], "rejected"),
    ],
    ids=["accepted", "crash", "rejected"],
)
async def test_a_question_that_stays_open_has_a_row(
    answer: Answer | None, readings: list[Reading | Exception], outcome: str
) -> None:
    rig = Rig()
    rig.journal.questions = [make_question(answer)]
    rig.journal.past = Ledger(armed=True, attempts=(make_attempt(None),))
    rig.gateway.readings = readings

    assert [row[1] for row in _told(await rig.cycle.run())] == [outcome]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (PENALTY, "penalty"),
        (AccessDenied("401"), "access"),
        (PlanLimited("plan"), "access"),
        (TransientError("500"), "api"),
    ],
    ids=["penalty", "401", "plan", "500"],
)
async def test_a_listing_that_fails_ends_the_cycle(error: Exception, word: str) -> None:
    rig = Rig()
    rig.gateway.listings = [error]

    report = await rig.cycle.run()

    assert (_errors(report), report.outcomes, report.smart_trades_read) == ([word], (), 0)
    assert (rig.journal.stopped is not None) is (word == "access")


async def test_a_stop_that_cannot_be_written_is_told_too() -> None:
    rig = Rig()
    rig.gateway.listings = [AccessDenied("401")]
    rig.journal.failures["stop_access"] = JournalError("the disk is full")

    assert _errors(await rig.cycle.run()) == ["access", "journal"]


async def test_a_stopped_access_is_regained_before_anything_else() -> None:
    rig = Rig()
    rig.journal.stopped = "401"

    report = await rig.cycle.run()

    assert rig.gateway.asked[:2] == ["validate", "list"]
    assert _told(report) == [(SMART_TRADE, "cancelled", None)]
    assert await rig.journal.access_stopped() is None


async def test_an_access_that_is_still_invalid_stays_stopped() -> None:
    rig = Rig()
    rig.journal.stopped = "401"
    rig.gateway.invalid = AccessDenied("not valid")

    report = await rig.cycle.run()

    assert (rig.gateway.asked, _errors(report), rig.journal.stopped) == (["validate"], ["access"], "not valid")


async def test_what_cannot_be_read_is_an_error_of_its_own() -> None:
    rig = Rig()
    odd = Unreadable(smart_trade_id=OTHER, reason="no steps")
    rig.gateway.listings = [make_listing(*rig.trades, unreadable=(odd,))]

    report = await rig.cycle.run()

    assert [(error.error, error.smart_trade_id) for error in report.errors] == [("unreadable_smart_trade", OTHER)]
    assert _told(report) == [(SMART_TRADE, "cancelled", None)]


async def test_a_suspicious_listing_is_not_acted_on_and_changes_no_hold() -> None:
    rig = Rig(_other(1), _other(2), rules=(make_rule(), make_rule("day_change < -5%", name="b", hold=timedelta(60))))
    memory = Memory(listing=ListingMemory(accepted_count=5))
    rig.journal.memory = memory
    rig.journal.past = Ledger(armed=True, attempts=(make_attempt(smart_trade_id=SmartTradeId(1)),))

    report = await rig.cycle.run()

    assert _told(report) == [(2, "deferred", "suspicious_reading")]
    assert (_errors(report), report.holding) == (["suspicious_reading"], ())
    ((saved, resets),) = rig.journal.saved
    assert (saved.holds, resets) == ({}, ())
    assert saved.listing == ListingMemory(accepted_count=5, odd_counts=(2,))


async def test_what_holds_is_reported_and_saved() -> None:
    rig = Rig(rules=(make_rule(hold=timedelta(minutes=2)),))

    report = await rig.cycle.run()

    assert [(holding.rule, holding.held) for holding in report.holding] == [(RULE, timedelta(0))]
    assert (RULE, SMART_TRADE) in rig.journal.memory.holds


async def test_a_condition_that_the_second_read_showed_false_loses_its_hold_at_once() -> None:
    rig = Rig(rules=(make_rule(hold=timedelta(seconds=1)),))
    hold_key = (RULE, SMART_TRADE)
    await rig.cycle.run()
    rig.clock.advance(timedelta(seconds=60))
    rig.gateway.listings = [make_listing(*rig.trades, seconds=60)]
    rig.gateway.readings = [make_reading(make_smart_trade(price=make_price(day_change="-4")), asked_at=make_moment(60))]
    assert hold_key in rig.journal.memory.holds

    report = await rig.cycle.run()

    assert _told(report) == [(SMART_TRADE, "denied", "condition-holds")]
    assert hold_key not in rig.journal.memory.holds
    assert rig.journal.saved[-1][1] == (hold_key,)


@pytest.mark.parametrize("accounts", [None, frozenset({AccountId(32402783)})], ids=["all", "one"])
async def test_abort_above_puts_all_off(accounts: frozenset[AccountId] | None) -> None:
    stranger = make_smart_trade(id=SmartTradeId(3), account_id=AccountId(1), price=make_price(day_change="0"))
    rig = Rig(
        make_smart_trade(),
        _other(),
        stranger,
        limits=Limits(abort_above_pct=Decimal(66)),
        api=ApiSettings(accounts=accounts),
    )

    report = await rig.cycle.run()

    assert [row[1:] for row in _told(report)] == [("deferred", "abort_above")] * 2
    assert rig.gateway.asked == ["list"]


async def test_the_open_ones_of_other_accounts_do_not_dilute_abort_above() -> None:
    strangers = [make_smart_trade(id=SmartTradeId(number), account_id=AccountId(1)) for number in range(10, 20)]
    rig = Rig(
        make_smart_trade(),
        *strangers,
        limits=Limits(abort_above_pct=Decimal(50)),
        api=ApiSettings(accounts=frozenset({AccountId(32402783)})),
    )

    assert _told(await rig.cycle.run()) == [(SMART_TRADE, "deferred", "abort_above")]


@pytest.mark.parametrize(
    ("refusal", "word"), [(Refusal.PENALTY, "penalty"), (Refusal.ACCESS, "access"), (Refusal.PLAN, "access")]
)
async def test_a_refusal_about_the_account_puts_off_the_rest(refusal: Refusal, word: str) -> None:
    rig = Rig(make_smart_trade(), _other())
    rig.answer(refusal, reason="because")

    report = await rig.cycle.run()

    assert _told(report) == [(SMART_TRADE, "rejected", "because"), (OTHER, "deferred", "backoff")]
    assert (_errors(report), report.errors[0].message) == ([word], "because")
    assert rig.journal.stopped == ("because" if word == "access" else None)


async def test_a_rejection_that_must_wait_for_its_read_is_told_as_one() -> None:
    rig = Rig()
    rig.answer(Refusal.PENALTY)
    rig.gateway.readings = [make_reading(), PENALTY]

    assert _told(await rig.cycle.run()) == [(SMART_TRADE, "rejected", "no")]


async def test_an_ordinary_rejection_stops_nothing() -> None:
    rig = Rig(make_smart_trade(), _other(), rules=(make_rule("pair == 'USDT_DOGE'"),))
    rig.answer(Refusal.OTHER)
    rig.gateway.readings = [make_reading(), make_reading(_other()), make_reading()]

    report = await rig.cycle.run()

    assert [row[1] for row in _told(report)] == ["rejected", "rejected"]
    assert report.errors == ()


@pytest.mark.parametrize(("count", "disarms"), [(2, False), (3, True)])
async def test_three_forbidden_in_a_row_disarm(count: int, *, disarms: bool) -> None:
    rig = Rig()
    rig.answer(Refusal.FORBIDDEN)
    rig.journal.forbidden = frozenset(SmartTradeId(number) for number in range(1, count + 1))

    report = await rig.cycle.run()

    assert (not rig.journal.armed, not report.armed, bool(report.errors)) == (disarms, disarms, disarms)


@pytest.mark.parametrize("error", [PENALTY, AccessDenied("401"), PlanLimited("plan")], ids=["penalty", "401", "plan"])
async def test_a_second_read_that_is_refused_puts_off_this_one_and_the_rest(error: Exception) -> None:
    rig = Rig(make_smart_trade(), _other())
    rig.gateway.readings = [error]

    report = await rig.cycle.run()

    assert [row[1:] for row in _told(report)] == [("deferred", "backoff")] * 2
    assert len(report.errors) == 1


async def test_what_was_sent_still_settles_when_the_next_one_fails() -> None:
    rig = Rig(make_smart_trade(), _other())
    rig.gateway.readings = [make_reading(), PENALTY, GONE]

    report = await rig.cycle.run()

    assert _told(report) == [(SMART_TRADE, "cancelled", None), (OTHER, "deferred", "backoff")]
    assert _errors(report) == ["penalty"]


async def test_an_answer_that_cannot_be_written_stops_the_cycle_but_settles() -> None:
    rig = Rig(make_smart_trade(), _other())
    rig.journal.failures["record_answer"] = JournalError("the disk is full")

    report = await rig.cycle.run()

    assert _told(report) == [(SMART_TRADE, "cancelled", None)]
    assert _errors(report) == ["journal"]


async def test_a_verdict_that_cannot_be_written_leaves_it_unknown() -> None:
    rig = Rig()
    rig.journal.failures["settle"] = JournalError("the disk is full")

    report = await rig.cycle.run()

    assert (_told(report), _errors(report)) == ([(SMART_TRADE, "unknown", None)], ["journal"])
    assert rig.gateway.reservation.released == 1


async def test_both_journal_errors_are_one() -> None:
    rig = Rig()
    rig.journal.failures["settle"] = rig.journal.failures["record_answer"] = JournalError("the disk is full")

    assert _errors(await rig.cycle.run()) == ["journal"]


@pytest.mark.parametrize("method", ["ledger", "save_memory", "record_outcome"])
async def test_without_a_journal_nothing_is_sent(method: str) -> None:
    rig = Rig(with_prices("0.3"), make_smart_trade(id=OTHER))
    rig.journal.failures[method] = JournalError("the disk is full")

    report = await rig.cycle.run()

    assert _errors(report) == ["journal"]
    assert rig.journal.intents == []


async def test_a_journal_that_cannot_tell_is_not_armed() -> None:
    rig = Rig()
    rig.journal.failures["is_armed"] = JournalError("the disk is full")

    assert not (await rig.cycle.run([])).armed


async def test_a_bug_is_not_hidden() -> None:
    rig = Rig()
    rig.gateway.listings = [ZeroDivisionError()]

    with pytest.raises(ZeroDivisionError):
        await rig.cycle.run()


async def test_a_stop_signal_ends_the_cycle() -> None:
    rig = Rig()
    running = asyncio.ensure_future(rig.cycle.run())
    rig.heard.cues["cycle.evaluated"] = running.cancel

    with pytest.raises(asyncio.CancelledError):
        await running

    assert rig.journal.intents == []


async def test_a_dry_run_would_cancel() -> None:
    rig = Rig(mode=Mode.DRY_RUN)

    report = await rig.cycle.run()

    assert (_told(report), report.mode) == ([(SMART_TRADE, "would_cancel", None)], Mode.DRY_RUN)
    assert [row.outcome for row in rig.journal.outcomes] == [Outcome.WOULD_CANCEL]


async def test_a_repeat_that_is_spent_meanwhile_has_no_row() -> None:
    rig = Rig(make_smart_trade(), _other())
    spent = Ledger(armed=True, attempts=(make_attempt(smart_trade_id=OTHER),))
    rig.heard.cues["cancel.answered"] = lambda: setattr(rig.journal, "past", spent)

    assert _told(await rig.cycle.run()) == [(SMART_TRADE, "cancelled", None)]


# Markets and readings over time


BTC = "USDT_BTC"
ASKED = make_price(day_change=None, quote_volume=None)
ON_BTC = make_rule(f'market("{BTC}").last < 1')


async def test_a_market_that_a_smart_trade_is_in_costs_no_request() -> None:
    rig = Rig(make_smart_trade(), make_smart_trade(id=OTHER, pair=BTC), rules=(ON_BTC,))

    report = await rig.cycle.run()

    assert _told(report)[0] == (SMART_TRADE, "cancelled", None)
    assert not [asked for asked in rig.gateway.asked if asked.startswith("market")]


async def test_a_market_that_no_smart_trade_is_in_is_asked_for_once() -> None:
    rig = Rig(make_smart_trade(exchange=None), make_smart_trade(id=OTHER), rules=(ON_BTC,))
    rig.gateway.markets = {BTC: ASKED}

    report = await rig.cycle.run()

    assert _told(report)[0] == (SMART_TRADE, "cancelled", None)
    assert [asked for asked in rig.gateway.asked if asked.startswith("market")] == [f"market {BTC} binance_us"]


async def test_a_market_whose_price_stands_still_is_asked_for() -> None:
    rig = Rig(
        make_smart_trade(), make_smart_trade(id=OTHER, pair=BTC, price=make_price(last="0.1026")), rules=(ON_BTC,)
    )
    watch = PriceWatch(price=make_price(last="0.1026"), since=make_moment(-3600))
    rig.journal.memory = Memory(prices={OTHER: watch})
    rig.gateway.markets = {BTC: ASKED}

    assert _told(await rig.cycle.run())[0] == (SMART_TRADE, "cancelled", None)
    assert f"market {BTC} binance_us" in rig.gateway.asked


async def test_a_market_that_is_not_to_be_had_is_told_and_unknown() -> None:
    rig = Rig(rules=(ON_BTC, make_rule("last > 5", name="other")))

    report = await rig.cycle.run()

    assert _told(report) == []
    (error,) = report.errors
    assert (error.error, error.message) == ("market", f"the market {BTC} is unknown: there is no {BTC}")
    assert [memory.listing for memory, _ in rig.journal.saved] == [ListingMemory(accepted_count=1)]


@pytest.mark.parametrize("error", [AccessDenied("no"), PlanLimited("no"), TransientError("no")])
async def test_what_is_denied_of_a_market_stops_no_other_rule(error: Exception) -> None:
    """
    The listing was read just before: the key is good, and only what the market is asked for stays unknown.
    """
    rig = Rig(rules=(make_rule(), make_rule(f'market("{BTC}").last < 1', name="on-btc")))
    rig.gateway.no_market = error

    report = await rig.cycle.run()

    assert _told(report) == [(SMART_TRADE, "cancelled", None)]
    assert _errors(report) == ["market"]
    assert await rig.journal.access_stopped() is None


async def test_a_penalty_for_asking_for_a_market_ends_the_cycle() -> None:
    rig = Rig(rules=(make_rule(), make_rule(f'market("{BTC}").last < 1', name="on-btc")))
    rig.gateway.no_market = PENALTY

    report = await rig.cycle.run()

    assert (_told(report), _errors(report)) == ([], ["penalty"])


async def test_without_an_exchange_no_market_is_asked_for() -> None:
    rig = Rig(make_smart_trade(exchange=None), rules=(ON_BTC,))

    report = await rig.cycle.run()

    assert (_told(report), _errors(report), rig.gateway.asked) == ([], [], ["list"])


async def test_what_a_cycle_saw_is_recorded_and_looked_back_on() -> None:
    rig = Rig(rules=(make_rule("lowest(last, 2m) < 0.05"),))
    rig.gateway.listings *= 2

    await rig.cycle.run()

    (sample, listing) = rig.journal.samples[0]
    assert (sample.subjects, sample.values("last")) == ((SMART_TRADE,), {SMART_TRADE: Decimal("0.10268")})
    assert listing.smart_trades == rig.trades
    assert rig.journal.looked_back == [(frozenset({"last"}), timedelta(minutes=4))]
    assert rig.journal.memory.history.newest == sample.only({"last"})


async def test_a_suspicious_listing_is_not_recorded() -> None:
    rig = Rig(rules=(make_rule("lowest(last, 2m) < 0.05"),))
    rig.journal.memory = Memory(listing=ListingMemory(accepted_count=100))

    report = await rig.cycle.run()

    assert _errors(report) == ["suspicious_reading"]
    assert (rig.journal.samples, rig.journal.memory.history) == ([], History())


async def test_a_record_that_cannot_be_kept_ends_the_cycle() -> None:
    rig = Rig()
    rig.journal.failures["keep_sample"] = JournalError("the disk is full")

    report = await rig.cycle.run()

    assert (_told(report), _errors(report)) == ([], ["journal"])


async def test_a_history_that_cannot_be_read_ends_the_cycle() -> None:
    rig = Rig()
    rig.journal.failures["load_history"] = JournalError("a sample cannot be read")

    report = await rig.cycle.run()

    assert (_told(report), _errors(report)) == ([], ["journal"])
