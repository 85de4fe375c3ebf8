"""
Random accounts with rules and a past, for what must agree with the daemon whatever it meets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from factories import (
    NOON,
    gap_of,
    make_condition,
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
    make_step,
    make_stop_loss,
)
from tradewarden.engine.decide import evaluate
from tradewarden.engine.verdicts import Inquiry
from tradewarden.engine.window_plan import plan_windows
from tradewarden.model.cancel import Attempt
from tradewarden.model.decision import Outcome
from tradewarden.model.history import History
from tradewarden.model.memory import Hold, ListingMemory, Memory, PriceWatch, SetAside
from tradewarden.model.settings import ApiSettings, Limits
from tradewarden.model.smart_trade import AccountId, Side, SmartTradeId, TradeId
from tradewarden.rules.ruleset import AtPosition, Farthest, Nearest, Repeat, RepeatPolicy, Where
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from tradewarden.engine.window_plan import WindowPlan
    from tradewarden.model.memory import Ledger
    from tradewarden.model.settings import Settings
    from tradewarden.model.smart_trade import Listing, Reading, SmartTrade
    from tradewarden.rules.ruleset import Rule, RuleSet

T = TypeVar("T")

MINUTE = timedelta(minutes=1)
IDS = tuple(SmartTradeId(number) for number in range(1, 5))
NAMES = ("first", "second", "third")
CONDITIONS = (
    *("day_change < -5%", "last > 0.1 and profit < 0%", "stop_loss", "roe > 1%", "not (day_change > -4%)"),
    *("change(last, 2m) < -1%", "held(day_change < -5%, 2m)", 'market("USDT_DOGE").day_change < -5%'),
)
ODD_ONE_IN = 8  # whatever is drawn is ordinary most of the time, so that something is proposed at all
HOLDS = st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=2)])


def _mostly(ordinary: T, *odd: T) -> st.SearchStrategy[T]:
    """
    Draw what is ordinary, or now and then what is odd.
    """
    return st.sampled_from([*[ordinary] * (ODD_ONE_IN - 1) * len(odd), *odd])


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    A listing at noon, the rules, and what is remembered.
    """

    listing: Listing
    ruleset: RuleSet
    memory: Memory
    ledger: Ledger
    settings: Settings

    def inquiry(self, *, is_read_again: bool) -> Inquiry:
        """
        Ask about all of it, with the second reads (which show nothing new) or without.
        """
        return Inquiry(
            listing=self.listing,
            memory=self.memory,
            ledger=self.ledger,
            settings=self.settings,
            ruleset=self.ruleset,
            hold_gap_of=gap_of(),
            now=self.listing.asked_at,
            plan=self.plan,
            readings=self.readings if is_read_again else {},
        )

    @property
    def plan(self) -> WindowPlan:
        """
        Return what the rules look back on, a cycle each minute.
        """
        return plan_windows(self.ruleset.enabled, lambda _: MINUTE)

    @property
    def readings(self) -> dict[SmartTradeId, Reading]:
        """
        Return both bodies of every SmartTrade.
        """
        return {trade.id: make_reading(trade) for trade in self.listing.smart_trades}


@st.composite
def _smart_trades(draw: st.DrawFn, smart_trade_id: SmartTradeId) -> SmartTrade:
    count = draw(st.integers(min_value=1, max_value=3))
    steps = [
        make_step(
            position,
            id=TradeId(smart_trade_id * 100 + position),
            price=draw(_mostly(f"0.{position + 1}", "0.3", None)),
            word=draw(_mostly("order_placed", "to_process", "finished", "cancelled")),
        )
        for position in range(1, count + 1)
    ]
    return make_smart_trade(
        id=smart_trade_id,
        account_id=AccountId(draw(_mostly(1, 2))),
        pair=draw(_mostly("USDT_DOGE", "USDT_XRP", "BTC_ETH")),
        side=draw(_mostly(Side.LONG, Side.SHORT, None)),
        status=draw(_mostly("waiting_targets", "finished")),
        steps=tuple(steps),
        stop_loss=make_stop_loss(enabled=draw(_mostly(True, False, None))),
        price=make_price(day_change=draw(_mostly("-6", "-4", "-5", None))),
    )


@st.composite
def _rules(draw: st.DrawFn, name: str) -> Rule:
    where = Where(make_condition("step.distance > 150%", Scope.STEP))
    policy = draw(st.sampled_from(list(RepeatPolicy)))
    return make_rule(
        draw(st.sampled_from(CONDITIONS)),
        name=name,
        match=draw(st.sampled_from([make_match(), make_match(pair="USDT_*"), make_match(side="long")])),
        except_=draw(_mostly(None, make_match(pair="USDT_X*", side="long"), make_match(id="2"))),
        hold=draw(HOLDS),
        cancel=draw(_mostly(Farthest(), Nearest(), AtPosition(2), where)),
        keep=draw(_mostly(1, 2)),
        repeat=Repeat(policy=policy, after=timedelta(minutes=draw(st.sampled_from([5, 60])))),
        enabled=draw(_mostly(True, False)),
    )


@st.composite
def _attempts(draw: st.DrawFn) -> Attempt:
    smart_trade_id = draw(st.sampled_from(IDS))
    return Attempt(
        rule=draw(st.sampled_from(NAMES)),
        smart_trade_id=smart_trade_id,
        trade_id=TradeId(smart_trade_id * 100 + draw(st.integers(1, 3))),
        at=NOON - timedelta(minutes=draw(st.sampled_from([1, 10, 90, 3000]))),
        outcome=draw(st.sampled_from([Outcome.CANCELLED, Outcome.REJECTED, Outcome.NOT_APPLIED, None])),
        fingerprint=None,
    )


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """
    Draw a listing, rules, memory, ledger and settings.
    """
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    trades = [draw(_smart_trades(smart_trade_id)) for smart_trade_id in ids]
    rules = [draw(_rules(name)) for name in names]
    keys = st.tuples(st.sampled_from(NAMES), st.sampled_from(IDS))
    holds = {
        key: Hold(
            held=timedelta(seconds=draw(st.sampled_from([0, 90, 600]))),
            last=make_moment(-draw(st.sampled_from([1, 60, 900]))),
            fingerprint=draw(st.sampled_from(["text-1", "text-1", "text-0"])),
        )
        for key in draw(st.sets(keys, max_size=6))
    }
    prices = {
        trade.id: PriceWatch(price=trade.price, since=make_moment(-draw(st.sampled_from([60, 3600]))))
        for trade in trades
        if draw(st.integers(0, 5)) == 0
    }
    known = draw(_mostly(None, ListingMemory(accepted_count=9)))
    history = History()
    plan = plan_windows(rules, lambda _: MINUTE)
    for minutes_ago in (2, 1) if draw(st.booleans()) else ():
        before = [replace(trade, price=make_price(last=draw(_mostly("0.105", "0.1026")))) for trade in trades]
        listing = make_listing(*before, seconds=-60 * minutes_ago)
        memory = Memory(history=history)
        history = evaluate(
            listing, rules, memory, settings=make_settings(), hold_gap_of=gap_of(), plan=plan
        ).memory.history
    limits = Limits(
        cancels_per_cycle=draw(_mostly(8, 1, 2)),
        cancels_per_hour=draw(_mostly(60, 1, 3)),
        cancels_per_smart_trade=draw(_mostly(2, 1)),
        abort_above_pct=draw(_mostly(None, Decimal(40))),
    )
    aside = {draw(st.sampled_from(IDS)): SetAside(until=NOON + timedelta(hours=1), reason="other steps changed")}
    return Account(
        listing=make_listing(*trades),
        ruleset=make_ruleset(*rules),
        memory=Memory(holds=holds, prices=prices, listing=known, history=history),
        ledger=replace(
            make_ledger(*draw(st.lists(_attempts(), max_size=3))),
            armed=draw(_mostly(True, False)),
            reset_since=frozenset(draw(st.sets(keys, max_size=3))),
            put_off=frozenset(draw(st.sets(keys, max_size=3))),
            set_aside=draw(_mostly({}, aside)),
        ),
        settings=make_settings(api=ApiSettings(accounts=draw(_mostly(None, frozenset({AccountId(1)})))), limits=limits),
    )
