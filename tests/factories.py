"""
Makes what the tests of the core speak of: the documented SmartTrade USDT_DOGE on a day of -6 %, and a rule that wants
its far target. Keywords override.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from tradewarden.engine.facts import VOCABULARY
from tradewarden.engine.invariants import Case
from tradewarden.engine.proposal import Proposal
from tradewarden.engine.remaining import fingerprint
from tradewarden.model.cancel import Answer, Attempt, CancelIntent, OpenQuestion
from tradewarden.model.decision import Outcome, StepSummary
from tradewarden.model.memory import Ledger
from tradewarden.model.moment import Moment
from tradewarden.model.settings import Safety, Settings
from tradewarden.model.smart_trade import (
    AccountId,
    CurrentPrice,
    Listing,
    Reading,
    Side,
    SmartTrade,
    SmartTradeId,
    StopLoss,
    TakeProfitStep,
    Trade,
    TradeId,
)
from tradewarden.model.status import TradeStatus
from tradewarden.model.truth import Truth
from tradewarden.rules.condition import compile_condition
from tradewarden.rules.ruleset import Farthest, Match, MatchKey, Repeat, Rule, RuleSet
from tradewarden.rules.schema import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tradewarden.model.decision import Check
    from tradewarden.rules.condition import Condition

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)  # a Friday
ACCOUNT = AccountId(32402783)
SMART_TRADE = SmartTradeId(30428625)
ENTRY, NEAR, FAR, STOP_LOSS = (TradeId(1008300672 + offset) for offset in range(4))
RULE = "far-target-off-on-a-red-day"


def number(value: str | int | Decimal | None) -> Decimal | None:
    """
    Make a Decimal of a text; ``None`` stays unknown.
    """
    return None if value is None else Decimal(value)


def status(word: str | None) -> TradeStatus | None:
    """
    Make a status of the API's word; ``None`` stays unknown.
    """
    return None if word is None else TradeStatus(word)


def make_moment(seconds: float = 0, *, boot_id: str = "boot-1") -> Moment:
    """
    Make the moment *seconds* after noon, on both clocks.
    """
    passed = timedelta(seconds=seconds)
    return Moment(wall=NOON + passed, boot=timedelta(hours=1) + passed, boot_id=boot_id)


def make_price(**changes: str | None) -> CurrentPrice:
    """
    Make a price from texts: *bid*, *ask*, *last*, *day_change* and *quote_volume*.
    """
    texts: dict[str, str | None] = {
        "bid": "0.10257",
        "ask": "0.1027",
        "last": "0.10268",
        "day_change": "-6",
        "quote_volume": "136509.39725",
    }
    values = {name: number(text) for name, text in {**texts, **changes}.items()}
    return CurrentPrice(day_change_pct=values.pop("day_change"), **values)


def make_step(
    position: int | None = 2, *, price: str | None = "0.4", word: str | None = "order_placed", **changes: Any
) -> TakeProfitStep:
    """
    Make a step in the status *word*. Without an *id* it is NEAR at position 1, FAR at position 2, and so on.
    """
    step = TakeProfitStep(
        id=TradeId(ENTRY + (position or 9)),
        position=position,
        status=status(word),
        price=number(price),
        share_pct=Decimal("35.0"),
        quantity=Decimal("7.0"),
        order_type="limit",
        trailing=False,
        cancelable=True,
    )
    return replace(step, **changes)


def make_stop_loss(*, word: str | None = "to_process", **changes: Any) -> StopLoss:
    """
    Make a live stop loss, or one in the status *word*.
    """
    stop_loss = StopLoss(enabled=True, status=status(word), trigger_price=Decimal("0.09754"), breakeven=False)
    return replace(stop_loss, **changes)


NO_STOP_LOSS = StopLoss(enabled=False, status=None, trigger_price=None, breakeven=None)


def make_smart_trade(**changes: Any) -> SmartTrade:
    """
    Make the documented SmartTrade with a day change of -6 %.
    """
    trade = SmartTrade(
        id=SMART_TRADE,
        account_id=ACCOUNT,
        exchange="binance_us",
        pair="USDT_DOGE",
        side=Side.LONG,
        kind="smart_sell",
        status="waiting_targets",
        position_status=TradeStatus("smart_sell"),
        editable=True,
        is_position_not_filled=False,
        steps=(make_step(1, price="0.3"), make_step(2, price="0.4")),
        stop_loss=make_stop_loss(),
        other_exits=(),
        price=make_price(),
        leverage=Decimal(1),
        entry_price=Decimal("0.10268"),
        quantity=Decimal("20.0"),
        notional=Decimal("2.0536"),
        profit_pct=Decimal("-0.21"),
        profit_usd=Decimal("-0.0042514"),
        roe_pct=None,
        note="",
        created_at=datetime(2024, 8, 14, 19, 51, 43, 100000, tzinfo=UTC),
        updated_at=datetime(2024, 8, 14, 19, 51, 43, 892000, tzinfo=UTC),
    )
    return replace(trade, **changes)


def with_prices(*prices: str, **changes: Any) -> SmartTrade:
    """
    Make the SmartTrade with live steps at *prices*, by position.
    """
    steps = tuple(make_step(position, price=price) for position, price in enumerate(prices, start=1))
    return make_smart_trade(steps=steps, **changes)


def make_trade_row(
    trade_id: int = FAR, *, purpose: str | None = "take_profit", word: str | None = "order_placed", **changes: Any
) -> Trade:
    """
    Make a row of the list of trades in the status *word*: that of the far step if nothing else is said.
    """
    row = Trade(
        id=TradeId(trade_id),
        purpose=purpose,
        status=status(word),
        cancelable=True,
        realised_quantity=Decimal("0.0"),
        realised_pct=Decimal("0.0"),
    )
    return replace(row, **changes)


def make_rows(trade: SmartTrade | None = None) -> tuple[Trade, ...]:
    """
    Make the list of trades that belongs to *trade*: its entry, its steps, and its stop loss if that is on.
    """
    trade = make_smart_trade() if trade is None else trade
    entry = make_trade_row(ENTRY, purpose="position", cancelable=False, realised_quantity=Decimal("20.0"))
    rows = [replace(entry, status=trade.position_status, realised_pct=Decimal(100))]
    rows += [replace(make_trade_row(step.id), status=step.status) for step in trade.steps]
    if trade.stop_loss.enabled:
        stop_loss_id = max([STOP_LOSS, *(step.id + 1 for step in trade.steps)])
        rows.append(replace(make_trade_row(stop_loss_id, purpose="stop_loss"), status=trade.stop_loss.status))
    return tuple(rows)


def make_reading(trade: SmartTrade | None = None, **changes: Any) -> Reading:
    """
    Make both bodies of *trade*, asked for at noon and from no cache.
    """
    trade = make_smart_trade() if trade is None else trade
    reading = Reading(smart_trade=trade, trades=make_rows(trade), asked_at=make_moment(), cache_evidence=None)
    return replace(reading, **changes)


def make_listing(*trades: SmartTrade, seconds: float = 0, **changes: Any) -> Listing:
    """
    Make a listing of *trades*, asked for *seconds* after noon.
    """
    listing = Listing(smart_trades=trades, unreadable=(), asked_at=make_moment(seconds))
    return replace(listing, **changes)


@cache
def make_condition(text: str, scope: Scope = Scope.SMART_TRADE) -> Condition:
    """
    Compile a condition over the real vocabulary.
    """
    return compile_condition(text, VOCABULARY, scope=scope)


def make_match(**patterns: str) -> Match:
    """
    Make a match of one pattern for each key.
    """
    return Match({MatchKey(key): (pattern,) for key, pattern in patterns.items()})


def make_rule(when: str = "day_change < -5%", **changes: Any) -> Rule:
    """
    Make a rule that fires at once, wants the farthest step and leaves one.
    """
    rule = Rule(
        name=RULE,
        description="",
        match=Match({}),
        except_=None,
        when=make_condition(when),
        hold=timedelta(0),
        cancel=Farthest(),
        keep=1,
        repeat=Repeat(),
        schedule=None,
        enabled=True,
        fingerprint="text-1",
    )
    return replace(rule, **changes)


def make_ruleset(*rules: Rule) -> RuleSet:
    """
    Make a file of *rules*.
    """
    return RuleSet(rules=rules, generation="generation-1")


def make_settings(**changes: Any) -> Settings:
    """
    Make the default settings; what is not a key of theirs belongs to *safety*.
    """
    own = {name: value for name, value in changes.items() if name in Settings.__dataclass_fields__}
    safety = {name: value for name, value in changes.items() if name not in own}
    return replace(Settings(safety=Safety(**safety)), **own)


def gap_of(minutes: float = 5) -> Callable[[Rule], timedelta]:
    """
    Make a hold gap that is the same for every rule.
    """
    return lambda _: timedelta(minutes=minutes)


def make_proposal(trade: SmartTrade | None = None, *, target: TradeId = FAR, rule: Rule | None = None) -> Proposal:
    """
    Make a proposal to cancel *target*.
    """
    trade = make_smart_trade() if trade is None else trade
    step = trade.step(target)
    assert step is not None, "the target of a proposal is one of the steps"
    return Proposal(rule=make_rule() if rule is None else rule, smart_trade=trade, step=step)


def make_case(
    trade: SmartTrade | None = None, *, first: SmartTrade | None = None, target: TradeId = FAR, **changes: Any
) -> Case:
    """
    Make the case of cancelling *target* of *trade*, which *first* (the same if not given) showed before; all holds.
    """
    trade = make_smart_trade() if trade is None else trade
    first = trade if first is None else first
    step = next((step for step in first.steps if step.id == target), None)
    case = Case(
        first=first,
        target=make_step(id=target) if step is None else step,
        trade=trade,
        trades=make_rows(trade),
        account_allowed=True,
        chosen=target,
        chosen_why="step 2 is the farthest",
        condition=Truth.TRUE,
        condition_sentence="day_change -6% < -5%: true",
        keep=1,
        sent_steps=frozenset(),
        is_frozen=False,
        safety=Safety(),
        read_age=timedelta(seconds=1),
        cache_evidence=None,
    )
    return replace(case, **changes)


def make_attempt(outcome: Outcome | None = Outcome.CANCELLED, *, minutes_ago: float = 10, **changes: Any) -> Attempt:
    """
    Make a past DELETE of the far step by the rule; ``None`` is one whose fate is open.
    """
    attempt = Attempt(
        rule=RULE,
        smart_trade_id=SMART_TRADE,
        trade_id=FAR,
        at=NOON - timedelta(minutes=minutes_ago),
        outcome=outcome,
        fingerprint=fingerprint(make_step()),
    )
    return replace(attempt, **changes)


def make_ledger(*attempts: Attempt, **changes: Any) -> Ledger:
    """
    Make the ledger of an armed daemon.
    """
    return replace(Ledger(armed=True, attempts=attempts), **changes)


def make_question(
    answer: Answer | None = Answer.ACCEPTED, *, trade: SmartTrade | None = None, target: TradeId = FAR, **changes: Any
) -> OpenQuestion:
    """
    Make the open question of a DELETE of *target*, sent when its SmartTrade was *trade*.
    """
    trade = make_smart_trade() if trade is None else trade
    step = make_step()
    intent = CancelIntent(
        cycle_id="cycle-1",
        rule=RULE,
        account_id=trade.account_id,
        smart_trade_id=trade.id,
        trade_id=target,
        pair=trade.pair,
        step=StepSummary(position=2, price=step.price, share_pct=step.share_pct, order_type="limit"),
        share_without_target_pct=Decimal("65.0"),
        invariants=(),
        steps=tuple(fingerprint(step) for step in trade.steps),
        stop_loss_was_live=trade.stop_loss.is_live is True,
        trace="day_change -6% < -5%: true",
        generation="generation-1",
        at=make_moment(),
    )
    question = OpenQuestion(intent_id=1, intent=intent, answer=answer, reason=None, asked_at=make_moment(1))
    return replace(question, **changes)


def without_step(trade: SmartTrade, *gone: TradeId) -> SmartTrade:
    """
    Take steps away.
    """
    return replace(trade, steps=tuple(step for step in trade.steps if step.id not in gone))


def with_step(trade: SmartTrade, trade_id: TradeId, **changes: Any) -> SmartTrade:
    """
    Change one step.
    """
    steps = tuple(replace(step, **changes) if step.id == trade_id else step for step in trade.steps)
    return replace(trade, steps=steps)


def with_row(rows: Iterable[Trade], trade_id: TradeId, **changes: Any) -> tuple[Trade, ...]:
    """
    Change one row.
    """
    return tuple(replace(row, **changes) if row.id == trade_id else row for row in rows)


def failed_names(checks: Sequence[Check]) -> list[str]:
    """
    Return the names of the checks that do not hold.
    """
    return [check.name for check in checks if not check.holds]
