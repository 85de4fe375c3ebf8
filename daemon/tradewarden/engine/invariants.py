"""
The named safety checks of a cancel: pure functions of one case, all evaluated, each telling what it saw.

The order is that of the public contract: a denial is named after the first that fails. Where something cannot be
read, the check fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tradewarden.engine.plausibility import price_problems
from tradewarden.engine.remaining import fingerprint, live_steps, remaining_steps
from tradewarden.model.decision import Check
from tradewarden.model.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from tradewarden.model.settings import Safety
    from tradewarden.model.smart_trade import SmartTrade, TakeProfitStep, Trade, TradeId
    from tradewarden.model.status import TradeStatus

BREAKEVEN_NEEDS_STEPS = 2  # 3Commas: breakeven can be enabled only with two take-profit steps (api-facts 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    Everything that the invariants look at.

    *trades*, the list of trades, is ``None`` on the first read; then only the checks that need none are made.
    """

    first: SmartTrade  # as the listing showed it
    target: TakeProfitStep  # as the listing showed it
    trade: SmartTrade  # as it is judged now: the second read
    trades: tuple[Trade, ...] | None
    account_allowed: bool
    chosen: TradeId | None  # what match and selector name now
    chosen_why: str
    condition: Truth
    condition_sentence: str
    keep: int  # the largest of the enabled rules that match
    kept_by: str | None = None  # the rule that asks for it, if it keeps more than the one that is judged
    sent_steps: frozenset[TradeId]  # steps for which a DELETE was ever sent
    is_frozen: bool
    safety: Safety
    read_age: timedelta | None  # None: it cannot be told
    cache_evidence: str | None

    @property
    def rows(self) -> tuple[Trade, ...]:
        """
        Return the target's rows in the list of trades.
        """
        return tuple(row for row in self.trades or () if row.id == self.target.id)

    @property
    def row(self) -> Trade | None:
        """
        Return the target's row, if there is exactly one.
        """
        return self.rows[0] if len(self.rows) == 1 else None


Verdict = tuple[bool, str]  # whether it holds, and what it saw


def smart_trade_open(case: Case) -> Verdict:
    """
    Only a SmartTrade whose entry is complete and whose targets are armed.
    """
    trade = case.trade
    position_done = trade.position_status is not None and trade.position_status.is_done_as_position
    holds = trade.is_open and trade.editable is True and trade.is_position_not_filled is False and position_done
    detail = (
        f"status {_word(trade.status)}, editable {_word(trade.editable)}, position {_word(trade.position_status)}, "
        f"not filled {_word(trade.is_position_not_filled)}"
    )
    return holds, detail


def same_subject(case: Case) -> Verdict:
    """
    The same SmartTrade as proposed, of an account that may be acted on.
    """
    now, then = case.trade, case.first
    if not case.account_allowed:
        return False, f"account {now.account_id} is not in `api.accounts`"
    if now.side is None:
        return False, "the side is unknown"
    subject = (now.id, now.account_id, now.pair, now.side)
    if subject != (then.id, then.account_id, then.pair, then.side):
        return False, f"it is {now.pair} {now.side} of account {now.account_id}, it was {then.pair} {_word(then.side)}"
    return True, f"{now.pair} {now.side} of account {now.account_id}"


def still_chosen(case: Case) -> Verdict:
    """
    Match and selector name the same step again.
    """
    return case.chosen == case.target.id, case.chosen_why


def step_listed(case: Case) -> Verdict:
    """
    The target is among the steps, once.
    """
    count = sum(step.id == case.target.id for step in case.trade.steps)
    return count == 1, f"listed {count} time{'' if count == 1 else 's'}"


def step_is_take_profit(case: Case) -> Verdict:
    """
    The list of trades says so too: an id that names the stop loss would cancel the SmartTrade.
    """
    if case.row is None:
        return False, f"{len(case.rows)} rows in the list of trades have its id"
    return case.row.purpose == "take_profit", f"its purpose is {_word(case.row.purpose)}"


def step_cancelable(case: Case) -> Verdict:
    """
    By status and flag, in both bodies.
    """
    step = case.trade.step(case.target.id)
    if step is None:
        return False, "the step is not listed"
    holds = step.status is not None and step.status.is_cancelable and step.cancelable is True
    detail = f"status {_word(step.status)}, cancelable {_word(step.cancelable)}"
    if case.trades is None:
        return holds, detail
    if case.row is None:
        return False, f"{detail}; no single row in the list of trades"
    row = case.row
    row_holds = row.status is not None and row.status.is_cancelable and row.cancelable is True
    return holds and row_holds, f"{detail}; its row {_word(row.status)}, cancelable {_word(row.cancelable)}"


def step_unfilled(case: Case) -> Verdict:
    """
    Nothing of the step has been filled.
    """
    if case.row is None:
        return False, "no single row in the list of trades"
    quantity, share = case.row.realised_quantity, case.row.realised_pct
    detail = f"realised {_word(quantity)}" if share is None else f"realised {_word(quantity)}, {share} %"
    return quantity == 0 and (share is None or share == 0), detail


def steps_unchanged(case: Case) -> Verdict:
    """
    All steps are those of the first read, compared as numbers.
    """
    then, now = [fingerprint(step) for step in case.first.steps], [fingerprint(step) for step in case.trade.steps]
    if sorted(now, key=lambda f: f.id) != sorted(then, key=lambda f: f.id):
        return False, "a step appeared, vanished or changed between the two reads"
    unreadable = [
        step.id
        for step in case.trade.steps
        if step.status is None or (not step.status.is_terminal and None in (step.price, step.share_pct))
    ]
    if unreadable:
        return False, f"status, price or share of step {unreadable[0]} is unknown"
    return True, f"{len(now)} step{'' if len(now) == 1 else 's'} as before"


def condition_holds(case: Case) -> Verdict:
    """
    The condition is true of the second read; unknown is not true.
    """
    return case.condition is Truth.TRUE, case.condition_sentence


def steps_remain(case: Case) -> Verdict:
    """
    Enough other steps remain, or 3Commas cancels the SmartTrade with its last one.
    """
    remaining = len(_remaining(case))
    live = len(live_steps(case.trade))
    detail = f"{remaining} live step{'' if remaining == 1 else 's'} left of {live}"
    if remaining < case.keep:
        detail += f", {case.keep} to keep" + (f" (by rule {case.kept_by})" if case.kept_by is not None else "")
    return remaining >= max(case.keep, 1), detail


def breakeven_steps(case: Case) -> Verdict:
    """
    Breakeven of the stop loss needs two steps at 3Commas; whether it is on must be known.
    """
    stop_loss = case.trade.stop_loss
    if stop_loss.enabled is False or stop_loss.breakeven is False:
        return True, "breakeven is off"
    remaining = len(_remaining(case))
    return remaining >= BREAKEVEN_NEEDS_STEPS, f"breakeven is {_word(stop_loss.breakeven)}, {remaining} left"


def stop_loss_present(case: Case) -> Verdict:
    """
    The cancelled share has no target any more: only the stop loss covers it.
    """
    if not case.safety.require_stop_loss:
        return True, "not required"
    stop_loss = case.trade.stop_loss
    holds = stop_loss.is_live is True
    detail = f"enabled {_word(stop_loss.enabled)}, status {_word(stop_loss.status)}"
    if case.trades is None:
        return holds, detail
    rows = [row for row in case.trades if row.purpose == "stop_loss"]
    row_live = any(row.status is not None and row.status.is_live for row in rows)
    return holds and row_live, f"{detail}; {'a live' if row_live else 'no live'} row in the list of trades"


def nothing_in_flight(case: Case) -> Verdict:
    """
    3Commas is changing nothing of this SmartTrade at the moment.
    """
    for step in case.trade.steps:
        if _in_transition(step.status):
            return False, f"step {step.id} is {_word(step.status)}"
    stop_loss = case.trade.stop_loss
    if stop_loss.enabled is not False and _in_transition(stop_loss.status):
        return False, f"the stop loss is {_word(stop_loss.status)}"
    for status in case.trade.other_exits:
        if status is None or not status.is_terminal:
            return False, f"a reduce-funds or market-close step is {_word(status)}"
    for row in case.trades or ():
        if (problem := _row_in_flight(row)) is not None:
            return False, problem
    return True, "nothing is in transition"


def data_plausible(case: Case) -> Verdict:
    """
    The market data can be true.
    """
    problems = price_problems(case.trade.price)
    if case.is_frozen:
        problems.append("bid, ask, last and volume have stood still for too long")
    price = case.trade.price
    detail = f"bid {price.bid}, ask {price.ask}, last {price.last}, day change {price.day_change_pct} %"
    return not problems, "; ".join(problems) or detail


def read_is_fresh(case: Case) -> Verdict:
    """
    The second read is young, and came from no cache.
    """
    if case.cache_evidence is not None:
        return False, f"it came from a cache: {case.cache_evidence}"
    if case.read_age is None:
        return False, "its age cannot be told: the clocks differ"
    age = Decimal(case.read_age.microseconds) / 1_000_000 + case.read_age.seconds + case.read_age.days * 86400
    return case.read_age < case.safety.max_read_age, f"{age:.3f} s old"


@dataclass(frozen=True, slots=True)
class Invariant:
    """
    A check with its stable *name*. *on_first_read*: the listing alone can already fail it.
    """

    name: str
    check: Callable[[Case], Verdict]
    on_first_read: bool = False


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("smart-trade-open", smart_trade_open, on_first_read=True),
    Invariant("same-subject", same_subject, on_first_read=True),
    Invariant("still-chosen", still_chosen),
    Invariant("step-listed", step_listed),
    Invariant("step-is-take-profit", step_is_take_profit),
    Invariant("step-cancelable", step_cancelable, on_first_read=True),
    Invariant("step-unfilled", step_unfilled),
    Invariant("steps-unchanged", steps_unchanged),
    Invariant("condition-holds", condition_holds),
    Invariant("steps-remain", steps_remain, on_first_read=True),
    Invariant("breakeven-steps", breakeven_steps, on_first_read=True),
    Invariant("stop-loss-present", stop_loss_present, on_first_read=True),
    Invariant("nothing-in-flight", nothing_in_flight, on_first_read=True),
    Invariant("data-plausible", data_plausible, on_first_read=True),
    Invariant("read-is-fresh", read_is_fresh),
)


def examine(case: Case) -> tuple[Check, ...]:
    """
    Evaluate every invariant; on a first read those that need no list of trades.
    """
    wanted = [invariant for invariant in INVARIANTS if case.trades is not None or invariant.on_first_read]
    checks = []
    for invariant in wanted:
        holds, detail = invariant.check(case)
        checks.append(Check(name=invariant.name, holds=holds, detail=detail))
    return tuple(checks)


def first_failure(checks: tuple[Check, ...]) -> Check | None:
    """
    Return the first check that does not hold: the name of the denial.
    """
    return next((check for check in checks if not check.holds), None)


def _remaining(case: Case) -> tuple[TakeProfitStep, ...]:
    return remaining_steps(
        case.trade,
        case.trades,
        target=case.target.id,
        sent_steps=case.sent_steps,
        imminent_margin_pct=case.safety.imminent_margin_pct,
    )


def _in_transition(status: TradeStatus | None) -> bool:
    return status is None or status.is_in_transition


def _row_in_flight(row: Trade) -> str | None:
    if row.purpose == "position" and row.status is not None and row.status.is_done_as_position:
        return None
    if _in_transition(row.status):
        return f"trade {row.id} ({_word(row.purpose)}) is {_word(row.status)}"
    if row.purpose not in {"position", "take_profit", "stop_loss"} and not (row.status and row.status.is_terminal):
        return f"trade {row.id} ({_word(row.purpose)}) is {_word(row.status)}"
    return None


def _word(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
