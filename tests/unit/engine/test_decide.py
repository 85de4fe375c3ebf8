"""
What the rules want of a listing: holds, resets, proposals, and prices that stand still.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import (
    FAR,
    RULE,
    SMART_TRADE,
    gap_of,
    make_condition,
    make_listing,
    make_match,
    make_moment,
    make_price,
    make_rule,
    make_settings,
    make_smart_trade,
    with_prices,
)
from tradewarden.engine.decide import (
    FORGET_PRICES_AFTER,
    Evaluation,
    evaluate,
    run_hold,
    trade_facts,
    without_holds,
)
from tradewarden.engine.matching import matches
from tradewarden.engine.proposal import Proposal
from tradewarden.engine.selectors import choose
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.decision import Holding
from tradewarden.model.history import SAMPLES_IN_A_BLOCK
from tradewarden.model.memory import Hold, ListingMemory, Memory, PriceWatch
from tradewarden.model.settings import ApiSettings
from tradewarden.model.smart_trade import AccountId, Side, SmartTradeId, Unreadable
from tradewarden.model.truth import Truth
from tradewarden.rules.ruleset import AtPosition, Farthest, Repeat, RepeatPolicy, Where
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing, SmartTrade
    from tradewarden.rules.ruleset import Rule

TRADE = make_smart_trade()
CALM = make_smart_trade(price=make_price(day_change="-2"))
BLIND = make_smart_trade(price=make_price(day_change=None))
KEY = (RULE, SMART_TRADE)
MINUTE = timedelta(minutes=1)
PATIENT = make_rule(hold=2 * MINUTE)
EMPTY = Memory()
ON_RESET = Repeat(policy=RepeatPolicy.ON_RESET)


def decide(listing: Listing, *rules: Rule, memory: Memory = EMPTY, settings: Settings | None = None) -> Evaluation:
    return evaluate(listing, rules, memory, settings=settings or make_settings(), hold_gap_of=gap_of())


def play(rule: Rule, *seen: tuple[float, SmartTrade | None], **settings: Any) -> list[int]:
    """
    Return how many proposals each listing led to; it shows a SmartTrade, or none, at so many seconds after noon.
    """
    memory, counts = EMPTY, []
    for seconds, trade in seen:
        listing = make_listing(*([] if trade is None else [trade]), seconds=seconds)
        evaluation = decide(listing, rule, memory=memory, settings=make_settings(**settings))
        memory = evaluation.memory
        counts.append(len(evaluation.proposals))
    return counts


def hold(seconds: float, at: float = 0, fingerprint: str = "text-1") -> Hold:
    return Hold(held=timedelta(seconds=seconds), last=make_moment(at), fingerprint=fingerprint)


def test_a_true_rule_proposes_its_step() -> None:
    rule = make_rule()
    evaluation = decide(make_listing(TRADE), rule)

    assert evaluation.proposals == (Proposal(rule=rule, smart_trade=TRADE, step=TRADE.steps[1]),)
    assert evaluation.proposals[0].step.id == FAR
    assert evaluation.unchosen == ()


def test_a_true_rule_whose_selector_names_no_step_says_why() -> None:
    """
    Nothing is proposed, and the owner can learn why: a silent rule looks broken.
    """
    evaluation = decide(make_listing(make_smart_trade(steps=())), make_rule())

    assert evaluation.proposals == ()
    assert evaluation.unchosen == ((KEY, "no step is left"),)
    assert evaluation.holding == ()
    assert evaluation.resets == ()


def test_each_rule_has_its_say() -> None:
    other = make_rule("stop_loss", name="other")

    assert [p.rule.name for p in decide(make_listing(TRADE), make_rule(), other).proposals] == [RULE, "other"]


@pytest.mark.parametrize(
    ("trade", "resets"),
    [pytest.param(CALM, (KEY,), id="false"), pytest.param(BLIND, (), id="unknown")],
)
def test_only_true_fires_and_only_false_resets(trade: SmartTrade, resets: tuple[Any, ...]) -> None:
    evaluation = decide(make_listing(trade), make_rule(repeat=Repeat(policy=RepeatPolicy.ON_RESET)))

    assert evaluation.proposals == ()
    assert evaluation.resets == resets


def test_resets_are_noted_for_rules_that_go_by_them() -> None:
    assert decide(make_listing(CALM), make_rule(repeat=Repeat(policy=RepeatPolicy.NEVER))).resets == ()


def test_a_smart_trade_of_an_allowed_account_is_asked() -> None:
    settings = make_settings(api=ApiSettings(accounts=frozenset({TRADE.account_id})))

    assert len(decide(make_listing(TRADE), make_rule(), settings=settings).proposals) == 1


def test_the_hour_is_that_of_the_owner() -> None:
    """
    Noon in London is nine in the evening in Tokyo.
    """
    settings = make_settings(timezone=ZoneInfo("Asia/Tokyo"))

    _, facts = trade_facts(TRADE, settings=settings, now=make_moment(), watch=None)

    assert len(decide(make_listing(TRADE), make_rule("hour == 21"), settings=settings).proposals) == 1
    assert facts["hour"] == 21


def test_a_selector_may_ask_for_facts_that_the_condition_does_not() -> None:
    rule = make_rule(cancel=Where(make_condition("step.position == 2 and day_change < -5%", Scope.STEP)))

    assert len(decide(make_listing(TRADE), replace(rule, when=make_condition("stop_loss"))).proposals) == 1


NOT_ASKED = {
    "not open": (make_smart_trade(status="pending_reduce_funds"), PATIENT, {}),
    "no status": (make_smart_trade(status=None), PATIENT, {}),
    "not matched": (TRADE, replace(PATIENT, match=make_match(side="short")), {}),
    "excepted": (TRADE, replace(PATIENT, except_=make_match(side="long")), {}),
    "an account that is not allowed": (TRADE, PATIENT, {"api": ApiSettings(accounts=frozenset({AccountId(1)}))}),
}


@pytest.mark.parametrize(("trade", "rule", "settings"), NOT_ASKED.values(), ids=NOT_ASKED.keys())
def test_whom_a_rule_does_not_speak_of_it_leaves_alone(trade: SmartTrade, rule: Rule, settings: dict[str, Any]) -> None:
    """
    Nor does its hold run on meanwhile: what was not asked was not observed.
    """
    memory = Memory(holds={KEY: hold(600)})
    evaluation = decide(make_listing(trade, seconds=60), rule, memory=memory, settings=make_settings(**settings))

    assert evaluation.proposals == ()
    assert evaluation.resets == ()
    assert evaluation.memory.holds == {}


def test_where_no_step_is_chosen_there_is_no_proposal() -> None:
    assert decide(make_listing(with_prices("0.4", "0.4")), make_rule()).proposals == ()


# --- holds


def test_a_condition_must_hold_for_so_long() -> None:
    assert play(PATIENT, (0, TRADE), (60, TRADE), (119, TRADE), (120, TRADE), (180, TRADE)) == [0, 0, 0, 1, 1]


def test_what_still_holds_is_told() -> None:
    memory = decide(make_listing(TRADE), PATIENT).memory
    evaluation = decide(make_listing(TRADE, seconds=60), PATIENT, memory=memory)

    assert evaluation.holding == (Holding(rule=RULE, smart_trade_id=SMART_TRADE, held=MINUTE, needed=2 * MINUTE),)
    assert evaluation.memory.holds == {KEY: hold(60, at=60)}


@pytest.mark.parametrize("trade", [CALM, BLIND], ids=["false", "unknown"])
def test_false_and_unknown_reset_a_hold(trade: SmartTrade) -> None:
    assert play(PATIENT, (0, TRADE), (60, TRADE), (90, trade), (120, TRADE), (180, TRADE)) == [0, 0, 0, 0, 0]
    assert decide(make_listing(trade), PATIENT, memory=Memory(holds={KEY: hold(60)})).memory.holds == {}


def test_one_missing_reading_is_a_gap_and_not_the_end() -> None:
    """
    A SmartTrade that is missing from one list is unknown, not gone.
    """
    assert play(PATIENT, (0, TRADE), (60, None), (120, TRADE)) == [0, 0, 1]


def test_a_gap_longer_than_allowed_resets_a_hold() -> None:
    assert play(PATIENT, (0, TRADE), (300, TRADE)) == [0, 1]
    assert play(PATIENT, (0, TRADE), (301, TRADE), (420, TRADE), (421, TRADE)) == [0, 0, 0, 1]


def test_the_hold_of_a_rule_that_is_not_due_stays() -> None:
    memory = Memory(holds={("another", SMART_TRADE): hold(60)})

    assert decide(make_listing(TRADE), make_rule(), memory=memory).memory.holds == memory.holds


@pytest.mark.parametrize(
    ("before", "held"),
    [
        pytest.param(None, 0, id="the first time"),
        pytest.param(hold(60), 120, id="it runs"),
        pytest.param(hold(60, fingerprint="text-2"), 0, id="another text"),
        pytest.param(hold(60, at=-240), 360, id="as far apart as allowed"),
        pytest.param(hold(60, at=-240.001), 0, id="too far apart"),
        pytest.param(hold(60, at=61), 0, id="from the future"),
    ],
)
def test_how_a_hold_runs(before: Hold | None, held: float) -> None:
    assert run_hold(before, PATIENT, make_moment(60), gap=5 * MINUTE) == hold(held, at=60)


def test_another_boot_resets_a_hold() -> None:
    now = make_moment(60, boot_id="boot-2")

    assert run_hold(hold(60), PATIENT, now, gap=5 * MINUTE).held == timedelta(0)


def test_no_step_of_the_wall_clock_makes_a_hold_run() -> None:
    now = replace(make_moment(60), wall=make_moment(86400).wall)

    assert run_hold(hold(60), PATIENT, now, gap=5 * MINUTE).held == 2 * MINUTE


def test_a_second_read_that_was_not_true_resets_its_hold() -> None:
    other = ("another", SMART_TRADE)
    listing = ListingMemory(accepted_count=1)
    prices = {SMART_TRADE: PriceWatch(price=make_price(), since=make_moment())}
    memory = Memory(holds={KEY: hold(60), other: hold(60)}, prices=prices, listing=listing)

    assert without_holds(memory, [KEY]) == Memory(holds={other: hold(60)}, prices=prices, listing=listing)


# --- prices that stand still


def moving(bid: str | None, volume: str | None = "1") -> SmartTrade:
    return make_smart_trade(price=make_price(bid=bid, quote_volume=volume))


def test_a_frozen_price_fires_nothing_until_it_moves() -> None:
    still, moved = moving("0.1025"), moving("0.1026")

    assert play(make_rule(), (0, still), (1799, still), (1800, still), (1860, moved)) == [1, 1, 0, 1]


def test_a_null_does_not_unfreeze_a_price() -> None:
    still = moving("0.1025")

    assert play(make_rule(), (0, still), (1800, moving("0.1025", None)), (1860, still)) == [1, 0, 0]


def test_frozen_after_never() -> None:
    assert play(make_rule(), (0, TRADE), (10**6, TRADE), frozen_after=None) == [1, 1]


def test_a_price_is_watched_where_no_rule_may_act() -> None:
    trade = make_smart_trade(status="created")

    assert SMART_TRADE in decide(make_listing(trade)).memory.prices


OLD = FORGET_PRICES_AFTER.total_seconds()


@pytest.mark.parametrize(
    ("listing", "kept"),
    [
        pytest.param(make_listing(seconds=OLD - 1), True, id="missing for a while"),
        pytest.param(make_listing(seconds=OLD), False, id="gone"),
        pytest.param(make_listing(TRADE, seconds=OLD), True, id="present"),
        pytest.param(
            make_listing(seconds=OLD, unreadable=(Unreadable(smart_trade_id=SMART_TRADE, reason="odd"),)),
            True,
            id="unreadable",
        ),
        pytest.param(
            make_listing(seconds=OLD, unreadable=(Unreadable(smart_trade_id=None, reason="odd"),)),
            False,
            id="somebody is unreadable",
        ),
    ],
)
def test_the_price_of_one_that_is_missing_is_remembered(listing: Listing, kept: bool) -> None:
    memory = Memory(prices={SMART_TRADE: PriceWatch(price=TRADE.price, since=make_moment())})

    assert (SMART_TRADE in decide(listing, memory=memory).memory.prices) is kept


def test_a_wall_clock_that_was_set_makes_nothing_forgotten() -> None:
    """
    Only time that has surely passed counts: the boot clock says an hour.
    """
    memory = Memory(prices={SMART_TRADE: PriceWatch(price=TRADE.price, since=make_moment())})
    later = make_moment(3600)
    listing = make_listing(asked_at=replace(later, wall=later.wall + FORGET_PRICES_AFTER))

    assert SMART_TRADE in decide(listing, memory=memory).memory.prices


@pytest.mark.parametrize(("days", "kept"), [(29, True), (30, False)])
def test_over_a_restart_of_the_machine_the_wall_clock_tells_what_is_long_gone(days: int, kept: bool) -> None:
    memory = Memory(prices={SMART_TRADE: PriceWatch(price=TRADE.price, since=make_moment(boot_id="before"))})
    listing = make_listing(seconds=timedelta(days=days).total_seconds())

    assert (SMART_TRADE in decide(listing, memory=memory).memory.prices) is kept


def test_each_rule_has_its_own_gap() -> None:
    """
    A rule that is asked every hour would never hold by the gap of one that is asked every minute.
    """
    slow = replace(PATIENT, name="slow")
    memory = Memory(holds={(rule.name, SMART_TRADE): hold(60) for rule in (PATIENT, slow)})
    evaluation = evaluate(
        make_listing(TRADE, seconds=600),
        [PATIENT, slow],
        memory,
        settings=make_settings(),
        hold_gap_of=lambda rule: timedelta(hours=1) if rule is slow else MINUTE,
    )

    assert [proposal.rule.name for proposal in evaluation.proposals] == ["slow"]
    assert [holding.held for holding in evaluation.holding] == [timedelta(0)]


@pytest.mark.parametrize(
    ("frozen_after", "bid", "is_frozen"),
    [
        pytest.param(30 * MINUTE, "0.1025", True, id="still"),
        pytest.param(31 * MINUTE, "0.1025", False, id="not for long"),
        pytest.param(30 * MINUTE, "0.1026", False, id="moved"),
        pytest.param(None, "0.1025", False, id="never"),
    ],
)
def test_facts_of_a_price_that_stands_still_are_unknown(
    frozen_after: timedelta | None, bid: str, is_frozen: bool
) -> None:
    watch = PriceWatch(price=moving("0.1025").price, since=make_moment())
    seen, facts = trade_facts(
        moving(bid), settings=make_settings(frozen_after=frozen_after), now=make_moment(1800), watch=watch
    )

    assert seen.is_frozen is is_frozen
    assert (facts["bid"] is None) is is_frozen


def test_the_memory_of_the_listing_is_passed_on() -> None:
    memory = Memory(listing=ListingMemory(accepted_count=3))

    assert decide(make_listing(), memory=memory).memory.listing == memory.listing


def test_the_memory_that_comes_in_is_not_changed() -> None:
    holds, prices = {KEY: hold(60)}, {SmartTradeId(1): PriceWatch(price=make_price(), since=make_moment())}
    decide(make_listing(CALM), make_rule(), memory=Memory(holds=holds, prices=prices))

    assert list(holds) == [KEY]
    assert list(prices) == [1]


def test_hour_and_weekday_come_from_the_reading() -> None:
    rule = make_rule('hour == 12 and weekday == "fri"')

    assert rule.when == make_condition('hour == 12 and weekday == "fri"')
    assert play(rule, (0, TRADE), (3600, TRADE), (86400, TRADE)) == [1, 0, 0]


def plainly(listing: Listing, rules: list[Rule], memory: Memory) -> tuple[Any, ...]:
    """
    Decide as one would write it down: every rule on every SmartTrade, with all facts.
    """
    now, settings = listing.asked_at, make_settings()
    holds, proposals, holding, resets, unchosen = dict(memory.holds), [], [], [], []
    for trade in listing.smart_trades:
        seen, facts = trade_facts(trade, settings=settings, now=now, watch=memory.prices.get(trade.id))
        for rule in rules:
            key, truth = (rule.name, trade.id), rule.when.evaluate(facts)
            if not trade.is_open or not matches(rule, trade) or truth is not Truth.TRUE:
                holds.pop(key, None)
                if trade.is_open and matches(rule, trade) and truth is Truth.FALSE and rule.repeat == ON_RESET:
                    resets.append(key)
                continue
            if rule.hold > timedelta(0):
                holds[key] = run_hold(holds.get(key), rule, now, gap=5 * MINUTE)
                if holds[key].held < rule.hold:
                    held = holds[key].held
                    holding.append(Holding(rule=rule.name, smart_trade_id=trade.id, held=held, needed=rule.hold))
                    continue
            choice = choose(rule.cancel, seen, facts)
            if choice.step is None:
                unchosen.append((key, choice.why))
            else:
                proposals.append(Proposal(rule=rule, smart_trade=trade, step=choice.step))
    return holds, tuple(proposals), tuple(holding), tuple(resets), tuple(unchosen)


NEARER = make_condition("step.distance > 100% and day_change < 0%", Scope.STEP)
various_rules = st.lists(
    st.builds(
        make_rule,
        st.sampled_from(["day_change < -5%", "day_change < -2% or not known(last)", 'note == "x"', "live_steps >= 2"]),
        name=st.sampled_from(["one", "two", "three"]),
        hold=st.sampled_from([timedelta(0), MINUTE]),
        match=st.sampled_from([make_match(), make_match(side="long"), make_match(pair="BTC_*")]),
        cancel=st.sampled_from([Farthest(), AtPosition(3), Where(NEARER)]),
        repeat=st.sampled_from([Repeat(), ON_RESET]),
        fingerprint=st.sampled_from(["text-1", "text-2"]),
    ),
    max_size=3,
    unique_by=lambda rule: rule.name,
)
various_trades = st.lists(
    st.builds(
        make_smart_trade,
        id=st.integers(1, 3).map(SmartTradeId),
        status=st.sampled_from(["waiting_targets", "waiting_targets", "created"]),
        price=st.sampled_from([make_price(), make_price(day_change="-3"), make_price(last=None), make_price(bid="9")]),
        side=st.sampled_from([Side.LONG, None]),
        note=st.sampled_from(["x", None]),
    ),
    max_size=3,
    unique_by=lambda trade: trade.id,
)


@given(st.lists(st.tuples(various_trades, various_rules, st.integers(1, 400)), max_size=4))
def test_what_is_decided_in_a_hurry_is_what_is_decided_plainly(
    cycles: list[tuple[list[SmartTrade], list[Rule], int]],
) -> None:
    """
    Facts that nobody asks for are not derived, SmartTrades that are alike are matched together: with the same result.
    """
    memory, seconds = EMPTY, 0
    for trades, rules, passed in cycles:
        seconds += passed
        listing = make_listing(*trades, seconds=seconds)
        expected = plainly(listing, rules, memory)

        found = decide(listing, *rules, memory=memory)

        assert (found.memory.holds, found.proposals, found.holding, found.resets, found.unchosen) == expected
        memory = found.memory


# Readings over time


FALLING = (make_rule("change(last, 3m) < -3%"),)
PLAN = plan_windows(FALLING, lambda _: MINUTE)


def _minute(
    number: float, last: str | None, memory: Memory, *trades: SmartTrade, plan: WindowPlan = PLAN, **changes: Any
) -> Evaluation:
    """
    Evaluate the listing of a minute, in which the price of the one SmartTrade is *last*.
    """
    quotes = {"bid": last, "ask": last, "last": last}
    listing = make_listing(*(trades or (make_smart_trade(price=make_price(**quotes)),)), seconds=60 * number)
    arguments: dict[str, Any] = {"settings": make_settings(), "hold_gap_of": gap_of(), "plan": plan, **changes}
    return evaluate(listing, FALLING, memory, **arguments)


def test_a_window_fires_when_it_is_filled_and_not_before() -> None:
    memory = Memory()
    fired: list[int] = []
    for number, last in enumerate(["100", "96", "96", "96.9", "97", "93", "93", "92"]):
        evaluation = _minute(number, last, memory)
        memory = evaluation.memory
        fired.append(len(evaluation.proposals))

    # Three minutes before 96.9 it was 100; before 97 and 93 it was 96; before the second 93 it was 96.9; before 92 97.
    assert fired == [0, 0, 0, 1, 0, 1, 1, 1]


def test_what_windows_look_back_on_is_remembered_and_no_more() -> None:
    evaluation = _minute(0, "100", Memory())

    assert evaluation.sample is not None
    assert evaluation.memory.history.newest == evaluation.sample.only({"last"})
    assert evaluation.sample.values("bid") == {SMART_TRADE: Decimal(100)}
    assert evaluation.surroundings.plan is PLAN


def test_a_reading_that_comes_too_soon_is_not_recorded() -> None:
    plan = plan_windows([make_rule("lowest(last, 1d) < 1")], lambda _: MINUTE)
    memory = _minute(0, "100", Memory(), plan=plan).memory

    evaluation = _minute(0.1, "50", memory, plan=plan)

    history = evaluation.memory.history
    assert (evaluation.sample, history.samples) == (None, memory.history.samples)
    assert [reading.values("last") for reading in history.between] == [{SMART_TRADE: Decimal(50)}]


EVERY_10_S = timedelta(seconds=10)
MIXED = [
    make_rule("lowest(last, 1d) < 1"),
    make_rule("lowest(last, 3m) < 1 and highest(last, 3m) > 1 and held(last > 50, 3m)"),
    make_rule('lowest(market("USDT_DOGE").last, 3m) < 1'),
]


@given(st.lists(st.integers(40, 60), min_size=25, max_size=60))
def test_readings_that_are_no_samples_count_all_the_same(prices: list[int]) -> None:
    """
    With a cycle of ten seconds and a window of a day one reading in a minute is a sample, and the shorter windows miss
    none of those between: not while they are remembered, and not when the next sample has swallowed them.
    """
    plan, memory = plan_windows(MIXED, lambda _: EVERY_10_S), Memory()
    for number, price in enumerate(prices):
        evaluation = _minute(number / 6, str(price), memory, plan=plan)
        memory = evaluation.memory
    samples = memory.history.samples

    facts: dict[str, Any] = {"last": Decimal(prices[-1])}
    evaluation.surroundings.extend(facts, SMART_TRADE, make_moment(10 * (len(prices) - 1)))
    starts = [number for number, _ in enumerate(prices[:-1]) if make_moment(10 * number) in {one.at for one in samples}]
    start = min(starts, key=lambda number: (abs(len(prices) - 1 - number - 18), number))
    inside = [Decimal(price) for price in prices[start:]]
    assert facts["lowest(last, 3m)"] == min(inside)
    assert facts["highest(last, 3m)"] == max(inside)
    assert facts["held(last > 50, 3m)"] is (min(inside) > 50)
    assert facts['lowest(market("USDT_DOGE").last, 3m)'] == min(inside)


def test_what_is_long_past_is_forgotten() -> None:
    memory = Memory()
    for number in range(200):
        memory = _minute(number, "100", memory).memory

    assert len(memory.history.samples) < 2 * SAMPLES_IN_A_BLOCK


@pytest.mark.parametrize(
    ("trade", "changes"),
    [
        (make_smart_trade(status="finished"), {}),
        (make_smart_trade(), {"settings": make_settings(api=ApiSettings(accounts=frozenset({AccountId(1)})))}),
    ],
)
def test_what_no_rule_may_touch_is_not_recorded(trade: SmartTrade, changes: dict[str, Any]) -> None:
    evaluation = _minute(0, None, Memory(), trade, **changes)

    assert evaluation.sample is not None
    assert evaluation.sample.subjects == ()


def test_a_smart_trade_that_no_rule_speaks_of_is_recorded_all_the_same() -> None:
    rule = make_rule(match=make_match(pair="USDT_BTC"))
    evaluation = evaluate(
        make_listing(TRADE), [rule], Memory(), settings=make_settings(), hold_gap_of=gap_of(), plan=PLAN
    )

    assert evaluation.sample is not None
    assert evaluation.sample.values("last") == {SMART_TRADE: Decimal("0.10268")}


def test_windows_of_rules_that_are_not_due_go_on() -> None:
    memory = Memory()
    for number in range(4):
        listing = make_listing(TRADE, seconds=60 * number)
        memory = evaluate(
            listing, [make_rule()], memory, settings=make_settings(), hold_gap_of=gap_of(), plan=PLAN
        ).memory

    assert [sample.values("last") for sample in memory.history.samples] == [{SMART_TRADE: Decimal("0.10268")}] * 4


def test_a_frozen_price_is_recorded_as_unknown() -> None:
    watch = PriceWatch(price=TRADE.price, since=make_moment(-3600))

    evaluation = _minute(0, None, Memory(prices={SMART_TRADE: watch}), TRADE)

    assert evaluation.sample is not None
    assert evaluation.sample.values("last") == {}


def test_a_market_is_told_by_any_smart_trade_that_trades_there() -> None:
    rule = make_rule('market("USDT_BTC").last > 5', match=make_match(pair="USDT_DOGE"))
    plan = plan_windows([rule], lambda _: MINUTE)
    btc = make_smart_trade(
        id=SmartTradeId(2),
        pair="USDT_BTC",
        status="finished",
        price=make_price(bid="9", ask="9", last="9"),
    )

    evaluation = evaluate(
        make_listing(TRADE, btc), [rule], Memory(), settings=make_settings(), hold_gap_of=gap_of(), plan=plan
    )

    assert [proposal.smart_trade.id for proposal in evaluation.proposals] == [SMART_TRADE]
    assert evaluation.sample is not None
    assert evaluation.sample.markets == {'market("USDT_BTC").last': Decimal(9)}
    assert evaluation.sample.prices == {"USDT_BTC": btc.price}
    assert evaluation.memory.history.newest is not None
    assert evaluation.memory.history.newest.prices == {}  # no window looks back on them
